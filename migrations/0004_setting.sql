-- What is true of this journal as a whole.

create table journal.setting (
    name text primary key,
    value text not null
);
comment on table journal.setting is
    'Facts about the whole journal, such as the fingerprint of the secret it was made with.';
comment on column journal.setting.name is 'What it is.';
comment on column journal.setting.value is 'Its value.';
