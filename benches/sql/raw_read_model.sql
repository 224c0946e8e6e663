-- The rows of the read model of buildings, with its columns and indexes.
create schema raw;
create table raw.building (
    id uuid primary key,
    owner uuid not null,
    name text not null,
    address jsonb not null,
    city text not null,
    country text not null,
    time_zone text,
    sections jsonb not null,
    attributes jsonb not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index on raw.building (created_at, id);
create index on raw.building (owner, created_at, id);
create table raw.checkpoint (position bigint not null);
insert into raw.checkpoint values (0);
