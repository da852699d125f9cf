-- Delegations that agents carry out by themselves, and report.

-- Reported by its caller: never leased, never handed over.
alter table tasks add column is_recorded integer not null default 0 constraint tasks_recorded_bool check (is_recorded in (0, 1));
create index tasks_delegations on tasks (org_id, created_at) where caller_kind = 'workspace';
