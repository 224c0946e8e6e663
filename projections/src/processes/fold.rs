//! How the events of a process become rows.

use domain::process::{EffectOutcome, ProcessEvent};

use super::{Deadline, Effect, Process};
use crate::decoded::Decoded;
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) struct Tables {
    pub(super) processes: Rows<Process>,
    pub(super) deadlines: Rows<Deadline>,
    pub(super) effects: Rows<Effect>,
}

impl Tables {
    pub(super) fn fold(&mut self, event: &Decoded, what: &ProcessEvent) -> Result<(), ApplyError> {
        let id = event.id().to_owned();
        let at = event.recorded.occurred_at;
        if let ProcessEvent::Started(body) = what {
            self.processes.put(Process {
                id,
                kind: body.kind.clone(),
                subject: body.subject,
                status: "running".to_owned(),
                stuck: None,
                outcome: None,
                correlation_id: body.correlation_id,
                started_at: at,
                changed_at: at,
                version: event.recorded.version,
            });
            return Ok(());
        }
        self.side_tables(event, what)?;
        let row = self.processes.expect(&id)?;
        match what {
            ProcessEvent::StepRefused(body) => stand(row, "stuck", Some(body.code.clone())),
            ProcessEvent::StepTaken(_) | ProcessEvent::Retried(_) => stand(row, "running", None),
            ProcessEvent::Ended(body) => {
                stand(row, "ended", None);
                row.outcome = Some(body.outcome.clone());
            }
            ProcessEvent::Started(_)
            | ProcessEvent::EffectIntended(_)
            | ProcessEvent::EffectAnswered(_)
            | ProcessEvent::DeadlineSet(_)
            | ProcessEvent::DeadlineCleared(_) => {}
        }
        row.changed_at = at;
        row.version = event.recorded.version;
        Ok(())
    }

    fn side_tables(&mut self, event: &Decoded, what: &ProcessEvent) -> Result<(), ApplyError> {
        let process_id = event.id().to_owned();
        let at = event.recorded.occurred_at;
        match what {
            ProcessEvent::EffectIntended(body) => self.effects.put(Effect {
                process_id,
                key: body.key.clone(),
                effect: body.effect.clone(),
                detail: body.detail.clone(),
                status: "open".to_owned(),
                intended_at: at,
                answered_at: None,
            }),
            ProcessEvent::EffectAnswered(body) => {
                let row = self.effects.expect(&(process_id, body.key.clone()))?;
                let word = match body.outcome {
                    EffectOutcome::Succeeded => "succeeded",
                    EffectOutcome::Failed => "failed",
                };
                word.clone_into(&mut row.status);
                row.answered_at = Some(at);
            }
            ProcessEvent::DeadlineSet(body) => {
                let (name, due_at) = (body.name.clone(), body.due_at);
                self.deadlines.put(Deadline {
                    process_id,
                    name,
                    due_at,
                });
            }
            ProcessEvent::DeadlineCleared(body) => {
                self.deadlines.remove(&(process_id, body.name.clone()));
            }
            // No deadline of what has ended holds.
            ProcessEvent::Ended(_) => {
                let first = (process_id.clone(), String::new());
                self.deadlines
                    .remove_while(first.., |(process, _)| *process == process_id);
            }
            ProcessEvent::Started(_)
            | ProcessEvent::StepTaken(_)
            | ProcessEvent::StepRefused(_)
            | ProcessEvent::Retried(_) => {}
        }
        Ok(())
    }
}

fn stand(row: &mut Process, status: &str, stuck: Option<String>) {
    status.clone_into(&mut row.status);
    row.stuck = stuck;
}
