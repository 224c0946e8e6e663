-- How many more log-ins may be tried, for each client's address and for each account: token buckets
-- that all processes share. What is in them is worth an hour, so that they need no log of their own;
-- after a crash of Postgres they are full again.
create unlogged table login_allowance (
    key text primary key,
    tokens double precision not null,
    at timestamptz not null
);
create index login_allowance_at on login_allowance (at);
comment on table login_allowance is
    'Attempts that are left, by address and by account, as of an instant. No row: all of them.';
