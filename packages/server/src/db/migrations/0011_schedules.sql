-- Work that is asked for by the clock, and what became of each time.

create table schedules (
  id text not null,
  org_id text not null,
  workspace_id text not null,
  name text not null,
  cron_expr text not null,
  timezone text not null,
  prompt text not null,
  enabled integer not null,
  source text not null,
  misfire text not null,
  busy text not null,
  paused text not null,
  next_run_at bigint,
  last_run_at bigint,
  last_task_id text,
  last_status text not null default '',
  last_error text not null default '',
  run_count integer not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  constraint schedules_pk primary key (id),
  constraint schedules_name unique (workspace_id, name)
);

create index schedules_due on schedules (next_run_at) where enabled = 1 and next_run_at is not null;

create table schedule_runs (
  schedule_id text not null,
  slot_at bigint not null,
  fired_at bigint not null,
  outcome text not null,
  why text not null default '',
  task_id text,
  constraint schedule_runs_pk primary key (schedule_id, slot_at)
);
