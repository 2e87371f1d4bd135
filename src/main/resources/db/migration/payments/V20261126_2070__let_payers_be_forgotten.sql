-- What somebody wrote goes with them.
grant update (description, reference) on payment to vintem_app;
grant update (description) on pix_refund to vintem_app;
