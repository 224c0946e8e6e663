create table hotel (
    id uuid primary key,
    kind text not null,
    name text not null,
    city text,
    country text
);
comment on table hotel is 'Where bookings take place: a building, or a listing that stands in none';
comment on column hotel.id is 'Id of the building, or of the listing';
comment on column hotel.kind is 'building or listing';
comment on column hotel.name is 'Name of the building, or title of the listing';
comment on column hotel.city is 'City of the address, if known';
comment on column hotel.country is 'Country of the address, ISO 3166-1 alpha-2, if known';

create table room_type (
    id uuid primary key,
    hotel_id uuid not null,
    title text not null,
    units bigint not null
);
comment on table room_type is 'What can be booked: a listing of identical units';
comment on column room_type.id is 'Id of the listing';
comment on column room_type.hotel_id is 'Hotel it stands in now';
comment on column room_type.title is 'Title of the listing';
comment on column room_type.units is 'How many identical units the listing names';

create table month (
    month date primary key,
    year integer not null,
    month_of_year integer not null,
    label text not null
);
comment on table month is 'Months in which guests arrive';
comment on column month.month is 'First day of the month';
comment on column month.year is 'Calendar year';
comment on column month.month_of_year is '1 to 12';
comment on column month.label is 'Year and month, such as 2016-07';

create table channel (
    channel text primary key
);
comment on table channel is 'Ways by which bookings were sold';
comment on column channel.channel is 'Name of the channel, such as direct; unknown where none was said';

create table booking_fact (
    id uuid primary key,
    hotel_id uuid not null,
    listing_id uuid not null,
    host_id uuid not null,
    channel text not null,
    segment text,
    country text,
    guest_kind text not null,
    price_kind text not null,
    terms text not null,
    policy text not null,
    booked_on date not null,
    arrival_on date not null,
    departure_on date not null,
    arrival_month date not null,
    lead_days bigint not null,
    nights bigint not null,
    units bigint not null,
    room_nights bigint not null,
    adults bigint not null,
    children bigint not null,
    babies bigint not null,
    guests bigint not null,
    status text not null,
    ended_on date,
    time_zone text not null,
    currency text not null,
    nights_amount bigint not null,
    discount bigint not null,
    room_revenue bigint not null,
    cleaning_fee bigint not null,
    service_fee bigint not null,
    total bigint not null,
    kept bigint,
    refunded bigint,
    reference text,
    origin text not null
);
create index booking_fact_month on booking_fact (arrival_month, hotel_id);
create index booking_fact_booked on booking_fact (booked_on);
comment on table booking_fact is 'One row per booking; days are local to the hotel, amounts in minor units of the currency';
comment on column booking_fact.id is 'Id of the booking';
comment on column booking_fact.hotel_id is 'Hotel; see hotel.id';
comment on column booking_fact.listing_id is 'Listing; see room_type.id';
comment on column booking_fact.host_id is 'Host of the listing when it was booked';
comment on column booking_fact.channel is 'Way by which it was sold; unknown where none was said';
comment on column booking_fact.segment is 'Part of the market it was sold to';
comment on column booking_fact.country is 'Country the guests come from, as the source wrote it';
comment on column booking_fact.guest_kind is 'user, or contact for a guest who is no user';
comment on column booking_fact.price_kind is 'quoted from the price list, or agreed between the parties';
comment on column booking_fact.terms is 'When money is due: at_booking or at_check_out';
comment on column booking_fact.policy is 'Cancellation policy';
comment on column booking_fact.booked_on is 'Local day of the request';
comment on column booking_fact.arrival_on is 'Local day of arrival';
comment on column booking_fact.departure_on is 'Local day of departure';
comment on column booking_fact.arrival_month is 'First day of the month of arrival; see month.month';
comment on column booking_fact.lead_days is 'Days from the request to the arrival';
comment on column booking_fact.nights is 'Nights of the stay';
comment on column booking_fact.units is 'Units booked';
comment on column booking_fact.room_nights is 'Nights times units';
comment on column booking_fact.adults is 'Adults';
comment on column booking_fact.children is 'Children';
comment on column booking_fact.babies is 'Babies';
comment on column booking_fact.guests is 'Adults, children and babies';
comment on column booking_fact.status is 'pending, confirmed, completed, cancelled, no_show, declined or expired';
comment on column booking_fact.ended_on is 'Local day on which it was completed, called off or otherwise ended';
comment on column booking_fact.time_zone is 'Time zone of the hotel, by which its local days are told';
comment on column booking_fact.currency is 'ISO 4217 code of all amounts';
comment on column booking_fact.nights_amount is 'Sum of the prices of the nights, all units';
comment on column booking_fact.discount is 'Discount for a long stay, zero or less';
comment on column booking_fact.room_revenue is 'Nights after discount';
comment on column booking_fact.cleaning_fee is 'Cleaning, all units';
comment on column booking_fact.service_fee is 'Fee of the platform';
comment on column booking_fact.total is 'What the booking costs in all';
comment on column booking_fact.kept is 'What was kept when it was called off; null otherwise';
comment on column booking_fact.refunded is 'What goes back when it was called off; null otherwise';
comment on column booking_fact.reference is 'What another system calls the booking, such as a row of an import';
comment on column booking_fact.origin is 'live, or import: and the id of the import';

create table booking_night_fact (
    booking_id uuid not null,
    night date not null,
    hotel_id uuid not null,
    listing_id uuid not null,
    units bigint not null,
    currency text not null,
    amount bigint not null,
    primary key (booking_id, night)
);
create index booking_night_fact_night on booking_night_fact (night, hotel_id);
comment on table booking_night_fact is 'One row per night of a booking, as it was booked; what became of it stands in booking_fact.status';
comment on column booking_night_fact.booking_id is 'Booking; see booking_fact.id';
comment on column booking_night_fact.night is 'Local day on whose evening the night begins';
comment on column booking_night_fact.hotel_id is 'Hotel; see hotel.id';
comment on column booking_night_fact.listing_id is 'Listing; see room_type.id';
comment on column booking_night_fact.units is 'Units booked';
comment on column booking_night_fact.currency is 'ISO 4217 code of the amount';
comment on column booking_night_fact.amount is 'Price of the night before discount, all units, in minor units';

create table payment_fact (
    payment_id uuid not null,
    entry_id uuid not null,
    kind text not null,
    booking_id uuid not null,
    refund_id uuid,
    day date not null,
    occurred_at timestamptz not null,
    currency text not null,
    amount bigint not null,
    origin text not null,
    primary key (payment_id, entry_id)
);
create index payment_fact_day on payment_fact (day, currency);
create index payment_fact_booking on payment_fact (booking_id);
comment on table payment_fact is 'One row per movement of money, signed, on its own date';
comment on column payment_fact.payment_id is 'Id of the payment';
comment on column payment_fact.entry_id is 'Id of the event that recorded the movement';
comment on column payment_fact.kind is 'payment, refund, or refund_returned for a refund that came back';
comment on column payment_fact.booking_id is 'Booking that was paid for; see booking_fact.id';
comment on column payment_fact.refund_id is 'Id of the refund; null for a payment';
comment on column payment_fact.day is 'Day of the movement, UTC';
comment on column payment_fact.occurred_at is 'Instant of the movement';
comment on column payment_fact.currency is 'ISO 4217 code of the amount';
comment on column payment_fact.amount is 'Minor units: above zero what came in, below zero what went back';
comment on column payment_fact.origin is 'live, or import: and the id of the import';

create table monthly_rollup (
    month date not null,
    hotel_id uuid not null,
    currency text not null,
    bookings bigint not null,
    cancelled bigint not null,
    no_show bigint not null,
    completed bigint not null,
    completed_nights numeric not null,
    completed_room_nights numeric not null,
    room_revenue numeric not null,
    primary key (month, hotel_id, currency)
);
comment on table monthly_rollup is 'Bookings by month of arrival, hotel and currency';
comment on column monthly_rollup.month is 'First day of the month of arrival; see month.month';
comment on column monthly_rollup.hotel_id is 'Hotel; see hotel.id';
comment on column monthly_rollup.currency is 'ISO 4217 code of the revenue';
comment on column monthly_rollup.bookings is 'Bookings, without those that were declined or expired';
comment on column monthly_rollup.cancelled is 'Bookings that were called off';
comment on column monthly_rollup.no_show is 'Bookings whose guests never came';
comment on column monthly_rollup.completed is 'Stays that took place and are over';
comment on column monthly_rollup.completed_nights is 'Nights of those stays';
comment on column monthly_rollup.completed_room_nights is 'Nights times units of those stays';
comment on column monthly_rollup.room_revenue is 'Nights after discount of those stays, in minor units';

create table payment_day (
    day date not null,
    currency text not null,
    payments bigint not null,
    refunds bigint not null,
    captured numeric not null,
    refunded numeric not null,
    net numeric not null,
    primary key (day, currency)
);
comment on table payment_day is 'Money that moved, by day and currency';
comment on column payment_day.day is 'Day of the movement, UTC';
comment on column payment_day.currency is 'ISO 4217 code of the amounts';
comment on column payment_day.payments is 'Payments that came in';
comment on column payment_day.refunds is 'Refunds that went back';
comment on column payment_day.captured is 'What came in, in minor units';
comment on column payment_day.refunded is 'What went back, zero or less, in minor units';
comment on column payment_day.net is 'What came in less what went back, in minor units';

create view booking as
select fact.*, hotel.name as hotel, room_type.title as room_type
from booking_fact as fact
left join hotel on hotel.id = fact.hotel_id
left join room_type on room_type.id = fact.listing_id;
comment on view booking is 'Booking facts with the names of hotel and room type';
comment on column booking.hotel is 'Name of the hotel';
comment on column booking.room_type is 'Title of the listing';

create view monthly as
select rollup.*, hotel.name as hotel,
    (rollup.cancelled + rollup.no_show)::numeric / nullif(rollup.bookings, 0) as cancellation_rate
from monthly_rollup as rollup
left join hotel on hotel.id = rollup.hotel_id;
comment on view monthly is 'Monthly rollup with the name of the hotel and the cancellation rate';
comment on column monthly.hotel is 'Name of the hotel';
comment on column monthly.cancellation_rate is 'Cancelled and no-show bookings over all bookings, 0 to 1; null without bookings';

-- What a view shows of a table is explained as it is there.
do $$
declare
    shown record;
begin
    for shown in
        select view.name as view, attname::text as name, col_description(attrelid, attnum) as words
        from (values ('booking', 'booking_fact'::regclass), ('monthly', 'monthly_rollup'::regclass))
            as view (name, source)
        join pg_attribute on attrelid = source and attnum > 0 and not attisdropped
    loop
        execute format('comment on column %I.%I is %L', shown.view, shown.name, shown.words);
    end loop;
    if exists (select from pg_roles where rolname = 'analyst') then
        execute format('grant usage on schema %I to analyst', current_schema());
        execute format('grant select on all tables in schema %I to analyst', current_schema());
    end if;
end
$$;
