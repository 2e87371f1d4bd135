-- A subscriber that has to do with one purpose only is not told of all the others.
alter table outbox add column purpose text;
grant insert (purpose) on outbox to vintem_app;
