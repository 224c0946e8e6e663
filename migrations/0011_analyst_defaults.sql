-- What an analyst may do is bounded. Grants and the number of connections are enforced by Postgres;
-- the other settings are defaults, which a session can change for itself, so that nothing that must
-- hold rests on them. Postgres gives a role the settings of no role that it is a member of, so those
-- who log in under a name of their own are bounded by name.

create function journal.bound_analyst(role_name name) returns void
language plpgsql as $$
declare
    setting record;
begin
    for setting in
        select * from (values
            ('default_transaction_read_only', 'on'),
            ('statement_timeout', '60s'),
            ('lock_timeout', '5s'),
            -- A transaction that rests keeps old rows from being removed, and one that listens keeps
            -- the queue of notifications, by which our processes wake each other, from being emptied.
            ('idle_in_transaction_session_timeout', '60s')
        ) as bound (name, value)
    loop
        execute format(
            'alter role %I in database %I set %I = %L',
            role_name, current_database(), setting.name, setting.value
        );
    end loop;
    execute format('alter role %I connection limit 5', role_name);
end
$$;
comment on function journal.bound_analyst(name) is
    'Bounds a role that reads the figures: read-only, short statements, few connections.';

do $$
begin
    -- Temporary tables would fill the disk that the journal needs.
    execute format('revoke temporary on database %I from public', current_database());
    revoke create on schema public from public;
exception
    when insufficient_privilege then
        raise warning 'this user cannot revoke what every role may do in this database: revoke temporary on it, and create on the schema public, from public by hand';
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'analyst') then
        perform journal.bound_analyst('analyst');
    end if;
exception
    when insufficient_privilege then
        raise warning 'this user cannot bound the role analyst: call journal.bound_analyst(''analyst'') as one who can';
    -- Another database of this cluster does the same at this very moment.
    when internal_error then
        raise warning 'the role analyst is not bounded in this database yet: call journal.bound_analyst(''analyst'')';
end
$$;
