-- breaking
-- Work: activity, deliveries, attempts in full, and what provisioning lacks.

-- Provisioning.

-- Usage. What a workload used and held when it was looked at last.
alter table resources add column usage_at bigint;
alter table resources add column cpu_ms bigint;
alter table resources add column memory_bytes bigint;
alter table resources add column processes integer;

-- Sessions. The newest generation that demands to begin without what its programs remember.
alter table workspaces add column session_generation bigint not null default 0;

-- The ledger.

-- Delegations and loops.

-- The inbox.

-- A2A.

-- Deliveries.

-- Activity and events.

