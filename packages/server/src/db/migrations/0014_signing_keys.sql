-- What an org signs its bundles with.

create table signing_keys (
  id text not null,
  org_id text not null,
  public_key text not null,
  ciphertext text not null,
  key_version integer not null,
  created_at bigint not null,
  constraint signing_keys_pk primary key (id),
  constraint signing_keys_org unique (org_id)
);
