-- breaking
-- Who may ask for what: roles of sessions, tokens with scopes, secrets, the audit log, outside agents.

create table credentials_before (
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
  revoked_at bigint
);
insert into credentials_before select id, org_id, kind, workspace_id, incarnation, token_hash, prefix, csrf_hash, created_at, expires_at, used_at, revoked_at from credentials;
drop table credentials;
create table credentials (
  id text not null,
  org_id text not null,
  kind text not null,
  workspace_id text,
  incarnation bigint,
  token_hash text not null,
  prefix text not null,
  csrf_hash text,
  name text,
  role text,
  scopes text,
  created_by text,
  client text,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  used_at bigint,
  revoked_at bigint,
  replaced_by text,
  constraint credentials_pk primary key (id),
  constraint credentials_hash unique (token_hash),
  constraint credentials_kind_known check (kind in ('admin', 'login', 'session', 'org_token', 'workspace', 'boot', 'host', 'agent')),
  constraint credentials_bound check (kind not in ('boot', 'host', 'agent') or (workspace_id is not null and incarnation is not null)),
  constraint credentials_of_one check (kind <> 'workspace' or workspace_id is not null),
  constraint credentials_role_known check (role in ('owner', 'operator', 'viewer')),
  constraint credentials_people_have_role check (kind not in ('login', 'session') or role is not null),
  constraint credentials_org_token_has_scopes check (kind <> 'org_token' or scopes is not null)
);
create index credentials_of_workspace on credentials (workspace_id) where revoked_at is null;
create index credentials_of_org on credentials (org_id, kind, created_at);
-- Whoever held a link or a session until now was the administrator.
insert into credentials (id, org_id, kind, workspace_id, incarnation, token_hash, prefix, csrf_hash, name, role, created_at, expires_at, used_at, revoked_at)
  select id, org_id, kind, workspace_id, incarnation, token_hash, prefix, csrf_hash,
    case when kind in ('login', 'session') then 'admin' end,
    case when kind in ('login', 'session') then 'owner' end,
    created_at, expires_at, used_at, revoked_at
  from credentials_before;
drop table credentials_before;

-- What an outside agent says of itself.
alter table workspaces add column agent_card text;
alter table workspaces add column url text;
alter table workspaces add column delivery_mode text constraint workspaces_delivery_mode_known check (delivery_mode in ('push', 'poll'));
alter table workspaces add column error_rate double precision;
alter table workspaces add column last_runtime_error text;
alter table workspaces add column uptime_seconds bigint;
alter table workspaces add column reported_task text;
alter table workspaces add column reported_active_tasks integer;
alter table workspaces add column runtime_state text;

-- Since when a workspace waits for its turn in a rolling restart, and since when it gets no more work because of it.
alter table workspaces add column rolling_restart_at bigint;
alter table workspaces add column draining_at bigint;
create index workspaces_rolling on workspaces (rolling_restart_at) where rolling_restart_at is not null;

-- Data keys, each wrapped by the master key that lies outside the database.
create table secret_keys (
  version integer not null,
  wrapped text not null,
  master_id text not null,
  created_at bigint not null,
  retired_at bigint,
  constraint secret_keys_pk primary key (version)
);

-- A workspace's secret overrides the org's of the same name.
create table secrets (
  id text not null,
  org_id text not null,
  workspace_id text,
  name text not null,
  ciphertext text not null,
  key_version integer not null,
  created_by text not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint secrets_pk primary key (id),
  constraint secrets_org_fk foreign key (org_id) references orgs (id),
  constraint secrets_workspace_fk foreign key (workspace_id) references workspaces (id),
  constraint secrets_key_fk foreign key (key_version) references secret_keys (version)
);
create unique index secrets_name on secrets (org_id, coalesce(workspace_id, ''), name);
create index secrets_key on secrets (key_version);

-- No foreign key: it outlives what it speaks of.
create table audit (
  seq bigint not null,
  org_id text not null,
  at bigint not null,
  actor_kind text not null,
  actor text not null,
  credential_id text,
  action text not null,
  entity text not null,
  entity_id text not null,
  before text,
  after text,
  trace_id text,
  address text,
  prev_hash text not null,
  hash text not null,
  constraint audit_pk primary key (org_id, seq)
);
create index audit_of_entity on audit (org_id, entity_id, seq);
{{append only audit}}

-- One row for each org, of its id: the end of the chain, locked while it grows.
create table audit_head (
  id text not null,
  seq bigint not null,
  hash text not null,
  constraint audit_head_pk primary key (id)
);
