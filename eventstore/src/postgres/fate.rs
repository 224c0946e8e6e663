//! What becomes of those in a batch that are not settled by a plain commit.

use super::look::News;
use crate::append::Appended;
use crate::check::Verdict;
use crate::error::AppendError;
use crate::turn::Waiting;

pub(super) fn give_up(batch: Vec<Waiting>, sentence: &str) {
    for waiting in batch {
        let error = if waiting.sent.is_some() {
            AppendError::Unknown(sentence.to_owned())
        } else {
            AppendError::Unavailable(sentence.to_owned())
        };
        waiting.answer(Err(error));
    }
}

pub(super) fn remember_sent(mut batch: Vec<Waiting>, verdicts: &[Verdict]) -> Vec<Waiting> {
    for (waiting, verdict) in batch.iter_mut().zip(verdicts) {
        if let Verdict::Goes(appended) = verdict {
            waiting.sent = Some(appended.clone());
        }
    }
    batch
}

/// Answers those whose events are found where they were sent to: their commit went through though
/// its answer was lost. If others stand there, then theirs never will.
pub(super) fn adopt(batch: Vec<Waiting>, news: &[News]) -> Vec<Waiting> {
    if news.is_empty() {
        return batch;
    }
    let mut left = Vec::with_capacity(batch.len());
    for mut waiting in batch {
        match waiting.sent.take() {
            Some(sent) if is_among(&waiting, &sent, news) => waiting.answer(Ok(sent)),
            _ => left.push(waiting),
        }
    }
    left
}

fn is_among(waiting: &Waiting, sent: &Appended, news: &[News]) -> bool {
    let last = waiting
        .append
        .streams
        .iter()
        .rev()
        .find_map(|part| part.events.last());
    let stands = news
        .iter()
        .find(|event| event.head.position == sent.position);
    last.is_some_and(|last| stands.is_some_and(|event| event.head.event_id == last.event_id))
}

pub(super) fn without_those_that_went(
    batch: Vec<Waiting>,
    verdicts: &[Verdict],
    error: &AppendError,
) -> Vec<Waiting> {
    let mut left = Vec::new();
    for (waiting, verdict) in batch.into_iter().zip(verdicts) {
        if matches!(verdict, Verdict::Goes(_)) {
            waiting.answer(Err(error.clone()));
        } else {
            left.push(waiting);
        }
    }
    left
}
