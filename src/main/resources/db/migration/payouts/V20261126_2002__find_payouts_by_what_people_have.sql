-- The search of the console asks by amount, key and CPF or CNPJ, and by the bank's end-to-end id. Trees
-- would cost every payout; these few bytes for every 32 pages tell where such a value cannot be.
create index payout_found on payout using brin
    (amount_cents int8_bloom_ops, pix_key text_bloom_ops, tax_id text_bloom_ops)
    with (pages_per_range = 32, autosummarize = on);

create index payout_attempt_found on payout_attempt using brin
    (end_to_end_id text_bloom_ops (n_distinct_per_range = 2000))
    with (pages_per_range = 32, autosummarize = on);
