//! What an operator can do with a process: try again, or end it.

use domain::permission::Permission;
use domain::process::{
    AnswerEffect, EffectOutcome, EndProcess, Process, ProcessCommand, RetryProcess,
};

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Lets a stuck process try its refused step again.
    pub async fn retry_process(&self, context: &Context, id: &str) -> Result<Done, CommandError> {
        let by = context.user().ok().map(|user| user.0);
        let retry = ProcessCommand::Retry(RetryProcess { by });
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ProcessOperate)?;
            d.decide::<Process>(id, &retry).map(drop)
        };
        let streams = vec![want::<Process>(id)?];
        self.dispatch
            .command(context, "process.retry", id.to_owned(), streams, &decide)
            .await
    }

    /// Ends a process by hand. What it has asked outside and not heard of counts as failed.
    pub async fn end_process(&self, context: &Context, id: &str) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ProcessOperate)?;
            let open: Vec<AnswerEffect> = match d.state::<Process>(id)?.running() {
                Some(run) => run
                    .open_effects()
                    .map(|(key, effect)| given_up(key, &effect.effect)),
                None => return Err(CommandError::unknown("process")),
            }
            .collect();
            for answer in open {
                d.decide::<Process>(id, &ProcessCommand::AnswerEffect(answer))?;
            }
            let end = EndProcess {
                outcome: "ended_by_operator".to_owned(),
            };
            d.decide::<Process>(id, &ProcessCommand::End(end)).map(drop)
        };
        let streams = vec![want::<Process>(id)?];
        self.dispatch
            .command(context, "process.end", id.to_owned(), streams, &decide)
            .await
    }
}

/// What stands as the answer of an effect that an operator gave up.
pub(super) const GIVEN_UP: &str = "ended by an operator";

fn given_up(key: &str, effect: &str) -> AnswerEffect {
    AnswerEffect {
        effect: effect.to_owned(),
        key: key.to_owned(),
        outcome: EffectOutcome::Failed,
        detail: Some(GIVEN_UP.to_owned()),
    }
}
