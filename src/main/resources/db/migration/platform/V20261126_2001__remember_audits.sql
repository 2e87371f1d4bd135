-- What the last audits found, for the overview: few rows, the newest are kept.
create table audit_run (
    id uuid primary key,
    started_at timestamptz not null,
    -- Null while it runs, and for ever where it was killed.
    finished_at timestamptz,
    claims integer,
    -- What is wrong, one sentence each; empty where all claims hold.
    wrong text[]
);

create index audit_run_newest on audit_run (started_at);

grant select, insert, delete on audit_run to vintem_app;
grant update (finished_at, claims, wrong) on audit_run to vintem_app;
