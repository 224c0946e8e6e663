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
    credential_epoch bigint not null,
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
    credential_epoch bigint not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    version bigint not null
);
create index session_of_user on session (user_id, started_at, id);
comment on table session is 'A log-in of a user; never a token';

create table credential_change (
    user_id uuid not null,
    epoch bigint not null,
    at timestamptz not null,
    reason text not null,
    kept_session uuid,
    primary key (user_id, epoch)
);
comment on table credential_change is 'All sessions of a user but the kept one were ended at once';

-- A session is over by its own end or, if it has none, by the first change that did not keep it.
create view log_in as
select
    s.id,
    s.user_id,
    case when c.at is null then s.status else 'ended' end as status,
    s.device,
    s.ip,
    s.user_agent,
    s.started_at,
    s.refreshed_at,
    s.credential_epoch,
    s.expires_at,
    coalesce(s.ended_at, c.at) as ended_at,
    coalesce(s.end_reason, c.reason) as end_reason,
    s.version
from session s
left join lateral (
    select c.at, c.reason
    from credential_change c
    where c.user_id = s.user_id
        and c.epoch > s.credential_epoch
        and c.kept_session is distinct from s.id
    order by c.epoch
    limit 1
) c on true;
comment on view log_in is 'A log-in of a user, and whether it still holds';
