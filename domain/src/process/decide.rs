//! The rules for the story of a process.

use super::{
    Answer, AnswerEffect, ClearDeadline, EndProcess, IntendEffect, Process, ProcessCommand,
    ProcessDeadlineCleared, ProcessDeadlineSet, ProcessEffectAnswered, ProcessEffectIntended,
    ProcessEnded, ProcessEvent, ProcessRefusal, ProcessRetried, ProcessStarted, ProcessStepRefused,
    ProcessStepTaken, RefuseStep, RetryProcess, Run, SetDeadline, StartProcess, TakeStep,
};
use crate::text;

/// The longest word for a kind, a step, an effect, a deadline, a code or an outcome.
pub const WORD_CHARS_MAX: usize = 64;
/// The longest detail of a step or an answer.
pub const DETAIL_CHARS_MAX: usize = 1_000;
/// The longest idempotency key of an effect.
pub const KEY_CHARS_MAX: usize = 255;
/// The most steps of a process, taken and refused.
pub const STEPS_MAX: usize = 1_000;
/// The most effects of a process.
pub const EFFECTS_MAX: usize = 1_000;
/// The most deadlines that a process can have at once.
pub const DEADLINES_MAX: usize = 100;

type Decision = Result<Vec<ProcessEvent>, ProcessRefusal>;

impl Process {
    pub(super) fn decide_on(&self, command: &ProcessCommand) -> Decision {
        match command {
            ProcessCommand::Start(c) => self.start(c),
            ProcessCommand::TakeStep(c) => self.going()?.take_step(c),
            ProcessCommand::RefuseStep(c) => self.going()?.refuse_step(c),
            ProcessCommand::IntendEffect(c) => self.going()?.intend_effect(c),
            ProcessCommand::AnswerEffect(c) => self.answer_effect(c),
            ProcessCommand::SetDeadline(c) => self.going()?.set_deadline(c),
            ProcessCommand::ClearDeadline(c) => self.clear_deadline(c),
            ProcessCommand::End(c) => self.end(c),
            ProcessCommand::Retry(c) => self.going()?.retry(c),
        }
    }

    fn going(&self) -> Result<&Run, ProcessRefusal> {
        match self {
            Self::Absent => Err(ProcessRefusal::Unknown),
            Self::Running(run) => Ok(run),
            Self::Ended { .. } => Err(ProcessRefusal::Ended),
        }
    }

    fn start(&self, c: &StartProcess) -> Decision {
        text::word("/kind", &c.kind, WORD_CHARS_MAX)?;
        match self.run() {
            None => Ok(vec![ProcessEvent::Started(ProcessStarted {
                kind: c.kind.clone(),
                subject: c.subject,
                correlation_id: c.correlation_id,
            })]),
            // The event that starts it is seen again after a crash.
            Some(run) if run.kind == c.kind && run.subject == c.subject => Ok(vec![]),
            Some(_) => Err(ProcessRefusal::StartedOtherwise),
        }
    }

    /// An answer that was recorded already is no news, even after the end.
    fn answer_effect(&self, c: &AnswerEffect) -> Decision {
        let run = self.run().ok_or(ProcessRefusal::Unknown)?;
        let intended = run
            .effects
            .get(&c.key)
            .ok_or(ProcessRefusal::EffectNotIntended)?;
        if intended.effect != c.effect {
            return Err(ProcessRefusal::KeyReused(intended.effect.clone()));
        }
        match &intended.answer {
            Some(Answer { outcome, .. }) if *outcome == c.outcome => return Ok(vec![]),
            Some(_) => return Err(ProcessRefusal::AnsweredOtherwise),
            None => {}
        }
        self.going()?;
        detail(c.detail.as_deref())?;
        Ok(vec![ProcessEvent::EffectAnswered(ProcessEffectAnswered {
            effect: c.effect.clone(),
            key: c.key.clone(),
            outcome: c.outcome,
            detail: c.detail.clone(),
        })])
    }

    fn clear_deadline(&self, c: &ClearDeadline) -> Decision {
        let run = self.run().ok_or(ProcessRefusal::Unknown)?;
        if !run.deadlines.contains_key(&c.name) {
            return Ok(vec![]);
        }
        let name = c.name.clone();
        Ok(vec![ProcessEvent::DeadlineCleared(
            ProcessDeadlineCleared { name },
        )])
    }

    fn end(&self, c: &EndProcess) -> Decision {
        match self {
            Self::Absent => Err(ProcessRefusal::Unknown),
            Self::Ended { outcome, .. } if *outcome == c.outcome => Ok(vec![]),
            Self::Ended { .. } => Err(ProcessRefusal::Ended),
            Self::Running(run) => {
                text::word("/outcome", &c.outcome, WORD_CHARS_MAX)?;
                if let Some((_, open)) = run.open_effects().next() {
                    return Err(ProcessRefusal::EffectOpen(open.effect.clone()));
                }
                Ok(vec![ProcessEvent::Ended(ProcessEnded {
                    outcome: c.outcome.clone(),
                })])
            }
        }
    }
}

impl Run {
    fn take_step(&self, c: &TakeStep) -> Decision {
        self.has_room()?;
        text::word("/step", &c.step, WORD_CHARS_MAX)?;
        detail(c.detail.as_deref())?;
        Ok(vec![ProcessEvent::StepTaken(ProcessStepTaken {
            step: c.step.clone(),
            detail: c.detail.clone(),
        })])
    }

    fn refuse_step(&self, c: &RefuseStep) -> Decision {
        self.has_room()?;
        text::word("/step", &c.step, WORD_CHARS_MAX)?;
        text::word("/code", &c.code, WORD_CHARS_MAX)?;
        Ok(vec![ProcessEvent::StepRefused(ProcessStepRefused {
            step: c.step.clone(),
            code: c.code.clone(),
        })])
    }

    fn has_room(&self) -> Result<(), ProcessRefusal> {
        if self.steps.len() >= STEPS_MAX {
            return Err(ProcessRefusal::TooLong(STEPS_MAX, "steps"));
        }
        Ok(())
    }

    fn intend_effect(&self, c: &IntendEffect) -> Decision {
        text::word("/effect", &c.effect, WORD_CHARS_MAX)?;
        text::line("/key", &c.key, KEY_CHARS_MAX)?;
        detail(c.detail.as_deref())?;
        match self.effects.get(&c.key) {
            Some(known) if known.effect == c.effect => Ok(vec![]),
            Some(known) => Err(ProcessRefusal::KeyReused(known.effect.clone())),
            None if self.effects.len() >= EFFECTS_MAX => {
                Err(ProcessRefusal::TooLong(EFFECTS_MAX, "effects"))
            }
            None => Ok(vec![ProcessEvent::EffectIntended(ProcessEffectIntended {
                effect: c.effect.clone(),
                key: c.key.clone(),
                detail: c.detail.clone(),
            })]),
        }
    }

    fn set_deadline(&self, c: &SetDeadline) -> Decision {
        text::word("/name", &c.name, WORD_CHARS_MAX)?;
        match self.deadlines.get(&c.name) {
            Some(due_at) if *due_at == c.due_at => Ok(vec![]),
            None if self.deadlines.len() >= DEADLINES_MAX => {
                Err(ProcessRefusal::TooLong(DEADLINES_MAX, "deadlines"))
            }
            _ => Ok(vec![ProcessEvent::DeadlineSet(ProcessDeadlineSet {
                name: c.name.clone(),
                due_at: c.due_at,
            })]),
        }
    }

    fn retry(&self, c: &RetryProcess) -> Decision {
        if self.stuck.is_none() {
            return Err(ProcessRefusal::NothingRefused);
        }
        Ok(vec![ProcessEvent::Retried(ProcessRetried { by: c.by })])
    }
}

fn detail(text: Option<&str>) -> Result<(), ProcessRefusal> {
    Ok(text.map_or(Ok(()), |text| {
        text::lines("/detail", text, DETAIL_CHARS_MAX)
    })?)
}
