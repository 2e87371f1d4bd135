-- A batch of more than release_above_cents waits for a second person; a user releases batches of others
-- up to release_limit_cents. Keys release nothing: releasing is what a person does who has looked.
alter table app_user add column release_above_cents bigint check (release_above_cents >= 0);
alter table app_user add column release_limit_cents bigint check (release_limit_cents >= 0);
alter table api_key add column release_above_cents bigint check (release_above_cents >= 0);

grant update (release_above_cents, release_limit_cents) on app_user to vintem_app;
