-- A payout that waits for a person, for its hour, or because it looks like another one, is held: its
-- external id is claimed, no money has moved, and the bank has heard nothing.
-- contract: a wider one follows at once; nodes of before neither write nor send what is held, and
-- answer whoever sends it again that it is a duplicate.
alter table payout drop constraint payout_status_check;
-- contract: all that was allowed before is allowed.
alter table payout add constraint payout_status_check
    check (status in ('held', 'processing', 'paid', 'failed', 'returned'));
-- contract: a wider one follows at once.
alter table payout drop constraint payout_check1;
-- contract: all that was allowed before is allowed.
alter table payout add constraint payout_reason_check
    check ((reason is not null) = (status in ('failed', 'held')));

alter table payout_batch add column held bigint not null default 0;
grant update (held) on payout_batch to vintem_app;

-- What was held together, of one submission: decided together, once.
create table payout_hold (
    id uuid primary key,
    submission_id uuid not null,
    batch_id text not null,
    -- approval: above what its sender may send alone. schedule: not due yet. lookalike: the same key and
    -- amount was paid, or is to be paid, under another id.
    kind text not null check (kind in ('approval', 'schedule', 'lookalike')),
    state text not null
        check (state in ('waiting', 'scheduled', 'released', 'refused', 'cancelled', 'expired')),
    caller_id uuid not null,
    caller_name text not null,
    -- Who answers for the credential: may not be who releases, where a second person is wanted.
    person_id uuid not null,
    purpose text not null,
    all_or_nothing boolean not null,
    created_at timestamptz not null,
    scheduled_for timestamptz,
    -- When nobody may release it any more.
    expires_at timestamptz,
    -- SHA-256 over all that is held, as it was when it was submitted.
    digest text not null,
    items bigint not null,
    cents bigint not null,
    lookalikes bigint not null,
    decided_by uuid,
    decided_by_name text,
    decided_at timestamptz,
    decision_note text,
    -- What the person named who released it.
    released_digest text,
    ended_at timestamptz,
    check ((state in ('released', 'refused', 'cancelled', 'expired')) = (ended_at is not null))
);

create index payout_hold_waiting on payout_hold (created_at, id) where state = 'waiting';
create index payout_hold_expiring on payout_hold (expires_at) where state = 'waiting';
create index payout_hold_due on payout_hold (scheduled_for) where state = 'scheduled';
create index payout_hold_of_batch on payout_hold (batch_id, created_at);

grant select, insert on payout_hold to vintem_app;
grant update (state, decided_by, decided_by_name, decided_at, decision_note, released_digest, ended_at)
    on payout_hold to vintem_app;

-- What is in it, in the order of the submission. Stays when all is decided: what was seen can be read again.
create table payout_hold_item (
    hold_id uuid not null references payout_hold,
    position integer not null,
    payout_id uuid not null,
    key_kind text not null,
    lookalike boolean not null,
    primary key (hold_id, position)
);

create index payout_hold_item_of_payout on payout_hold_item (payout_id);

grant select, insert on payout_hold_item to vintem_app;

-- The last payout of each key and amount, while the guard against look-alikes is on; empty while it is
-- off. The primary key makes two that come at once wait for each other.
create table payout_likeness (
    likeness uuid primary key,
    payout_id uuid not null,
    at timestamptz not null
) with (fillfactor = 70);

grant select, insert, update, delete on payout_likeness to vintem_app;
