-- Which requests were answered, so that a repeated one is recognised.

create table journal.idempotency_key (
    subject text not null,
    key text not null,
    request_hash bytea not null,
    answer_id text not null,
    version bigint not null,
    position bigint not null,
    recorded_at timestamptz not null,
    day date not null,
    constraint idempotency_key_once unique (subject, key, day),
    constraint idempotency_key_length check (octet_length(key) between 1 and 255),
    constraint idempotency_key_hash_length check (octet_length(request_hash) = 32)
) partition by range (day);

comment on table journal.idempotency_key is
    'The keys of the requests that were recorded, with what was answered; a day''s keys are dropped together.';
comment on column journal.idempotency_key.subject is 'Whose key it is.';
comment on column journal.idempotency_key.key is 'Chosen by the client.';
comment on column journal.idempotency_key.request_hash is 'SHA-256 of what was asked.';
comment on column journal.idempotency_key.answer_id is 'The id that was answered.';
comment on column journal.idempotency_key.version is 'The version that was answered.';
comment on column journal.idempotency_key.position is 'The position that was answered.';
comment on column journal.idempotency_key.recorded_at is 'When it was recorded.';
comment on column journal.idempotency_key.day is 'The day (UTC) of recorded_at.';

create table journal.idempotency_key_default partition of journal.idempotency_key default;
comment on table journal.idempotency_key_default is
    'Catches the keys of a day whose partition could not be made in time.';

create function journal.create_key_partition(of_day date) returns void
language plpgsql
-- Rather no partition today than every writer waiting behind a long reader.
set lock_timeout = '200ms'
as $$
declare
    partition text := 'idempotency_key_' || to_char(of_day, 'YYYYMMDD');
begin
    perform pg_advisory_xact_lock(hashtext('journal.create_key_partition'));
    if to_regclass(format('journal.%I', partition)) is not null
        or exists (select from journal.idempotency_key_default where day = of_day)
    then
        return;
    end if;
    execute format(
        'create table journal.%I (like journal.idempotency_key including constraints including comments)',
        partition
    );
    execute format(
        'comment on table journal.%I is %L',
        partition, format('The idempotency keys of %s.', of_day)
    );
    execute format(
        'alter table journal.idempotency_key attach partition journal.%I for values from (%L) to (%L)',
        partition, of_day, of_day + 1
    );
end
$$;
comment on function journal.create_key_partition(date) is
    'Makes the partition for the keys of a day, unless it is there.';

create function journal.drop_key_partitions(before date) returns int
language plpgsql
set lock_timeout = '200ms'
as $$
declare
    partition text;
    dropped int := 0;
begin
    for partition in
        select c.relname
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'journal.idempotency_key'::regclass
            and c.relname ~ '^idempotency_key_[0-9]{8}$'
            and to_date(right(c.relname, 8), 'YYYYMMDD') < before
    loop
        execute format('drop table journal.%I', partition);
        dropped := dropped + 1;
    end loop;
    delete from journal.idempotency_key_default where day < before;
    return dropped;
end
$$;
comment on function journal.drop_key_partitions(date) is
    'Forgets the keys of the days before a day; answers how many days were dropped.';
