//! Commands whose streams depend on what an aggregate says: it is looked up first, and again when
//! it turns out to have changed meanwhile.

use std::fmt::Display;
use std::sync::Arc;

use domain::Aggregate;

use crate::dispatch::{Dispatch, Done};
use crate::error::CommandError;

/// How often an aggregate is looked up that changes time and again.
const LOOKS_MAX: u32 = 5;

impl Dispatch {
    /// Attempts a command with the `A` with `id` as it was looked up. An attempt that finds it to
    /// be otherwise says [`CommandError::Moved`], and it is looked up anew for the next one.
    pub(crate) async fn as_looked_up<A, F>(
        &self,
        id: impl Display + Copy,
        attempt: impl Fn(Arc<A>) -> F,
    ) -> Result<Done, CommandError>
    where
        A: Aggregate,
        F: Future<Output = Result<Done, CommandError>>,
    {
        for _ in 0..LOOKS_MAX {
            let (state, _) = self.peek::<A>(id).await?;
            match attempt(state).await {
                Err(CommandError::Moved) => self.forget::<A>(id)?,
                answer => return answer,
            }
        }
        Err(CommandError::Contended)
    }
}
