-- Where the numbers of boletos were last taken. Data that were copied to another server, or put back to
-- an earlier moment, do not know of the numbers that were taken since.
create table boleto_home (
    only_row boolean primary key default true check (only_row),
    system_identifier bigint not null,
    timeline text not null
);
