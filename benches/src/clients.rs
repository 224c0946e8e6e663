//! Clients in closed loops: each begins its next operation when its last one is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use tokio::time::interval_at;

use crate::cpu::{Meter, Used};
use crate::fault::Fault;
use crate::stats::Latencies;

/// When the clients stop.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// After so many operations of all clients together.
    Count(u64),
    /// After so long; what was begun by then is finished and counted.
    For(Duration),
}

/// What was measured.
pub struct Measured {
    /// How long each operation took.
    pub latencies: Latencies,
    /// What was used of the machine, and for how long.
    pub used: Used,
}

/// How many a second that is.
#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^52 here")]
pub fn per_second(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// Lets clients work, each operation getting the number of its client and its own number, which
/// no other operation of this call has; `server` is the first process of the server beside us.
pub async fn run<F, O>(
    server: i32,
    clients: usize,
    work: Work,
    operation: F,
) -> Result<Measured, Fault>
where
    F: Fn(usize, u64) -> O + Send + Sync + 'static,
    O: Future<Output = Result<(), Fault>> + Send,
{
    let operation = Arc::new(operation);
    let next = Arc::new(AtomicU64::new(0));
    let meter = Meter::start(server);
    let started = Instant::now();
    let tasks = (0..clients).map(|client| {
        let (operation, next) = (Arc::clone(&operation), Arc::clone(&next));
        tokio::spawn(async move {
            let mut latencies = Latencies::new()?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let begun = Instant::now();
                let is_over = match work {
                    Work::Count(count) => number >= count,
                    Work::For(time) => begun - started >= time,
                };
                if is_over {
                    return Ok::<_, Fault>(latencies);
                }
                operation(client, number).await?;
                latencies.record(begun.elapsed());
            }
        })
    });
    let finished = try_join_all(tasks.collect::<Vec<_>>()).await?;
    let used = meter.read();
    let mut latencies = Latencies::new()?;
    for one in finished {
        latencies.add(&one?)?;
    }
    Ok(Measured { latencies, used })
}

/// Lets the clients run warm for a while that does not count, and then work.
pub async fn run_warm<F, O>(
    server: i32,
    clients: usize,
    (warm_up, work): (Duration, Work),
    operation: F,
) -> Result<Measured, Fault>
where
    F: Fn(usize, u64) -> O + Send + Sync + 'static,
    O: Future<Output = Result<(), Fault>> + Send,
{
    let operation = Arc::new(operation);
    let warm = Arc::clone(&operation);
    let warm = move |client, number| warm(client, number);
    run(server, clients, Work::For(warm_up), warm).await?;
    run(server, clients, work, move |client, number| {
        operation(client, number)
    })
    .await
}

/// Lets clients ask by the clock, `rate` times a second all together, for so long. A latency counts
/// from the moment when its operation was due, so that what waits behind a slow one is counted.
pub async fn by_the_clock<F, O>(
    server: i32,
    clients: usize,
    (rate, time): (f64, Duration),
    operation: F,
) -> Result<Measured, Fault>
where
    F: Fn(usize, u64) -> O + Send + Sync + 'static,
    O: Future<Output = Result<(), Fault>> + Send,
{
    let operation = Arc::new(operation);
    let count = u32::try_from(clients)?;
    let every = Duration::from_secs_f64(f64::from(count) / rate);
    let meter = Meter::start(server);
    let started = tokio::time::Instant::now();
    let tasks = (0..count).map(|client| {
        let operation = Arc::clone(&operation);
        let mut clock = interval_at(started + every * client / count, every);
        tokio::spawn(async move {
            let mut latencies = Latencies::new()?;
            for number in (u64::from(client)..).step_by(clients) {
                let due = clock.tick().await;
                if due - started >= time {
                    break;
                }
                operation(usize::try_from(client)?, number).await?;
                latencies.record(due.elapsed());
            }
            Ok::<_, Fault>(latencies)
        })
    });
    let finished = try_join_all(tasks.collect::<Vec<_>>()).await?;
    let used = meter.read();
    let mut latencies = Latencies::new()?;
    for one in finished {
        latencies.add(&one?)?;
    }
    Ok(Measured { latencies, used })
}
