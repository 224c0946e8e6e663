-- What was refused to whom: failed log-ins and forbidden requests. They come at the pace of whoever
-- tries, so that they stand beside the journal and not in it: a table of its own, written in batches
-- behind the requests, whose rows go after a while. Equal ones of a short time are one row.
create table security_event (
    id uuid primary key,
    at timestamptz not null,
    last_at timestamptz not null,
    times bigint not null,
    kind text not null,
    code text not null,
    user_id uuid,
    account text,
    ip text,
    user_agent text,
    method text not null,
    route text not null,
    request_id text
);
create index security_event_at on security_event (at, id);
create index security_event_user on security_event (user_id, at, id) where user_id is not null;
create index security_event_ip on security_event (ip, at, id) where ip is not null;
create index security_event_account on security_event (account, at, id) where account is not null;

comment on table security_event is
    'Failed log-ins and refused access; kept for CADASTRE_SECURITY_EVENTS_LIFE.';
comment on column security_event.times is 'How often it was so from at to last_at.';
comment on column security_event.account is
    'The keyed hash of the address that was typed, so that attempts on one account belong together.';
