//! Keeps background tasks alive: one that panics or fails is logged, counted and started again.
//!
//! A process of the platform has one supervisor. Each task is started under a name. When it breaks
//! off (a panic, an error, an end that nobody asked for), the supervisor waits, longer each time,
//! and starts it anew; whatever the old run held (locks, connections) has been dropped by then.

use std::any::Any;
use std::borrow::Cow;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout, timeout_at};

/// How long the first pause before a new start is; each further one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// The longest pause before a new start.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// A task that ran this long without a fault starts again with the shortest pause.
const STEADY_AFTER: Duration = Duration::from_mins(1);

/// Says when a task is to end.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A stop that nobody calls for.
    pub fn never() -> Self {
        let (sender, receiver) = watch::channel(false);
        // The value stays readable, and `requested` waits for ever once the sender is gone.
        drop(sender);
        Self(receiver)
    }

    /// Whether the task is to end.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the task is to end.
    pub async fn requested(&mut self) {
        if self.0.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits for `pause`; answers whether the task is to end.
    pub async fn requested_within(&mut self, pause: Duration) -> bool {
        timeout(pause, self.requested()).await.is_ok()
    }
}

impl From<watch::Receiver<bool>> for Stop {
    fn from(receiver: watch::Receiver<bool>) -> Self {
        Self(receiver)
    }
}

/// How it goes with a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// It works.
    Running,
    /// It broke off and waits for its next start.
    Broken,
    /// It ended because it was asked to.
    Ended,
}

/// What is known of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskStatus {
    /// Its name, unique in the supervisor.
    pub name: Cow<'static, str>,
    /// How it goes with it.
    pub state: TaskState,
    /// How often it panicked since the process started.
    pub panics: u64,
    /// How often it broke off otherwise: by an error, or by an end that nobody asked for.
    pub failures: u64,
    /// Why it broke off last.
    pub last_fault: Option<String>,
}

impl TaskStatus {
    /// Whether it works, or ended as it should.
    pub fn is_well(&self) -> bool {
        self.state != TaskState::Broken
    }
}

/// Starts tasks, and starts them again.
#[derive(Clone)]
pub struct Supervisor {
    tasks: Arc<Mutex<Vec<Task>>>,
    stop: watch::Sender<bool>,
}

struct Task {
    status: TaskStatus,
    handle: Option<JoinHandle<()>>,
}

impl Default for Supervisor {
    fn default() -> Self {
        Self::new()
    }
}

impl Supervisor {
    /// A supervisor without tasks.
    pub fn new() -> Self {
        Self {
            tasks: Arc::default(),
            stop: watch::Sender::new(false),
        }
    }

    /// What its tasks hear when they are to end.
    pub fn stop_signal(&self) -> Stop {
        Stop(self.stop.subscribe())
    }

    /// The same as a bare channel: it becomes true.
    pub fn stop_receiver(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Runs what `work` makes under `name`, again and again until it is to end. An error says why
    /// it cannot go on; ending without being asked to counts as one.
    pub fn spawn<W, F>(&self, name: impl Into<Cow<'static, str>>, mut work: W)
    where
        W: FnMut(Stop) -> F + Send + 'static,
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let name = name.into();
        let place = self.add(name.clone());
        let watch = self.clone();
        let handle = tokio::spawn(async move {
            let mut stop = watch.stop_signal();
            let mut pause = PAUSE_MIN;
            loop {
                watch.note(place, |status| status.state = TaskState::Running);
                let started = Instant::now();
                let fault = Run(tokio::spawn(work(stop.clone()))).fault(&stop).await;
                let Some(fault) = fault else { break };
                if started.elapsed() >= STEADY_AFTER {
                    pause = PAUSE_MIN;
                }
                watch.broke(place, &name, &fault, pause);
                if stop.requested_within(pause).await {
                    break;
                }
                pause = (pause * 2).min(PAUSE_MAX);
            }
            watch.note(place, |status| status.state = TaskState::Ended);
        });
        self.tasks()[place].handle = Some(handle);
    }

    /// How it goes with each task, in the order of their starts.
    pub fn statuses(&self) -> Vec<TaskStatus> {
        self.tasks()
            .iter()
            .map(|task| task.status.clone())
            .collect()
    }

    /// Asks all tasks to end, without waiting for them.
    pub fn ask_to_end(&self) {
        self.stop.send_replace(true);
    }

    /// Asks all tasks to end and waits for them, `within` in all; those that have not ended by then
    /// are broken off, and named.
    pub async fn stop(&self, within: Duration) -> Vec<Cow<'static, str>> {
        let deadline = Instant::now() + within;
        self.stop.send_replace(true);
        let handles: Vec<_> = {
            let mut tasks = self.tasks();
            let all = tasks.iter_mut();
            all.filter_map(|task| Some((task.status.name.clone(), task.handle.take()?)))
                .collect()
        };
        let mut late = Vec::new();
        for (name, mut handle) in handles {
            if timeout_at(deadline, &mut handle).await.is_err() {
                handle.abort();
                late.push(name);
            }
        }
        late
    }

    fn add(&self, name: Cow<'static, str>) -> usize {
        let mut tasks = self.tasks();
        tasks.push(Task {
            status: TaskStatus {
                name,
                state: TaskState::Running,
                panics: 0,
                failures: 0,
                last_fault: None,
            },
            handle: None,
        });
        tasks.len() - 1
    }

    fn broke(&self, place: usize, name: &str, fault: &Fault, pause: Duration) {
        let (Fault::Panic(why) | Fault::Failure(why)) = fault;
        let panicked = matches!(fault, Fault::Panic(_));
        let again_in_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        tracing::error!(
            task = name,
            panicked,
            why,
            again_in_ms,
            "a background task broke off"
        );
        self.note(place, |status| {
            status.state = TaskState::Broken;
            status.panics += u64::from(panicked);
            status.failures += u64::from(!panicked);
            status.last_fault = Some(why.clone());
        });
    }

    fn note(&self, place: usize, change: impl FnOnce(&mut TaskStatus)) {
        change(&mut self.tasks()[place].status);
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a task broke off.
enum Fault {
    Panic(String),
    Failure(String),
}

/// One run of a task, which ends with whoever waits for it.
struct Run(JoinHandle<Result<(), String>>);

impl Run {
    async fn fault(mut self, stop: &Stop) -> Option<Fault> {
        match (&mut self.0).await {
            Ok(Ok(())) if stop.is_requested() => None,
            Ok(Ok(())) => Some(Fault::Failure("it ended by itself".to_owned())),
            Ok(Err(why)) => Some(Fault::Failure(why)),
            Err(error) => Some(Fault::Panic(panic_text(error))),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn panic_text(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(payload) => payload_text(payload.as_ref()),
        Err(error) => error.to_string(),
    }
}

/// What a panic says: the text that it was raised with.
pub fn payload_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a text").to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Runs a task that breaks off in its first two runs by `first`, and tells when it runs well.
    async fn broken_twice(first: fn() -> Result<(), String>) -> TaskStatus {
        let supervisor = Supervisor::new();
        let (well, mut is_well) = watch::channel(false);
        let runs = Arc::new(AtomicU32::new(0));
        supervisor.spawn("clock", move |mut stop| {
            let (runs, well) = (Arc::clone(&runs), well.clone());
            async move {
                if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                    return first();
                }
                well.send_replace(true);
                stop.requested().await;
                Ok(())
            }
        });
        is_well.wait_for(|well| *well).await.unwrap();
        let status = supervisor.statuses().remove(0);
        assert!(supervisor.stop(Duration::from_mins(1)).await.is_empty());
        assert_eq!(supervisor.statuses()[0].state, TaskState::Ended);
        status
    }

    #[tokio::test]
    async fn a_panic_is_counted_and_the_task_starts_again() {
        let status = broken_twice(|| panic!("no hands")).await;

        assert_eq!((status.panics, status.failures), (2, 0));
        assert_eq!(status.last_fault.as_deref(), Some("no hands"));
        assert!(status.is_well());
    }

    #[tokio::test]
    async fn an_error_and_an_unasked_end_are_counted_too() {
        let failed = broken_twice(|| Err("no battery".to_owned())).await;
        assert_eq!((failed.panics, failed.failures), (0, 2));
        assert_eq!(failed.last_fault.as_deref(), Some("no battery"));

        let ended = broken_twice(|| Ok(())).await;
        assert_eq!(ended.last_fault.as_deref(), Some("it ended by itself"));
    }

    #[tokio::test]
    async fn a_task_that_hears_nothing_is_named_and_broken_off() {
        let supervisor = Supervisor::new();
        supervisor.spawn("deaf", |_| std::future::pending());

        let late = supervisor.stop(Duration::from_millis(50)).await;

        assert_eq!(late, ["deaf"]);
    }

    #[tokio::test]
    async fn what_a_broken_run_held_is_given_up_before_the_next_one() {
        let supervisor = Supervisor::new();
        let lock = Arc::new(tokio::sync::Mutex::new(0));
        let (twice, mut is_twice) = watch::channel(false);
        let held = Arc::clone(&lock);
        supervisor.spawn("holder", move |_| {
            let (held, twice) = (Arc::clone(&held), twice.clone());
            async move {
                let mut runs = held.try_lock().map_err(|error| error.to_string())?;
                *runs += 1;
                twice.send_replace(*runs == 2);
                panic!("while it is held");
            }
        });

        is_twice.wait_for(|twice| *twice).await.unwrap();
        assert_eq!(*lock.lock().await, 2);
    }
}
