//! What is so of a process now.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EffectOutcome, ProcessCommand, ProcessEvent, ProcessRefusal};
use crate::aggregate::Aggregate;

/// One step, in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which step.
    pub step: String,
    /// How it went.
    pub result: StepResult,
}

/// How a step went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// It was taken, with what the next has to know.
    Taken(Option<String>),
    /// The house said no, with this code.
    Refused(String),
}

/// Something outside that was, or is about to be, asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// What is asked.
    pub effect: String,
    /// What else is needed to ask.
    pub detail: Option<String>,
    /// What came of it; none while the answer is awaited.
    pub answer: Option<Answer>,
}

/// What something outside answered, for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether it was done.
    pub outcome: EffectOutcome,
    /// The other side's own reference, or its code for why not.
    pub detail: Option<String>,
}

/// All that a process knows of its own story; the next step is chosen from this alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which process.
    pub kind: String,
    /// What it looks after.
    pub subject: Uuid,
    /// One id for all that follows from the same cause outside.
    pub correlation_id: Uuid,
    /// Every step in order.
    pub steps: Vec<Step>,
    /// Every effect by its idempotency key.
    pub effects: BTreeMap<String, Effect>,
    /// When it wants to be woken, and what for.
    pub deadlines: BTreeMap<String, DateTime<Utc>>,
    /// How often it was told to try again.
    pub retries: u32,
    /// The code of the refused step that it stands at, until it goes on or is told to try again.
    pub stuck: Option<String>,
}

/// A process, from never started to done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Process {
    /// Never started.
    #[default]
    Absent,
    /// Has something left to do.
    Running(Run),
    /// Has nothing left to do; no deadline of it holds.
    Ended {
        /// Its story.
        run: Run,
        /// What it ended with.
        outcome: String,
    },
}

cqrs_aggregate!(Process);

impl Process {
    /// Its story, running or ended.
    pub fn run(&self) -> Option<&Run> {
        match self {
            Self::Absent => None,
            Self::Running(run) | Self::Ended { run, .. } => Some(run),
        }
    }

    /// Its story while something is left to do.
    pub fn running(&self) -> Option<&Run> {
        match self {
            Self::Running(run) => Some(run),
            Self::Absent | Self::Ended { .. } => None,
        }
    }
}

impl Run {
    /// Whether `step` was taken.
    pub fn has_taken(&self, step: &str) -> bool {
        self.taken(step).is_some()
    }

    /// The last time that `step` was taken, with what it left for the next.
    pub fn taken(&self, step: &str) -> Option<Option<&str>> {
        self.steps.iter().rev().find_map(|s| match &s.result {
            StepResult::Taken(detail) if s.step == step => Some(detail.as_deref()),
            StepResult::Taken(_) | StepResult::Refused(_) => None,
        })
    }

    /// The code that `step` was refused with, if that is the last that came of it.
    pub fn refused(&self, step: &str) -> Option<&str> {
        let last = self.steps.iter().rev().find(|s| s.step == step)?;
        match &last.result {
            StepResult::Refused(code) => Some(code),
            StepResult::Taken(_) => None,
        }
    }

    /// Effects whose answer is awaited, by key: to be asked again after a start.
    pub fn open_effects(&self) -> impl Iterator<Item = (&str, &Effect)> {
        let open = self
            .effects
            .iter()
            .filter(|(_, effect)| effect.answer.is_none());
        open.map(|(key, effect)| (key.as_str(), effect))
    }

    /// What came of the effect with this key.
    pub fn answer(&self, key: &str) -> Option<&Answer> {
        self.effects.get(key)?.answer.as_ref()
    }
}

impl Aggregate for Process {
    const NOUN: &'static str = "process";
    const STATE_VERSION: u32 = 1;
    type Command = ProcessCommand;
    type Event = ProcessEvent;
    type Refusal = ProcessRefusal;

    fn decide(&self, command: &ProcessCommand) -> Result<Vec<ProcessEvent>, ProcessRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &ProcessEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Absent, ProcessEvent::Started(started)) => Self::Running(Run {
                kind: started.kind.clone(),
                subject: started.subject,
                correlation_id: started.correlation_id,
                steps: Vec::new(),
                effects: BTreeMap::new(),
                deadlines: BTreeMap::new(),
                retries: 0,
                stuck: None,
            }),
            (Self::Running(mut run), ProcessEvent::Ended(ended)) => {
                run.deadlines.clear();
                run.stuck = None;
                Self::Ended {
                    run,
                    outcome: ended.outcome.clone(),
                }
            }
            (Self::Running(run), event) => Self::Running(run.after(event)),
            // No such history is written; one that is told so all the same changes nothing.
            (other @ (Self::Absent | Self::Ended { .. }), _) => other,
        };
    }
}

impl Run {
    fn after(mut self, event: &ProcessEvent) -> Self {
        match event {
            ProcessEvent::Started(_) | ProcessEvent::Ended(_) => {}
            ProcessEvent::StepTaken(taken) => {
                self.stuck = None;
                self.step(&taken.step, StepResult::Taken(taken.detail.clone()));
            }
            ProcessEvent::StepRefused(refused) => {
                self.stuck = Some(refused.code.clone());
                self.step(&refused.step, StepResult::Refused(refused.code.clone()));
            }
            ProcessEvent::EffectIntended(intended) => {
                let (effect, detail) = (intended.effect.clone(), intended.detail.clone());
                self.effects.insert(
                    intended.key.clone(),
                    Effect {
                        effect,
                        detail,
                        answer: None,
                    },
                );
            }
            ProcessEvent::EffectAnswered(answered) => {
                let answer = Answer {
                    outcome: answered.outcome,
                    detail: answered.detail.clone(),
                };
                if let Some(effect) = self.effects.get_mut(&answered.key) {
                    effect.answer = Some(answer);
                }
            }
            ProcessEvent::DeadlineSet(set) => {
                self.deadlines.insert(set.name.clone(), set.due_at);
            }
            ProcessEvent::DeadlineCleared(cleared) => {
                self.deadlines.remove(&cleared.name);
            }
            ProcessEvent::Retried(_) => {
                self.stuck = None;
                self.retries = self.retries.saturating_add(1);
            }
        }
        self
    }

    fn step(&mut self, step: &str, result: StepResult) {
        self.steps.push(Step {
            step: step.to_owned(),
            result,
        });
    }
}
