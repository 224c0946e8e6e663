-- The writer checks what it writes before it queues it, and refuses what is too long, empty or below
-- one with the remedy. Saying the same here costs an eighth of a commit, since Postgres reads each of
-- these expressions anew for every statement.

alter table journal.event
    drop constraint event_position_from_one,
    drop constraint event_version_from_one,
    drop constraint event_stream_length,
    drop constraint event_type_length,
    drop constraint event_schema_version_from_one;

alter table journal.idempotency_key
    drop constraint idempotency_key_length,
    drop constraint idempotency_key_hash_length;
