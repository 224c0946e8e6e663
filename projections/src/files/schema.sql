create table file (
    id uuid primary key,
    uploader uuid not null,
    name text not null,
    purpose text not null,
    visibility text not null,
    content_type text not null,
    bytes bigint not null,
    sha256 text not null,
    width bigint,
    height bigint,
    owner_kind text,
    owner_id uuid,
    status text not null,
    loose_since timestamptz,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index file_created on file (created_at, id);
create index file_owner on file (owner_kind, owner_id, created_at, id);
create index file_uploader on file (uploader, created_at, id);
create index file_loose on file (loose_since, id) where status = 'kept';
comment on table file is 'A file and what it belongs to; one that is gone has the status deleted';
