-- Of thirteen payments on a page that was half empty two found no room for what they are when paid:
-- those were written elsewhere, with an entry in every index.
alter table payment set (fillfactor = 45);
