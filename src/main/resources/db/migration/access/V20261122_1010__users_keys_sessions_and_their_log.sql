-- Who may do what. No secret is stored: passwords as bcrypt, everything else as SHA-256.

create table app_user (
    id uuid primary key default uuidv7(),
    name text not null unique check (name ~ '^[a-z0-9._@-]{1,64}$'),
    password_hash text not null,
    roles text[] not null,
    per_item_limit_cents bigint check (per_item_limit_cents >= 0),
    daily_limit_cents bigint check (daily_limit_cents >= 0),
    active boolean not null default true,
    version bigint not null default 1,
    created_at timestamptz not null
);

comment on table app_user is
    'People who sign in. Never deleted, only deactivated: keys and the log point to them.';
comment on column app_user.roles is 'Such as payouts:operator, one per capability.';
comment on column app_user.version is
    'Raised when every session and token of the user must end: new password, deactivation, sign-out everywhere.';

grant select, insert on app_user to vintem_app;
grant update (password_hash, roles, per_item_limit_cents, daily_limit_cents, active, version)
    on app_user to vintem_app;

create table api_key (
    id uuid primary key default uuidv7(),
    name text not null check (length(name) between 1 and 100),
    key_hash text not null unique,
    hint text not null,
    roles text[] not null,
    per_item_limit_cents bigint check (per_item_limit_cents >= 0),
    daily_limit_cents bigint check (daily_limit_cents >= 0),
    created_by uuid not null references app_user,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);

comment on table api_key is
    'Keys of programs. What a key may do is what stands here within what its creator may do now.';
comment on column api_key.hint is 'The last four characters, to recognise a key by.';

-- A key is revoked, never widened and never deleted.
grant select, insert on api_key to vintem_app;
grant update (revoked_at) on api_key to vintem_app;

create table session (
    id uuid primary key default uuidv7(),
    cookie_hash text unique,
    user_id uuid not null references app_user,
    user_version bigint not null,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null
);

create index session_user_id on session (user_id);
create index session_expires_at on session (expires_at);

comment on table session is
    'Somebody signed in. By cookie, or, without cookie_hash, by a token that carries the id.';
comment on column session.user_version is
    'The session is worth nothing once the user has another version, even one that was opened at the same moment.';

grant select, insert, delete on session to vintem_app;
grant update (user_version, seen_at) on session to vintem_app;

create table one_time_ticket (
    ticket_hash text primary key,
    purpose text not null check (purpose in ('sign_in', 'password_reset')),
    user_id uuid not null references app_user,
    expires_at timestamptz not null
);

create index one_time_ticket_user_id on one_time_ticket (user_id);

comment on table one_time_ticket is
    'Links that work once: using one deletes its row, so that of two who race only one wins.';

grant select, insert, delete on one_time_ticket to vintem_app;

create table sign_in_failure (
    subject text primary key,
    attempts int not null,
    last_at timestamptz not null,
    wait_until timestamptz not null
);

comment on table sign_in_failure is
    'Sign-in attempts that did not succeed, by user name and by client address. Forgotten within hours.';

grant select, insert, update, delete on sign_in_failure to vintem_app;

create table access_log (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    caller_kind text not null,
    caller_id uuid not null,
    action text not null,
    subject text not null,
    detail text not null
);

comment on table access_log is
    'Who did what. Append-only, hence without personal data: a person stands here as an id.';

grant select, insert on access_log to vintem_app;

create function access_log_only_grows() returns trigger language plpgsql as $$
begin
    raise exception 'access_log only grows';
end $$;

create trigger access_log_only_grows before update or delete or truncate on access_log
    for each statement execute function access_log_only_grows();

create table credential_spending (
    credential_id uuid not null,
    day date not null,
    spent_cents bigint not null check (spent_cents >= 0),
    primary key (credential_id, day)
);

comment on table credential_spending is
    'What went out by a user or an API key with a daily limit. The row is also the lock of its limit.';

grant select, insert, update on credential_spending to vintem_app;
