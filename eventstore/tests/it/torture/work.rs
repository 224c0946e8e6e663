//! A worker that appends to a few hot streams and learns from its conflicts.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use eventstore::{
    Append, AppendError, Appended, Expected, Json, Mint, Position, StreamAppend, StreamName,
    Version,
};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use tokio::time::sleep;

use super::ledger::Ledger;
use crate::given;

/// How many streams all workers share.
const STREAMS: i64 = 6;

/// What a worker says while it works.
pub enum Word<'a> {
    /// It is about to send this, for the first time.
    Tries(&'a Append),
    /// It was acknowledged.
    Has(Ack),
    /// It was refused.
    Drops(&'a str),
}

/// An acknowledged append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    pub key: String,
    pub position: i64,
}

/// A worker, with what it believes of the streams.
pub struct Worker {
    ledger: Arc<dyn Ledger>,
    chance: StdRng,
    believed: HashMap<StreamName, Belief>,
    /// The last position that it was told of.
    seen: Position,
}

/// What a worker thinks of a stream, and where the journal ended when it was so.
#[derive(Clone, Copy, Default)]
struct Belief {
    version: Version,
    known_at: Position,
}

impl Worker {
    pub fn new(ledger: Arc<dyn Ledger>, seed: u64) -> Self {
        Self {
            ledger,
            chance: StdRng::seed_from_u64(seed),
            believed: HashMap::new(),
            seen: 0,
        }
    }

    /// Appends so many times, successfully or not.
    pub async fn work(&mut self, appends: usize, mut say: impl FnMut(Word<'_>)) {
        for _ in 0..appends {
            // Staggered, not in step: races that need a certain distance are met sooner or later.
            let pause = self.chance.random_range(0..1_500);
            sleep(Duration::from_micros(pause)).await;
            let append = self.propose();
            say(Word::Tries(&append));
            match self.insist(&append).await {
                Some(appended) => say(Word::Has(Ack {
                    key: append.key.key,
                    position: appended.position,
                })),
                None => say(Word::Drops(&append.key.key)),
            }
        }
    }

    /// Repeats the append with the same key until its fate is known.
    pub async fn insist(&mut self, append: &Append) -> Option<Appended> {
        loop {
            match self.ledger.offer(given::again(append)).await {
                Ok(appended) => {
                    self.learn(&appended);
                    return Some(appended);
                }
                Err(AppendError::Conflict(mismatches)) => {
                    for mismatch in mismatches {
                        let version = mismatch.actual;
                        let belief = Belief {
                            version,
                            known_at: 0,
                        };
                        self.believed.insert(mismatch.stream, belief);
                    }
                    return None;
                }
                Err(AppendError::Unknown(_) | AppendError::Unavailable(_)) => {
                    sleep(Duration::from_millis(20)).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn learn(&mut self, appended: &Appended) {
        let known_at = appended.position;
        for (stream, version) in &appended.versions {
            let version = *version;
            let belief = Belief { version, known_at };
            self.believed.insert(stream.clone(), belief);
        }
        self.seen = known_at.max(self.seen);
    }

    fn propose(&mut self) -> Append {
        let mut names: Vec<i64> = (0..STREAMS).collect();
        names.shuffle(&mut self.chance);
        names.truncate(self.chance.random_range(1..=3));
        let mut streams: Vec<StreamAppend> = names
            .iter()
            .map(|name| {
                let stream = given::stream(&format!("thing-{name}"));
                let belief = self.believed.get(&stream).copied().unwrap_or_default();
                let events = (0..self.chance.random_range(0..=2))
                    .map(given::event)
                    .collect();
                let any = self.chance.random_ratio(1, 8);
                let expected = if any {
                    Expected::Any
                } else {
                    given::at(belief.version)
                };
                StreamAppend {
                    stream,
                    expected,
                    events,
                    known_at: belief.known_at,
                    last: None,
                }
            })
            .collect();
        if streams.iter().all(|part| part.events.is_empty()) {
            streams[0].events.push(given::event(1));
        }
        let mut append = given::append(streams);
        append.key.key = Mint.id().to_string();
        append.key.absent_at = self.seen;
        testify(&mut append);
        append
    }
}

/// Writes down in every event what its append rested on and how many events it has.
fn testify(append: &mut Append) {
    let of: usize = append.streams.iter().map(|part| part.events.len()).sum();
    let rested: Vec<(&str, Version)> = append
        .streams
        .iter()
        .filter_map(|part| match part.expected {
            Expected::NoStream => Some((part.stream.as_str(), 0)),
            Expected::Exactly(version) => Some((part.stream.as_str(), version)),
            Expected::Any => None,
        })
        .collect();
    let testimony = serde_json::json!({ "key": append.key.key, "of": of, "rested": rested });
    let metadata: Json = testimony.to_string().into();
    for event in append.streams.iter_mut().flat_map(|part| &mut part.events) {
        event.metadata = metadata.clone();
    }
}

/// An append as one line of text, and back: the same to the journal but for the ids of its events.
pub fn to_line(append: &Append) -> String {
    let parts: Vec<_> = append
        .streams
        .iter()
        .map(|part| {
            let expected = match part.expected {
                Expected::NoStream => Some(0),
                Expected::Exactly(version) => Some(version),
                Expected::Any => None,
            };
            (part.stream.as_str(), expected, part.events.len())
        })
        .collect();
    serde_json::json!([append.key.key, parts]).to_string()
}

/// The append of a line.
pub fn of_line(line: &str) -> Append {
    type Line = (String, Vec<(String, Option<Version>, i64)>);
    let (key, parts): Line = serde_json::from_str(line).unwrap();
    let streams = parts.iter().map(|(name, expected, events)| {
        given::part(name, expected.map_or(Expected::Any, given::at), *events)
    });
    let mut append = given::append(streams.collect());
    append.key.key = key;
    testify(&mut append);
    append
}
