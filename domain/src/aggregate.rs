//! What every aggregate gives: a state folded from events, and the rules for new ones.

use std::error::Error;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::Event;
use crate::span::Span;

/// A state that is folded from events, and the decisions that may be taken on it.
pub trait Aggregate:
    Default + Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The noun in front of the id in a stream's name, such as `booking`.
    const NOUN: &'static str;
    /// The version of the state's shape and of what `evolve` makes of events. Raised with every
    /// change of either, so that no state is taken up that an older build has kept.
    const STATE_VERSION: u32;
    /// What can be asked of this aggregate.
    type Command: Clone + Debug + Send + Sync + 'static;
    /// What can have happened to it.
    type Event: Event;
    /// Why it says no.
    type Refusal: Refusal;

    /// Decides on `command`: the events that follow, none if it is already so, or a refusal.
    fn decide(&self, command: &Self::Command) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Takes in one event. It cannot fail: what was recorded is so.
    fn evolve(&mut self, event: &Self::Event);

    /// The state after `events`, from nothing.
    fn fold<'a>(events: impl IntoIterator<Item = &'a Self::Event>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.evolve(event);
        }
        state
    }
}

/// Who has to act on a refusal; the API turns it into a status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// There is no such thing.
    Unknown,
    /// The one who asks has no right to it.
    Forbidden,
    /// The present state does not allow it.
    Conflict,
    /// It was there for a time, and that time is over: it does not come back.
    Gone,
    /// The command itself is wrong, whatever the state.
    Invalid,
    /// It was asked too often; it can be asked again.
    TooSoon {
        /// How long to wait.
        seconds: u64,
    },
}

/// Why an aggregate says no: a small comparable error that reads as a sentence.
pub trait Refusal: Error + Clone + PartialEq + Send + Sync + 'static {
    /// A stable `snake_case` word for programs; never renamed.
    fn code(&self) -> &'static str;

    /// Who has to act on it.
    fn kind(&self) -> RefusalKind;

    /// The JSON pointer of the field at fault, where one field is.
    fn pointer(&self) -> Option<&'static str> {
        None
    }

    /// The nights that could be had instead, where nights are refused.
    fn next_free(&self) -> Option<Span> {
        None
    }
}

/// Lets a cqrs-es application hold this aggregate: the trait and its given/when/then grammar.
macro_rules! cqrs_aggregate {
    ($aggregate:ty) => {
        impl ::cqrs_es::Aggregate for $aggregate {
            const TYPE: &'static str = <$aggregate as $crate::Aggregate>::NOUN;
            type Command = <$aggregate as $crate::Aggregate>::Command;
            type Event = <$aggregate as $crate::Aggregate>::Event;
            type Error = <$aggregate as $crate::Aggregate>::Refusal;
            type Services = ();

            async fn handle(
                &mut self,
                command: Self::Command,
                (): &Self::Services,
                sink: &::cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in $crate::Aggregate::decide(self, &command)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                $crate::Aggregate::evolve(self, &event);
            }
        }
    };
}
