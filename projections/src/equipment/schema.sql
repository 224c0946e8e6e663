create table equipment (
    id uuid primary key,
    building uuid not null,
    owner uuid not null,
    lot uuid,
    parent uuid,
    name text not null,
    category text not null,
    model text,
    serial text,
    status text not null,
    down_since timestamptz,
    down_kind text,
    down_number bigint,
    placement_number bigint,
    effective_status text not null,
    down_because uuid,
    parts_down integer not null,
    in_service_since timestamptz not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index equipment_created on equipment (created_at, id);
create index equipment_owner on equipment (owner, created_at, id);
create index equipment_building on equipment (building, created_at, id);
create index equipment_parent on equipment (parent, created_at, id);
create index equipment_model on equipment (owner, model);
comment on table equipment is 'A piece of equipment: what it is by itself, and what follows for it from its parts';

create table placement (
    equipment uuid not null,
    number bigint not null,
    building uuid not null,
    parent uuid not null,
    since timestamptz not null,
    until timestamptz,
    primary key (equipment, number)
);
create index placement_parent on placement (parent);
create index placement_building on placement (building);
comment on table placement is 'A time during which a piece was a part of another; open where it has no end';

create table downtime (
    equipment uuid not null,
    number bigint not null,
    building uuid not null,
    kind text not null,
    status text not null,
    since timestamptz not null,
    until timestamptz,
    work_order uuid,
    reason text,
    primary key (equipment, number)
);
create index downtime_since on downtime (equipment, since, number);
create index downtime_building on downtime (building);
comment on table downtime is 'A time during which a piece did not run by itself; open where it has no end';

create table work_order (
    id uuid primary key,
    building uuid not null,
    equipment uuid not null,
    title text not null,
    description text,
    kind text not null,
    priority text not null,
    status text not null,
    takes_down boolean not null,
    needs_signature boolean not null,
    tasks jsonb not null,
    parts jsonb not null,
    cost bigint not null,
    currency text,
    due_at timestamptz,
    assignee uuid,
    plan uuid,
    first_reaction_at timestamptz,
    first_reaction_by uuid,
    completed_at timestamptz,
    completed_by uuid,
    signed_at timestamptz,
    signed_by uuid,
    signed_as text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index work_order_of on work_order (equipment, created_at, id);
create index work_order_building on work_order (building);
comment on table work_order is 'Work on a piece of equipment: what was asked for, what was done and what it cost';

create table plan (
    equipment uuid not null,
    id uuid not null,
    building uuid not null,
    title text not null,
    priority text not null,
    takes_down boolean not null,
    needs_signature boolean not null,
    tasks jsonb not null,
    trigger jsonb not null,
    active boolean not null,
    next_due_at timestamptz,
    first_e3 bigint,
    fired bigint not null,
    untouched bigint not null,
    primary key (equipment, id)
);
create index plan_title on plan (equipment, title, id);
create index plan_building on plan (building);
comment on table plan is 'When a piece asks for work by itself';

create table meter (
    equipment uuid not null,
    id uuid not null,
    building uuid not null,
    name text not null,
    unit text not null,
    kind text not null,
    value_e3 bigint,
    before_e3 bigint not null,
    read_at timestamptz,
    primary key (equipment, id)
);
create index meter_name on meter (equipment, name, id);
create index meter_building on meter (building);
comment on table meter is 'What counts or measures at a piece; in thousandths of its unit';

create table reading (
    equipment uuid not null,
    meter uuid not null,
    number bigint not null,
    building uuid not null,
    read_at timestamptz not null,
    value_e3 bigint not null,
    total_e3 bigint not null,
    primary key (equipment, meter, number)
);
create index reading_at on reading (meter, read_at, number);
create index reading_building on reading (building);
comment on table reading is 'What a meter showed, and what it had counted since the first meter in its place';
