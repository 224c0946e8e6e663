create table share_table (
    id uuid primary key,
    building uuid not null,
    key text not null,
    from_on date not null,
    total bigint not null,
    status text not null,
    lots bigint not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index share_table_from on share_table (from_on, id);
create index share_table_building on share_table (building, from_on, id);
comment on table share_table is 'The shares of a building''s lots for one key of distribution, from one day on';

create table share_part (
    share_table uuid not null,
    lot uuid not null,
    part bigint not null,
    primary key (share_table, lot)
);
comment on table share_part is 'The part of one lot';
