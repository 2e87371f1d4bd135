-- A file of debts: received in chunks, surveyed while it arrives, then imported from those chunks by
-- whichever node holds the lease. What is written by the import and how far it has come move in one
-- transaction, so a node that dies leaves nothing half-done and another one goes on from there.
create table debt_file (
    id uuid primary key,
    name text not null,
    status text not null check (status in ('receiving', 'importing', 'done', 'failed', 'cancelled')),
    -- Why it failed: a code for machines, and a sentence.
    reason text,
    detail text,
    -- Bytes that have come.
    size bigint not null default 0,
    sha256 bytea,

    -- What it turned out to be, told once for the whole file.
    format text check (format in ('csv', 'xlsx')),
    charset text,
    delimiter text,
    decimal_mark text,
    date_order text,
    -- The first row as it stands, and what each column is to us: null where we do not use it.
    columns text[],
    fields text[],
    total_rows bigint,

    -- What its charges are made with.
    late_terms text,
    billed text not null,

    -- How far the import has come: the first byte (of a spreadsheet: the first row) that is not in the
    -- counters yet, and its line.
    position bigint not null default 0,
    line integer not null default 1,
    rows bigint not null default 0,
    imported bigint not null default 0,
    imported_cents bigint not null default 0,
    duplicates bigint not null default 0,
    errors bigint not null default 0,
    conflicts bigint not null default 0,
    boletos bigint not null default 0,
    emails_queued bigint not null default 0,
    -- What became of its charges afterwards.
    emails_sent bigint not null default 0,
    emails_failed bigint not null default 0,
    paid bigint not null default 0,

    -- Who works on it, and until when nobody else does.
    lease_owner uuid,
    lease_until timestamptz,
    -- Times that an import broke off since the position moved last.
    failures integer not null default 0,
    -- Since when and from which row the present import runs: what its speed is computed from.
    run_started_at timestamptz,
    run_first_row bigint not null default 0,

    received_at timestamptz not null,
    touched_at timestamptz not null,
    import_started_at timestamptz,
    ended_at timestamptz,
    caller_id uuid not null,
    caller_name text not null,

    -- A cancelled file: whether its charges go, too, and when that was done with.
    cancel_charges boolean not null default false,
    cancelled_by uuid,
    cleared_at timestamptz,
    -- When its bytes and its errata were forgotten.
    chunks_dropped_at timestamptz,
    errata_dropped_at timestamptz,

    check (rows = imported + duplicates + errors + conflicts)
) with (fillfactor = 50);

-- The same bytes are imported once: of two that arrive at the same moment the index takes one.
create unique index debt_file_content on debt_file (sha256) where status in ('importing', 'done');
create index debt_file_at_work on debt_file (lease_until)
    where status in ('receiving', 'importing') or (status = 'cancelled' and cleared_at is null);

grant select, insert, update, delete on debt_file to vintem_app;

-- The bytes as they came, each piece under the place in the file where it begins. Dropped some time
-- after the import.
create table debt_file_chunk (
    file_id uuid not null,
    start bigint not null,
    bytes bytea not null,
    primary key (file_id, start)
);

-- Written once and read once: compressing it would cost more than it saves.
alter table debt_file_chunk alter column bytes set storage external;

grant select, insert, delete on debt_file_chunk to vintem_app;

-- Rows that were not charged: mistakes, and debts that are charged already with something else.
create table debt_file_error (
    file_id uuid not null,
    line integer not null,
    kind text not null check (kind in ('error', 'conflict')),
    -- One column and one reason for each mistake.
    columns text[] not null,
    reasons text[] not null,
    -- What stands there, field by field.
    fields text[] not null,
    primary key (file_id, line)
);

grant select, insert, delete on debt_file_error to vintem_app;

-- Rows whose debt is charged already, in just this way: no mistakes, but listed. A file that is sent
-- again has a million of them, so those of one batch are one row.
create table debt_file_duplicate (
    file_id uuid not null,
    first_line integer not null,
    lines integer[] not null,
    debt_ids text[] not null,
    primary key (file_id, first_line)
);

grant select, insert, delete on debt_file_duplicate to vintem_app;

-- Where a debtor lives, where the file says it.
create table charge_address (
    charge_id uuid primary key,
    address text,
    city text,
    state text,
    zip text
);

grant select, insert, delete on charge_address to vintem_app;
