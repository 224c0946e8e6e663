-- An import is staged before anything of it happens: rows get a lasting identity (the content they
-- stand in, and their number), and their steps one order in time, whatever is stopped in between.

create schema import;
comment on schema import is 'Files that are brought in, row by row, before and while they become events.';

create table import.file (
    id uuid primary key,
    sha256 bytea not null unique check (octet_length(sha256) = 32),
    name text not null,
    header text not null,
    rows bigint not null,
    unreadable bigint not null,
    steps bigint not null,
    done bigint not null,
    staged_at timestamptz not null,
    finished_at timestamptz
);

comment on table import.file is 'Each content that was staged as a whole; it is here once, under whatever name.';
comment on column import.file.id is 'Derived from sha256; the events of the import carry it as their origin.';
comment on column import.file.sha256 is 'SHA-256 of the uncompressed content.';
comment on column import.file.name is 'The name it was first given under.';
comment on column import.file.header is 'Its first line.';
comment on column import.file.rows is 'How many rows it has.';
comment on column import.file.unreadable is 'How many of them could not be read.';
comment on column import.file.steps is 'How many steps its rows have.';
comment on column import.file.done is
    'All steps up to this number are done; it may lag behind, it never runs ahead.';
comment on column import.file.staged_at is 'When it was staged.';
comment on column import.file.finished_at is 'When its last step was done.';

create table import.staged_row (
    import_id uuid not null references import.file (id),
    row bigint not null check (row > 0),
    line bigint not null,
    digest uuid not null,
    record text not null,
    fault text,
    fault_detail text,
    hotel text,
    room text,
    arrival date,
    nights integer,
    adults integer,
    children integer,
    babies integer,
    rate_cents bigint,
    country text,
    channel text,
    segment text,
    deposit text,
    ending text,
    booked_at timestamptz,
    paid_at timestamptz,
    ended_at timestamptz,
    settled_at timestamptz,
    primary key (import_id, row)
);
create index staged_row_digest on import.staged_row (digest);

comment on table import.staged_row is 'The rows of staged files. A row is known by its content and its number.';
comment on column import.staged_row.import_id is 'The file.';
comment on column import.staged_row.row is 'Its number, from 1, without the header.';
comment on column import.staged_row.line is 'The line of the file that it begins on.';
comment on column import.staged_row.digest is 'Equal for rows whose trimmed fields are equal, in any file.';
comment on column import.staged_row.record is 'The row as it stands in the file.';
comment on column import.staged_row.fault is 'Why it could not be read, as a word; null if it could.';
comment on column import.staged_row.fault_detail is 'Why it could not be read, as a sentence.';
comment on column import.staged_row.hotel is 'The hotel.';
comment on column import.staged_row.room is 'The room type that was reserved.';
comment on column import.staged_row.arrival is 'The first night.';
comment on column import.staged_row.nights is 'How many nights.';
comment on column import.staged_row.adults is 'How many adults come.';
comment on column import.staged_row.children is 'How many children come.';
comment on column import.staged_row.babies is 'How many babies come.';
comment on column import.staged_row.rate_cents is 'Price of a night, in cents.';
comment on column import.staged_row.country is 'Where the guests come from; null where that is not known.';
comment on column import.staged_row.channel is 'How it was booked; null where that is not known.';
comment on column import.staged_row.segment is 'The segment of the market; null where that is not known.';
comment on column import.staged_row.deposit is 'none, non_refund or refundable.';
comment on column import.staged_row.ending is 'checked_out, cancelled or no_show.';
comment on column import.staged_row.booked_at is 'When it was booked.';
comment on column import.staged_row.paid_at is 'When it was paid in advance; null if it was not.';
comment on column import.staged_row.ended_at is 'When it came to its end.';
comment on column import.staged_row.settled_at is 'When it was paid at check-out; null if it was not.';

create table import.step (
    import_id uuid not null references import.file (id),
    number bigint not null,
    at timestamptz not null,
    kind smallint not null,
    row bigint not null,
    primary key (import_id, number)
);

comment on table import.step is
    'What is to be done for a file, in order of time; gone when the import has finished.';
comment on column import.step.import_id is 'The file.';
comment on column import.step.number is 'Its place in the order of time, from 1.';
comment on column import.step.at is 'When it was true in the world.';
comment on column import.step.kind is '1 booked, 2 paid in advance, 3 came to its end, 4 paid at check-out.';
comment on column import.step.row is 'The row it belongs to.';

create table import.refusal (
    import_id uuid not null,
    row bigint not null,
    code text not null,
    detail text not null,
    primary key (import_id, row),
    foreign key (import_id, row) references import.staged_row (import_id, row)
);

comment on table import.refusal is 'The rows that the rules of the house refused, each once, with the reason.';
comment on column import.refusal.import_id is 'The file.';
comment on column import.refusal.row is 'The row.';
comment on column import.refusal.code is 'The reason as a word.';
comment on column import.refusal.detail is 'The reason as a sentence.';
