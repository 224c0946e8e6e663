//! Hears the warnings that come with a commit.
//!
//! A commit may come with a warning that says that it may be lost, such as a wait for a standby
//! that was cancelled. The client reports those as trace events and in no other way, so a
//! subscriber of our own listens while the statement runs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

const TARGET: &str = "sqlx::postgres::notice";

/// Listens to one connection.
pub(super) struct Ear {
    dispatch: Dispatch,
    heard: Heard,
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Option<String>>>);

impl Ear {
    pub(super) fn new() -> Self {
        let heard = Heard::default();
        Self {
            dispatch: Dispatch::new(heard.clone()),
            heard,
        }
    }

    /// Runs `statement`; answers its result and the last warning that came with it.
    pub(super) async fn listen<F: Future>(&self, statement: F) -> (F::Output, Option<String>) {
        self.heard.take();
        let output = statement.with_subscriber(self.dispatch.clone()).await;
        (output, self.heard.take())
    }
}

impl Heard {
    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Subscriber for Heard {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET && *metadata.level() <= Level::WARN
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(message.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
