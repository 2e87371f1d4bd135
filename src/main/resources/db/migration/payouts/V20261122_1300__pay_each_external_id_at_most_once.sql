-- A batch is a name under which payouts were first asked for, with counters of what became of them.
create table payout_batch (
    id text primary key,
    created_at timestamptz not null,
    items bigint not null default 0,
    paid bigint not null default 0,
    failed bigint not null default 0,
    returned bigint not null default 0
) with (fillfactor = 50);

create index payout_batch_age on payout_batch (created_at desc, id);

grant select, insert on payout_batch to vintem_app;
grant update (items, paid, failed, returned) on payout_batch to vintem_app;

-- Each time that somebody sent a batch. While send_by is ahead, one node may hand its payouts to the
-- bank; afterwards nobody does, and the bank is asked what it got.
create table payout_submission (
    id uuid primary key,
    batch_id text not null references payout_batch,
    caller_id uuid not null,
    caller_name text not null,
    received_at timestamptz not null,
    items bigint not null,
    send_by timestamptz not null,
    -- When the resolver began to ask: from then on nobody may send again.
    taken_over_at timestamptz,
    -- What was answered; null until then.
    successful bigint,
    failed bigint,
    duplicates bigint,
    processing bigint,
    -- When the last of its payouts was known.
    finished_at timestamptz
);

create index payout_submission_of_batch on payout_submission (batch_id, received_at);
create index payout_submission_unfinished on payout_submission (send_by) where finished_at is null;

grant select, insert on payout_submission to vintem_app;
grant update (send_by, taken_over_at, successful, failed, duplicates, processing, finished_at)
    on payout_submission to vintem_app;

-- No foreign keys on hot rows: they cost as much again as the insert, and `vintem audit` looks for
-- orphans.
create table payout (
    id uuid primary key,
    -- The idempotency key, unique for ever over the whole system: it decides who was first.
    external_id text not null unique,
    batch_id text not null,
    position integer not null,
    user_id text,
    -- Normalised where it is a key, as it came where it is none.
    pix_key text not null,
    amount_cents bigint not null,
    tax_id text,
    description text,
    -- The account that pays in the end: payouts, cashback_available ...
    purpose text not null,
    status text not null check (status in ('processing', 'paid', 'failed', 'returned')),
    reason text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check (amount_cents > 0 or status = 'failed'),
    check ((reason is not null) = (status = 'failed'))
) with (fillfactor = 50);

create index payout_of_batch on payout (batch_id, position);
create index payout_of_user on payout (user_id, id) where user_id is not null;

grant select, insert on payout to vintem_app;
grant update (pix_key, tax_id, description, status, reason, updated_at) on payout to vintem_app;

-- Each time that a payout was to be sent. The provider's id is the payout's own id and a generation:
-- the same again where the bank never got it, another one after a certain refusal.
create table payout_attempt (
    payout_id uuid not null,
    number integer not null,
    provider_id text not null,
    submission_id uuid not null,
    credential_id uuid not null,
    spending_day date not null,
    pix_key text not null,
    started_at timestamptz not null,
    next_ask_at timestamptz not null,
    times_asked integer not null default 0,
    outcome text check (outcome in ('paid', 'refused', 'not_received')),
    reason text,
    end_to_end_id text,
    ended_at timestamptz,
    primary key (payout_id, number)
) with (fillfactor = 50);

-- One attempt under way at most.
create unique index payout_attempt_open on payout_attempt (payout_id) where outcome is null;

grant select, insert on payout_attempt to vintem_app;
grant update (next_ask_at, times_asked, outcome, reason, end_to_end_id, ended_at)
    on payout_attempt to vintem_app;

-- How far the bank's returns have been read.
create table payout_return_cursor (
    only_row boolean primary key default true check (only_row),
    place bigint not null
);

insert into payout_return_cursor (place) values (0);
grant select, update on payout_return_cursor to vintem_app;

-- What a person must look at: the bank paid what we had given up.
create table payout_alarm (
    payout_id uuid not null references payout,
    kind text not null,
    detail text not null,
    raised_at timestamptz not null,
    primary key (payout_id, kind, detail)
);

grant select, insert on payout_alarm to vintem_app;
