-- A process reads the feed from its own place. The place may lag behind what the process did, since
-- what it did stands in its own stream; it must never run ahead.
create table journal.checkpoint (
    name text primary key check (length(name) between 1 and 128),
    position bigint not null check (position >= 0)
);

comment on table journal.checkpoint is 'How far each process has read the journal.';
comment on column journal.checkpoint.name is 'The process.';
comment on column journal.checkpoint.position is 'The last position it has wholly dealt with.';
