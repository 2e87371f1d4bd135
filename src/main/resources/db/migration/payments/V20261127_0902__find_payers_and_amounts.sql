-- Who paid and how much, for the search: a filter for each quarter of a megabyte says where a value may be. It
-- costs next to nothing to write, where an index of each value would cost every payment.
create index payment_filter on payment using brin (
    payer_tax_id text_bloom_ops (n_distinct_per_range = 400),
    amount_cents int8_bloom_ops (n_distinct_per_range = 400))
    with (pages_per_range = 32, autosummarize = on);
