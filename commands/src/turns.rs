//! Turns: a command waits until it is first in line on all of its streams at once.
//!
//! All of a command's places are taken under one lock, so that any two commands stand in the same
//! order on every stream they share, and none can wait for each other.

use std::borrow::Borrow;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventstore::StreamName;
use foldhash::HashMap;
use tokio::sync::Notify;

/// The lines of commands in front of streams.
#[derive(Default)]
pub struct Turns(Mutex<Lines>);

/// Those who wait behind the first of each line. Whoever is alone in front of its streams is the
/// rule, and has to be cheap: he stands there only by the line that he has opened.
type Lines = HashMap<StreamName, VecDeque<Arc<Waiter>>>;

#[derive(Default)]
struct Waiter {
    /// On how many streams somebody stands in front.
    behind: AtomicUsize,
    first_everywhere: Notify,
}

/// A command's place in line, or its turn once [`Turns::enter`] has answered. Dropping it lets the
/// next ones go, also when it never came to its turn.
pub struct Turn<'a, S: Borrow<StreamName>> {
    turns: &'a Turns,
    streams: &'a [S],
    /// Where it had to stand behind somebody.
    waiter: Option<Arc<Waiter>>,
}

impl Turns {
    /// Stands in line on all of `streams` in order of the calls, and waits to be first on all.
    pub async fn enter<'a, S: Borrow<StreamName>>(&'a self, streams: &'a [S]) -> Turn<'a, S> {
        let turn = self.line_up(streams);
        turn.comes().await;
        turn
    }

    fn line_up<'a, S: Borrow<StreamName>>(&'a self, streams: &'a [S]) -> Turn<'a, S> {
        let mut waiter: Option<Arc<Waiter>> = None;
        let mut lines = self.lock();
        for stream in each_once(streams) {
            let Some(line) = lines.get_mut(stream) else {
                lines.insert(stream.clone(), VecDeque::new());
                continue;
            };
            let waiter = waiter.get_or_insert_default();
            waiter.behind.fetch_add(1, Ordering::Relaxed);
            line.push_back(Arc::clone(waiter));
        }
        drop(lines);
        Turn {
            turns: self,
            streams,
            waiter,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Borrow<StreamName>> Turn<'_, S> {
    async fn comes(&self) {
        let Some(waiter) = &self.waiter else { return };
        while waiter.behind.load(Ordering::Acquire) > 0 {
            waiter.first_everywhere.notified().await;
        }
    }
}

impl<S: Borrow<StreamName>> Drop for Turn<'_, S> {
    fn drop(&mut self) {
        let mut lines = self.turns.lock();
        for stream in each_once(self.streams) {
            let Some(line) = lines.get_mut(stream) else {
                continue;
            };
            let is_me = |other: &Arc<Waiter>| {
                let me = self.waiter.as_ref();
                me.is_some_and(|me| Arc::ptr_eq(me, other))
            };
            // Whoever does not stand behind somebody is the first.
            if let Some(place) = line.iter().position(is_me) {
                line.remove(place);
            } else if let Some(next) = line.pop_front() {
                next.step_forward();
            } else {
                lines.remove(stream);
            }
        }
    }
}

impl Waiter {
    /// One line fewer holds it back.
    fn step_forward(&self) {
        if self.behind.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.first_everywhere.notify_one();
        }
    }
}

/// The streams without repetitions. They are few, so that looking back is cheaper than sorting.
fn each_once<S: Borrow<StreamName>>(streams: &[S]) -> impl Iterator<Item = &StreamName> {
    streams.iter().enumerate().filter_map(|(place, stream)| {
        let before = &streams[..place];
        let is_new = before.iter().all(|known| known.borrow() != stream.borrow());
        is_new.then(|| stream.borrow())
    })
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
        let both = [stream("a"), stream("b")];
        let first = turns.enter(&both).await;
        assert!(is_held_back(&turns, &[stream("b"), stream("c")]).await);
        assert!(!is_held_back(&turns, &[stream("c")]).await);
        drop(first);
        assert!(!is_held_back(&turns, &[stream("b"), stream("c")]).await);
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn one_who_gives_up_waiting_holds_nobody_back() {
        let turns = Turns::default();
        let (a, both, b) = ([stream("a")], [stream("a"), stream("b")], [stream("b")]);
        let first = turns.enter(&a).await;
        let given_up = turns.line_up(&both);
        let third = turns.line_up(&b);
        let behind = || {
            third
                .waiter
                .as_ref()
                .unwrap()
                .behind
                .load(Ordering::Acquire)
        };
        assert_eq!(behind(), 1);
        drop(given_up);
        assert_eq!(behind(), 0);
        drop((first, third));
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn turns_come_in_the_order_of_arrival_and_one_stream_named_twice_is_one() {
        let turns = Turns::default();
        let twice = [stream("a"), stream("a")];
        let first = turns.enter(&twice).await;
        let named: Vec<_> = (0..20)
            .map(|number| [stream("a"), stream(&format!("other-{number}"))])
            .collect();
        let seen = Mutex::new(Vec::new());
        let waiting = named.iter().enumerate().map(|(number, streams)| {
            let (ticket, seen) = (turns.line_up(streams), &seen);
            async move {
                ticket.comes().await;
                seen.lock().unwrap().push(number);
            }
        });
        // Woken in an order of their own: the last first.
        let mut waiting: Vec<_> = waiting.collect();
        waiting.reverse();
        drop(first);
        futures::future::join_all(waiting).await;
        assert_eq!(*seen.lock().unwrap(), (0..20).collect::<Vec<_>>());
        assert!(turns.lock().is_empty());
    }

    /// Many contend for a few streams, some give up: nobody is ever beside another on a stream, and
    /// in the end nobody stands in line.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn whoever_races_there_is_one_at_a_time_on_each_stream() {
        let turns = Arc::new(Turns::default());
        let busy: Arc<Vec<AtomicUsize>> = Arc::new((0..4).map(|_| AtomicUsize::new(0)).collect());
        let tasks = (0..16_usize).map(|racer| {
            let (turns, busy) = (Arc::clone(&turns), Arc::clone(&busy));
            tokio::spawn(async move {
                for round in 0..200_usize {
                    let mine = [racer % 4, (racer / 4 + round) % 4];
                    let streams = mine.map(|number| stream(&number.to_string()));
                    let entering = turns.enter(&streams);
                    let give_up = Duration::from_micros((racer * 7 + round) as u64 % 50);
                    let turn = if round % 5 == 0 {
                        let Ok(turn) = timeout(give_up, entering).await else {
                            continue;
                        };
                        turn
                    } else {
                        entering.await
                    };
                    let distinct = if mine[0] == mine[1] {
                        &mine[..1]
                    } else {
                        &mine[..]
                    };
                    for number in distinct {
                        assert_eq!(busy[*number].fetch_add(1, Ordering::SeqCst), 0);
                    }
                    tokio::task::yield_now().await;
                    for number in distinct {
                        busy[*number].fetch_sub(1, Ordering::SeqCst);
                    }
                    drop(turn);
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert!(turns.lock().is_empty());
    }
}
