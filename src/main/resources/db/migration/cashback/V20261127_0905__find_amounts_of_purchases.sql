-- Amounts, for the search: see `payment_filter`.
create index purchase_filter on purchase using brin (amount_cents int8_bloom_ops (n_distinct_per_range = 750))
    with (pages_per_range = 16, autosummarize = on);
