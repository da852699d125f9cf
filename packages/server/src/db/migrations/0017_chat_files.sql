-- Files of a chat. Their bytes are in the data folder of the server that took them.

create table chat_files (
  id text not null,
  org_id text not null,
  workspace_id text not null,
  name text not null,
  mime_type text not null,
  size_bytes bigint not null,
  sent_by text not null,
  created_at bigint not null,
  constraint chat_files_pk primary key (id)
);

create index chat_files_workspace on chat_files (workspace_id);
