-- A journal as it grows, written set by set: blocks of 1,000 buildings of 10 events each, whose
-- events stand side by side, and ids that rise with time as those of the house do.

create function grown_building(n bigint) returns uuid
language sql immutable parallel safe
return ('0190b8f0-' || lpad(to_hex(n / 65536), 4, '0') || '-7' || lpad(to_hex(n / 16 % 4096), 3, '0')
    || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid;

-- Events `after` + 1 to `until` of those written here, behind what commands have recorded.
create function grow_journal(
    after bigint, until bigint, behind bigint, first text, later text, metadata text
) returns void
language sql
begin atomic
    insert into journal.event (position, stream, version, event_id, type, schema_version, data,
        metadata, occurred_at, recorded_at)
    select behind + n + 1, 'building-' || grown_building(n / 10000 * 1000 + n % 1000),
        n % 10000 / 1000 + 1, gen_random_uuid(),
        case when n % 10000 < 1000 then 'building.registered' else 'building.changed' end, 1,
        case when n % 10000 < 1000 then first else later end::json, metadata::json, now(), now()
    from generate_series(after, until - 1) n;
end;

create function grow_keys(count bigint) returns void
language sql
begin atomic
    insert into journal.idempotency_key (digest, request_hash, answer_id, version, position,
        recorded_at, week)
    select gen_random_uuid(), decode(repeat('07', 32), 'hex'), grown_building(n)::text, 1, n, now(),
        date_trunc('week', now() at time zone 'utc')::date
    from generate_series(1, count) n;
end;
