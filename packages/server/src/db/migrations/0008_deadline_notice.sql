-- The deadline that the caller of a task was told of in time; another one is told of anew.

alter table tasks add column noticed_deadline bigint;
