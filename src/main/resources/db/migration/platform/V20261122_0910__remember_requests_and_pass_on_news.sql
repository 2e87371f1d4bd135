-- One row per Idempotency-Key: claimed in the transaction of the write it protects, finished with the
-- bytes that were answered. Kept thirty days.
create table idempotency_key (
    caller_id uuid not null,
    route text not null,
    key text not null,
    request_hash bytea not null,
    -- The request that claimed it, so that a list which is run again knows its own claims.
    holder uuid not null,
    claimed_at timestamptz not null,
    -- A node that dies between claim and finish leaves the row unfinished; after this it is taken over.
    lease_until timestamptz not null,
    status smallint,
    body bytea,
    primary key (caller_id, route, key)
);

create index idempotency_key_age on idempotency_key (claimed_at);

grant select, insert, update, delete on idempotency_key to vintem_app;

-- News that go up: written in the transaction of the fact, read by cursors afterwards.
-- Ids are not commit order. A reader goes by (xact_id, id) and only below the oldest transaction that
-- still runs, or it would pass by what commits late.
create table outbox (
    id bigint generated always as identity primary key,
    xact_id xid8 not null default pg_current_xact_id(),
    type text not null,
    subject text not null,
    body text not null,
    recorded_at timestamptz not null default now()
);

create index outbox_order on outbox (xact_id, id);

grant select, delete on outbox to vintem_app;
grant insert (type, subject, body) on outbox to vintem_app;

-- How far each subscriber has come. Its row is locked while news are applied, in the transaction that
-- applies them: applied once, however many relays run.
create table outbox_cursor (
    subscriber text primary key,
    xact_id xid8 not null default '0',
    id bigint not null default 0,
    failures integer not null default 0,
    retry_at timestamptz not null default '-infinity'
);

grant select, insert, update on outbox_cursor to vintem_app;

-- What a subscriber could not apply after many tries: set aside for a person, so that the rest goes on.
create table outbox_parked (
    subscriber text not null,
    event_id bigint not null,
    type text not null,
    subject text not null,
    body text not null,
    error text not null,
    parked_at timestamptz not null,
    primary key (subscriber, event_id)
);

grant select, insert, delete on outbox_parked to vintem_app;
