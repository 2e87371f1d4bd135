-- A browser's socket brings no credential of its own: it opens with a ticket that works once.
alter table one_time_ticket drop constraint one_time_ticket_purpose_check;
alter table one_time_ticket add constraint one_time_ticket_purpose_check
    check (purpose in ('sign_in', 'password_reset', 'socket'));
