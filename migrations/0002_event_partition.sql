-- Partitions of the journal, each of the same number of positions.

create function journal.partition_size() returns bigint
language sql immutable
return 10000000;
comment on function journal.partition_size() is
    'How many positions a partition of journal.event holds. Never changed once there are events.';

create function journal.create_partition(n bigint) returns void
language plpgsql as $$
declare
    partition text := 'event_' || lpad(n::text, greatest(4, length(n::text)), '0');
begin
    -- Several processes may come at once; the first makes it.
    perform pg_advisory_xact_lock(hashtext('journal.create_partition'));
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
    -- Made apart and attached then, which does not wait for those who read or write the journal.
    execute format(
        'alter table journal.event attach partition journal.%I for values from (%s) to (%s)',
        partition, n * journal.partition_size() + 1, (n + 1) * journal.partition_size() + 1
    );
end
$$;
comment on function journal.create_partition(bigint) is
    'Makes partition n of journal.event with its indexes and its triggers, unless it is there.';

create function journal.prepare_partitions(head bigint, ahead bigint) returns bigint
language plpgsql as $$
declare
    size bigint := journal.partition_size();
    spare bigint := (head + ahead) / size + 1;
begin
    for n in head / size .. spare loop
        perform journal.create_partition(n);
    end loop;
    return spare * size - ahead;
end
$$;
comment on function journal.prepare_partitions(bigint, bigint) is
    'Makes the partitions for so many positions after head, and one to spare; answers the head at which to call again.';

select journal.prepare_partitions(0, 1);
