-- What a line is about is its key; a number for itself was asked for by nobody.
alter table simulated_bank.other_line drop column id;
alter table simulated_bank.other_line drop constraint other_line_kind_reference_key;
alter table simulated_bank.other_line add primary key (kind, reference);
