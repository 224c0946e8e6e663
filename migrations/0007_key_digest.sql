-- A key is kept as its digest, and for weeks in place of days. To find out whether a request was
-- answered before, the writer looks into every partition but the present one, whose unique index
-- says so by itself: that is one partition now and was seven. The digest halves what a key weighs,
-- and keeps nobody's id.

alter table journal.idempotency_key rename to idempotency_key_by_day;
alter table journal.idempotency_key_by_day rename constraint idempotency_key_once to by_day_once;
alter table journal.idempotency_key_default rename to idempotency_key_by_day_default;

create table journal.idempotency_key (
    digest uuid not null,
    request_hash bytea not null,
    answer_id text not null,
    version bigint not null,
    position bigint not null,
    recorded_at timestamptz not null,
    week date not null,
    constraint idempotency_key_once unique (digest, week)
) partition by range (week);

comment on table journal.idempotency_key is
    'The keys of the requests that were recorded, with what was answered; a week''s keys are dropped together.';
comment on column journal.idempotency_key.digest is
    'The first 16 bytes of SHA-256 over whose key it is, a zero byte, and the key that the client chose.';
comment on column journal.idempotency_key.request_hash is 'SHA-256 of what was asked.';
comment on column journal.idempotency_key.answer_id is 'The id that was answered.';
comment on column journal.idempotency_key.version is 'The version that was answered.';
comment on column journal.idempotency_key.position is 'The position that was answered.';
comment on column journal.idempotency_key.recorded_at is 'When it was recorded.';
comment on column journal.idempotency_key.week is 'The Monday (UTC) of the week of recorded_at.';

create table journal.idempotency_key_default partition of journal.idempotency_key default;
comment on table journal.idempotency_key_default is
    'Catches the keys of a week whose partition could not be made in time.';

drop function journal.create_key_partition(date);
create function journal.create_key_partition(of_week date) returns void
language plpgsql
-- Rather no partition this week than every writer waiting behind a long reader.
set lock_timeout = '200ms'
as $$
declare
    partition text := 'idempotency_key_' || to_char(of_week, 'YYYYMMDD');
begin
    perform pg_advisory_xact_lock(hashtext('journal.create_key_partition'));
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
end
$$;
comment on function journal.create_key_partition(date) is
    'Makes the partition for the keys of the week that begins on a Monday, unless it is there.';

create or replace function journal.drop_key_partitions(before date) returns int
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
            and to_date(right(c.relname, 8), 'YYYYMMDD') + 7 <= before
    loop
        execute format('drop table journal.%I', partition);
        dropped := dropped + 1;
    end loop;
    delete from journal.idempotency_key_default where week + 7 <= before;
    return dropped;
end
$$;
comment on function journal.drop_key_partitions(date) is
    'Forgets the keys of the weeks that ended before a day; answers how many weeks were dropped.';

-- What was kept by day goes over. The partitions of the days, which share their names' form with
-- those of the weeks, go with their table.
create temporary table key_of_day on commit drop as
    select distinct on (digest, week) *
    from (
        select substr(sha256(convert_to(subject, 'UTF8') || '\x00'::bytea || convert_to(key, 'UTF8')), 1, 16) as digest,
            request_hash, answer_id, version, position, recorded_at,
            date_trunc('week', day)::date as week
        from journal.idempotency_key_by_day
    ) as kept
    order by digest, week, recorded_at desc;
drop table journal.idempotency_key_by_day;
select journal.create_key_partition(week) from (select distinct week from key_of_day) as weeks;
insert into journal.idempotency_key
    select encode(digest, 'hex')::uuid, request_hash, answer_id, version, position, recorded_at, week
    from key_of_day;
