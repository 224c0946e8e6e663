//! The table of what may follow what, walked whole.

use super::*;

fn step(verb: Verb) -> Step {
    match verb {
        Verb::Start => Step::Start,
        Verb::Release => Step::Release,
        Verb::Defer => defer(1_000),
        Verb::Resume => Step::Resume,
        Verb::Complete => complete(),
        Verb::Close => Step::Close,
        Verb::Reopen => reopen(true),
        Verb::Decline => Step::Decline {
            reason: "No.".to_owned(),
        },
        Verb::Withdraw => Step::Withdraw,
    }
}

const VERBS: [Verb; 9] = [
    Verb::Start,
    Verb::Release,
    Verb::Defer,
    Verb::Resume,
    Verb::Complete,
    Verb::Close,
    Verb::Reopen,
    Verb::Decline,
    Verb::Withdraw,
];

/// An incident in `state`, by the way along the table; what is withdrawn has a way of its own.
fn in_state(state: IncidentState) -> Incident {
    let way = match state {
        IncidentState::Withdrawn => vec![Verb::Withdraw],
        state => path(IncidentState::Open, state).unwrap(),
    };
    let steps = way.into_iter().map(|verb| go(step(verb), 1));
    after(&[report()].into_iter().chain(steps).collect::<Vec<_>>())
}

#[test]
fn every_line_of_the_table_can_be_gone_and_nothing_else() {
    let mut allowed = 0;
    for state in IncidentState::ALL {
        let incident = in_state(state);
        assert_eq!(case(&incident).state(), state);
        for verb in VERBS {
            let decided = incident.decide(&go(step(verb), 2));
            if let Some(line) = transition(verb, state) {
                let mut next = incident.clone();
                decided.unwrap().iter().for_each(|event| next.evolve(event));
                assert_eq!(case(&next).state(), line.to, "{verb:?} from {state:?}");
                allowed += 1;
                continue;
            }
            let refusal = decided.unwrap_err();
            let (from, to) = (state.word(), verb.target().word());
            assert_eq!(refusal, IncidentRefusal::Illegal { from, to });
            assert_eq!(refusal.kind(), RefusalKind::Conflict);
            let text = refusal.to_string();
            assert!(text.contains(from) && text.contains(to), "{text}");
        }
    }
    assert_eq!(allowed, TRANSITIONS.len());
    assert_eq!(allowed, 14);
}

#[test]
fn a_verb_leads_to_one_state_and_is_one_partys_business() {
    for line in TRANSITIONS {
        assert_eq!((line.verb.target(), line.verb.by()), (line.to, line.by));
        assert!(!line.from.is_terminal());
    }
}

#[test]
fn the_shortest_way_is_found_and_none_out_of_an_end() {
    use IncidentState::{Closed, Completed, Deferred, InProgress, Open};
    let to_done = vec![Verb::Resume, Verb::Start, Verb::Complete];
    assert_eq!(path(Deferred, Completed), Some(to_done));
    assert_eq!(
        path(Completed, InProgress),
        Some(vec![Verb::Reopen, Verb::Start])
    );
    assert_eq!(path(Open, Open), Some(vec![]));
    assert_eq!(path(Closed, Open), None);
    assert_eq!(path(Open, IncidentState::Withdrawn), None);
}

#[test]
fn the_documents_show_the_table_as_it_is() {
    let page = include_str!("../../../../docs/incidents.md");
    for line in TRANSITIONS {
        let by = match line.by {
            By::Staff => "those who work on it",
            By::Reporter => "its reporter",
            By::Either => "either",
        };
        let (verb, from, to) = (line.verb.word(), line.from.word(), line.to.word());
        let row = format!("| `{from}` | `{verb}` | `{to}` | {by} |");
        assert!(page.contains(&row), "docs/incidents.md lacks {row}");
    }
    assert_eq!(page.matches("| those who work on it |").count(), 9);
}
