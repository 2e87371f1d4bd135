-- At most one row: this database is a demo's. It says how far its history was written, so that a
-- second start goes on without writing it again, and whose turn the next live event is: of several
-- nodes, one moves next_at on and lets it happen. Nothing is ever deleted here.
create table demo (
    one boolean primary key default true check (one),
    begun_at timestamptz not null default now(),
    loaded_at timestamptz,
    ticks bigint not null default 0,
    next_at timestamptz not null default now()
);

grant select on demo to vintem_app;
grant update (loaded_at, ticks, next_at) on demo to vintem_app;
