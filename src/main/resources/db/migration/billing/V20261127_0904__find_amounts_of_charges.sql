-- Amounts, for the search: see `payment_filter`.
create index charge_filter on charge using brin (amount_cents int8_bloom_ops (n_distinct_per_range = 650))
    with (pages_per_range = 32, autosummarize = on);
