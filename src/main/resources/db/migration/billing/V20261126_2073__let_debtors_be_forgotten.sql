-- The rows of errata stay, their fields go.
grant update (fields) on debt_file_error to vintem_app;
grant update (shown) on suppression to vintem_app;
