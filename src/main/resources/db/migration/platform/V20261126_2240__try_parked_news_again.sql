-- A person may have parked news applied once more: how often it was tried, when last, and when the news
-- itself was written, which a webhook tells. What was parked before has had its eight tries.
alter table outbox_parked add column recorded_at timestamptz;
alter table outbox_parked add column tries integer not null default 8;
alter table outbox_parked add column tried_at timestamptz;

grant update (error, tries, tried_at) on outbox_parked to vintem_app;
