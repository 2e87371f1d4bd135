-- The bank's statement as it was imported: from the rail, or from a file. The hash decides whether a file
-- was here before.
create table bank_statement (
    id uuid primary key,
    source text not null check (source in ('rail', 'csv', 'ofx')),
    name text not null,
    hash bytea not null unique,
    -- The São Paulo days that it covers, both included.
    first_day date not null,
    last_day date not null,
    lines bigint not null,
    new_lines bigint not null,
    -- The balance that it tells at the end of its last day, where it tells one.
    closing_cents bigint,
    imported_by text not null,
    imported_at timestamptz not null,
    check (first_day <= last_day)
);

create index bank_statement_days on bank_statement (first_day, last_day);

grant select, insert on bank_statement to vintem_app;

-- Lines and movements that belong together: by what the bank calls them, by day and amount, or by a person.
create table reconciliation_match (
    id uuid primary key,
    how text not null check (how in ('reference', 'amount', 'hand')),
    decided_by text,
    at timestamptz not null
);

grant select, insert, delete on reconciliation_match to vintem_app;
grant update (how, decided_by, at) on reconciliation_match to vintem_app;

create table bank_statement_line (
    id uuid primary key,
    statement_id uuid not null references bank_statement,
    -- Day, amount, what the bank calls it, and its number among equal lines of one file: the same line of
    -- two files that overlap is one line.
    identity text not null unique,
    day date not null,
    position integer not null,
    -- What came in is more than zero.
    amount_cents bigint not null check (amount_cents <> 0),
    -- An end-to-end id, or what else the bank calls it.
    reference text,
    -- What people read, without tax ids; forgotten some time after the line was matched.
    description text,
    match_id uuid references reconciliation_match
);

create index bank_statement_line_day on bank_statement_line (day, position);
create index bank_statement_line_open on bank_statement_line (day) where match_id is null;
create index bank_statement_line_reference on bank_statement_line (reference)
    where reference is not null;
create index bank_statement_line_match on bank_statement_line (match_id) where match_id is not null;

grant select, insert on bank_statement_line to vintem_app;
grant update (match_id, description) on bank_statement_line to vintem_app;

-- What each entry of the ledger moved on our account at the bank, on the day on which it moved there, of
-- the days that a statement covers: copied from the transfers, which no index finds by their day.
create table bank_movement (
    entry_id uuid primary key,
    subject_id uuid not null,
    kind text not null,
    day date not null,
    at timestamptz not null,
    amount_cents bigint not null,
    match_id uuid references reconciliation_match
);

create index bank_movement_day on bank_movement (day, at);
create index bank_movement_open on bank_movement (day) where match_id is null;
create index bank_movement_match on bank_movement (match_id) where match_id is not null;

grant select, insert on bank_movement to vintem_app;
grant update (match_id) on bank_movement to vintem_app;

-- What the bank may call it. Module and page say whose it is.
create table bank_movement_reference (
    reference text not null,
    entry_id uuid not null references bank_movement,
    primary key (reference, entry_id)
);

grant select, insert on bank_movement_reference to vintem_app;

-- Our balance when the first day began that a statement covers, by the ledger.
create table reconciliation_opening (
    only_row boolean primary key default true check (only_row),
    day date not null,
    cents bigint not null
);

grant select, insert, update on reconciliation_opening to vintem_app;
