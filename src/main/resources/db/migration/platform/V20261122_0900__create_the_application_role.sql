-- Migrations run as the owner of the data; the running product works as vintem_app, which is granted
-- only what each table needs. What is append-only stays so even if the product is taken over.
do $$
begin
    create role vintem_app nologin;
exception
    -- The role belongs to the whole server: another database or another node may have made it.
    when duplicate_object or unique_violation then null;
end
$$;

grant vintem_app to current_user;
grant usage on schema public to vintem_app;
