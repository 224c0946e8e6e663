//! A stream that a command needs, with the way to fold it.

use std::any::Any;
use std::borrow::Borrow;
use std::fmt::{self, Display, Write};
use std::marker::PhantomData;
use std::sync::Arc;

use domain::{Aggregate, CodecError, Event};
use eventstore::{Recorded, StreamName};

use crate::error::CommandError;
use crate::hot::AnyState;

/// A stream that a command needs.
#[derive(Clone)]
pub struct Wanted {
    pub(crate) stream: StreamName,
    pub(crate) kind: &'static Kind,
    pub(crate) past: Past,
}

/// What is known of a stream without looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Past {
    /// Nothing.
    Unknown,
    /// It has none, as its id was minted for this very command.
    None,
    /// It has none as far as the one who asks knows, whose word the journal does not rest on.
    Untried,
}

impl Borrow<StreamName> for Wanted {
    fn borrow(&self) -> &StreamName {
        &self.stream
    }
}

/// How the state of some aggregate begins and grows, and how it is kept.
pub(crate) struct Kind {
    pub(crate) empty: fn() -> AnyState,
    pub(crate) evolve: fn(AnyState, &[Recorded]) -> Result<AnyState, CommandError>,
    pub(crate) state_version: u32,
    pub(crate) write: fn(AnyState) -> Result<String, CommandError>,
    pub(crate) read: fn(&str) -> Result<AnyState, serde_json::Error>,
}

struct Of<A>(PhantomData<A>);

impl<A: Aggregate> Of<A> {
    const KIND: &'static Kind = &Kind {
        empty: || Arc::new(A::default()),
        evolve: evolve_recorded::<A>,
        state_version: A::STATE_VERSION,
        write: |state| {
            serde_json::to_string(&*typed::<A>(state)?)
                .map_err(|error| CommandError::Broken(error.to_string()))
        },
        read: |json| Ok(Arc::new(serde_json::from_str::<A>(json)?)),
    };
}

/// The stream of the aggregate `A` with `id`.
pub fn want<A: Aggregate>(id: impl Display) -> Result<Wanted, CommandError> {
    Ok(Wanted {
        stream: stream_of::<A>(id)?,
        kind: Of::<A>::KIND,
        past: Past::Unknown,
    })
}

/// The stream of a new `A`, whose id was minted for this very command, so that neither it nor the
/// journal needs to look whether it is there. An id that follows from anything else is
/// [`untried`] at most.
pub fn fresh<A: Aggregate>(id: impl Display) -> Result<Wanted, CommandError> {
    Ok(Wanted {
        past: Past::None,
        ..want::<A>(id)?
    })
}

/// The stream of an `A` that the one who asks knows never to have been tried. Its state is not
/// read; the journal looks for itself.
pub fn untried<A: Aggregate>(id: impl Display) -> Result<Wanted, CommandError> {
    Ok(Wanted {
        past: Past::Untried,
        ..want::<A>(id)?
    })
}

/// The name of the stream of `A` with `id`.
pub fn stream_of<A: Aggregate>(id: impl Display) -> Result<StreamName, CommandError> {
    StreamName::of(A::NOUN, id).map_err(|error| CommandError::Broken(error.to_string()))
}

/// Whether `stream` is that of the `A` with `id`, which takes no memory to find out.
pub(crate) fn is_stream_of<A: Aggregate>(stream: &StreamName, id: impl Display) -> bool {
    let name = stream.as_str();
    let id_of = name
        .strip_prefix(A::NOUN)
        .and_then(|rest| rest.strip_prefix('-'));
    let Some(expected) = id_of else { return false };
    let mut left = Left(expected);
    write!(left, "{id}").is_ok() && left.0.is_empty()
}

/// What is still expected to be written.
struct Left<'a>(&'a str);

impl Write for Left<'_> {
    fn write_str(&mut self, written: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
        Ok(())
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

#[cfg(test)]
mod tests {
    use domain::booking::Booking;
    use domain::id::BookingId;
    use domain::process::Process;
    use eventstore::Mint;

    use super::*;

    #[test]
    fn a_stream_is_known_by_its_noun_and_its_whole_id() {
        let id = BookingId(Mint.id());
        let stream = stream_of::<Booking>(id).unwrap();
        assert!(is_stream_of::<Booking>(&stream, id));
        assert!(!is_stream_of::<Booking>(&stream, BookingId(Mint.id())));
        assert!(!is_stream_of::<Process>(&stream, id));
        assert!(!is_stream_of::<Booking>(&stream, format!("{id}0")));
        assert!(!is_stream_of::<Booking>(&stream, &id.to_string()[..35]));
        let process = stream_of::<Process>("hold_expiry:7").unwrap();
        assert!(is_stream_of::<Process>(
            &process,
            format_args!("{}:{}", "hold_expiry", 7)
        ));
    }
}
