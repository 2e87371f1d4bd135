grant update (name) on client_history to vintem_app;
