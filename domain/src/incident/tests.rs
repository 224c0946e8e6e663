mod clocks;
mod laws;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{CommentId, FileId, SlaPolicyId, UserId};
use crate::sla_policy::{Calendar, Target, Terms};

fn at(minutes: i64) -> DateTime<Utc> {
    // Monday, 5 January 2026, 08:00 UTC.
    DateTime::from_timestamp(1_767_600_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

/// By day and by night: critical in 10 and 100 minutes, high in 20 and 200, warned of at three
/// quarters, paused while deferred.
fn service() -> Service {
    let target = |minutes| Target {
        take_charge_minutes: minutes,
        resolve_minutes: 10 * minutes,
    };
    Service {
        policy: SlaPolicyId::EVERYTHING,
        version: 1,
        terms: Terms {
            calendar: Calendar::always(Tz::UTC),
            targets: BTreeMap::from([
                (Priority::Critical, target(10)),
                (Priority::High, target(20)),
            ]),
            pauses: BTreeSet::from([IncidentState::Deferred]),
            escalate_at_percent: 75,
        },
    }
}

fn report() -> IncidentCommand {
    IncidentCommand::Report(Box::new(ReportIncident {
        place: Place::default(),
        manager: Some(user(1)),
        category: "plumbing".to_owned(),
        priority: Priority::Critical,
        title: " Water ".to_owned(),
        details: "In the cellar.".to_owned(),
        reporter: Reporter::User { user: user(2) },
        contact: Contact::default(),
        service: Some(service()),
        source: None,
        at: at(0),
    }))
}

fn go(step: Step, minutes: i64) -> IncidentCommand {
    IncidentCommand::Move(MoveIncident {
        step,
        by: Uuid::from_u128(1),
        at: at(minutes),
    })
}

fn defer(until: i64) -> Step {
    Step::Defer {
        until: Some(at(until)),
        reason: None,
    }
}

fn complete() -> Step {
    Step::Complete {
        resolution: "Done.".to_owned(),
    }
}

fn reopen(assignee_fit: bool) -> Step {
    Step::Reopen {
        window: TimeDelta::days(14),
        assignee_fit,
        reason: None,
    }
}

fn change(change: fn(&mut ChangeIncident), minutes: i64) -> IncidentCommand {
    let mut command = ChangeIncident {
        category: None,
        priority: None,
        title: None,
        details: None,
        due_by: None,
        at: at(minutes),
    };
    change(&mut command);
    IncidentCommand::Change(command)
}

fn keep_time(minutes: i64) -> IncidentCommand {
    IncidentCommand::KeepTime(KeepTime { at: at(minutes) })
}

fn assign(number: u128) -> IncidentCommand {
    let assignee = Some(Assignee::User { user: user(number) });
    IncidentCommand::Assign(AssignIncident { assignee })
}

/// The incident after `commands`, each of which has to be carried out.
fn after(commands: &[IncidentCommand]) -> Incident {
    let mut incident = Incident::default();
    for command in commands {
        do_it(&mut incident, command);
    }
    incident
}

fn do_it(incident: &mut Incident, command: &IncidentCommand) -> Vec<IncidentEvent> {
    let events = incident
        .decide(command)
        .unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
    for event in &events {
        incident.evolve(event);
    }
    events
}

fn code(incident: &Incident, command: &IncidentCommand) -> &'static str {
    let refusal = incident.decide(command).unwrap_err();
    assert!(!refusal.to_string().is_empty());
    refusal.code()
}

fn case(incident: &Incident) -> &Case {
    incident.case().unwrap()
}

#[test]
fn an_incident_is_reported_once_and_says_something() {
    let reported = after(&[report()]);
    assert_eq!(case(&reported).title.value, "Water");
    assert_eq!(case(&reported).state(), IncidentState::Open);
    assert_eq!(code(&reported, &report()), "incident_exists");
    let IncidentCommand::Report(mut blank) = report() else {
        unreachable!()
    };
    blank.details = " \n ".to_owned();
    let blank = Incident::Absent
        .decide(&IncidentCommand::Report(blank))
        .unwrap_err();
    assert_eq!(
        (blank.code(), blank.pointer()),
        ("text_blank", Some("/details"))
    );
    assert_eq!(code(&Incident::Absent, &keep_time(1)), "incident_unknown");
}

#[test]
fn a_wait_ends_ahead_and_within_a_year() {
    let open = after(&[report()]);
    let year = 365 * 24 * 60;
    assert_eq!(code(&open, &go(defer(5), 5)), "deferral_past");
    assert_eq!(code(&open, &go(defer(year + 6), 5)), "deferral_too_long");
    assert!(open.decide(&go(defer(year + 5), 5)).is_ok());
}

#[test]
fn when_a_wait_ends_it_is_open_again_and_nobody_is_at_it() {
    let mut incident = after(&[report(), assign(1), go(defer(60), 5)]);
    assert!(do_it(&mut incident, &keep_time(59)).is_empty());
    let events = do_it(&mut incident, &keep_time(60));
    assert_eq!(
        events[0],
        IncidentEvent::Resumed(IncidentResumed {
            expired: true,
            at: at(60)
        })
    );
    let case = case(&incident);
    assert_eq!(case.state(), IncidentState::Open);
    assert_eq!((case.deferred_until, &case.assignee), (None, &None));
    // Ended by hand, whoever was at it stays.
    let by_hand = after(&[report(), assign(1), go(defer(60), 5), go(Step::Resume, 6)]);
    assert!(super::tests::case(&by_hand).assignee.is_some());
}

#[test]
fn it_is_reopened_within_fourteen_days_and_counted() {
    let done = [report(), assign(1), go(Step::Start, 1), go(complete(), 2)];
    let fortnight = 14 * 24 * 60;
    let done = after(&done);
    assert_eq!(
        code(&done, &go(reopen(true), 2 + fortnight + 1)),
        "reopen_too_late"
    );
    let mut kept = done.clone();
    do_it(&mut kept, &go(reopen(true), 2 + fortnight));
    assert_eq!(case(&kept).reopened, 1);
    assert!(case(&kept).assignee.is_some());
    let mut dropped = done;
    do_it(&mut dropped, &go(reopen(false), 3));
    assert_eq!(case(&dropped).assignee, None);
}

fn comment(staff: bool, visibility: Visibility) -> IncidentCommand {
    IncidentCommand::Comment(CommentIncident {
        comment: CommentId(Uuid::from_u128(7)),
        by: user(2),
        staff,
        text: "Well?".to_owned(),
        visibility,
    })
}

#[test]
fn only_who_works_on_it_comments_internally_or_after_the_end() {
    let open = after(&[report()]);
    let refusal = open
        .decide(&comment(false, Visibility::Internal))
        .unwrap_err();
    assert_eq!(refusal.kind(), RefusalKind::Forbidden);
    assert_eq!(refusal.code(), "comment_type_not_allowed");
    assert!(open.decide(&comment(false, Visibility::Public)).is_ok());
    let over = after(&[report(), go(Step::Withdraw, 1)]);
    assert_eq!(
        code(&over, &comment(false, Visibility::Public)),
        "incident_over"
    );
    assert!(over.decide(&comment(true, Visibility::Internal)).is_ok());
}

#[test]
fn what_is_over_is_neither_changed_nor_assigned() {
    let over = after(&[report(), go(Step::Withdraw, 1)]);
    let urgent = change(|c| c.priority = Some(Priority::Low), 2);
    assert_eq!(code(&over, &urgent), "incident_over");
    assert_eq!(code(&over, &assign(1)), "incident_over");
    let done = after(&[report(), go(Step::Start, 1), go(complete(), 2)]);
    assert_eq!(code(&done, &assign(1)), "incident_completed");
}

#[test]
fn a_file_is_put_to_it_once_and_taken_away() {
    let file = FileId(Uuid::from_u128(8));
    let add = IncidentCommand::AddAttachment(AddAttachment { file, staff: false });
    let remove = IncidentCommand::RemoveAttachment(RemoveAttachment { file });
    let mut incident = after(&[report()]);
    assert_eq!(code(&incident, &remove), "attachment_unknown");
    assert_eq!(do_it(&mut incident, &add).len(), 1);
    assert!(do_it(&mut incident, &add).is_empty());
    assert_eq!(do_it(&mut incident, &remove).len(), 1);
    assert!(case(&incident).files.is_empty());
}
