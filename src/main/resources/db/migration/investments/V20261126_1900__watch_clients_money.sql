-- Clients' money, watched and never booked: it is not the company's, so it stays outside the ledger and is
-- proven by recomputation. Quantities, prices and rates are exact decimals, as they were given.
--
-- What can be corrected (allocations, closes, rates, clients) keeps its former versions with the time in
-- which they were what we knew: so a figure can be asked as of a past instant.

create table client (
    id bigint generated always as identity primary key,
    name text not null,
    email text not null,
    -- In lower case: one person has one address, however it is written.
    email_key text collate "C" not null unique,
    status text not null check (status in ('active', 'inactive')),
    advisor text,
    created_at timestamptz not null,
    recorded_at timestamptz not null
);

create index client_name on client (lower(name) collate "C", id);

create table client_history (
    client_id bigint not null,
    name text not null,
    status text not null,
    advisor text,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null
);

create index client_history_of on client_history (client_id);

create table asset (
    id bigint generated always as identity primary key,
    ticker text collate "C" not null unique,
    name text not null,
    exchange text not null,
    currency text collate "C" not null check (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz not null,
    splits integer not null default 0,
    -- The latest close, and what one unit is worth in reais now; null until there is one (and a rate).
    close_date date,
    close_price numeric,
    price_brl numeric,
    -- Whose closes a node is asking for at this moment, and up to which day they were asked for.
    ingest_until timestamptz,
    ingested_for date,
    check ((close_date is null) = (close_price is null)),
    check (price_brl is null or close_price is not null)
);

-- Money that a client put into an asset on a day.
create table allocation (
    id bigint generated always as identity primary key,
    client_id bigint not null,
    asset_id bigint not null,
    quantity numeric not null check (quantity > 0),
    buy_price numeric not null check (buy_price > 0),
    buy_date date not null,
    is_active boolean not null,
    created_at timestamptz not null,
    recorded_at timestamptz not null,
    -- Worked out from the above, from sales, splits and rates, whenever one of them changes.
    -- quantity × buy_price in reais of that day; null where there is no rate, and then it counts nowhere.
    cost_brl numeric,
    -- Units of today that are left.
    remaining numeric not null check (remaining >= 0),
    -- What the units that were sold brought, in reais; null where a rate is missing.
    proceeds_brl numeric
);

create index allocation_client on allocation (client_id, buy_date);
create index allocation_asset on allocation (asset_id, id);
create index allocation_day on allocation (buy_date);

create table allocation_history (
    allocation_id bigint not null,
    client_id bigint not null,
    asset_id bigint not null,
    quantity numeric not null,
    buy_price numeric not null,
    buy_date date not null,
    is_active boolean not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null
);

create index allocation_history_of on allocation_history (client_id, allocation_id);

-- A sale of a part of an allocation. Never changed.
create table withdrawal (
    id bigint generated always as identity primary key,
    allocation_id bigint not null,
    client_id bigint not null,
    asset_id bigint not null,
    date date not null,
    quantity numeric not null check (quantity > 0),
    price numeric not null check (price >= 0),
    recorded_at timestamptz not null,
    -- In reais of that day; null where there is no rate.
    proceeds_brl numeric
);

create index withdrawal_of on withdrawal (allocation_id);
create index withdrawal_client on withdrawal (client_id, date);
create index withdrawal_day on withdrawal (date);

-- One unit before that day is so many from that day on: 2 for a split in two, 0.1 for ten into one.
create table asset_split (
    asset_id bigint not null,
    date date not null,
    factor numeric not null check (factor > 0),
    recorded_at timestamptz not null,
    primary key (asset_id, date)
);

-- One close for an asset and a day: two would count one day twice.
create table daily_return (
    asset_id bigint not null,
    date date not null,
    close_price numeric not null check (close_price > 0),
    source text not null,
    recorded_at timestamptz not null,
    primary key (asset_id, date)
);

create table daily_return_history (
    asset_id bigint not null,
    date date not null,
    close_price numeric not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null
);

create index daily_return_history_of on daily_return_history (asset_id, date);

-- Reais for one unit of a currency (`USD`), and `CDI`: percent a business day.
create table market_rate (
    series text collate "C" not null,
    day date not null,
    value numeric not null check (value > 0),
    source text not null,
    recorded_at timestamptz not null,
    primary key (series, day)
);

create table market_rate_history (
    series text collate "C" not null,
    day date not null,
    value numeric not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null
);

-- The last price that a provider gave for a symbol, held or not: what is shown, with its age, while the
-- provider is away.
create table quote (
    symbol text collate "C" primary key,
    name text not null,
    exchange text not null,
    currency text collate "C" not null,
    price numeric not null,
    as_of timestamptz not null,
    fetched_at timestamptz not null,
    source text not null
);

-- Captado, kept as it changes: what a client put in in a month, what has become of it, and what they took
-- out in that month. Windows are sums of months; only weeks read single allocations.
create table captado_month (
    client_id bigint not null,
    month date not null,
    captado numeric not null,
    -- What is left of those allocations, at the latest prices.
    market numeric not null,
    -- What was sold of those allocations, whenever it was.
    proceeds numeric not null,
    -- What was sold in this month, of whichever allocation.
    sold numeric not null,
    -- Allocations that count nowhere, because a rate is missing.
    excluded integer not null,
    primary key (client_id, month)
) with (fillfactor = 70);

create index captado_month_of on captado_month (month);

-- Locked by whoever changes anything of a client. The version counts the changes; the transaction lets
-- screens ask for what has changed since they looked.
create table captado_client (
    client_id bigint primary key,
    version bigint not null,
    changed_xact xid8 not null
) with (fillfactor = 70);

create index captado_client_changed on captado_client (changed_xact);

create aggregate product(numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');

-- Whoever enters something anew dates it anew; what is worked out leaves the date alone.
create function keep_client() returns trigger language plpgsql as $$
begin
    insert into client_history (client_id, name, status, advisor, recorded_at, superseded_at)
    values (old.id, old.name, old.status, old.advisor, old.recorded_at, new.recorded_at);
    return null;
end $$;

create trigger keep after update on client for each row
    when (old.recorded_at <> new.recorded_at) execute function keep_client();

create function keep_allocation() returns trigger language plpgsql as $$
begin
    insert into allocation_history (allocation_id, client_id, asset_id, quantity, buy_price, buy_date,
                                    is_active, recorded_at, superseded_at)
    values (old.id, old.client_id, old.asset_id, old.quantity, old.buy_price, old.buy_date, old.is_active,
            old.recorded_at, new.recorded_at);
    return null;
end $$;

create trigger keep after update on allocation for each row
    when (old.recorded_at <> new.recorded_at) execute function keep_allocation();

create function keep_close() returns trigger language plpgsql as $$
begin
    insert into daily_return_history (asset_id, date, close_price, recorded_at, superseded_at)
    values (old.asset_id, old.date, old.close_price, old.recorded_at, new.recorded_at);
    return null;
end $$;

create trigger keep after update on daily_return for each row
    when (old.recorded_at <> new.recorded_at) execute function keep_close();

create function keep_rate() returns trigger language plpgsql as $$
begin
    insert into market_rate_history (series, day, value, recorded_at, superseded_at)
    values (old.series, old.day, old.value, old.recorded_at, new.recorded_at);
    return null;
end $$;

create trigger keep after update on market_rate for each row
    when (old.recorded_at <> new.recorded_at) execute function keep_rate();

grant select, insert, update on client, asset, allocation, daily_return, market_rate, quote, captado_month,
    captado_client to vintem_app;
grant select, insert on client_history, allocation_history, asset_split, daily_return_history,
    market_rate_history, withdrawal to vintem_app;
grant update (proceeds_brl) on withdrawal to vintem_app;
