use chrono::{DateTime, Utc};
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal};
use crate::laws;

type Processes = TestFramework<Process>;

const BOOKING: Uuid = Uuid::from_u128(1);
const CAUSE: Uuid = Uuid::from_u128(2);

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_600_000 + seconds, 0).unwrap()
}

fn start(kind: &str) -> ProcessCommand {
    ProcessCommand::Start(StartProcess {
        kind: kind.to_owned(),
        subject: BOOKING,
        correlation_id: CAUSE,
    })
}

fn started() -> ProcessEvent {
    ProcessEvent::Started(ProcessStarted {
        kind: "booking_payment".to_owned(),
        subject: BOOKING,
        correlation_id: CAUSE,
    })
}

fn take(step: &str) -> ProcessCommand {
    ProcessCommand::TakeStep(TakeStep {
        step: step.to_owned(),
        detail: None,
    })
}

fn taken(step: &str, detail: Option<&str>) -> ProcessEvent {
    let detail = detail.map(str::to_owned);
    ProcessEvent::StepTaken(ProcessStepTaken {
        step: step.to_owned(),
        detail,
    })
}

fn refuse(step: &str, code: &str) -> ProcessCommand {
    ProcessCommand::RefuseStep(RefuseStep {
        step: step.to_owned(),
        code: code.to_owned(),
    })
}

fn step_refused(step: &str, code: &str) -> ProcessEvent {
    let (step, code) = (step.to_owned(), code.to_owned());
    ProcessEvent::StepRefused(ProcessStepRefused { step, code })
}

fn intend(effect: &str, key: &str) -> ProcessCommand {
    let (effect, key) = (effect.to_owned(), key.to_owned());
    ProcessCommand::IntendEffect(IntendEffect {
        effect,
        key,
        detail: None,
    })
}

fn intended() -> ProcessEvent {
    let (effect, key) = ("refund".to_owned(), "r1".to_owned());
    ProcessEvent::EffectIntended(ProcessEffectIntended {
        effect,
        key,
        detail: None,
    })
}

fn answer(effect: &str, key: &str, outcome: EffectOutcome) -> ProcessCommand {
    let (effect, key) = (effect.to_owned(), key.to_owned());
    ProcessCommand::AnswerEffect(AnswerEffect {
        effect,
        key,
        outcome,
        detail: None,
    })
}

fn answered(outcome: EffectOutcome) -> ProcessEvent {
    let (effect, key) = ("refund".to_owned(), "r1".to_owned());
    ProcessEvent::EffectAnswered(ProcessEffectAnswered {
        effect,
        key,
        outcome,
        detail: None,
    })
}

fn set(name: &str, seconds: i64) -> ProcessCommand {
    ProcessCommand::SetDeadline(SetDeadline {
        name: name.to_owned(),
        due_at: at(seconds),
    })
}

fn deadline(name: &str, seconds: i64) -> ProcessEvent {
    let (name, due_at) = (name.to_owned(), at(seconds));
    ProcessEvent::DeadlineSet(ProcessDeadlineSet { name, due_at })
}

fn clear(name: &str) -> ProcessCommand {
    ProcessCommand::ClearDeadline(ClearDeadline {
        name: name.to_owned(),
    })
}

fn end(outcome: &str) -> ProcessCommand {
    ProcessCommand::End(EndProcess {
        outcome: outcome.to_owned(),
    })
}

fn ended(outcome: &str) -> ProcessEvent {
    ProcessEvent::Ended(ProcessEnded {
        outcome: outcome.to_owned(),
    })
}

fn retry() -> ProcessCommand {
    ProcessCommand::Retry(RetryProcess { by: None })
}

fn leads_to(given: Vec<ProcessEvent>, command: ProcessCommand, events: Vec<ProcessEvent>) {
    Processes::with(())
        .given(given)
        .when(command)
        .then_expect_events(events);
}

fn refused(given: Vec<ProcessEvent>, command: ProcessCommand, refusal: ProcessRefusal) {
    assert!(!refusal.to_string().is_empty());
    Processes::with(())
        .given(given)
        .when(command)
        .then_expect_error(refusal);
}

#[test]
fn the_event_that_starts_it_may_come_twice() {
    leads_to(vec![], start("booking_payment"), vec![started()]);
    leads_to(vec![started()], start("booking_payment"), vec![]);
    leads_to(
        vec![started(), ended("done")],
        start("booking_payment"),
        vec![],
    );
    refused(
        vec![started()],
        start("hold_expiry"),
        ProcessRefusal::StartedOtherwise,
    );
}

#[test]
fn nothing_is_told_of_a_process_that_never_started() {
    for command in [
        take("a"),
        refuse("a", "b"),
        intend("a", "b"),
        set("a", 1),
        clear("a"),
    ] {
        refused(vec![], command, ProcessRefusal::Unknown);
    }
    for command in [end("a"), retry(), answer("a", "b", EffectOutcome::Failed)] {
        refused(vec![], command, ProcessRefusal::Unknown);
    }
}

#[test]
fn nothing_is_added_after_the_end() {
    let over = vec![started(), deadline("hold", 60), ended("confirmed")];
    for command in [
        take("a"),
        refuse("a", "b"),
        intend("a", "b"),
        set("a", 1),
        retry(),
    ] {
        refused(over.clone(), command, ProcessRefusal::Ended);
    }
    refused(over.clone(), end("expired"), ProcessRefusal::Ended);
    leads_to(over.clone(), end("confirmed"), vec![]);
    leads_to(over.clone(), clear("hold"), vec![]);
    assert!(Process::fold(&over).run().unwrap().deadlines.is_empty());
}

#[test]
fn a_step_is_a_word() {
    for step in ["", "Confirm", "con firm", "con\0", "1st"] {
        let refusal = Process::fold(&[started()]).decide(&take(step)).unwrap_err();
        assert_eq!(refusal.pointer(), Some("/step"), "{step}");
    }
}

#[test]
fn the_steps_tell_what_was_taken_last_and_with_what() {
    let history = [
        started(),
        taken("quote", Some("v1")),
        step_refused("confirm", "hold_lapsed"),
        taken("quote", Some("v2")),
    ];
    let process = Process::fold(&history);
    let run = process.running().unwrap();
    assert_eq!(run.taken("quote"), Some(Some("v2")));
    assert_eq!(run.taken("confirm"), None);
    assert_eq!(run.refused("confirm"), Some("hold_lapsed"));
    assert_eq!(run.refused("quote"), None);
    assert!(!run.has_taken("confirm"));
}

#[test]
fn a_refused_step_holds_it_until_it_is_told_to_try_again() {
    let stuck = vec![started(), step_refused("confirm", "not_now")];
    let code = |history: &[ProcessEvent]| Process::fold(history).run().unwrap().stuck.clone();
    assert_eq!(code(&stuck).as_deref(), Some("not_now"));
    let again = ProcessEvent::Retried(ProcessRetried { by: None });
    leads_to(stuck.clone(), retry(), vec![again.clone()]);
    let history = [stuck, vec![again]].concat();
    assert_eq!(code(&history), None);
    assert_eq!(Process::fold(&history).run().unwrap().retries, 1);
    refused(history, retry(), ProcessRefusal::NothingRefused);
}

#[test]
fn the_same_effect_is_intended_once() {
    leads_to(vec![started()], intend("refund", "r1"), vec![intended()]);
    let open = vec![started(), intended()];
    leads_to(open.clone(), intend("refund", "r1"), vec![]);
    refused(
        open,
        intend("mail", "r1"),
        ProcessRefusal::KeyReused("refund".to_owned()),
    );
}

#[test]
fn an_answer_comes_only_to_what_was_asked() {
    let done = EffectOutcome::Succeeded;
    let given = vec![started()];
    refused(
        given.clone(),
        answer("refund", "r1", done),
        ProcessRefusal::EffectNotIntended,
    );
    let open = vec![started(), intended()];
    leads_to(
        open.clone(),
        answer("refund", "r1", done),
        vec![answered(done)],
    );
    refused(
        open,
        answer("mail", "r1", done),
        ProcessRefusal::KeyReused("refund".to_owned()),
    );
}

#[test]
fn an_answer_may_come_twice_but_not_differently() {
    let (done, failed) = (EffectOutcome::Succeeded, EffectOutcome::Failed);
    for tail in [vec![], vec![ended("refunded")]] {
        let history = [vec![started(), intended(), answered(done)], tail].concat();
        leads_to(history.clone(), answer("refund", "r1", done), vec![]);
        let other = answer("refund", "r1", failed);
        refused(history, other, ProcessRefusal::AnsweredOtherwise);
    }
}

#[test]
fn it_does_not_end_while_an_answer_is_awaited() {
    let open = vec![started(), intended()];
    let process = Process::fold(&open);
    let keys: Vec<_> = process
        .run()
        .unwrap()
        .open_effects()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, ["r1"]);
    refused(
        open.clone(),
        end("refunded"),
        ProcessRefusal::EffectOpen("refund".to_owned()),
    );
    let closed = [open, vec![answered(EffectOutcome::Failed)]].concat();
    leads_to(closed.clone(), end("refunded"), vec![ended("refunded")]);
    let process = Process::fold(&closed);
    assert_eq!(
        process.run().unwrap().answer("r1").unwrap().outcome,
        EffectOutcome::Failed
    );
}

#[test]
fn a_deadline_is_set_moved_and_cleared() {
    leads_to(vec![started()], set("hold", 60), vec![deadline("hold", 60)]);
    let waiting = vec![started(), deadline("hold", 60)];
    leads_to(waiting.clone(), set("hold", 60), vec![]);
    leads_to(waiting.clone(), set("hold", 90), vec![deadline("hold", 90)]);
    let name = "hold".to_owned();
    let cleared = ProcessEvent::DeadlineCleared(ProcessDeadlineCleared { name });
    leads_to(waiting, clear("hold"), vec![cleared]);
    leads_to(vec![started()], clear("hold"), vec![]);
}

#[test]
fn a_story_has_an_end_to_its_length() {
    let steps = (0..STEPS_MAX).map(|_| taken("again", None));
    let long: Vec<_> = std::iter::once(started()).chain(steps).collect();
    let refusal = Process::fold(&long).decide(&take("again")).unwrap_err();
    assert_eq!(refusal.code(), "process_too_long");
    assert!(Process::fold(&long).decide(&end("given_up")).is_ok());
}

fn command() -> impl Strategy<Value = ProcessCommand> {
    let word = || prop::sample::select(vec!["a", "b", "c", "", "Not a word"]);
    let outcome = prop::sample::select(vec![EffectOutcome::Succeeded, EffectOutcome::Failed]);
    prop_oneof![
        word().prop_map(start),
        word().prop_map(take),
        (word(), word()).prop_map(|(step, code)| refuse(step, code)),
        (word(), word()).prop_map(|(effect, key)| intend(effect, key)),
        (word(), word(), outcome).prop_map(|(effect, key, o)| answer(effect, key, o)),
        (word(), 0_i64..3).prop_map(|(name, seconds)| set(name, seconds)),
        word().prop_map(clear),
        word().prop_map(end),
        Just(retry()),
    ]
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_told_the_laws_hold(
        commands in prop::collection::vec(command(), 0..60),
        seed in any::<u64>(),
    ) {
        let process: Process = laws::obey(&commands, seed);
        if let Process::Ended { run, .. } = process {
            prop_assert_eq!(run.open_effects().count(), 0);
            prop_assert!(run.deadlines.is_empty());
        }
    }
}
