-- The journal: every event, once, in commit order, for ever.

create schema journal;
comment on schema journal is
    'The journal: an append-only history of everything that happened, and what its writers need.';

create table journal.event (
    position bigint not null,
    stream text not null,
    version bigint not null,
    event_id uuid not null,
    type text not null,
    schema_version int not null,
    -- `json`, not `jsonb`: the exact bytes are kept, so that a hash can be computed from the row.
    data json not null,
    metadata json not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    constraint event_position primary key (position),
    constraint event_position_from_one check (position >= 1),
    constraint event_version_from_one check (version >= 1),
    constraint event_stream_length check (octet_length(stream) between 1 and 128),
    constraint event_type_length check (octet_length(type) between 1 and 128),
    constraint event_schema_version_from_one check (schema_version >= 1)
) partition by range (position);

comment on table journal.event is
    'Everything that happened, in commit order. Rows are never changed and never removed.';
comment on column journal.event.position is
    'Place in the whole journal: 1, 2, 3 … without a gap, in commit order. Its primary key is the fence between writers.';
comment on column journal.event.stream is 'The stream: a noun, a hyphen and an id.';
comment on column journal.event.version is 'Place in the stream: 1, 2, 3 … without a gap.';
comment on column journal.event.event_id is 'The id of the event itself.';
comment on column journal.event.type is 'What happened: noun.past_tense.';
comment on column journal.event.schema_version is 'The version of the shape of data.';
comment on column journal.event.data is 'The body, byte for byte as it was written.';
comment on column journal.event.metadata is
    'Who did it, why and from where, byte for byte as it was written.';
comment on column journal.event.occurred_at is 'When it was true in the world.';
comment on column journal.event.recorded_at is
    'When the journal learned it; never falls with position.';

create function journal.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'the journal is immutable: % of %.% is refused',
        lower(tg_op), tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege',
            hint = 'Record a new event that corrects the old one.';
end
$$;
comment on function journal.refuse_change() is
    'Refuses every update, delete and truncate of the journal.';

create function journal.make_immutable(relation regclass) returns void
language plpgsql as $$
begin
    execute format(
        'create trigger event_is_immutable before update or delete or truncate on %s '
        'for each statement execute function journal.refuse_change()',
        relation
    );
    -- `always`: the trigger also fires where replication roles switch triggers off.
    execute format('alter table %s enable always trigger event_is_immutable', relation);
    execute format('revoke update, delete, truncate on %s from public', relation);
    execute format('revoke update, delete, truncate on %s from %I', relation, current_user);
end
$$;
comment on function journal.make_immutable(regclass) is
    'Lets rows be added to a table of the journal and be read, and nothing else.';

select journal.make_immutable('journal.event');
