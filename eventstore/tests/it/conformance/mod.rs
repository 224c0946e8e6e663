//! What every journal means, run over each backend.

mod appending;
mod invalid;
mod keys;
mod reading;
mod turns;

use std::sync::Arc;

use eventstore::cluster::testing;
use eventstore::postgres::Settings;
use eventstore::{Journal, ManualClock, MemoryJournal, PostgresJournal};

use self::appending::*;
use self::invalid::*;
use self::keys::*;
use self::reading::*;
use self::turns::*;
use crate::given::instant;

/// A journal and the clock that it goes by.
pub struct Subject {
    journal: Arc<dyn Journal>,
    clock: ManualClock,
}

macro_rules! on_every_backend {
    ($($test:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $test() {
                let clock = super::ManualClock::at(super::instant("2026-02-03T04:05:06Z"));
                let journal = super::MemoryJournal::new(super::Arc::new(clock.clone()));
                super::$test(super::Subject { journal: super::Arc::new(journal), clock }).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $test() {
                let database = super::testing::database(&migrations::MIGRATOR).await;
                let clock = super::ManualClock::at(super::instant("2026-02-03T04:05:06Z"));
                let shared = super::Arc::new(clock.clone());
                let options = database.options.clone();
                let journal = super::PostgresJournal::open(options, shared, super::Settings::default());
                let journal = super::Arc::new(journal.await.unwrap());
                super::$test(super::Subject { journal, clock }).await;
            })+
        }
    };
}

on_every_backend!(
    what_is_written_is_read_back_to_the_byte,
    several_streams_go_in_together,
    all_failed_expectations_are_reported_and_nothing_is_recorded,
    a_stream_of_the_same_length_with_another_last_event_is_a_conflict,
    a_condition_without_events_is_checked,
    a_question_is_answered_with_the_position_it_holds_at,
    what_can_never_go_through_is_refused_by_name,
    what_is_just_within_the_limits_goes_in,
    a_repeated_key_gets_the_same_answer,
    a_key_is_not_shared_by_subjects,
    twins_in_flight_are_recorded_once,
    a_refused_append_leaves_its_key_free,
    a_key_is_looked_up_after_those_under_way,
    appends_are_settled_in_the_order_of_the_calls,
    a_crowd_that_rests_on_each_other_is_answered_to_the_last,
    what_rests_on_a_failure_fails,
    what_rests_on_what_is_committed_goes_in,
    an_append_goes_on_without_those_who_asked,
    the_time_of_recording_never_falls,
    a_subscriber_gets_every_event_once_in_order,
    a_subscriber_beyond_the_end_is_told_at_once,
    a_turn_can_be_held,
    an_append_in_a_held_turn_is_answered_though_nothing_follows,
    a_turn_that_is_dropped_is_given_back,
    a_turn_that_is_held_too_long_is_taken_back,
    a_closed_journal_takes_nothing,
);
