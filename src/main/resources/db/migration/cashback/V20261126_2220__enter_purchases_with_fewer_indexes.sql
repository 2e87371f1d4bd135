-- Each index is written with each purchase, so those go that no page needs.

-- The company lists what was entered last, by the primary key; a reseller's own are found by the one
-- below, by day.
-- contract: not unique; an older node lists without it, only slower.
drop index purchase_day;

-- Nothing is read from it alone any more: amounts and statuses stood in it a second time.
-- contract: not unique, and made anew at once with the same columns to look by.
drop index purchase_of_reseller;
create index purchase_of_reseller on purchase (reseller_id, bought_on, id)
    where deleted_at is null;
