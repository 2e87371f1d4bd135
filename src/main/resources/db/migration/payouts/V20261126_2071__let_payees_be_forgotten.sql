grant update (user_id) on payout to vintem_app;
grant update (pix_key) on payout_attempt to vintem_app;
