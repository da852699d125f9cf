-- Whose inbox gets the results of a schedule.

alter table schedules add column report_to text;
