-- Rows that tell of persons are kept no longer than they are needed: what they say goes when they
-- are carried out, or some days after that, while their numbers and what became of them stay.

alter table import.file add column emptied_at timestamptz;
comment on column import.file.emptied_at is
    'When what its rows that were kept out say was taken out as well; null while it is there.';
comment on column import.staged_row.record is
    'The row as it stands in the file; empty once it is not needed any more.';
