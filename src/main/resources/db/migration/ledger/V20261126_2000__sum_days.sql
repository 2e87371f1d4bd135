-- What went from account to account on each São Paulo day (of when it happened), of all transfers below
-- a horizon: the overview's charts read some hundred rows, and need not scan the transfers.
create table ledger_day (
    day date not null,
    debit_account integer not null,
    credit_account integer not null,
    cents bigint not null,
    transfers bigint not null,
    primary key (day, debit_account, credit_account)
);

-- Up to where. The first run adds all there is; one node at a time holds this row.
create table ledger_day_horizon (
    only_row boolean primary key default true check (only_row),
    horizon bigint not null
);

insert into ledger_day_horizon (horizon) values (0);

grant select, insert on ledger_day to vintem_app;
grant update (cents, transfers) on ledger_day to vintem_app;
grant select on ledger_day_horizon to vintem_app;
grant update (horizon) on ledger_day_horizon to vintem_app;
