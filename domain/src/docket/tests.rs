use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::laws;

type Dockets = TestFramework<Docket>;

fn incident(number: usize) -> IncidentId {
    IncidentId(Uuid::from_u128(number as u128))
}

fn enter(number: usize) -> DocketCommand {
    DocketCommand::Enter(EnterDocket {
        incident: incident(number),
    })
}

fn leave(number: usize) -> DocketCommand {
    DocketCommand::Leave(LeaveDocket {
        incident: incident(number),
    })
}

fn entered(number: usize) -> DocketEvent {
    DocketEvent::Entered(DocketEntered {
        incident: incident(number),
    })
}

fn left(number: usize) -> DocketEvent {
    DocketEvent::Left(DocketLeft {
        incident: incident(number),
    })
}

#[test]
fn an_incident_enters_once_and_leaves_once() {
    let leads_to = |given: Vec<DocketEvent>, when, then| {
        Dockets::with(())
            .given(given)
            .when(when)
            .then_expect_events(then);
    };
    leads_to(vec![], enter(1), vec![entered(1)]);
    leads_to(vec![entered(1)], enter(1), vec![]);
    leads_to(vec![entered(1)], leave(1), vec![left(1)]);
    leads_to(vec![entered(1), left(1)], leave(1), vec![]);
    leads_to(vec![entered(1), left(1)], enter(1), vec![entered(1)]);
    // What was reported before there were dockets leaves none.
    leads_to(vec![], leave(1), vec![]);
}

#[test]
fn one_more_than_a_docket_holds_is_refused_until_one_has_left() {
    let all: Vec<_> = (0..INCIDENTS_MAX).map(entered).collect();
    let mut full = Docket::fold(&all);
    let refusal = full.decide(&enter(INCIDENTS_MAX)).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.kind()),
        ("incidents_full", RefusalKind::Conflict)
    );
    assert_eq!(full.decide(&enter(0)), Ok(vec![]));
    full.evolve(&left(0));
    assert!(full.decide(&enter(INCIDENTS_MAX)).is_ok());
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn it_holds_those_that_entered_last_and_have_not_left(
        asked in prop::collection::vec((any::<bool>(), 0_usize..6), 0..40),
        seed in any::<u64>(),
    ) {
        let mut open = BTreeSet::new();
        for (is_entry, number) in &asked {
            if *is_entry {
                open.insert(incident(*number));
            } else {
                open.remove(&incident(*number));
            }
        }
        let of = |(is_entry, number): &(bool, usize)| {
            if *is_entry { enter(*number) } else { leave(*number) }
        };
        let commands: Vec<_> = asked.iter().map(of).collect();
        let docket: Docket = laws::obey(&commands, seed);
        prop_assert_eq!(docket.incidents, open);
    }
}
