-- On Postgres 15 the set-up of disintegrate-postgres stops at a number written in hexadecimal, which
-- only 16 and later read. By then its sequence, table, index and reading function are there; this is
-- the rest. A writer marks the position of the sequence at which it began, by three advisory locks
-- that the reading function looks for: the database, and the low and the high half of the position.
create function event_store_begin_epoch() returns void
language plpgsql as $$
declare
    this_database int;
    began_at bigint;
begin
    select oid::int into this_database from pg_database where datname = current_database();
    select last_value into began_at from seq_event_event_id;
    perform pg_try_advisory_xact_lock_shared(this_database, 0);
    perform pg_try_advisory_xact_lock_shared(1, (began_at % 4294967296)::bit(32)::int);
    perform pg_try_advisory_xact_lock_shared(2, (began_at / 4294967296)::int);
end
$$;
alter table event add column aggregate_id uuid;
create index idx_event_aggregate_id on event (aggregate_id) where aggregate_id is not null;
