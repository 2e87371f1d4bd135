-- The search of the console asks by amount. A tree would cost every row of a file; these few bytes for
-- every 32 pages tell where an amount cannot be.
create index charge_found on charge using brin (amount_cents int8_bloom_ops)
    with (pages_per_range = 32, autosummarize = on);

-- What the overview counts: mails that failed lately.
create index charge_email_failed on charge_email (ended_at) where status = 'failed';
