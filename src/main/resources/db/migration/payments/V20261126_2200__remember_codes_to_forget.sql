-- Payments of people who were forgotten while their code could still be paid. The code carries what was
-- written to them, and is forgotten once it has ended.
create table payment_code_to_forget (
    payment_id uuid primary key
);

grant select, insert, delete on payment_code_to_forget to vintem_app;
