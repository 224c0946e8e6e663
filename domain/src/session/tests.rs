mod laws;

use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal};
use crate::id::UserId;
use crate::personal::Personal;
use crate::secret::Secret;

type Sessions = TestFramework<Session>;

const LIFE_S: i64 = 30 * 86_400;

fn user() -> UserId {
    UserId(Uuid::from_u128(1))
}

/// So many seconds after a fixed morning.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_600_000 + seconds, 0).unwrap()
}

/// The hash of the n-th token.
fn token(n: u32) -> Secret<String> {
    Secret::new(format!("{n:064x}"))
}

fn start() -> StartSession {
    StartSession {
        user: user(),
        credential_epoch: 0,
        refresh_hash: token(1),
        expires_at: at(LIFE_S),
        device: None,
        ip: Some(Personal::new(user(), "203.0.113.7".to_owned())),
        user_agent: None,
        at: at(0),
    }
}

fn present(presented: u32, next: u32, seconds: i64) -> RefreshSession {
    RefreshSession {
        presented: token(presented),
        next: token(next),
        expires_at: at(seconds + LIFE_S),
        at: at(seconds),
    }
}

fn refresh(presented: u32, next: u32, seconds: i64) -> SessionCommand {
    SessionCommand::Refresh(present(presented, next, seconds))
}

fn started() -> SessionEvent {
    SessionEvent::Started(SessionStarted {
        user: user(),
        refresh_hash: token(1),
        expires_at: at(LIFE_S),
        credential_epoch: 0,
        device: None,
        ip: Some(Personal::new(user(), "203.0.113.7".to_owned())),
        user_agent: None,
    })
}

fn refreshed(next: u32, seconds: i64, rotation: Rotation) -> SessionEvent {
    SessionEvent::Refreshed(SessionRefreshed {
        refresh_hash: token(next),
        rotation,
        refreshed_at: at(seconds),
        expires_at: at(seconds + LIFE_S),
    })
}

fn in_turn(next: u32, seconds: i64) -> SessionEvent {
    refreshed(next, seconds, Rotation::InTurn)
}

fn again(next: u32, seconds: i64) -> SessionEvent {
    refreshed(next, seconds, Rotation::AnswerLost)
}

/// A token that came with the current one was used.
fn confirmed() -> SessionEvent {
    SessionEvent::Confirmed(SessionConfirmed {})
}

fn confirm(n: u32) -> SessionCommand {
    let refresh_hash = token(n);
    SessionCommand::Confirm(ConfirmSession { refresh_hash })
}

fn ended(reason: EndReason) -> SessionEvent {
    SessionEvent::Ended(SessionEnded { reason })
}

fn reused() -> SessionEvent {
    ended(EndReason::RefreshReuse)
}

fn leads_to(given: Vec<SessionEvent>, command: SessionCommand, events: Vec<SessionEvent>) {
    Sessions::with(())
        .given(given)
        .when(command)
        .then_expect_events(events);
}

fn refused(given: Vec<SessionEvent>, command: SessionCommand, refusal: SessionRefusal) {
    assert!(!refusal.to_string().is_empty());
    Sessions::with(())
        .given(given)
        .when(command)
        .then_expect_error(refusal);
}

#[test]
fn logging_in_starts_a_session_once() {
    leads_to(vec![], SessionCommand::Start(start()), vec![started()]);
    refused(
        vec![started()],
        SessionCommand::Start(start()),
        SessionRefusal::Exists,
    );
}

#[test]
fn a_session_that_is_over_at_once_is_refused() {
    let command = StartSession {
        expires_at: at(0),
        ..start()
    };
    refused(
        vec![],
        SessionCommand::Start(command),
        SessionRefusal::ExpiresTooSoon,
    );
}

#[test]
fn what_is_no_hash_is_refused() {
    for text in [
        "",
        "secret",
        &"A".repeat(64),
        &"a".repeat(63),
        &"é".repeat(32),
    ] {
        let command = StartSession {
            refresh_hash: Secret::new(text.to_owned()),
            ..start()
        };
        refused(
            vec![],
            SessionCommand::Start(command),
            SessionRefusal::HashMalformed,
        );
    }
}

#[test]
fn a_device_with_a_control_character_is_refused() {
    let device = Some(Personal::new(user(), "Phone\0".to_owned()));
    let refusal =
        Session::Absent.decide(&SessionCommand::Start(StartSession { device, ..start() }));
    let refusal = refusal.unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.pointer()),
        ("text_control_character", Some("/device"))
    );
}

#[test]
fn the_current_token_is_replaced_in_turn() {
    leads_to(
        vec![started()],
        refresh(1, 2, 3_600),
        vec![in_turn(2, 3_600)],
    );
    leads_to(
        vec![started(), in_turn(2, 3_600)],
        refresh(2, 3, 7_200),
        vec![in_turn(3, 7_200)],
    );
}

#[test]
fn after_a_lost_answer_the_used_token_gets_another_and_only_that_one_holds() {
    let lost = vec![started(), in_turn(2, 3_600)];
    leads_to(lost.clone(), refresh(1, 3, 3_630), vec![again(3, 3_630)]);
    // A day later, the laptop wakes: nobody ever used what the lost answer brought.
    leads_to(lost.clone(), refresh(1, 3, 90_000), vec![again(3, 90_000)]);
    let mut after = lost;
    after.push(again(3, 90_000));
    leads_to(
        after.clone(),
        refresh(3, 4, 93_600),
        vec![in_turn(4, 93_600)],
    );
    // The token of the lost answer is dead: there are no two live branches.
    leads_to(after, refresh(2, 5, 93_600), vec![reused()]);
}

#[test]
fn two_tabs_that_ask_at_once_both_get_an_answer_and_one_branch_lives() {
    let first_tab = vec![started(), in_turn(2, 3_600)];
    // The first tab is at work with its access token when the second one's request arrives.
    let mut both = first_tab;
    both.push(confirmed());
    leads_to(both.clone(), refresh(1, 3, 3_660), vec![again(3, 3_660)]);
    both.push(again(3, 3_601));
    // The first tab, told nothing, asks again within the window: it is not thrown out.
    leads_to(both.clone(), refresh(2, 4, 3_602), vec![again(4, 3_602)]);
    let live = Session::fold(&both);
    let holds: Vec<_> = (1..=3)
        .map(|n| live.decide(&refresh(n, 9, 7_200)).unwrap())
        .map(|events| events == vec![in_turn(9, 7_200)])
        .collect();
    assert_eq!(holds, [false, false, true]);
}

#[test]
fn a_stolen_token_used_after_its_successor_was_ends_the_session() {
    let history = vec![started(), in_turn(2, 3_600), in_turn(3, 7_200)];
    leads_to(history, refresh(1, 4, 7_201), vec![reused()]);
}

#[test]
fn a_stolen_token_used_while_its_successor_is_at_work_ends_the_session() {
    let history = vec![started(), in_turn(2, 3_600), confirmed()];
    leads_to(history.clone(), refresh(1, 3, 3_660), vec![again(3, 3_660)]);
    leads_to(history, refresh(1, 3, 3_661), vec![reused()]);
}

#[test]
fn a_thief_who_was_first_is_thrown_out_when_the_owner_comes() {
    // The thief used token 1 and works with 2. Later the owner presents 1, then the thief 2.
    let history = vec![started(), in_turn(2, 3_600)];
    let mut at_work = history.clone();
    at_work.push(confirmed());
    leads_to(at_work, refresh(1, 3, 3_700), vec![reused()]);
    // Where the thief kept 2 and did nothing with it, the owner goes on and the thief is found.
    let mut idle = history;
    idle.push(again(3, 3_700));
    leads_to(idle, refresh(2, 4, 7_200), vec![reused()]);
}

#[test]
fn asking_again_and_again_does_not_keep_the_window_open() {
    let history = vec![started(), in_turn(2, 0), again(3, 50), again(4, 59)];
    leads_to(history, refresh(3, 5, 61), vec![reused()]);
}

#[test]
fn there_is_an_end_to_how_often_an_answer_can_be_lost() {
    let mut history = vec![started(), in_turn(2, 0)];
    history.extend((0..).take(ANSWERS_LOST_MAX).map(|n| again(1_000 + n, 1)));
    leads_to(history, refresh(1, 3, 2), vec![reused()]);
}

#[test]
fn a_token_of_nobody_is_refused_and_ends_nothing() {
    let history = vec![started()];
    refused(
        history.clone(),
        refresh(7, 8, 10),
        SessionRefusal::TokenUnknown,
    );
    leads_to(history, refresh(1, 2, 10), vec![in_turn(2, 10)]);
}

#[test]
fn a_token_is_given_out_once() {
    let history = vec![started(), in_turn(2, 10), again(3, 20), in_turn(4, 30)];
    for next in 1..=4 {
        refused(
            history.clone(),
            refresh(4, next, 40),
            SessionRefusal::TokenNotNew,
        );
    }
}

#[test]
fn a_clock_put_back_does_not_make_a_lost_answer_a_theft() {
    let history = vec![started(), in_turn(2, 3_600), confirmed()];
    leads_to(history, refresh(1, 3, 0), vec![again(3, 0)]);
}

#[test]
fn a_session_expires_to_the_second() {
    let is_fresh = refresh(1, 2, LIFE_S - 1);
    leads_to(vec![started()], is_fresh, vec![in_turn(2, LIFE_S - 1)]);
    refused(
        vec![started()],
        refresh(1, 2, LIFE_S),
        SessionRefusal::Expired,
    );
    let session = Session::fold(&[started()]);
    assert!(session.is_live(at(LIFE_S) - TimeDelta::microseconds(1)));
    assert!(!session.is_live(at(LIFE_S)));
}

#[test]
fn a_session_ends_once_and_for_all() {
    let end = SessionCommand::End(EndSession {
        reason: EndReason::LoggedOut,
    });
    let over = vec![started(), ended(EndReason::LoggedOut)];
    refused(vec![], end.clone(), SessionRefusal::Unknown);
    leads_to(
        vec![started()],
        end.clone(),
        vec![ended(EndReason::LoggedOut)],
    );
    leads_to(over.clone(), end, vec![]);
    refused(over.clone(), refresh(1, 2, 10), SessionRefusal::Ended);
    assert!(!Session::fold(&over).is_live(at(10)));
    assert_eq!(Session::fold(&over).user(), Some(user()));
}

#[test]
fn only_so_many_tokens_are_remembered() {
    let mut history = vec![started()];
    history.extend(
        (2..)
            .take(RETIRED_TOKENS_MAX + 10)
            .map(|n| in_turn(n, i64::from(n))),
    );
    let Session::Live(live) = Session::fold(&history) else {
        panic!("it ended")
    };
    assert_eq!(live.retired_hashes.len(), RETIRED_TOKENS_MAX);
    assert!(!live.retired_hashes.contains(&token(1)));
}

#[test]
fn no_hash_stands_in_a_debug_line() {
    let line = format!(
        "{:?}",
        Session::fold(&[started(), in_turn(2, 10), again(3, 20)])
    );
    for n in 1..=3 {
        assert!(!line.contains(token(n).reveal()), "{line}");
    }
}

#[test]
fn the_use_of_a_token_is_recorded_once_after_each_refresh() {
    let mut history = vec![started()];
    // Nothing came before the first token, so that nothing can come back.
    leads_to(history.clone(), confirm(1), vec![]);
    history.push(in_turn(2, 3_600));
    leads_to(history.clone(), confirm(2), vec![confirmed()]);
    // An access token from before the refresh says nothing about its answer.
    leads_to(history.clone(), confirm(1), vec![]);
    history.push(confirmed());
    leads_to(history.clone(), confirm(2), vec![]);
    history.push(again(3, 3_610));
    leads_to(history.clone(), confirm(2), vec![]);
    leads_to(history.clone(), confirm(3), vec![confirmed()]);
    history.push(ended(EndReason::LoggedOut));
    leads_to(history, confirm(3), vec![]);
    leads_to(vec![], confirm(1), vec![]);
}
