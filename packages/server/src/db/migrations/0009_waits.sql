-- What is taken up first, and until when it has to be taken up at all.
alter table tasks add column priority integer not null default 50;
alter table tasks add column start_by bigint;

-- Why a task waits, in words for a person; and what its agents asked back, one question for each attempt.

alter table tasks add column wait_reason text;

-- How often the same attempt was handed over; an agent that runs elsewhere may lose it on the way again and again.
alter table task_attempts add column deliveries integer not null default 1;

-- What the agent that was called knows the work as; asked for again after a restart.
alter table task_attempts add column remote_task_id text;

create table task_questions (
  task_id text not null,
  attempt integer not null,
  text text not null,
  asked_at bigint not null,
  answer text,
  answered_by text,
  answered_at bigint,
  constraint task_questions_pk primary key (task_id, attempt),
  constraint task_questions_answered check ((answer is null) = (answered_at is null))
);
