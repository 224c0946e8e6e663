create table building (
    id uuid primary key,
    owner uuid not null,
    name text not null,
    address jsonb not null,
    city text not null,
    country text not null,
    time_zone text,
    sections jsonb not null,
    attributes jsonb not null,
    units jsonb not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index building_created on building (created_at, id);
create index building_owner on building (owner, created_at, id);
comment on table building is 'A building that stands in the books';

create table lot (
    building uuid not null,
    id uuid not null,
    label text not null,
    kind text not null,
    section text,
    floor smallint,
    surface_dm2 bigint,
    shares jsonb not null,
    primary key (building, id)
);
create index lot_label on lot (building, label, id);
comment on table lot is 'A part of a building that can be owned';
