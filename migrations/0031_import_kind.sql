-- More than one kind of file can be brought in. The same bytes may be taken for two kinds, so that
-- the id, which follows from both, tells contents apart, and the sum alone does not.

alter table import.file add column kind text not null default 'hotel-bookings';
alter table import.file alter column kind drop default;
alter table import.file drop constraint file_sha256_key;
comment on column import.file.kind is 'What kind of file it was taken for.';

create table import.note (
    import_id uuid not null,
    row bigint not null,
    detail text not null,
    primary key (import_id, row),
    foreign key (import_id, row) references import.staged_row (import_id, row)
);

comment on table import.note is
    'The rows that were taken, but that somebody should look at, each once, with the reason.';
comment on column import.note.import_id is 'The file.';
comment on column import.note.row is 'The row.';
comment on column import.note.detail is 'What there is to say, as a sentence.';
