-- The accountant's month: a few bytes for every 32 pages find the transfers that were recorded in it.
create index transfer_recorded on transfer using brin (recorded_at)
    with (pages_per_range = 32, autosummarize = on);
