-- What a workspace is asked by its own configuration: once in each session, and again whenever it has had nothing to do for so long.

alter table workspaces add column initial_prompt_session integer;
alter table workspaces add column idle_every_s integer;
alter table workspaces add column idle_prompted_at bigint;
