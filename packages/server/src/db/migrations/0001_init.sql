-- Portable subset of SQLite and Postgres. Times are integer milliseconds, booleans 0 or 1, JSON is text.
-- {{identity <constraint>}} is the dialect's growing integer key.

create table meta (
  key text not null,
  value text not null,
  constraint meta_pk primary key (key)
);

create table orgs (
  id text not null,
  name text not null,
  created_at bigint not null,
  constraint orgs_pk primary key (id)
);

create table workspaces (
  id text not null,
  org_id text not null,
  parent_id text,
  name text not null,
  role text,
  runtime text not null,
  runtime_config text not null,
  model text not null,
  tier integer not null,
  workspace_dir text,
  backend text,
  node_id text,
  status text not null,
  desired_state text not null,
  generation bigint not null,
  observed_generation bigint not null,
  restart_generation bigint not null,
  config_generation bigint not null,
  started_generation bigint not null,
  incarnation bigint not null,
  provision_phase text,
  provision_started_at bigint,
  failure_reason text,
  start_failures integer not null,
  next_start_at bigint,
  max_concurrent_tasks integer not null,
  last_heartbeat_at bigint,
  last_activity_at bigint,
  x double precision not null,
  y double precision not null,
  collapsed integer not null,
  rev bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint workspaces_pk primary key (id),
  constraint workspaces_org_fk foreign key (org_id) references orgs (id),
  constraint workspaces_parent_fk foreign key (parent_id) references workspaces (id),
  constraint workspaces_status_known check (status in ('provisioning', 'online', 'degraded', 'offline', 'failed', 'paused', 'hibernating', 'hibernated', 'awaiting_agent', 'removed')),
  constraint workspaces_desired_state_known check (desired_state in ('running', 'paused', 'hibernated', 'removed')),
  constraint workspaces_failed_has_reason check (status <> 'failed' or failure_reason is not null),
  constraint workspaces_removed_is_wished check (status <> 'removed' or desired_state = 'removed'),
  constraint workspaces_not_own_parent check (parent_id is null or parent_id <> id),
  constraint workspaces_collapsed_bool check (collapsed in (0, 1))
);
create unique index workspaces_live_name on workspaces (org_id, coalesce(parent_id, ''), name) where desired_state <> 'removed';
create index workspaces_parent on workspaces (parent_id);
create index workspaces_unsettled on workspaces (status, desired_state);

-- Everything a backend was asked to create: written before the call, closed when proven gone.
create table resources (
  id text not null,
  org_id text not null,
  workspace_id text not null,
  incarnation bigint not null,
  backend text not null,
  node_id text not null,
  kind text not null,
  handle text,
  created_at bigint not null,
  confirmed_at bigint,
  closed_at bigint,
  stop_attempts integer not null,
  next_stop_at bigint,
  leak_suspect_at bigint,
  planned_end integer not null,
  last_error text,
  constraint resources_pk primary key (id),
  constraint resources_once unique (workspace_id, incarnation, kind),
  constraint resources_planned_end_bool check (planned_end in (0, 1))
);
create index resources_open on resources (workspace_id) where closed_at is null;

create table credentials (
  id text not null,
  org_id text not null,
  kind text not null,
  workspace_id text,
  incarnation bigint,
  token_hash text not null,
  prefix text not null,
  csrf_hash text,
  created_at bigint not null,
  expires_at bigint,
  used_at bigint,
  revoked_at bigint,
  constraint credentials_pk primary key (id),
  constraint credentials_hash unique (token_hash),
  constraint credentials_kind_known check (kind in ('admin', 'login', 'session', 'boot', 'host', 'agent')),
  constraint credentials_bound check (kind not in ('boot', 'host', 'agent') or (workspace_id is not null and incarnation is not null))
);
create index credentials_of_workspace on credentials (workspace_id) where revoked_at is null;

create table tasks (
  id text not null,
  org_id text not null,
  context_id text not null,
  trace_id text not null,
  caller_kind text not null,
  caller_id text not null,
  callee_id text not null,
  parent_task_id text,
  depth integer not null,
  status text not null,
  waiting_for text,
  preview text not null,
  result_preview text,
  error text,
  attempt integer not null,
  fence bigint not null,
  retry_count integer not null,
  max_attempts integer not null,
  next_attempt_at bigint not null,
  deadline bigint not null,
  deadline_is_hard integer not null,
  last_heartbeat bigint,
  last_progress_at bigint,
  cancel_requested_at bigint,
  idempotency_key text,
  request_hash text not null,
  retry_of text,
  superseded_by text,
  rev bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  ended_at bigint,
  constraint tasks_pk primary key (id),
  constraint tasks_status_known check (status in ('queued', 'dispatched', 'in_progress', 'completed', 'failed', 'stuck', 'canceled')),
  constraint tasks_waiting_known check (waiting_for in ('input', 'approval', 'auth', 'quota', 'budget', 'workspace', 'children')),
  constraint tasks_failed_has_error check (status not in ('failed', 'stuck') or error is not null),
  constraint tasks_completed_has_result check (status <> 'completed' or result_preview is not null),
  constraint tasks_ended check ((status in ('completed', 'failed', 'stuck', 'canceled')) = (ended_at is not null)),
  constraint tasks_waiting_is_open check (waiting_for is null or ended_at is null)
);
create index tasks_open on tasks (deadline) where ended_at is null;
create index tasks_of_caller on tasks (caller_id, created_at);
create index tasks_of_callee on tasks (callee_id, created_at);
-- After tasks_of_callee: where both fit alike SQLite takes the later one, and a queue must not read the history.
create index tasks_queue on tasks (callee_id, created_at, id) where ended_at is null;
create index tasks_children on tasks (parent_task_id) where parent_task_id is not null;
create index tasks_newest on tasks (org_id, created_at);
create unique index tasks_key on tasks (caller_kind, caller_id, idempotency_key) where idempotency_key is not null;

create table task_requests (
  task_id text not null,
  text text not null,
  constraint task_requests_pk primary key (task_id),
  constraint task_requests_task_fk foreign key (task_id) references tasks (id)
);

create table task_results (
  task_id text not null,
  text text not null,
  constraint task_results_pk primary key (task_id),
  constraint task_results_task_fk foreign key (task_id) references tasks (id)
);

create table task_attempts (
  task_id text not null,
  no integer not null,
  workspace_id text not null,
  incarnation bigint not null,
  fence bigint not null,
  leased_at bigint not null,
  lease_expires_at bigint not null,
  started_at bigint,
  ended_at bigint,
  outcome text,
  reason text,
  late_result text,
  late_at bigint,
  constraint task_attempts_pk primary key (task_id, no),
  constraint task_attempts_task_fk foreign key (task_id) references tasks (id),
  constraint task_attempts_outcome_known check (outcome in ('completed', 'failed', 'canceled', 'interrupted', 'lost')),
  constraint task_attempts_ended check ((outcome is null) = (ended_at is null))
);
create unique index task_attempts_one_open on task_attempts (task_id) where ended_at is null;
create index task_attempts_running on task_attempts (workspace_id) where ended_at is null;

create table task_output (
  task_id text not null,
  attempt integer not null,
  chunk integer not null,
  position bigint not null,
  stream text not null,
  text text not null,
  at bigint not null,
  constraint task_output_pk primary key (task_id, attempt, chunk),
  constraint task_output_task_fk foreign key (task_id) references tasks (id),
  constraint task_output_stream_known check (stream in ('stdout', 'stderr'))
);

create table messages (
  caller_id text not null,
  target_id text not null,
  message_id text not null,
  task_id text not null,
  request_hash text not null,
  created_at bigint not null,
  constraint messages_pk primary key (caller_id, target_id, message_id),
  constraint messages_task_fk foreign key (task_id) references tasks (id)
);

create table inbox (
  workspace_id text not null,
  seq bigint not null,
  org_id text not null,
  kind text not null,
  task_id text,
  from_id text,
  status text,
  late integer not null,
  text text not null,
  created_at bigint not null,
  acked_at bigint,
  constraint inbox_pk primary key (workspace_id, seq),
  constraint inbox_kind_known check (kind in ('result', 'notice')),
  constraint inbox_late_bool check (late in (0, 1))
);
create index inbox_unacked on inbox (workspace_id, seq) where acked_at is null;

create table events (
  id {{identity events_pk}},
  seq bigint,
  org_id text not null,
  event text not null,
  workspace_id text not null,
  entity text not null,
  entity_id text not null,
  rev bigint not null,
  actor text not null,
  payload text not null,
  at bigint not null,
  constraint events_seq unique (seq),
  constraint events_entity_known check (entity in ('workspace', 'task'))
);
create index events_unstamped on events (id) where seq is null;

create table feed_head (
  id integer not null,
  seq bigint not null,
  constraint feed_head_pk primary key (id),
  constraint feed_head_single check (id = 1)
);
insert into feed_head (id, seq) values (1, 0);
