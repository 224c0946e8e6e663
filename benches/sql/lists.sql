-- Rows of two read models, as many as a large house has: 1,000 buildings with 100 lots each, ten
-- occupants of each lot over the years, and a hundred incidents in each building. Of those of every
-- building, manager and employee, one in eight is not done yet.
-- The id of the nth of a kind: 1 occupant, 2 lot, 3 building, 4 person, 5 staff, 6 manager, 7 incident.
create function nth(kind int, n bigint) returns uuid language sql immutable
    return (lpad(to_hex(kind), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;

create function grow_occupants(after bigint, until bigint) returns void language sql
begin atomic
    insert into occupants.occupant (lot, id, building, label, kind, user_id, name, email, from_on,
        until_on, part, exclusive, created_at, changed_at, version)
    select nth(2, n % 100000), nth(1, n), nth(3, n % 1000),
        (n % 100000)::text, case when n / 100000 < 4 then 'owner' else 'tenant' end,
        nth(4, n % 300000), 'Ana Lúcia Pereira da Silva', 'ana.' || n || '@example.org',
        date '2015-01-01' + (n / 100000 * 365 + n % 300)::int,
        case when n / 100000 < 9 then date '2016-01-01' + (n / 100000 * 365 + n % 300)::int end,
        case when n / 100000 < 4 then 250000 end, n / 100000 >= 4,
        timestamptz '2026-01-01' + n * interval '1 ms', timestamptz '2026-01-01', 2
    from generate_series(after, until - 1) n;
end;

create function grow_incidents(facts jsonb, until bigint) returns void language sql
begin atomic
    insert into incidents.incident (id, building, lot, equipment, state, waiting, priority, category,
        assignee, reporter, manager, breached, due_at, due_order, words, reference, facts, origin,
        reported_at, changed_at, version)
    select nth(7, n), nth(3, n % 1000), nth(2, n % 100000), null,
        case when n / 100 % 8 = 0 then 'in_progress' else 'closed' end, n / 100 % 8 = 0,
        (array['low', 'normal', 'high', 'critical'])[1 + n % 4],
        (array['water', 'heating', 'lift', 'noise', 'light'])[1 + n % 5],
        nth(5, n % 50), nth(4, n % 300000), nth(6, n % 20), n / 100 % 16 = 0,
        at + interval '3 days', case when n / 100 % 8 = 0 then at + interval '3 days' else timestamptz '9999-12-31' end,
        'Water drips from the ceiling of the staircase on floor ' || n % 9, null, facts, 'live',
        at, at, 3
    from generate_series(0, until - 1) n,
        lateral (select timestamptz '2026-01-01' + n * interval '3 min' as at) told;
end;
