-- In which order day and month stand in the dates of a file, as its rows or the caller said:
-- `day_first` or `month_first`. Unknown where no date of the file depends on it, and of files that
-- were staged before it was asked for.
alter table import.file
    add column date_order text check (date_order in ('day_first', 'month_first'));
