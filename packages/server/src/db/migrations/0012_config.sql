-- The configuration of workspaces, and templates of it, as files whose every version is kept.

create table config_versions (
  owner_kind text not null,
  owner_id text not null,
  version integer not null,
  org_id text not null,
  author text not null,
  note text not null default '',
  restored_from integer,
  created_at bigint not null,
  constraint config_versions_pk primary key (owner_kind, owner_id, version)
);

create table config_files (
  owner_kind text not null,
  owner_id text not null,
  version integer not null,
  path text not null,
  org_id text not null,
  hash text not null,
  constraint config_files_pk primary key (owner_kind, owner_id, version, path)
);

create index config_files_hash on config_files (org_id, hash);

-- Versions and workspaces that hold the same text share it.
create table config_blobs (
  org_id text not null,
  hash text not null,
  content text not null,
  constraint config_blobs_pk primary key (org_id, hash)
);

create table workspace_templates (
  id text not null,
  org_id text not null,
  name text not null,
  description text not null default '',
  created_at bigint not null,
  updated_at bigint not null,
  constraint workspace_templates_pk primary key (org_id, id)
);

-- The template of its configuration, to lay it on again.
alter table workspaces add column config_template text;
