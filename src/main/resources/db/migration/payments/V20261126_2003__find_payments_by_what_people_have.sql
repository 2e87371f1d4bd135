-- The search of the console asks by amount and by the payer's CPF or CNPJ. A tree would cost every
-- payment; these few bytes for every 32 pages tell where such a value cannot be.
create index payment_found on payment using brin
    (amount_cents int8_bloom_ops, payer_tax_id text_bloom_ops)
    with (pages_per_range = 32, autosummarize = on);
