-- Boletos are paid at a bank's counter or screen: whoever tells of it plays the sandbox's bank, which
-- writes the money into its statement.
alter table simulated_bank.other_line drop constraint other_line_kind_check;
alter table simulated_bank.other_line add constraint other_line_kind_check
    check (kind in ('opening', 'return', 'receipt', 'refund', 'taken_back', 'boleto'));
