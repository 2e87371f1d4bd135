-- The search of the console asks by amount. A tree would cost every purchase; these few bytes for every
-- 32 pages tell where an amount cannot be.
create index purchase_found on purchase using brin (amount_cents int8_bloom_ops)
    with (pages_per_range = 32, autosummarize = on);
