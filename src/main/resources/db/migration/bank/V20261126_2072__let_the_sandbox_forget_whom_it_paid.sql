grant update (pix_key) on simulated_bank.payment to vintem_app;
