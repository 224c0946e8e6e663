//! One decision over the streams of one command: their states, and the events decided so far.

use std::fmt::Display;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Aggregate, Event, Origin};
use eventstore::{Append, Expected, Mint, NewEvent, Outcome, StreamAppend, StreamName, Version};

use crate::context::Context;
use crate::error::CommandError;
use crate::hot::{AnyState, Hot};
use crate::wanted::{not_an, stream_of, typed};

/// A stream of the command, as it stood when its turn came and as it stands now.
pub(crate) struct Entry {
    pub(crate) stream: StreamName,
    pub(crate) before: Version,
    pub(crate) hot: Hot,
    events: Vec<NewEvent>,
}

impl Entry {
    pub(crate) fn new(stream: StreamName, hot: Hot) -> Self {
        Self {
            stream,
            before: hot.version,
            hot,
            events: Vec::new(),
        }
    }
}

/// One decision over the streams of one command.
pub struct Decision<'a> {
    /// What the command came with.
    pub context: &'a Context,
    command: &'static str,
    metadata: Arc<str>,
    entries: Vec<Entry>,
}

impl<'a> Decision<'a> {
    pub(crate) fn new(
        context: &'a Context,
        command: &'static str,
        entries: Vec<Entry>,
    ) -> Result<Self, CommandError> {
        Ok(Self {
            context,
            command,
            metadata: context.metadata(command)?,
            entries,
        })
    }

    /// The name of the command.
    pub fn command(&self) -> &'static str {
        self.command
    }

    /// The state of the `A` with `id`, with everything decided so far.
    pub fn state<A: Aggregate>(&self, id: impl Display) -> Result<&A, CommandError> {
        let entry = &self.entries[self.place::<A>(id)?];
        entry.hot.state.downcast_ref::<A>().ok_or_else(not_an::<A>)
    }

    /// How many events the `A` with `id` has, with everything decided so far.
    pub fn version<A: Aggregate>(&self, id: impl Display) -> Result<Version, CommandError> {
        Ok(self.entries[self.place::<A>(id)?].hot.version)
    }

    /// The version of the stream that the command is about.
    pub(crate) fn first_version(&self) -> Version {
        self.entries.first().map_or(0, |entry| entry.before)
    }

    /// Decides `command` on the `A` with `id` and takes the events in. Answers whether anything
    /// happened.
    pub fn decide<A: Aggregate>(
        &mut self,
        id: impl Display,
        command: &A::Command,
    ) -> Result<bool, CommandError> {
        let place = self.place::<A>(id)?;
        let entry = &mut self.entries[place];
        let state = entry
            .hot
            .state
            .downcast_ref::<A>()
            .ok_or_else(not_an::<A>)?;
        let events = state.decide(command)?;
        if events.is_empty() {
            return Ok(false);
        }
        let occurred_at = occurred_at(self.context, entry.hot.last_occurred_at);
        let kept: AnyState = std::mem::replace(&mut entry.hot.state, Arc::new(()));
        let mut state = typed::<A>(kept)?;
        let aggregate = Arc::make_mut(&mut state);
        for event in &events {
            aggregate.evolve(event);
            entry
                .events
                .push(new_event(event, &self.metadata, occurred_at)?);
        }
        entry.hot.state = state;
        entry.hot.version += Version::try_from(events.len()).unwrap_or(Version::MAX);
        entry.hot.last_occurred_at = Some(occurred_at);
        Ok(true)
    }

    fn place<A: Aggregate>(&self, id: impl Display) -> Result<usize, CommandError> {
        let stream = stream_of::<A>(id)?;
        self.entries
            .iter()
            .position(|entry| entry.stream == stream)
            .ok_or_else(|| {
                CommandError::Broken(format!(
                    "{} did not ask for the stream {stream}",
                    self.command
                ))
            })
    }

    /// What is to be appended, and the states as they will be when it is.
    pub(crate) fn close(self, answer_id: &str) -> (Append, Vec<Entry>) {
        let outcome = Outcome::pending();
        let (mut streams, mut rests_on) = (Vec::new(), Vec::new());
        let mut entries = self.entries;
        for entry in &mut entries {
            rests_on.extend(entry.hot.open_outcome());
            let events = std::mem::take(&mut entry.events);
            if !events.is_empty() {
                entry.hot.pending = Some(outcome.clone());
            }
            let expected = match entry.before {
                0 => Expected::NoStream,
                version => Expected::Exactly(version),
            };
            streams.push(StreamAppend {
                stream: entry.stream.clone(),
                expected,
                events,
            });
        }
        let key = self.context.journal_key(answer_id);
        (
            Append {
                streams,
                key,
                rests_on,
                outcome,
            },
            entries,
        )
    }

    /// The bare question whether everything this decision rests on is so, and the states that no
    /// decided event has touched.
    pub(crate) fn question(mut self, answer_id: &str) -> (Append, Vec<Entry>) {
        let touched: Vec<bool> = self.entries.iter().map(|e| !e.events.is_empty()).collect();
        for entry in &mut self.entries {
            entry.events.clear();
        }
        let (append, entries) = self.close(answer_id);
        let untouched = entries
            .into_iter()
            .zip(touched)
            .filter(|(_, touched)| !touched);
        (append, untouched.map(|(entry, _)| entry).collect())
    }
}

/// What happens here never happens before what already happened to the same stream, even if the
/// clock was put back; what is brought in keeps its own time.
fn occurred_at(context: &Context, last: Option<DateTime<Utc>>) -> DateTime<Utc> {
    match (context.origin, last) {
        (Origin::Live, Some(last)) => context.at.max(last),
        _ => context.at,
    }
}

fn new_event<E: Event>(
    event: &E,
    metadata: &Arc<str>,
    occurred_at: DateTime<Utc>,
) -> Result<NewEvent, CommandError> {
    Ok(NewEvent {
        event_id: Mint.id(),
        event_type: event.event_type().into(),
        schema_version: event.schema_version().into(),
        data: event
            .encode()
            .map_err(|error| CommandError::Broken(error.to_string()))?,
        metadata: Arc::clone(metadata),
        occurred_at,
    })
}
