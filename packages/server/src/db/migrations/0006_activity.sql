-- What workspaces received, sent and reported, numbered per workspace.

create table activity (
  id text not null,
  workspace_id text not null,
  seq bigint not null,
  org_id text not null,
  direction text not null,
  type text not null,
  source_kind text not null,
  -- Null for people and for the system.
  source_id text,
  target_id text,
  method text not null,
  summary text not null,
  status text not null,
  error_detail text,
  duration_ms bigint,
  -- Its texts are those of the task.
  task_id text,
  created_at bigint not null,
  constraint activity_pk primary key (id),
  constraint activity_seq unique (workspace_id, seq),
  constraint activity_direction_known check (direction in ('in', 'out', 'own')),
  constraint activity_status_known check (status in ('ok', 'error', 'timeout'))
);
create index activity_age on activity (created_at);

-- Of entries that tell of no task, and of results that came late.
create table activity_bodies (
  activity_id text not null,
  request text,
  response text,
  tool_trace text,
  constraint activity_bodies_pk primary key (activity_id)
);
