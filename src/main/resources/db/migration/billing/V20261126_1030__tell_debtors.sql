-- How fast mails may go, for all nodes together, and whether the mail server is left alone for a while.
create table mail_pace (
    only_row boolean primary key default true check (only_row),
    -- When the next one may go that nobody has reserved yet.
    next_at timestamptz not null default '-infinity',
    -- Until then nobody tries: the server does not answer, or wants no mail from us.
    paused_until timestamptz not null default '-infinity',
    -- How often in a row, and why.
    failures integer not null default 0,
    problem text,
    problem_at timestamptz
);

insert into mail_pace default values;
grant select, update on mail_pace to vintem_app;

-- Addresses that are not written to. What is kept is a hash, so that somebody whose data are erased stays
-- unwritten to; `shown` is what an operator may see of it.
create table suppression (
    address_hash text collate "C" primary key,
    shown text not null,
    reason text not null check (reason in ('unsubscribed', 'bounced', 'manual')),
    since timestamptz not null,
    by text not null
);

create index suppression_newest on suppression (since, address_hash);
grant select, insert, delete on suppression to vintem_app;

-- Without a mail server the sandbox keeps here what it would have sent, the newest of it.
create table sandbox_mail (
    id bigint generated always as identity primary key,
    charge_id uuid not null,
    reason text collate "C" not null,
    message_id text not null,
    recipient text not null,
    subject text not null,
    body_text text not null,
    body_html text not null,
    pix_code text,
    written_at timestamptz not null
);

create index sandbox_mail_of_charge on sandbox_mail (charge_id, id);
grant select, insert, delete on sandbox_mail to vintem_app;

-- Which reminders have been queued to the end, by the day on which they are due and the days between it
-- and the debt's.
create table reminder_run (
    day date not null,
    days integer not null,
    queued bigint not null,
    finished_at timestamptz not null,
    primary key (day, days)
);

grant select, insert on reminder_run to vintem_app;
