-- Work that is asked for by signed deliveries from outside, and what became of each delivery.

create table webhooks (
  id text not null,
  org_id text not null,
  workspace_id text not null,
  name text not null,
  kind text not null,
  ciphertext text not null,
  key_version integer not null,
  prompt text not null,
  event_filter text not null,
  enabled integer not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint webhooks_pk primary key (id),
  constraint webhooks_name unique (workspace_id, name),
  constraint webhooks_key_fk foreign key (key_version) references secret_keys (version)
);

create index webhooks_key on webhooks (key_version);

create table webhook_deliveries (
  webhook_id text not null,
  delivery_key text not null,
  received_at bigint not null,
  event_name text not null,
  outcome text not null,
  task_id text,
  note text not null default '',
  constraint webhook_deliveries_pk primary key (webhook_id, delivery_key)
);

create index webhook_deliveries_order on webhook_deliveries (webhook_id, received_at);
create index webhook_deliveries_without_task on webhook_deliveries (webhook_id, received_at) where task_id is null;
