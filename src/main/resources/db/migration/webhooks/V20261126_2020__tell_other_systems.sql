-- News to the systems of whoever runs this, by Standard Webhooks.
--
-- An endpoint is where they go. Its secrets lie in a table of their own, because several are valid while
-- one is being replaced; they are needed for signing, so they are kept, sealed by VINTEM_SECRET: a copy of
-- the database alone signs nothing.
create table webhook_endpoint (
    id uuid primary key,
    url text not null,
    description text not null,
    -- The types of news it wants; null: all there are.
    types text[],
    -- failing: switched off by us after days without one success; its news are kept until a person has
    -- looked. gone: it answered 410. disabled: a person did it. Those two are told of nothing.
    status text not null check (status in ('enabled', 'disabled', 'failing', 'gone')),
    created_at timestamptz not null,
    -- News of later transactions are all told: what audit compares with. Renewed whenever it begins to
    -- want what it did not want before.
    since_xact xid8 not null default pg_current_xact_id(),
    -- Rounds in a row in which nothing was delivered, and when the first of them was.
    failures integer not null default 0,
    failing_since timestamptz,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    -- Nobody asks it before: it said so, or it has failed several times.
    rest_until timestamptz not null default '-infinity'
);

create table webhook_secret (
    id uuid primary key,
    endpoint_id uuid not null references webhook_endpoint on delete cascade,
    sealed bytea not null,
    created_at timestamptz not null,
    -- Null for the one that is in force.
    valid_until timestamptz
);

create unique index webhook_secret_in_force on webhook_secret (endpoint_id) where valid_until is null;
create index webhook_secret_of on webhook_secret (endpoint_id, created_at);

-- One piece of news for one endpoint, written in the transaction in which the relay passes it.
create table webhook_delivery (
    id uuid primary key,
    -- The order in which news happened: one relay writes at a time.
    seq bigint generated always as identity,
    endpoint_id uuid not null references webhook_endpoint on delete cascade,
    -- Null where somebody only tries the endpoint.
    event_id bigint,
    type text not null,
    subject text not null,
    -- The bytes that are signed and sent, each time the same.
    body text not null,
    status text not null check (status in ('waiting', 'delivered', 'dead')),
    created_at timestamptz not null,
    attempts integer not null default 0,
    -- Of the attempts, those before it was last replayed: the schedule begins anew after it.
    attempts_before integer not null default 0,
    due_at timestamptz not null,
    -- Whoever sends it holds it until then; afterwards the next one may.
    lease uuid,
    leased_until timestamptz,
    ended_at timestamptz,
    last_status integer,
    last_error text,
    unique (endpoint_id, event_id)
);

-- What is due; what stands before it of the same subject; lists; what has become old.
create index webhook_delivery_due on webhook_delivery (endpoint_id, due_at, seq) where status = 'waiting';
create index webhook_delivery_row on webhook_delivery (endpoint_id, subject, seq) where status = 'waiting';
create index webhook_delivery_order on webhook_delivery (seq);
create index webhook_delivery_of on webhook_delivery (endpoint_id, seq);
create index webhook_delivery_dead on webhook_delivery (seq) where status = 'dead';
create index webhook_delivery_age on webhook_delivery using brin (created_at);

-- Each time that somebody knocked, and what was said. A node that dies in between leaves no row.
create table webhook_attempt (
    delivery_id uuid not null references webhook_delivery on delete cascade,
    number integer not null,
    at timestamptz not null,
    duration_millis integer not null,
    -- Null where there was no answer; then error says why.
    status integer,
    error text,
    -- The first 4 KiB of the answer.
    response text not null,
    primary key (delivery_id, number)
);

-- How far deliveries were forgotten because of their age: audit asks only for later ones.
create table webhook_forgotten (
    only_one boolean primary key default true check (only_one),
    event_id bigint not null
);

insert into webhook_forgotten (event_id) values (0);

grant select, insert, update, delete on webhook_endpoint, webhook_secret, webhook_delivery to vintem_app;
grant select, insert on webhook_attempt to vintem_app;
grant select, update on webhook_forgotten to vintem_app;
