grant delete on approved_cpf to vintem_app;
