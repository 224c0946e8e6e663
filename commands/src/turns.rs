//! Turns: a command waits until it is first in line on all of its streams at once.
//!
//! All of a command's places are taken under one lock, so that any two commands stand in the same
//! order on every stream they share, and none can wait for each other.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventstore::StreamName;
use tokio::sync::Notify;

/// The lines of commands in front of streams.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<Lines>>);

type Lines = HashMap<StreamName, VecDeque<Arc<Waiter>>>;

#[derive(Default)]
struct Waiter {
    /// On how many streams somebody stands in front.
    behind: AtomicUsize,
    first_everywhere: Notify,
}

/// A command's place in line, or its turn once [`Turns::enter`] has answered. Dropping it lets the
/// next ones go, also when it never came to its turn.
pub struct Turn {
    turns: Turns,
    streams: Vec<StreamName>,
    waiter: Arc<Waiter>,
}

impl Turns {
    /// Stands in line on all of `streams` in order of the calls, and waits to be first on all.
    pub async fn enter(&self, streams: &[StreamName]) -> Turn {
        let turn = self.line_up(streams);
        while turn.waiter.behind.load(Ordering::Acquire) > 0 {
            turn.waiter.first_everywhere.notified().await;
        }
        turn
    }

    fn line_up(&self, streams: &[StreamName]) -> Turn {
        let mut streams = streams.to_vec();
        streams.sort_unstable();
        streams.dedup();
        let waiter = Arc::new(Waiter::default());
        let mut lines = self.lock();
        for stream in &streams {
            let line = lines.entry(stream.clone()).or_default();
            if !line.is_empty() {
                waiter.behind.fetch_add(1, Ordering::Relaxed);
            }
            line.push_back(Arc::clone(&waiter));
        }
        drop(lines);
        Turn {
            turns: self.clone(),
            streams,
            waiter,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut lines = self.turns.lock();
        for stream in &self.streams {
            let Some(line) = lines.get_mut(stream) else {
                continue;
            };
            let place = line
                .iter()
                .position(|waiter| Arc::ptr_eq(waiter, &self.waiter));
            if let Some(place) = place {
                line.remove(place);
                if place == 0 {
                    step_forward(line);
                }
            }
            if line.is_empty() {
                lines.remove(stream);
            }
        }
    }
}

/// Tells the new first in `line` that one line fewer holds it back.
fn step_forward(line: &VecDeque<Arc<Waiter>>) {
    if let Some(next) = line.front()
        && next.behind.fetch_sub(1, Ordering::AcqRel) == 1
    {
        next.first_everywhere.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    fn stream(name: &str) -> StreamName {
        StreamName::parse(&format!("test-{name}")).unwrap()
    }

    async fn is_held_back(turns: &Turns, streams: &[StreamName]) -> bool {
        timeout(Duration::from_millis(20), turns.enter(streams))
            .await
            .is_err()
    }

    #[tokio::test]
    async fn a_turn_holds_back_those_who_share_a_stream_and_nobody_else() {
        let turns = Turns::default();
        let first = turns.enter(&[stream("a"), stream("b")]).await;
        assert!(is_held_back(&turns, &[stream("b"), stream("c")]).await);
        assert!(!is_held_back(&turns, &[stream("c")]).await);
        drop(first);
        assert!(!is_held_back(&turns, &[stream("b"), stream("c")]).await);
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn one_who_gives_up_waiting_holds_nobody_back() {
        let turns = Turns::default();
        let first = turns.enter(&[stream("a")]).await;
        let given_up = turns.line_up(&[stream("a"), stream("b")]);
        let third = turns.line_up(&[stream("b")]);
        assert_eq!(third.waiter.behind.load(Ordering::Acquire), 1);
        drop(given_up);
        assert_eq!(third.waiter.behind.load(Ordering::Acquire), 0);
        drop((first, third));
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn turns_come_in_the_order_of_arrival_and_one_stream_named_twice_is_one() {
        let turns = Turns::default();
        let first = turns.enter(&[stream("a"), stream("a")]).await;
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        for number in 0..20 {
            let (turns, sender) = (turns.clone(), sender.clone());
            let ticket = turns.line_up(&[stream("a"), stream(&format!("other-{number}"))]);
            tokio::spawn(async move {
                while ticket.waiter.behind.load(Ordering::Acquire) > 0 {
                    ticket.waiter.first_everywhere.notified().await;
                }
                sender.send(number).unwrap();
            });
        }
        drop((first, sender));
        let mut seen = Vec::new();
        while let Some(number) = order.recv().await {
            seen.push(number);
        }
        assert_eq!(seen, (0..20).collect::<Vec<_>>());
    }
}
