-- An id alone is asked for by nobody: one index does for two.
alter table outbox drop constraint outbox_pkey;
drop index outbox_order;
alter table outbox add primary key (xact_id, id);
