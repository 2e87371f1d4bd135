-- The sandbox's stub of the outside cashback API misbehaves on request. How it behaves stands here and
-- not in a node, so that whichever node is asked, all behave alike. One row at most.
create table sandbox_cashback_api (
    one boolean primary key default true check (one),
    behaviour text not null check (length(behaviour) between 1 and 40)
);

grant select, insert, update on sandbox_cashback_api to vintem_app;
