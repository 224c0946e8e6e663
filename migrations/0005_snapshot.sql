-- Folding a long stream from its first event takes long, so its state is kept now and then. This is
-- a cache: it may be truncated at any time, and comes back as the streams are read.
--
-- `unlogged`: a state that is written to the log of the database would slow down every commit of
-- the journal, and what is lost in a crash is only made again. An unlogged table is emptied by
-- recovery, so it never survives by halves, and it is in no copy of the data files.
create unlogged table journal.snapshot (
    stream text not null,
    state_version int not null,
    version bigint not null,
    position bigint not null,
    event_id uuid not null,
    last_occurred_at timestamptz not null,
    state json not null,
    constraint snapshot_stream primary key (stream),
    constraint snapshot_version_from_one check (version >= 1)
);

comment on table journal.snapshot is
    'A cache: for long streams, a state of late. May be truncated at any time.';
comment on column journal.snapshot.stream is 'The stream: a noun, a hyphen and an id.';
comment on column journal.snapshot.state_version is
    'The version of the shape and the making of the state; a build takes up no other than its own.';
comment on column journal.snapshot.version is 'The version of the last event that is in the state.';
comment on column journal.snapshot.position is 'Where that event stands in the journal.';
comment on column journal.snapshot.event_id is
    'Its id. If no such event stands there, the state is of another history and is not believed.';
comment on column journal.snapshot.last_occurred_at is 'When that event was true in the world.';
comment on column journal.snapshot.state is 'The state after that event.';
