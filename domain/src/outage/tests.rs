use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal};
use crate::id::{BuildingId, IncidentId};

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_600_000, 0).unwrap() + TimeDelta::hours(hours)
}

fn planned(starts: i64, finishes: Option<i64>) -> OutageAnnounced {
    OutageAnnounced {
        title: "No water".to_owned(),
        details: "The main is mended.".to_owned(),
        kind: OutageKind::Planned,
        buildings: BTreeSet::from([
            BuildingId(Uuid::from_u128(1)),
            BuildingId(Uuid::from_u128(2)),
        ]),
        starts_at: at(starts),
        finishes_at: finishes.map(at),
    }
}

fn code(history: &[OutageEvent], command: &OutageCommand) -> &'static str {
    let refusal = Outage::fold(history).decide(command).unwrap_err();
    assert!(!refusal.to_string().is_empty());
    refusal.code()
}

fn end(finished: Option<i64>, now: i64) -> OutageCommand {
    OutageCommand::End(EndOutage {
        finished_at: finished.map(at),
        at: at(now),
    })
}

#[test]
fn it_does_not_finish_before_it_starts() {
    let announce = |starts, finishes| OutageCommand::Announce(planned(starts, finishes));
    assert_eq!(code(&[], &announce(5, Some(4))), "finish_before_start");
    assert!(Outage::Absent.decide(&announce(5, Some(5))).is_ok());
    let later = OutageChanged {
        starts_at: Some(at(9)),
        ..OutageChanged::default()
    };
    let announced = [OutageEvent::Announced(planned(5, Some(8)))];
    assert_eq!(
        code(&announced, &OutageCommand::Change(later)),
        "finish_before_start"
    );
}

#[test]
fn to_end_it_one_has_to_know_when_it_was_over() {
    let open = [OutageEvent::Announced(planned(5, None))];
    assert_eq!(code(&open, &end(None, 9)), "finish_missing");
    assert_eq!(code(&open, &end(Some(10), 9)), "finish_ahead");
    assert_eq!(code(&open, &end(Some(4), 9)), "finish_before_start");
    let ended = Outage::fold(&open).decide(&end(Some(8), 9)).unwrap();
    let over = [open.to_vec(), ended].concat();
    assert_eq!(code(&over, &end(Some(8), 9)), "outage_over");
    let announced = [OutageEvent::Announced(planned(5, Some(7)))];
    let ended = Outage::fold(&announced).decide(&end(None, 9)).unwrap();
    assert_eq!(
        ended,
        [OutageEvent::Ended(OutageEnded { finished_at: at(7) })]
    );
}

#[test]
fn an_incident_is_linked_once_and_can_be_taken_off_after_the_end_too() {
    let incident = IncidentId(Uuid::from_u128(9));
    let mut outage = Outage::fold(&[OutageEvent::Announced(planned(5, Some(7)))]);
    let linked = outage.decide(&OutageCommand::Link(incident)).unwrap();
    assert_eq!(linked.len(), 1);
    outage.evolve(&linked[0]);
    assert!(
        outage
            .decide(&OutageCommand::Link(incident))
            .unwrap()
            .is_empty()
    );
    outage.evolve(&OutageEvent::Ended(OutageEnded { finished_at: at(7) }));
    assert_eq!(
        outage
            .decide(&OutageCommand::Unlink(incident))
            .unwrap()
            .len(),
        1
    );
}
