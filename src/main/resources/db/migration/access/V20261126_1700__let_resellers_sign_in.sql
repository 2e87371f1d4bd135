-- Resellers sign in as users do, see only their own rows, and have no roles. Their other names, such
-- as an e-mail address, are kept by the module that keeps resellers.
alter table app_user add column kind text not null default 'user' check (kind in ('user', 'reseller'));
alter table app_user add check (kind = 'user' or roles = '{}');

comment on column app_user.kind is 'user: of the company. reseller: of themselves.';

-- Where somebody asks to be forgotten, their name goes too.
grant update (name) on app_user to vintem_app;
