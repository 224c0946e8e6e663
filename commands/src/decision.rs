//! One decision over the streams of one command: their states, and the events decided so far.

use std::fmt::Display;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Aggregate, Event, Origin};
use eventstore::{
    Append, Expected, IdempotencyKey, Json, Mint, NewEvent, Outcome, Position, StreamAppend,
    StreamName, Version,
};
use uuid::Uuid;

use crate::context::Context;
use crate::error::CommandError;
use crate::hot::{AnyState, Hot, Last};
use crate::wanted::{Kind, Wanted, is_stream_of, not_an, typed};

/// A stream of the command, as it stood when its turn came and as it stands now.
pub(crate) struct Entry {
    pub(crate) stream: StreamName,
    pub(crate) kind: &'static Kind,
    /// The slot that is open for its state.
    pub(crate) slot: u64,
    pub(crate) before: Version,
    /// The last event of the stream then.
    last: Option<Uuid>,
    pub(crate) hot: Hot,
    known_at: Position,
    events: Vec<NewEvent>,
}

impl Entry {
    pub(crate) fn new(wanted: &Wanted, slot: u64, hot: Hot) -> Self {
        // What rests on an append that is under way was not seen by anyone yet.
        let known_at = hot.pending.as_ref().map_or(hot.known_at, |_| 0);
        Self {
            stream: wanted.stream.clone(),
            kind: wanted.kind,
            slot,
            before: hot.version,
            last: hot.last.map(|last| last.id),
            hot,
            known_at,
            events: Vec::new(),
        }
    }
}

/// One decision over the streams of one command.
pub struct Decision<'a> {
    /// What the command came with.
    pub context: &'a Context,
    command: &'static str,
    /// What stands beside its events, once there is one.
    metadata: Option<Json>,
    entries: Vec<Entry>,
}

impl<'a> Decision<'a> {
    pub(crate) fn new(context: &'a Context, command: &'static str, entries: Vec<Entry>) -> Self {
        Self {
            context,
            command,
            metadata: None,
            entries,
        }
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
        let state = self.entries[place].hot.state.downcast_ref::<A>();
        let state = state.ok_or_else(not_an::<A>)?;
        let events = state.decide(command)?;
        if events.is_empty() {
            return Ok(false);
        }
        let metadata = self.metadata()?;
        self.entries[place].take_in::<A>(&events, &metadata, self.context)?;
        Ok(true)
    }

    fn metadata(&mut self) -> Result<Json, CommandError> {
        if let Some(metadata) = &self.metadata {
            return Ok(metadata.clone());
        }
        let metadata = self.context.metadata(self.command)?;
        self.metadata = Some(metadata.clone());
        Ok(metadata)
    }

    fn place<A: Aggregate>(&self, id: impl Display) -> Result<usize, CommandError> {
        let is_it = |entry: &Entry| is_stream_of::<A>(&entry.stream, &id);
        self.entries.iter().position(is_it).ok_or_else(|| {
            CommandError::Broken(format!(
                "{} did not ask for the stream {}-{id}",
                self.command,
                A::NOUN
            ))
        })
    }

    /// What is to be appended, and the states as they will be when it is.
    pub(crate) fn close(self, key: IdempotencyKey) -> (Append, Vec<Entry>) {
        let outcome = Outcome::pending();
        let mut entries = self.entries;
        let mut streams = Vec::with_capacity(entries.len());
        let mut rests_on = Vec::new();
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
                known_at: entry.known_at,
                last: entry.last,
            });
        }
        let append = Append {
            streams,
            key,
            rests_on,
            outcome,
        };
        (append, entries)
    }

    /// The bare question whether everything this decision rests on is so, and the states that no
    /// decided event has touched.
    pub(crate) fn question(mut self, key: IdempotencyKey) -> (Append, Vec<Entry>) {
        let touched: Vec<bool> = self.entries.iter().map(|e| !e.events.is_empty()).collect();
        for entry in &mut self.entries {
            entry.events.clear();
        }
        let (append, entries) = self.close(key);
        let untouched = entries
            .into_iter()
            .zip(touched)
            .filter(|(_, touched)| !touched);
        (append, untouched.map(|(entry, _)| entry).collect())
    }
}

impl Entry {
    /// Takes decided events in.
    fn take_in<A: Aggregate>(
        &mut self,
        events: &[A::Event],
        metadata: &Json,
        context: &Context,
    ) -> Result<(), CommandError> {
        let hot = &mut self.hot;
        let occurred_at = occurred_at(context, hot.last.map(|last| last.occurred_at));
        let kept: AnyState = std::mem::replace(&mut hot.state, Arc::new(()));
        let mut state = typed::<A>(kept)?;
        let aggregate = Arc::make_mut(&mut state);
        for event in events {
            aggregate.evolve(event);
            let event = new_event(event, metadata, occurred_at)?;
            hot.version += 1;
            hot.bytes += event.data.len();
            hot.last = Some(Last {
                id: event.event_id,
                occurred_at,
            });
            self.events.push(event);
        }
        hot.state = state;
        Ok(())
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
    metadata: &Json,
    occurred_at: DateTime<Utc>,
) -> Result<NewEvent, CommandError> {
    Ok(NewEvent {
        event_id: Mint.id(),
        event_type: event.event_type().into(),
        schema_version: event.schema_version().into(),
        data: event
            .encode()
            .map(Json::serialised)
            .map_err(|error| CommandError::Broken(error.to_string()))?,
        metadata: metadata.clone(),
        occurred_at,
    })
}
