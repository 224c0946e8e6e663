create table payment (
    id uuid primary key,
    booking uuid not null,
    payer uuid not null,
    payer_kind text not null,
    currency text not null,
    amount bigint not null,
    captured bigint not null,
    refunded bigint not null,
    refund_pending bigint not null,
    status text not null,
    failure text,
    provider_reference text,
    origin text not null,
    created_at timestamptz not null,
    captured_at timestamptz,
    changed_at timestamptz not null,
    version bigint not null
);
create index payment_created on payment (created_at, id);
create index payment_payer on payment (payer, created_at, id);
create index payment_booking on payment (booking);
comment on table payment is 'A sum that is asked for, and what became of it; minor units';

create table refund (
    payment uuid not null,
    id uuid not null,
    currency text not null,
    amount bigint not null,
    status text not null,
    reason text not null,
    failure text,
    requested_at timestamptz not null,
    settled_at timestamptz,
    primary key (payment, id)
);
comment on table refund is 'Money that goes back to the payer; minor units';
