-- Partitions are made by a background task, which gives up soon when somebody holds a lock on the
-- table, so that nobody who appends queues behind it. No advisory lock is needed, which any role
-- could take: of two that make the same partition, the second finds it there.

create or replace function journal.create_partition(n bigint) returns void
language plpgsql
set lock_timeout = '1s'
as $$
declare
    partition text := 'event_' || lpad(n::text, greatest(4, length(n::text)), '0');
begin
    if to_regclass(format('journal.%I', partition)) is not null then
        return;
    end if;
    execute format(
        'create table journal.%I (like journal.event including constraints including comments)',
        partition
    );
    execute format(
        'alter table journal.%I add constraint %I primary key (position), '
        'add constraint %I unique (stream, version)',
        partition, partition || '_position', partition || '_stream_version'
    );
    execute format(
        'comment on table journal.%I is %L',
        partition, format('Partition %s of journal.event.', n)
    );
    perform journal.make_immutable(format('journal.%I', partition)::regclass);
    -- Made apart and attached then, which does not wait for those who read or write the journal,
    -- but for those who analyse it, vacuum it or index it.
    execute format(
        'alter table journal.event attach partition journal.%I for values from (%s) to (%s)',
        partition, n * journal.partition_size() + 1, (n + 1) * journal.partition_size() + 1
    );
exception
    -- Another process has made it in this moment.
    when duplicate_table or unique_violation then
        return;
end
$$;

create or replace function journal.create_key_partition(of_week date) returns void
language plpgsql
-- Attaching waits for all who read the default partition, and whoever appends waits behind it.
set lock_timeout = '100ms'
as $$
declare
    partition text := 'idempotency_key_' || to_char(of_week, 'YYYYMMDD');
begin
    if to_regclass(format('journal.%I', partition)) is not null
        or exists (select from journal.idempotency_key_default where week = of_week)
    then
        return;
    end if;
    execute format(
        'create table journal.%I (like journal.idempotency_key including constraints including comments)',
        partition
    );
    execute format(
        'comment on table journal.%I is %L',
        partition, format('The idempotency keys of the week from %s.', of_week)
    );
    execute format(
        'alter table journal.idempotency_key attach partition journal.%I for values from (%L) to (%L)',
        partition, of_week, of_week + 7
    );
exception
    when duplicate_table or unique_violation then
        return;
end
$$;

-- Dropping a partition waits for all who read or write the keys, and whoever appends waits behind.
alter function journal.drop_key_partitions(date) set lock_timeout = '100ms';
