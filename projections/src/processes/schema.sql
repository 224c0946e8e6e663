create table process (
    id text primary key,
    kind text not null,
    subject uuid not null,
    status text not null,
    stuck text,
    outcome text,
    correlation_id uuid not null,
    started_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index process_started on process (started_at, id);
create index process_unfinished on process (kind, id) where status <> 'ended';
comment on table process is 'What the platform does by itself, and how far it is';

create table deadline (
    process_id text not null,
    name text not null,
    due_at timestamptz not null,
    primary key (process_id, name)
);
create index deadline_due on deadline (due_at);
comment on table deadline is 'When a process wants to be woken';

create table effect (
    process_id text not null,
    key text not null,
    effect text not null,
    detail text,
    status text not null,
    intended_at timestamptz not null,
    answered_at timestamptz,
    primary key (process_id, key)
);
create index effect_open on effect (intended_at) where status = 'open';
comment on table effect is 'What was, or is to be, asked of somebody outside';
