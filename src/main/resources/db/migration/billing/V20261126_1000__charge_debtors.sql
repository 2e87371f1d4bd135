-- In whose name boletos are made, as it was configured: never changed, so that an old boleto keeps its
-- meaning. Numbers are taken from here in ranges, committed before they are used: a crash leaves a gap,
-- never a number that is used twice.
create table beneficiary (
    id integer generated always as identity primary key,
    config text not null unique,
    next_number bigint not null default 1 check (next_number > 0)
);

grant select, insert (config), update (next_number) on beneficiary to vintem_app;

-- What a debtor owes. One for each debtId, for ever.
create table charge (
    id uuid primary key,
    -- Compared by its bytes: the debtId is the creditor's, and is not for us to interpret.
    debt_id text collate "C" not null unique,
    -- Where it came from; null where it was asked for by itself.
    file_id uuid,
    line integer,
    name text not null,
    -- As it was given: official files hold numbers that are no CPF.
    government_id text collate "C" not null,
    document_valid boolean not null,
    email text collate "C" not null,
    amount_cents bigint not null check (amount_cents > 0),
    due_date date not null,
    -- Fine, interest and discount in the words of LateTerms; null where there are none.
    late_terms text,
    -- The account that was credited: already_recognised, revenue, owed_to_creditor.
    billed text not null,
    -- The second half of the address of the debtor's page: 128 random bits.
    page_key uuid not null,
    status text not null check (status in ('open', 'partially_paid', 'paid', 'cancelled')),
    -- What came in for the principal.
    paid_cents bigint not null default 0 check (paid_cents between 0 and amount_cents),
    -- What a discount took off the principal when it was settled.
    discount_cents bigint not null default 0 check (discount_cents >= 0),
    -- Late terms of parts that were paid late, while more is open.
    late_owed_cents bigint not null default 0 check (late_owed_cents >= 0),
    paid_at timestamptz,
    -- The boleto that is in force. Above R$ 99,999,999.99 there is none.
    beneficiary_id integer,
    boleto_number bigint,
    boleto_due date,
    bar_code text collate "C",
    boleto_status text not null check (boleto_status in
        ('none', 'draft', 'registering', 'registered', 'paid', 'written_off', 'rejected')),
    boleto_reason text,
    boleto_issued_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((status = 'paid') = (paid_cents + discount_cents = amount_cents)),
    check ((status = 'paid') = (paid_at is not null)),
    check (status <> 'open' or paid_cents = 0),
    check ((boleto_number is null) = (boleto_status = 'none')),
    check (num_nulls(beneficiary_id, boleto_number, boleto_due, bar_code, boleto_issued_at) in (0, 5))
) with (fillfactor = 85);

create unique index charge_boleto on charge (beneficiary_id, boleto_number);
-- For lists: newest first, or by due date, of each status wanted. Lists of several statuses read the
-- beginning of each and merge.
create index charge_of_file on charge (file_id, status, id) where file_id is not null;
create index charge_status on charge (status, id);
create index charge_due on charge (status, due_date, id);
create index charge_document on charge (government_id, id);
create index charge_email_address on charge (email, id);
create index charge_name on charge (lower(name) collate "C", id);
create index charge_boleto_open on charge (boleto_status, id)
    where boleto_status in ('draft', 'registering', 'rejected');

grant select, insert on charge to vintem_app;
grant update (due_date, status, paid_cents, discount_cents, late_owed_cents, paid_at, beneficiary_id,
              boleto_number, boleto_due, bar_code, boleto_status, boleto_reason, boleto_issued_at,
              updated_at, name, government_id, email)
    on charge to vintem_app;

-- Boletos that another one of the same charge has replaced: their numbers stay used, and a bank may
-- still tell that one was paid.
create table former_boleto (
    beneficiary_id integer not null,
    boleto_number bigint not null,
    charge_id uuid not null,
    boleto_due date not null,
    bar_code text collate "C" not null,
    boleto_status text not null,
    issued_at timestamptz not null,
    replaced_at timestamptz not null,
    primary key (beneficiary_id, boleto_number)
);

create index former_boleto_of_charge on former_boleto (charge_id);
grant select, insert on former_boleto to vintem_app;

-- One e-mail for each charge and reason: queued with the charge, handed over once.
create table charge_email (
    charge_id uuid not null,
    reason text collate "C" not null,
    -- `sending` is committed before the mail server is given the message, so that whoever finds it after
    -- a crash knows that the server may have it.
    status text not null check (status in
        ('queued', 'sending', 'sent', 'failed', 'suppressed', 'skipped')),
    queued_at timestamptz not null,
    -- From when it may be taken: at once; when the server is asked again; while somebody has it, when
    -- that one's right to it ends.
    due_at timestamptz not null default '-infinity',
    -- Who has it.
    claim uuid,
    attempts integer not null default 0,
    -- The server may have had it twice, under one Message-ID.
    repeated boolean not null default false,
    -- What the server said last, or why there was nothing to say.
    reply text,
    ended_at timestamptz,
    -- Whether its file's counters know how it ended; reminders are not counted there.
    counted boolean not null default false,
    primary key (charge_id, reason)
);

create index charge_email_due on charge_email (due_at, charge_id) where status in ('queued', 'sending');
create index charge_email_uncounted on charge_email (charge_id)
    where not counted and status in ('sent', 'failed', 'suppressed', 'skipped');
-- What somebody may want to look at.
create index charge_email_odd on charge_email (charge_id, reason)
    where repeated or status in ('failed', 'suppressed', 'skipped');

grant select, insert on charge_email to vintem_app;
grant update (status, due_at, claim, attempts, repeated, reply, ended_at, counted) on charge_email
    to vintem_app;
