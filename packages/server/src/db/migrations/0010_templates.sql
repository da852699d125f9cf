-- From which template a workspace came, where it stands there, and what of it has no effect yet.

alter table workspaces add column template text;
