-- Pausing and hibernating, removing what a workspace stored, and what runs without a row.

-- Whose pause stopped it, and the wish that a resume goes back to.
alter table workspaces add column paused_by text;
alter table workspaces add column paused_from text constraint workspaces_paused_from_known check (paused_from in ('running', 'hibernated'));
-- Null: never hibernates by itself.
alter table workspaces add column hibernation_idle_minutes integer constraint workspaces_idle_minutes_positive check (hibernation_idle_minutes > 0);
-- The wish to remove what it stored, and the proof that it is gone.
alter table workspaces add column purge_requested_at bigint;
alter table workspaces add column purged_at bigint;
alter table workspaces add column purge_attempts integer not null default 0;
alter table workspaces add column next_purge_at bigint;
alter table workspaces add column purge_error text;
create index workspaces_purge on workspaces (purge_requested_at) where purge_requested_at is not null and purged_at is null;

-- What a backend says runs under our label, and that no open resource speaks of. Quarantined here, stopped after a grace.
create table orphans (
  id text not null,
  backend text not null,
  node_id text not null,
  workspace_id text not null,
  incarnation bigint not null,
  handle text not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  rounds integer not null,
  stop_attempts integer not null,
  last_error text,
  constraint orphans_pk primary key (id),
  constraint orphans_once unique (backend, node_id, workspace_id, incarnation)
);
