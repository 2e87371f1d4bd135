-- Who read what about a person: a page or an answer that shows one, an export, a receipt, a search. Written
-- before the answer leaves. Ids only: whoever is asked about stands here as the id of their row, and a
-- search as no more than that there was one. Kept as long as VINTEM_READ_LOG_DAYS says.
create table read_log (
    -- Dated, so that the newest come last.
    id uuid primary key,
    at timestamptz not null,
    caller_kind text not null,
    caller_id uuid not null,
    -- payment, payout, charge, reseller, client, user, file, export, search ...
    subject_type text not null,
    subject_id text not null,
    -- Which route: GET /charges/{id}.
    route text not null
);

create index read_log_subject on read_log (subject_type, subject_id, id);

grant select, insert, delete on read_log to vintem_app;
