-- breaking
-- Work: activity, deliveries, attempts in full, and what provisioning lacks.

-- Provisioning.

-- Usage.

-- Sessions.

-- The ledger.

-- Delegations and loops.

-- The inbox.

-- A2A.

-- Deliveries.

-- Activity and events.

