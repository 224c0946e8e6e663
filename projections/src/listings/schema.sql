create table listing (
    id uuid primary key,
    host uuid not null,
    title text not null,
    description text not null,
    kind text not null,
    status text not null,
    building uuid,
    lot uuid,
    units bigint not null,
    max_guests bigint,
    pricing jsonb not null,
    nightly_price bigint not null,
    currency text not null,
    policy text not null,
    time_zone text not null,
    check_in time not null,
    check_out time not null,
    instant boolean not null,
    min_nights bigint not null,
    max_nights bigint not null,
    photos uuid[] not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index listing_created on listing (created_at, id);
create index listing_host on listing (host, created_at, id);
create index listing_building on listing (building, created_at, id);
comment on table listing is 'Something that can be booked; one that is gone has the status deleted';

create table host (
    id uuid primary key,
    active boolean not null
);
comment on table host is 'Users who were once suspended or have left; who is not here is active';

create table stock (
    listing uuid primary key,
    units bigint not null,
    time_zone text not null,
    version bigint not null
);
comment on table stock is 'How many identical units of a listing there are';

create table hold (
    listing uuid not null,
    booking uuid not null,
    arrival date not null,
    departure date not null,
    units bigint not null,
    deadline timestamptz,
    primary key (listing, booking)
);
comment on table hold is 'Nights put aside for a booking; past its deadline they are free';

create table night (
    listing uuid not null,
    night date not null,
    taken bigint not null,
    primary key (listing, night)
);
comment on table night is 'How many units of a listing are taken for good in a night';

create table block (
    listing uuid not null,
    block uuid not null,
    first_night date not null,
    until date not null,
    units bigint,
    reason text,
    primary key (listing, block)
);
comment on table block is 'Nights that the host keeps back; all units where none are named';
