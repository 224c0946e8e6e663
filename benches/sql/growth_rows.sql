-- Rows of the read model for buildings that were written set by set.
create function grow_buildings(after bigint, until bigint) returns void
language sql
begin atomic
    insert into buildings.building
    select grown_building(n), b.owner, b.name, b.address, b.city, b.country, b.time_zone,
        b.sections, b.attributes, b.created_at + n * interval '1 ms',
        b.changed_at + n * interval '1 ms', 10
    from (select * from buildings.building order by created_at desc limit 1) b,
        generate_series(after, until - 1) n;
end;
