create table lot (
    lot uuid primary key,
    building uuid not null,
    label text not null
);
comment on table lot is 'What the lots of occupants are called';

create table occupant (
    lot uuid not null,
    id uuid not null,
    building uuid not null,
    label text,
    kind text not null,
    user_id uuid,
    name text not null,
    email text,
    from_on date not null,
    until_on date,
    part bigint,
    exclusive boolean not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null,
    primary key (lot, id)
);
create index occupant_from on occupant (from_on, id);
create index occupant_lot on occupant (lot, from_on, id);
create index occupant_building on occupant (building, from_on, id);
create index occupant_building_kind on occupant (building, kind, from_on, id);
create index occupant_user on occupant (user_id, from_on, id) where user_id is not null;
create index occupant_label on occupant (building, lower(label) text_pattern_ops);
comment on table occupant is 'One who owns or rents a lot, did or will';
comment on column occupant.until_on is 'The day after the last; null where none is known';
comment on column occupant.part is 'Which part of the lot an owner has, in millionths';
