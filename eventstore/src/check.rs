//! Which appends of a batch go through, decided in the order of their arrival.

use foldhash::{HashMap, HashSet};
use uuid::Uuid;

use crate::append::{Append, Appended, Expected, StreamAppend};
use crate::error::{AppendError, Mismatch};
use crate::recorded::{Position, Version};
use crate::stream::StreamName;
use crate::turn::Waiting;

/// What is stored with a key.
#[derive(Clone, Debug)]
pub(crate) struct StoredKey {
    pub(crate) request_hash: [u8; 32],
    pub(crate) answer: Appended,
}

/// Where a stream ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tail {
    /// How many events it has.
    pub(crate) version: Version,
    /// The id of the last of them, where that is known.
    pub(crate) last: Option<Uuid>,
}

/// The committed state that a batch is checked against.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    /// The last committed position.
    pub(crate) head: Position,
    /// Where every stream of the batch ends.
    pub(crate) tails: HashMap<StreamName, Tail>,
    /// What is stored with the keys of the batch.
    pub(crate) keys: HashMap<Uuid, StoredKey>,
}

/// What becomes of an append, provided that the batch is committed.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// Its events go in.
    Goes(Appended),
    /// It has no events, and its conditions hold.
    Holds(Appended),
    /// Its key was answered before, or is by an earlier append of this batch.
    Repeats(Appended),
    /// It does not go through.
    Fails(AppendError),
}

/// Gives a verdict on every append of the batch, and raises the ground to what it will be after
/// the batch. The outcomes of those that fail say so at once; the others are open.
pub(crate) fn check(batch: &[Waiting], ground: Ground) -> (Vec<Verdict>, Ground) {
    let mut court = Court {
        ground,
        twins: HashMap::default(),
        accepted: HashSet::default(),
    };
    for waiting in batch {
        waiting.append.outcome.reopen();
    }
    let mut verdicts = Vec::with_capacity(batch.len());
    for waiting in batch {
        let verdict = court.judge(waiting, &verdicts);
        if matches!(verdict, Verdict::Goes(_) | Verdict::Holds(_)) {
            court.accepted.insert(waiting.append.outcome.identity());
        } else {
            waiting.append.outcome.fail();
        }
        verdicts.push(verdict);
    }
    (verdicts, court.ground)
}

struct Court {
    ground: Ground,
    /// The keys that this batch will store, with the append that stores them.
    twins: HashMap<Uuid, (usize, [u8; 32])>,
    accepted: HashSet<usize>,
}

impl Court {
    fn judge(&mut self, waiting: &Waiting, before: &[Verdict]) -> Verdict {
        let append = &waiting.append;
        if !self.ground.keys.is_empty()
            && let Some(stored) = self.ground.keys.get(&waiting.key())
        {
            return same_or_reused(stored.request_hash, append, || {
                Verdict::Repeats(stored.answer.clone())
            });
        }
        let key = waiting.key();
        if let Some((twin, hash)) = self.twins.get(&key)
            && let Verdict::Goes(answer) = &before[*twin]
        {
            return same_or_reused(*hash, append, || Verdict::Repeats(repeated(answer)));
        }
        // One that is open and not in this batch before it will never be known in time.
        let rests_on_nothing = append
            .rests_on
            .iter()
            .any(|other| !other.is_committed() && !self.accepted.contains(&other.identity()));
        if rests_on_nothing {
            return Verdict::Fails(AppendError::Conflict(Vec::new()));
        }
        let mismatches = self.mismatches(append);
        if !mismatches.is_empty() {
            return Verdict::Fails(AppendError::Conflict(mismatches));
        }
        let appended = self.accept(append);
        if waiting.events() == 0 {
            return Verdict::Holds(appended);
        }
        self.twins
            .insert(key, (before.len(), append.key.request_hash));
        Verdict::Goes(appended)
    }

    fn mismatches(&self, append: &Append) -> Vec<Mismatch> {
        append
            .streams
            .iter()
            .map(|part| (part, self.tail(&part.stream)))
            .filter(|(part, tail)| !is_as_expected(part, *tail))
            .map(|(part, tail)| Mismatch {
                stream: part.stream.clone(),
                expected: part.expected,
                actual: tail.version,
                last: tail.last,
            })
            .collect()
    }

    fn accept(&mut self, append: &Append) -> Appended {
        let mut versions = Vec::with_capacity(append.streams.len());
        for part in &append.streams {
            let events = i64::try_from(part.events.len()).unwrap_or(i64::MAX);
            let mut tail = self.tail(&part.stream);
            tail.version += events;
            tail.last = part.events.last().map_or(tail.last, |e| Some(e.event_id));
            self.ground.tails.insert(part.stream.clone(), tail);
            self.ground.head += events;
            versions.push((part.stream.clone(), tail.version));
        }
        Appended {
            answer_id: append.key.answer_id.clone(),
            version: versions.first().map_or(0, |(_, version)| *version),
            position: self.ground.head,
            versions,
            repeated: false,
        }
    }

    fn tail(&self, stream: &StreamName) -> Tail {
        self.ground.tails.get(stream).copied().unwrap_or_default()
    }
}

/// Whether a stream ends as it was expected to: with as many events, and the last one the same.
fn is_as_expected(part: &StreamAppend, tail: Tail) -> bool {
    let is_same = || match (part.last, tail.last) {
        (Some(seen), Some(actual)) => seen == actual,
        _ => true,
    };
    match part.expected {
        Expected::NoStream => tail.version == 0,
        Expected::Exactly(version) => tail.version == version && is_same(),
        Expected::Any => true,
    }
}

fn repeated(answer: &Appended) -> Appended {
    Appended {
        versions: Vec::new(),
        repeated: true,
        ..answer.clone()
    }
}

fn same_or_reused(hash: [u8; 32], append: &Append, same: impl FnOnce() -> Verdict) -> Verdict {
    if hash == append.key.request_hash {
        same()
    } else {
        Verdict::Fails(AppendError::KeyReused)
    }
}

/// Says of every append of a committed batch that was open until then that others can rest on it.
/// The answers may follow a little later.
pub(crate) fn proclaim(batch: &[Waiting], verdicts: &[Verdict]) {
    for (waiting, verdict) in batch.iter().zip(verdicts) {
        if let Verdict::Goes(answer) | Verdict::Holds(answer) = verdict {
            waiting.append.outcome.commit(answer.position);
        }
    }
}

/// Answers every append of a committed batch by its verdict.
pub(crate) fn settle(batch: Vec<Waiting>, verdicts: Vec<Verdict>) {
    for (waiting, verdict) in batch.into_iter().zip(verdicts) {
        waiting.answer(match verdict {
            Verdict::Goes(answer) | Verdict::Holds(answer) | Verdict::Repeats(answer) => Ok(answer),
            Verdict::Fails(error) => Err(error),
        });
    }
}
