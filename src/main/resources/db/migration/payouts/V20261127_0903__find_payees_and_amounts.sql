-- Whom and how much, for the search: see `payment_filter`.
create index payout_filter on payout using brin (
    pix_key text_bloom_ops (n_distinct_per_range = 400),
    tax_id text_bloom_ops (n_distinct_per_range = 400),
    amount_cents int8_bloom_ops (n_distinct_per_range = 400))
    with (pages_per_range = 16, autosummarize = on);

create index payout_attempt_filter on payout_attempt using brin (
    end_to_end_id text_bloom_ops (n_distinct_per_range = 600))
    with (pages_per_range = 32, autosummarize = on);

create index payout_hold_filter on payout_hold using brin (
    caller_name text_bloom_ops (n_distinct_per_range = 200),
    digest text_bloom_ops (n_distinct_per_range = 400),
    cents int8_bloom_ops (n_distinct_per_range = 400))
    with (pages_per_range = 16, autosummarize = on);
