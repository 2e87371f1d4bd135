-- What somebody is asked to pay by Pix.
create table payment (
    id uuid primary key,
    -- What the code carries and the bank's confirmation names; unguessable.
    txid text not null unique,
    mode text not null check (mode in ('static', 'psp')),
    -- `refused` is the PSP's: it would not register the charge.
    status text not null check (status in
        ('registering', 'active', 'paid', 'expired', 'removed', 'refunded', 'refused')),
    amount_cents bigint not null check (amount_cents > 0),
    -- The account that is credited: sales, clearing:billing.
    purpose text not null,
    -- The text of the BR Code; null while the PSP registers the charge.
    copy_and_paste text,
    reference text,
    description text,
    payer_name text,
    payer_tax_id text,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    paid_at timestamptz,
    paid_cents bigint,
    late boolean not null default false,
    end_to_end_id text,
    -- Refunds that are done or under way. We never ask for more than was paid; a bank may take more.
    refunded_cents bigint not null default 0,
    -- When the PSP is to be asked again while it has not registered the charge.
    next_ask_at timestamptz,
    check ((paid_at is not null) = (paid_cents is not null)),
    check ((status in ('paid', 'refunded')) = (paid_at is not null)),
    check (refunded_cents >= 0),
    check (copy_and_paste is not null or mode = 'psp')
) with (fillfactor = 60);

create index payment_due on payment (expires_at) where status in ('registering', 'active');
create index payment_registering on payment (next_ask_at) where status = 'registering';
-- For lists of what is rare: what is usual is found by walking back from the newest.
create index payment_ended on payment (status, id)
    where status in ('expired', 'removed', 'refunded', 'refused');
create index payment_reference on payment (reference, id) where reference is not null;

grant select, insert on payment to vintem_app;
grant update (status, copy_and_paste, paid_at, paid_cents, late, end_to_end_id, refunded_cents,
              next_ask_at, payer_name, payer_tax_id) on payment to vintem_app;

-- Money that arrived, and announcements of money that fit nothing. The bank's end-to-end id decides
-- which is which: a Pix is received once, however often the bank tells of it.
create table pix_receipt (
    id uuid primary key,
    -- Null where the bank's message had none.
    end_to_end_id text unique,
    txid text,
    amount_cents bigint not null check (amount_cents > 0),
    received_at timestamptz not null,
    -- `confirmed` paid the payment that it named. `unidentified` is money that waits for somebody to
    -- say whose it is, `matched` has found its payment, `refunding` and `refunded` go back. `noted` is
    -- a message that fitted nothing and did not say which Pix it meant: no money is booked for it.
    status text not null check (status in
        ('confirmed', 'unidentified', 'matched', 'refunding', 'refunded', 'noted', 'dismissed')),
    -- Why it fits nothing.
    reason text,
    payment_id uuid,
    decided_by text,
    decided_at timestamptz,
    check ((status in ('confirmed', 'matched')) <= (payment_id is not null)),
    check ((status = 'confirmed') = (reason is null))
) with (fillfactor = 70);

create index pix_receipt_of_payment on pix_receipt (payment_id) where payment_id is not null;
create index pix_receipt_queue on pix_receipt (status, id)
    where status in ('unidentified', 'refunding', 'noted');
-- The same message, sent again and again, is one line of the queue.
create unique index pix_receipt_noted on pix_receipt (txid, amount_cents, reason)
    where status = 'noted';

grant select, insert on pix_receipt to vintem_app;
grant update (status, payment_id, end_to_end_id, decided_by, decided_at) on pix_receipt
    to vintem_app;

-- Money that goes back to a payer: of a payment, or of a receipt that nobody claims.
create table pix_refund (
    id uuid primary key,
    -- What the bank knows it by.
    refund_id text not null unique,
    receipt_id uuid not null,
    payment_id uuid,
    end_to_end_id text not null,
    amount_cents bigint not null check (amount_cents > 0),
    -- The account that it is taken from in the end: refunds, unidentified.
    purpose text not null,
    status text not null check (status in ('processing', 'done', 'failed')),
    reason text,
    description text,
    -- The bank took it back by itself (MED).
    by_bank boolean not null default false,
    credential_id uuid not null,
    spending_day date not null,
    requested_by text not null,
    created_at timestamptz not null,
    -- Until when whoever wrote it may hand it to the bank; afterwards the bank is only asked.
    send_by timestamptz not null,
    next_ask_at timestamptz not null,
    times_asked integer not null default 0,
    ended_at timestamptz,
    check ((status = 'processing') = (ended_at is null)),
    check ((status = 'failed') <= (reason is not null))
) with (fillfactor = 60);

create index pix_refund_of_receipt on pix_refund (receipt_id);
create index pix_refund_of_payment on pix_refund (payment_id, id) where payment_id is not null;
create index pix_refund_open on pix_refund (next_ask_at) where status = 'processing';

grant select, insert on pix_refund to vintem_app;
grant update (status, reason, next_ask_at, times_asked, ended_at) on pix_refund to vintem_app;

-- How far the bank's list of what came in has been read.
create table pix_receipt_cursor (
    only_row boolean primary key default true check (only_row),
    place bigint not null
);

insert into pix_receipt_cursor (place) values (0);
grant select, update on pix_receipt_cursor to vintem_app;
