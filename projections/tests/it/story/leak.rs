//! Water in the cellar: reported, talked about, put off, done, reopened and closed; with the
//! service level it is held to, and an outage that it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{BuildingId, CommentId, IncidentId, SlaPolicyId, UserId};
use domain::incident::{
    AssignIncident, Assignee, ChangeIncident, CommentIncident, Contact, DueBy, Incident,
    IncidentCommand, IncidentState, KeepTime, MoveIncident, Place, Priority, ReportIncident,
    Reporter, Service, Step, Visibility,
};
use domain::outage::{EndOutage, Outage, OutageAnnounced, OutageCommand, OutageKind};
use domain::sla_policy::{
    Calendar, PolicyOf, SetSlaPolicy, SlaPolicy, SlaPolicyCommand, Target, Terms,
};

use super::lift::Told;
use super::{BUILDING, GUEST, HOST, LISBON};
use crate::world::{World, id};

pub const LEAK: u64 = 200;
const OUTAGE: u64 = 300;

fn terms() -> Terms {
    let target = Target {
        take_charge_minutes: 10,
        resolve_minutes: 100,
    };
    Terms {
        calendar: Calendar::always(LISBON),
        targets: BTreeMap::from([(Priority::High, target), (Priority::Critical, target)]),
        pauses: BTreeSet::from([IncidentState::Deferred]),
        escalate_at_percent: 75,
    }
}

fn report(at: DateTime<Utc>) -> IncidentCommand {
    IncidentCommand::Report(Box::new(ReportIncident {
        place: Place {
            building: Some(BuildingId(id(BUILDING))),
            ..Place::default()
        },
        manager: Some(UserId(id(HOST))),
        category: "plumbing".to_owned(),
        priority: Priority::High,
        title: "Water".to_owned(),
        details: "In the cellar.".to_owned(),
        reporter: Reporter::User {
            user: UserId(id(GUEST)),
        },
        contact: Contact::default(),
        service: Some(Service {
            policy: SlaPolicyId::EVERYTHING,
            version: 1,
            terms: terms(),
        }),
        source: None,
        at,
    }))
}

fn comment(number: u64, visibility: Visibility) -> IncidentCommand {
    IncidentCommand::Comment(CommentIncident {
        comment: CommentId(id(number)),
        by: UserId(id(HOST)),
        staff: true,
        text: format!("{number} litres"),
        visibility,
    })
}

/// Ten incidents that go one way each, the service level and the outage.
pub async fn tell(world: &World) {
    let now = eventstore::Clock::now(&world.clock);
    let mut policy = Told::<SlaPolicy>::new(world, 0);
    let holds_for = PolicyOf::Everything;
    let set = SetSlaPolicy {
        holds_for,
        terms: terms(),
    };
    policy.tell(SlaPolicyCommand::Set(set)).await;
    for number in 0..10 {
        leak(world, LEAK + number, number, now).await;
    }
    let mut outage = Told::<Outage>::new(world, OUTAGE);
    let announced = OutageAnnounced {
        title: "No water".to_owned(),
        details: "The main is mended.".to_owned(),
        kind: OutageKind::Planned,
        buildings: BTreeSet::from([BuildingId(id(BUILDING))]),
        starts_at: now,
        finishes_at: None,
    };
    outage.tell(OutageCommand::Announce(announced)).await;
    outage.tell(OutageCommand::Link(IncidentId(id(LEAK)))).await;
    let end = EndOutage {
        finished_at: Some(now),
        at: now,
    };
    outage.tell(OutageCommand::End(end)).await;
}

async fn leak(world: &World, number: u64, steps: u64, now: DateTime<Utc>) {
    let at = |minutes| now + TimeDelta::minutes(minutes);
    let mut leak = Told::<Incident>::new(world, number);
    let go = |step, minutes| {
        IncidentCommand::Move(MoveIncident {
            step,
            by: id(HOST),
            at: at(minutes),
        })
    };
    let host = Some(Assignee::User {
        user: UserId(id(HOST)),
    });
    let resolution = "The pipe is new.".to_owned();
    let commands = [
        report(now),
        comment(number * 10, Visibility::Public),
        IncidentCommand::KeepTime(KeepTime { at: at(10) }),
        IncidentCommand::Assign(AssignIncident { assignee: host }),
        go(Step::Start, 11),
        comment(number * 10 + 1, Visibility::Internal),
        go(
            Step::Defer {
                until: Some(at(60)),
                reason: None,
            },
            20,
        ),
        IncidentCommand::KeepTime(KeepTime { at: at(60) }),
        IncidentCommand::Change(ChangeIncident {
            category: None,
            priority: Some(Priority::Critical),
            title: None,
            details: None,
            due_by: Some(DueBy::Hand(at(500))),
            at: at(61),
        }),
        go(Step::Start, 62),
        go(Step::Complete { resolution }, 70),
        go(Step::Close, 80),
    ];
    let count = usize::try_from(steps + 3).unwrap();
    for command in commands.into_iter().take(count) {
        leak.tell(command).await;
    }
}
