-- What workloads use, and what the programs of a workspace remember.

-- What a workload used and held when it was looked at last.
alter table resources add column usage_at bigint;
alter table resources add column cpu_ms bigint;
alter table resources add column memory_bytes bigint;
alter table resources add column processes integer;

-- The newest generation that demands to begin without what its programs remember.
alter table workspaces add column session_generation bigint not null default 0;
