-- The hash of a file's first piece: a file that begins so is most likely the same, and is not stored
-- before it turns out to be another.
alter table debt_file add column beginning bytea;
create index debt_file_beginning on debt_file (beginning) where status in ('importing', 'done');
