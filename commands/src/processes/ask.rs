//! Asking the payment provider, again where it has not answered, and hearing what it says.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::RefundId;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::backoff::Backoff;
use super::runner::{Questions, Runner};
use super::{Cause, REFUND, effects};
use crate::error::CommandError;
use crate::provider::{ProviderAnswer, ProviderRequest};

/// How often an unreachable provider is asked before an operator has to look.
const ASKS_MAX: u32 = 8;

/// How many questions are put to the provider at a time.
const ASKS_AT_ONCE: usize = 64;

/// So much of what a provider says is recorded, in characters.
const SAID_CHARS_MAX: usize = 500;

/// What was asked and how often, by the key of the effect.
pub(super) type AskedFor = Mutex<HashMap<String, Asked>>;

/// How often an effect was asked for, and when last.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    times: u32,
    last: DateTime<Utc>,
}

impl Runner {
    /// Asks the provider, unless the answer is there already.
    pub(super) async fn ask(
        &self,
        process: &str,
        key: &str,
        questions: &Questions,
    ) -> Result<(), CommandError> {
        let Some(request) = effects::request(&self.commands, process, key).await? else {
            self.asked.lock().await.remove(key);
            return Ok(());
        };
        // One that finds no place is not counted as put: the sweeper comes again.
        let Ok(place) = questions.try_reserve() else {
            tracing::warn!(process, "too many questions wait for the payment provider");
            return Ok(());
        };
        let now = self.commands.clock().now();
        let times = {
            let mut asked = self.asked.lock().await;
            let entry = asked.entry(key.to_owned()).or_insert(Asked {
                times: 0,
                last: now,
            });
            *entry = Asked {
                times: entry.times + 1,
                last: now,
            };
            entry.times
        };
        place.send(request);
        // One that takes questions and never answers is no better than one that is away.
        if times >= ASKS_MAX {
            self.asked.lock().await.remove(key);
            effects::give_up(&self.commands, self.cause_now(), process).await?;
        }
        Ok(())
    }

    /// Puts the questions to the provider, beside all else, until nobody has any more. One that is
    /// not taken in time, or at which the provider breaks off, is put again later by the sweeper.
    pub(super) async fn put(
        self: Arc<Self>,
        mut questions: mpsc::Receiver<ProviderRequest>,
        answers: mpsc::Sender<ProviderAnswer>,
    ) {
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                question = questions.recv(), if open.len() < ASKS_AT_ONCE => match question {
                    Some(question) => drop(open.spawn(self.put_one(question, answers.clone()))),
                    None => break,
                },
                Some(ended) = open.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "the payment provider broke off at a question");
                    }
                }
            }
        }
    }

    fn put_one(
        &self,
        question: ProviderRequest,
        answers: mpsc::Sender<ProviderAnswer>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (provider, patience) = (Arc::clone(&self.provider), self.settings.ask_max);
        async move {
            let key = question.key.clone();
            match timeout(patience, provider.ask(question, answers)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, key, "the payment provider did not take a question");
                }
                Err(_) => {
                    let seconds = patience.as_secs();
                    tracing::warn!(key, seconds, "the payment provider was silent for too long");
                }
            }
        }
    }

    fn cause_now(&self) -> Cause {
        Cause {
            at: self.commands.clock().now(),
            event: None,
            correlation: None,
        }
    }

    /// Asks once more for all that a process has asked for and not heard of.
    pub(super) async fn ask_again(
        &self,
        process: &str,
        questions: &Questions,
    ) -> Result<(), CommandError> {
        let (state, _) = self
            .commands
            .dispatch
            .peek::<domain::process::Process>(process)
            .await?;
        let Some(run) = state.running() else {
            return Ok(());
        };
        let open: Vec<String> = run.open_effects().map(|(key, _)| key.to_owned()).collect();
        if run.kind == REFUND && open.is_empty() {
            let refund = RefundId(run.subject);
            return effects::request_again(&self.commands, self.cause_now(), refund).await;
        }
        for key in open {
            self.ask(process, &key, questions).await?;
        }
        Ok(())
    }

    /// An effect that this process never asked for is asked at once: it was intended before a
    /// restart. Others are asked after twice as long each time.
    pub(super) async fn is_to_be_asked(&self, key: &str, now: DateTime<Utc>) -> bool {
        match self.asked.lock().await.get(key) {
            None => true,
            Some(asked) => {
                let patience = self.settings.ask_again_after * (1 << asked.times.min(6)) / 2;
                asked.last + patience <= now
            }
        }
    }

    pub(super) async fn listen(self: Arc<Self>, mut answers: mpsc::Receiver<ProviderAnswer>) {
        let mut wait = Backoff::default();
        while let Some(answer) = answers.recv().await {
            let answer = fitting(answer);
            let is_recorded = loop {
                let at = self.commands.clock().now();
                let cause = Cause {
                    at,
                    event: None,
                    correlation: None,
                };
                match effects::record(&self.commands, cause, &answer).await {
                    Ok(()) => break true,
                    Err(CommandError::Unavailable(_) | CommandError::Contended) => {
                        wait.sleep().await;
                    }
                    Err(error) => {
                        let payment = answer.payment;
                        tracing::error!(%error, %payment, "the provider's answer does not fit");
                        break false;
                    }
                }
            };
            wait.reset();
            // What does not fit is asked for again, after a longer pause each time, and in the end
            // left to an operator.
            if is_recorded {
                self.asked.lock().await.remove(&answer.key);
            }
        }
    }
}

/// The answer with what a provider says cut to one line that can be recorded.
fn fitting(answer: ProviderAnswer) -> ProviderAnswer {
    ProviderAnswer {
        outcome: answer
            .outcome
            .map(|text| line(&text))
            .map_err(|text| line(&text)),
        ..answer
    }
}

fn line(text: &str) -> String {
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let cut: String = printable.take(SAID_CHARS_MAX).collect();
    match cut.trim() {
        "" => "nothing was said".to_owned(),
        said => said.to_owned(),
    }
}
