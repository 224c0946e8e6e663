create table incident (
    id uuid primary key,
    building uuid,
    lot uuid,
    equipment uuid,
    state text not null,
    waiting boolean not null,
    priority text not null,
    category text not null,
    assignee uuid,
    reporter uuid,
    manager uuid,
    breached boolean not null,
    due_at timestamptz,
    due_order timestamptz not null,
    words text not null,
    reference text,
    facts jsonb not null,
    origin text not null,
    reported_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index incident_reported on incident (reported_at, id);
create index incident_due on incident (due_order, id);
create index incident_building on incident (building, reported_at, id);
create index incident_building_due on incident (building, due_order, id);
create index incident_lot on incident (lot, reported_at, id);
create index incident_equipment on incident (equipment, reported_at, id);
create index incident_state on incident (state, reported_at, id);
create index incident_priority on incident (priority, reported_at, id);
create index incident_category on incident (category, reported_at, id);
create index incident_assignee on incident (assignee, reported_at, id);
create index incident_assignee_due on incident (assignee, due_order, id);
create index incident_reporter on incident (reporter, reported_at, id);
create index incident_manager on incident (manager, reported_at, id);
create index incident_manager_due on incident (manager, due_order, id);
create index incident_reference on incident (reference);
create index incident_waiting on incident (id) where waiting;
create index incident_open on incident (waiting, reported_at, id);
create index incident_breached on incident (breached, reported_at, id);
create index incident_words on incident using gin (to_tsvector('simple', words));
comment on table incident is 'An incident: what is wrong somewhere, and how far it is';
comment on column incident.facts is 'All that is so of it, as its stream says';
comment on column incident.due_order is 'When it has to be resolved; the end of time where that is open';

create table comment (
    incident uuid not null,
    id uuid not null,
    author uuid not null,
    internal boolean not null,
    text text not null,
    said_at timestamptz not null,
    primary key (incident, id)
);
create index comment_said on comment (incident, said_at, id);
comment on table comment is 'What was said about an incident';

create table sla_policy (
    id uuid primary key,
    building uuid,
    holds_for text not null,
    terms jsonb not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index sla_policy_created on sla_policy (created_at, id);
create index sla_policy_building on sla_policy (building, created_at, id);
comment on table sla_policy is 'How soon incidents are taken in charge and resolved';

create table outage (
    id uuid primary key,
    title text not null,
    details text not null,
    kind text not null,
    buildings jsonb not null,
    incidents jsonb not null,
    announcer uuid,
    over boolean not null,
    starts_at timestamptz not null,
    finishes_at timestamptz,
    finished_at timestamptz,
    announced_at timestamptz not null,
    changed_at timestamptz not null,
    version bigint not null
);
create index outage_announced on outage (announced_at, id);
create index outage_announcer on outage (announcer, announced_at, id);
create index outage_over on outage (over, announced_at, id);
create index outage_kind on outage (kind, announced_at, id);
create index outage_buildings on outage using gin (buildings);
comment on table outage is 'Something that many are without, in one building or in several';
