-- Cashback that was taken back after it had been paid out: set off against what is credited next.
insert into account (id, code, normal_side, floor_cents, mirrored) values
    (20, 'cashback_recoverable', 'debit', null, true);
