-- Sales that never were, kept for whoever asks how things stood before they were taken back.
create table withdrawal_removed (
    id bigint primary key,
    allocation_id bigint not null,
    client_id bigint not null,
    asset_id bigint not null,
    date date not null,
    quantity numeric not null,
    price numeric not null,
    recorded_at timestamptz not null,
    removed_at timestamptz not null
);

create index withdrawal_removed_client on withdrawal_removed (client_id);

grant select, insert on withdrawal_removed to vintem_app;
grant delete on withdrawal to vintem_app;
