create table profile (
    id uuid primary key,
    email text not null,
    name text not null,
    roles text[] not null,
    status text not null,
    has_password boolean not null,
    locale text,
    time_zone text,
    currency text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index profile_created on profile (created_at, id);
create index profile_roles on profile using gin (roles);
create index profile_email on profile (email);
comment on table profile is 'A user, as others may see one; never a password';

create table session (
    id uuid primary key,
    user_id uuid not null,
    status text not null,
    device text,
    ip text,
    user_agent text,
    started_at timestamptz not null,
    refreshed_at timestamptz,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    version bigint not null
);
create index session_of_user on session (user_id, started_at, id);
comment on table session is 'A log-in of a user; never a token';
