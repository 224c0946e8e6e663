//! Which appends of a batch go through, decided in the order of their arrival.

use std::collections::{HashMap, HashSet};

use crate::append::{Append, Appended, Expected};
use crate::error::{AppendError, Mismatch};
use crate::recorded::{Position, Version};
use crate::stream::StreamName;
use crate::turn::{KeyName, Waiting};

/// What is stored with a key.
#[derive(Clone, Debug)]
pub(crate) struct StoredKey {
    pub(crate) request_hash: [u8; 32],
    pub(crate) answer: Appended,
}

/// The committed state that a batch is checked against.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    /// The last committed position.
    pub(crate) head: Position,
    /// The version of every stream of the batch.
    pub(crate) versions: HashMap<StreamName, Version>,
    /// What is stored with the keys of the batch.
    pub(crate) keys: HashMap<KeyName, StoredKey>,
}

/// What becomes of an append, provided that the batch is committed.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// Its events go in.
    Goes(Appended),
    /// It has no events, and its conditions hold.
    Holds(Appended),
    /// Its key was answered before.
    Repeats(Appended),
    /// It repeats an earlier append of this batch.
    Twin(usize),
    /// It does not go through.
    Fails(AppendError),
}

/// Gives a verdict on every append of the batch, and raises the ground to what it will be after
/// the batch. The outcomes of those that fail say so at once; the others are open.
pub(crate) fn check(batch: &[Waiting], ground: Ground) -> (Vec<Verdict>, Ground) {
    let mut court = Court {
        ground,
        twins: HashMap::new(),
        accepted: HashSet::new(),
    };
    for waiting in batch {
        waiting.append.outcome.reopen();
    }
    let verdicts = batch
        .iter()
        .enumerate()
        .map(|(index, waiting)| {
            let verdict = court.judge(index, waiting);
            if matches!(verdict, Verdict::Goes(_) | Verdict::Holds(_)) {
                court.accepted.insert(waiting.append.outcome.identity());
            } else {
                waiting.append.outcome.fail();
            }
            verdict
        })
        .collect();
    (verdicts, court.ground)
}

struct Court {
    ground: Ground,
    /// The keys that this batch will store, with the append that stores them.
    twins: HashMap<KeyName, (usize, [u8; 32])>,
    accepted: HashSet<usize>,
}

impl Court {
    fn judge(&mut self, index: usize, waiting: &Waiting) -> Verdict {
        let append = &waiting.append;
        let key = waiting.key();
        if let Some(stored) = self.ground.keys.get(&key) {
            return same_or_reused(stored.request_hash, append, || {
                Verdict::Repeats(stored.answer.clone())
            });
        }
        if let Some((twin, hash)) = self.twins.get(&key) {
            return same_or_reused(*hash, append, || Verdict::Twin(*twin));
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
        self.twins.insert(key, (index, append.key.request_hash));
        Verdict::Goes(appended)
    }

    fn mismatches(&self, append: &Append) -> Vec<Mismatch> {
        let differs = |expected: Expected, actual: Version| match expected {
            Expected::NoStream => actual != 0,
            Expected::Exactly(version) => actual != version,
            Expected::Any => false,
        };
        append
            .streams
            .iter()
            .map(|part| (part, self.version(&part.stream)))
            .filter(|(part, actual)| differs(part.expected, *actual))
            .map(|(part, actual)| Mismatch {
                stream: part.stream.clone(),
                expected: part.expected,
                actual,
            })
            .collect()
    }

    fn accept(&mut self, append: &Append) -> Appended {
        let mut versions = Vec::with_capacity(append.streams.len());
        for part in &append.streams {
            let events = i64::try_from(part.events.len()).unwrap_or(i64::MAX);
            let version = self.version(&part.stream) + events;
            self.ground.versions.insert(part.stream.clone(), version);
            self.ground.head += events;
            versions.push((part.stream.clone(), version));
        }
        Appended {
            answer_id: append.key.answer_id.clone(),
            version: versions.first().map_or(0, |(_, version)| *version),
            position: self.ground.head,
            versions,
            repeated: false,
        }
    }

    fn version(&self, stream: &StreamName) -> Version {
        self.ground.versions.get(stream).copied().unwrap_or(0)
    }
}

fn same_or_reused(hash: [u8; 32], append: &Append, same: impl FnOnce() -> Verdict) -> Verdict {
    if hash == append.key.request_hash {
        same()
    } else {
        Verdict::Fails(AppendError::KeyReused)
    }
}

/// Answers every append of a committed batch by its verdict.
pub(crate) fn settle(batch: Vec<Waiting>, verdicts: &[Verdict]) {
    let answers: Vec<_> = verdicts
        .iter()
        .map(|verdict| answer(verdict, verdicts))
        .collect();
    for (waiting, answer) in batch.into_iter().zip(answers) {
        waiting.answer(answer);
    }
}

fn answer(verdict: &Verdict, verdicts: &[Verdict]) -> Result<Appended, AppendError> {
    match verdict {
        Verdict::Goes(appended) | Verdict::Holds(appended) | Verdict::Repeats(appended) => {
            Ok(appended.clone())
        }
        Verdict::Twin(twin) => answer(&verdicts[*twin], verdicts).map(|appended| Appended {
            versions: Vec::new(),
            repeated: true,
            ..appended
        }),
        Verdict::Fails(error) => Err(error.clone()),
    }
}
