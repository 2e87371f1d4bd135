-- `in_transit` has no index of transfers. Its statement reads only between checkpoints that differ in it.
create index ledger_checkpoint_in_transit on ledger_checkpoint ((debit_cents + credit_cents), horizon)
    where account_id = 5;
