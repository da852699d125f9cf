-- Whom A2A callers want to be told of a task, and how far each has been told.

create table push_configs (
  task_id text not null,
  id text not null,
  org_id text not null,
  workspace_id text not null,
  url text not null,
  -- Token and credentials, encrypted; null where there are none.
  ciphertext text,
  key_version integer,
  protocol text not null,
  -- The revision of the task that was delivered last, or given up on.
  told_rev bigint not null,
  attempts integer not null,
  next_attempt_at bigint not null,
  lease_expires_at bigint,
  given_up integer not null,
  last_error text,
  created_at bigint not null,
  constraint push_configs_pk primary key (task_id, id),
  constraint push_configs_protocol_known check (protocol in ('1.0', '0.3'))
);
create index push_configs_due on push_configs (next_attempt_at);
create index tasks_by_status_time on tasks (callee_id, updated_at, id);
