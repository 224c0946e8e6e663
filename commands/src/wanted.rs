//! A stream that a command needs, with the way to fold it.

use std::any::Any;
use std::fmt::Display;
use std::sync::Arc;

use domain::{Aggregate, CodecError, Event};
use eventstore::{Recorded, StreamName};

use crate::error::CommandError;
use crate::hot::AnyState;

/// A stream that a command needs.
#[derive(Clone)]
pub struct Wanted {
    pub(crate) stream: StreamName,
    pub(crate) kind: Kind,
    pub(crate) fresh: bool,
}

/// How the state of some aggregate begins and grows.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) empty: fn() -> AnyState,
    pub(crate) evolve: fn(AnyState, &[Recorded]) -> Result<AnyState, CommandError>,
}

/// The stream of the aggregate `A` with `id`.
pub fn want<A: Aggregate>(id: impl Display) -> Result<Wanted, CommandError> {
    Ok(Wanted {
        stream: stream_of::<A>(id)?,
        kind: kind::<A>(),
        fresh: false,
    })
}

/// The stream of a new `A`, whose id was just minted, so that nothing needs to be read.
pub fn fresh<A: Aggregate>(id: impl Display) -> Result<Wanted, CommandError> {
    Ok(Wanted {
        fresh: true,
        ..want::<A>(id)?
    })
}

/// The name of the stream of `A` with `id`.
pub fn stream_of<A: Aggregate>(id: impl Display) -> Result<StreamName, CommandError> {
    StreamName::of(A::NOUN, id).map_err(|error| CommandError::Broken(error.to_string()))
}

fn kind<A: Aggregate>() -> Kind {
    Kind {
        empty: || Arc::new(A::default()),
        evolve: evolve_recorded::<A>,
    }
}

fn evolve_recorded<A: Aggregate>(
    state: AnyState,
    events: &[Recorded],
) -> Result<AnyState, CommandError> {
    let mut state = typed::<A>(state)?;
    let aggregate = Arc::make_mut(&mut state);
    for event in events {
        aggregate.evolve(&decode::<A>(event).map_err(|e| CommandError::Broken(e.to_string()))?);
    }
    Ok(state)
}

fn decode<A: Aggregate>(event: &Recorded) -> Result<A::Event, CodecError> {
    let schema_version = u16::try_from(event.schema_version).unwrap_or(u16::MAX);
    A::Event::decode(&event.event_type, schema_version, &event.data)
}

/// The state as an `A`. It is kept under the name of A's stream, so it can be nothing else.
pub(crate) fn typed<A: Aggregate>(state: AnyState) -> Result<Arc<A>, CommandError> {
    let state: Arc<dyn Any + Send + Sync> = state;
    state.downcast::<A>().map_err(|_| not_an::<A>())
}

pub(crate) fn not_an<A: Aggregate>() -> CommandError {
    CommandError::Broken(format!(
        "the state kept for a {} is of another kind",
        A::NOUN
    ))
}
