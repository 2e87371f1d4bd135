-- Balances of a past day begin at the checkpoint of that day and end at one soon after: found by when it
-- was, not by walking back through all of them. The later a checkpoint, the higher its horizon.
create index ledger_checkpoint_time on ledger_checkpoint (latest_recorded_at, horizon);
