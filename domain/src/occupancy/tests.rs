use chrono::NaiveDate;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::Personal;
use crate::aggregate::Aggregate;
use crate::id::{BuildingId, LotId, OccupantId, UserId};

type Lots = TestFramework<Occupancy>;

fn id(number: u128) -> OccupantId {
    OccupantId(Uuid::from_u128(number))
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn period(from: NaiveDate, until: Option<NaiveDate>) -> Period {
    Period { from, until }
}

fn tenant(number: u128, name: &str, of: Period) -> MoveIn {
    let subject = Uuid::from_u128(number + 1_000);
    MoveIn {
        occupant: id(number),
        building: BuildingId(Uuid::from_u128(1)),
        lot: LotId(Uuid::from_u128(2)),
        kind: OccupantKind::Tenant,
        user: None,
        name: Personal::new(subject, name.to_owned()),
        email: None,
        period: of,
        part: None,
        exclusive: true,
    }
}

fn owner(number: u128, name: &str, of: Period, part: u32) -> MoveIn {
    MoveIn {
        kind: OccupantKind::Owner,
        part: Some(part),
        exclusive: false,
        ..tenant(number, name, of)
    }
}

fn moved_in(c: &MoveIn) -> OccupancyEvent {
    let command = OccupancyCommand::MoveIn(Box::new(c.clone()));
    Occupancy::default().decide(&command).unwrap().remove(0)
}

fn refusal(given: &[MoveIn], command: &OccupancyCommand) -> OccupancyRefusal {
    let events: Vec<OccupancyEvent> = given.iter().map(moved_in).collect();
    let refusal = Occupancy::fold(&events).decide(command).unwrap_err();
    assert!(!refusal.to_string().is_empty());
    refusal
}

fn comes(c: MoveIn) -> OccupancyCommand {
    OccupancyCommand::MoveIn(Box::new(c))
}

fn leads_to(given: &[MoveIn], command: OccupancyCommand, events: Vec<OccupancyEvent>) {
    Lots::with(())
        .given(given.iter().map(moved_in).collect())
        .when(command)
        .then_expect_events(events);
}

#[test]
fn a_tenant_has_the_lot_to_himself_until_the_day_he_leaves() {
    let ann = tenant(1, "Ann", period(day(1, 1), Some(day(3, 1))));
    let bob = tenant(2, "Bob", period(day(3, 1), None));
    let event = moved_in(&bob);
    leads_to(std::slice::from_ref(&ann), comes(bob.clone()), vec![event]);
    let early = MoveIn {
        period: period(day(2, 28), None),
        ..bob.clone()
    };
    assert_eq!(
        refusal(std::slice::from_ref(&ann), &comes(early.clone())),
        OccupancyRefusal::TenancyOverlaps(id(1))
    );
    let shares = MoveIn {
        exclusive: false,
        ..early
    };
    let event = moved_in(&shares);
    leads_to(&[ann], comes(shares), vec![event]);
}

#[test]
fn owners_overlap_but_never_have_more_than_the_whole_on_any_day() {
    let ann = owner(1, "Ann", period(day(1, 1), None), 600_000);
    let bob = owner(2, "Bob", period(day(6, 1), None), 400_000);
    let event = moved_in(&bob);
    leads_to(std::slice::from_ref(&ann), comes(bob.clone()), vec![event]);
    let given = [ann, bob];
    // From May on she has 100,001 beside Ann's 600,000; Bob comes in June, and it is too much.
    let eve = owner(3, "Eve", period(day(5, 1), None), 1);
    let exceed = OccupancyRefusal::PartsExceed {
        day: day(6, 1),
        sum: 1_000_001,
    };
    assert_eq!(refusal(&given, &comes(eve.clone())), exceed);
    let before = MoveIn {
        period: period(day(5, 1), Some(day(6, 1))),
        part: Some(400_000),
        ..eve.clone()
    };
    let event = moved_in(&before);
    leads_to(&given, comes(before), vec![event]);
    // One whose part nobody knows takes nothing from the others.
    let unknown = MoveIn { part: None, ..eve };
    let event = moved_in(&unknown);
    leads_to(&given, comes(unknown), vec![event]);
}

#[test]
fn a_tenant_does_not_disturb_the_owners() {
    let ann = owner(1, "Ann", period(day(1, 1), None), PART_MAX);
    let bob = tenant(2, "Bob", period(day(1, 1), None));
    let event = moved_in(&bob);
    leads_to(&[ann], comes(bob), vec![event]);
}

#[test]
fn one_person_is_in_a_lot_once_at_a_time() {
    let ann = owner(1, "Ann Lee", period(day(1, 1), Some(day(5, 1))), 1);
    let again = tenant(2, " ann  LEE ", period(day(4, 30), None));
    assert_eq!(
        refusal(std::slice::from_ref(&ann), &comes(again.clone())),
        OccupancyRefusal::PersonTwice(id(1))
    );
    let later = MoveIn {
        period: period(day(5, 1), None),
        ..again.clone()
    };
    let event = moved_in(&later);
    leads_to(std::slice::from_ref(&ann), comes(later), vec![event]);

    let mail = |number: u128, email: &str, name: &str| MoveIn {
        email: Some(Personal::new(Uuid::from_u128(number), email.to_owned())),
        exclusive: false,
        ..tenant(number, name, period(day(1, 1), None))
    };
    // Father and son of one name are told apart by their mailboxes, and a mailbox is one person.
    let (father, son) = (
        mail(1, "old@x.org", "Ann Lee"),
        mail(2, "young@x.org", "Ann Lee"),
    );
    let event = moved_in(&son);
    leads_to(std::slice::from_ref(&father), comes(son), vec![event]);
    assert_eq!(
        refusal(&[father], &comes(mail(3, "OLD@x.org", "A. Lee"))),
        OccupancyRefusal::PersonTwice(id(1))
    );
    let user = |number: u128| MoveIn {
        user: Some(UserId(Uuid::from_u128(7))),
        exclusive: false,
        ..tenant(number, "Whoever", period(day(1, 1), None))
    };
    assert_eq!(
        refusal(&[user(1)], &comes(user(2))),
        OccupancyRefusal::PersonTwice(id(1))
    );
}

#[test]
fn who_leaves_leaves_once_and_after_he_came() {
    let ann = [tenant(1, "Ann", period(day(1, 10), Some(day(6, 1))))];
    let out = |until| OccupancyCommand::MoveOut(id(1), until);
    let moved = |until| {
        OccupancyEvent::MovedOut(OccupancyMovedOut {
            occupant: id(1),
            until,
        })
    };
    leads_to(&ann, out(day(3, 1)), vec![moved(day(3, 1))]);
    leads_to(&ann, out(day(6, 1)), vec![]);
    let late = OccupancyRefusal::MovedOut(day(6, 1));
    assert_eq!(refusal(&ann, &out(day(6, 2))), late);
    assert_eq!(
        refusal(&ann, &out(day(1, 10))),
        OccupancyRefusal::PeriodEmpty
    );
    let stranger = OccupancyCommand::MoveOut(id(5), day(3, 1));
    assert_eq!(refusal(&ann, &stranger), OccupancyRefusal::Unknown);
}

#[test]
fn a_correction_tells_what_differs_and_obeys_the_same_rules() {
    let ann = tenant(1, "Ann", period(day(1, 1), Some(day(3, 1))));
    let bob = tenant(2, "Bob", period(day(3, 1), None));
    let given = [ann.clone(), bob];
    let correct = |c| OccupancyCommand::Correct(id(1), Box::new(c));
    let same = CorrectOccupant {
        name: Some("Ann".to_owned()),
        until: Some(Some(day(3, 1))),
        ..CorrectOccupant::default()
    };
    leads_to(&given, correct(same), vec![]);
    let earlier = CorrectOccupant {
        from: Some(day(1, 2)),
        exclusive: Some(true),
        ..CorrectOccupant::default()
    };
    let told = OccupancyEvent::Corrected(OccupancyCorrected {
        occupant: id(1),
        name: None,
        email: None,
        period: Some(period(day(1, 2), Some(day(3, 1)))),
        part: None,
        exclusive: None,
    });
    leads_to(&given, correct(earlier), vec![told]);
    let stays = CorrectOccupant {
        until: Some(None),
        ..CorrectOccupant::default()
    };
    let overlaps = OccupancyRefusal::TenancyOverlaps(id(2));
    assert_eq!(refusal(&given, &correct(stays)), overlaps);
    let named = CorrectOccupant {
        name: Some("bob".to_owned()),
        until: Some(Some(day(4, 1))),
        exclusive: Some(false),
        ..CorrectOccupant::default()
    };
    assert_eq!(
        refusal(&given, &correct(named)),
        OccupancyRefusal::PersonTwice(id(2))
    );
}

#[test]
fn each_fault_of_an_occupant_is_named_with_its_field() {
    use crate::aggregate::Refusal;
    let of = period(day(1, 1), None);
    let fault = |c: MoveIn| {
        let refusal = refusal(&[], &comes(c));
        (refusal.code(), refusal.pointer())
    };
    let (ann, one) = (tenant(1, "Ann", of), owner(1, "Ann", of, 1));
    let email = |email: &str| MoveIn {
        email: Some(Personal::new(Uuid::from_u128(1), email.to_owned())),
        ..ann.clone()
    };
    for wrong in ["ann", "@x.org", "ann@", "a nn@x.org"] {
        assert_eq!(
            fault(email(wrong)),
            ("email_malformed", Some("/email")),
            "{wrong}"
        );
    }
    assert_eq!(fault(tenant(1, " ", of)), ("text_blank", Some("/name")));
    let ends = tenant(1, "Ann", period(day(2, 1), Some(day(2, 1))));
    assert_eq!(fault(ends), ("period_empty", Some("/until")));
    let part = |part| MoveIn {
        part: Some(part),
        ..one.clone()
    };
    assert_eq!(fault(part(0)), ("part_out_of_range", Some("/part")));
    assert_eq!(
        fault(part(PART_MAX + 1)),
        ("part_out_of_range", Some("/part"))
    );
    let rents = MoveIn {
        part: Some(1),
        ..ann
    };
    assert_eq!(fault(rents), ("part_of_tenant", Some("/part")));
    let alone = MoveIn {
        exclusive: true,
        ..one
    };
    assert_eq!(fault(alone), ("exclusive_owner", Some("/exclusive")));
}
