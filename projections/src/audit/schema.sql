create table entry (
    position bigint primary key,
    stream text not null,
    noun text not null,
    version bigint not null,
    event_id uuid not null,
    event_type text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    actor_kind text not null,
    actor text,
    on_behalf_of uuid,
    command text not null,
    correlation_id uuid not null,
    causation_id uuid not null,
    request_id text,
    ip text,
    user_agent text,
    origin text not null
);
create index entry_stream on entry (stream, position);
create index entry_actor on entry (actor, position);
create index entry_correlation on entry (correlation_id, position);
create index entry_recorded on entry (recorded_at);
comment on table entry is 'Who did what to which stream, when, why and from where; one row per event';
