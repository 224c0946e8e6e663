use proptest::prelude::*;

use super::*;
use crate::laws;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Start),
        1 => Just(Step::Release),
        2 => (0_i64..2_000).prop_map(defer),
        2 => Just(Step::Resume),
        3 => Just(complete()),
        1 => Just(Step::Close),
        3 => any::<bool>().prop_map(reopen),
    ]
}

fn command() -> impl Strategy<Value = IncidentCommand> {
    let priority = prop::sample::select(vec![Priority::Low, Priority::High, Priority::Critical]);
    prop_oneof![
        1 => Just(report()),
        9 => (step(), 0_i64..2_000).prop_map(|(step, minutes)| go(step, minutes)),
        3 => (priority, 0_i64..2_000).prop_map(|(priority, minutes)| {
            let IncidentCommand::Change(mut change) = change(|_| {}, minutes) else {
                unreachable!()
            };
            change.priority = Some(priority);
            IncidentCommand::Change(change)
        }),
        2 => (1_u128..4).prop_map(assign),
        4 => (0_i64..2_000).prop_map(keep_time),
        1 => any::<bool>().prop_map(|kept| IncidentCommand::StateSla(StateSla { kept })),
        1 => Just(comment(false, Visibility::Public)),
    ]
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 0..40),
        seed in any::<u64>(),
    ) {
        let incident: Incident = laws::obey(&commands, seed);
        let Some(case) = incident.case() else { return Ok(()) };
        // Stretches follow one another without a gap, along the table.
        for pair in case.stretches.windows(2) {
            prop_assert_eq!(pair[0].to, Some(pair[1].from));
            prop_assert!(pair[0].from <= pair[1].from);
            let legal = |line: &Transition| line.from == pair[0].state && line.to == pair[1].state;
            prop_assert!(TRANSITIONS.iter().any(legal));
        }
        // Time is work, pause or neither, never two of them.
        if let Some(clocks) = case.clocks(at(5_000)) {
            let whole = at(5_000) - at(0);
            prop_assert!(clocks.resolve.elapsed + clocks.resolve.paused <= whole);
        }
    }
}
