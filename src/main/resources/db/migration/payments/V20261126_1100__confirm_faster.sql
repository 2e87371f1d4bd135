-- No index says whether a payment is paid any more: PostgreSQL then writes a confirmation beside the
-- row as it was (a *heap-only* tuple), if there is room, and touches no index at all.
alter table payment set (fillfactor = 50);

-- In these words a payment that is paid never stood and never stands.
alter table payment add column ended_as text generated always as (
    case when status in ('expired', 'removed', 'refunded', 'refused') then status end) stored;

drop index payment_due;
drop index payment_registering;
drop index payment_ended;
create index payment_due on payment (expires_at);
create index payment_registering on payment (next_ask_at) where next_ask_at is not null;
-- For lists of what is rare: what is usual is found by walking back from the newest.
create index payment_ended on payment (ended_as, id) where ended_as is not null;

-- Until when everything that is over was written down as over.
create table payment_expiry (
    only_row boolean primary key default true check (only_row),
    place timestamptz not null
);

insert into payment_expiry (place) values ('epoch');
grant select, update on payment_expiry to vintem_app;

-- What paid a payment in the ordinary way is found by the end-to-end id that the payment names.
drop index pix_receipt_of_payment;
create index pix_receipt_of_payment on pix_receipt (payment_id)
    where payment_id is not null and (status <> 'confirmed' or end_to_end_id is null);
