-- One mail for a day and an address. The row decides: whoever writes it sends, and nobody else before the
-- lease is over. Of the address only a hash is kept; the text holds sums and no person, and only where no
-- mail server took it.
create table closing_mail (
    day date not null,
    recipient_hash text collate "C" not null,
    status text not null check (status in ('sending', 'sent', 'failed', 'kept')),
    attempts integer not null,
    lease_until timestamptz not null,
    ended_at timestamptz,
    body text,
    primary key (day, recipient_hash)
);

grant select, insert, delete on closing_mail to vintem_app;
grant update (status, attempts, lease_until, ended_at, body) on closing_mail to vintem_app;
