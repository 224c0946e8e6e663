//! One projection at work: owned by one process at a time, by a lock on its own connection.

use std::sync::Arc;
use std::time::Duration;

use eventstore::FeedError;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};

use crate::fault::Fault;
use crate::inbox::Inbox;
use crate::instance::{Instance, Turn};
use crate::projector::Projector;
use crate::runner::Workplace;
use crate::schema::{self, Lock};
use crate::status::{State, Status};

/// How often a process that stands by asks whether the projection has become free.
const STAND_BY: Duration = Duration::from_millis(500);
/// How long a checkpoint that only passed over other projections' events may stay unsaved.
pub(crate) const SAVE_AFTER: Duration = Duration::from_millis(100);
/// The waits between two attempts grow from the first to the second.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// How long after a rebuild the tables that it replaced are dropped, and how often that is tried.
const SWEEP_AFTER: Duration = Duration::from_secs(10);

pub(crate) struct Task {
    workplace: Workplace,
    projector: Arc<dyn Projector>,
    status: watch::Sender<Status>,
    inbox: Inbox,
    /// Somebody has found less in the tables than this has put there.
    doubt: Arc<Notify>,
    stop: watch::Receiver<bool>,
    back_off: Duration,
    sweep_at: Option<Instant>,
}

impl Task {
    pub(crate) fn new(
        workplace: Workplace,
        projector: Arc<dyn Projector>,
        status: watch::Sender<Status>,
        inbox: Inbox,
        doubt: Arc<Notify>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let back_off = BACK_OFF.0;
        Self {
            workplace,
            projector,
            status,
            inbox,
            doubt,
            stop,
            back_off,
            sweep_at: None,
        }
    }

    /// Works until it is told to stop.
    pub(crate) async fn run(&mut self) {
        while !*self.stop.borrow() {
            match self.own().await {
                Ok(()) => return,
                Err(Fault::Moved) => {}
                Err(Fault::Transient(reason)) => {
                    tracing::warn!(projection = self.projector.name(), reason, "trying again");
                    self.set(State::Retrying(reason));
                    self.pause(self.back_off).await;
                    self.back_off = (self.back_off * 2).min(BACK_OFF.1);
                }
                Err(Fault::Stop(reason) | Fault::Event(reason)) => {
                    tracing::error!(projection = self.projector.name(), reason, "stopped");
                    self.set(State::Stopped(reason.clone()));
                    self.record_state("stopped", Some(&reason)).await;
                    let _ = self.stop.wait_for(|stop| *stop).await;
                    return;
                }
            }
        }
    }

    /// Becomes the one who runs the projection, and runs it.
    async fn own(&mut self) -> Result<(), Fault> {
        let name = self.projector.name();
        let mut conn = schema::connect(&self.workplace.options).await?;
        while !schema::try_lock(&mut conn, Lock::Run, name).await? {
            self.set(State::Elsewhere);
            self.pause(STAND_BY).await;
            if *self.stop.borrow() {
                return Ok(());
            }
        }
        schema::sweep(&mut conn, name).await?;
        if !schema::exists(&mut conn, name).await? {
            schema::create(&mut conn, name, &*self.projector).await?;
        }
        let mut instance = self.open(&mut conn).await?;
        self.record_state("running", None).await;
        loop {
            match self.work(&mut conn, &mut instance).await {
                Err(Fault::Moved) => {
                    tracing::info!(projection = name, "the tables were replaced; reading anew");
                    self.sweep_at = Some(Instant::now() + SWEEP_AFTER);
                    instance = self.open(&mut conn).await?;
                }
                done => return done,
            }
        }
    }

    async fn open(&mut self, conn: &mut PgConnection) -> Result<Instance, Fault> {
        let name = self.projector.name().to_owned();
        let instance = Instance::open(conn, Arc::clone(&self.projector), name).await?;
        let head = self.workplace.journal.head().await;
        let head = head.map_err(|error| Fault::Transient(error.to_string()))?;
        let asked = instance.position;
        if asked > head {
            return Err(Fault::Stop(
                FeedError::BeyondEnd { asked, head }.to_string(),
            ));
        }
        self.inbox.seek(asked, head);
        // Both at once: whoever waits compares the one with the other.
        self.status.send_modify(|status| {
            status.saved.restart(asked, Instant::now());
            status.position = asked;
        });
        self.reached(&instance);
        Ok(instance)
    }

    /// Takes batches in until told to stop.
    async fn work(
        &mut self,
        conn: &mut PgConnection,
        instance: &mut Instance,
    ) -> Result<(), Fault> {
        let mut saved_at = Instant::now();
        loop {
            let unsaved = self.inbox.position() > instance.position;
            if *self.stop.borrow() {
                return if unsaved {
                    self.save(conn, instance).await
                } else {
                    Ok(())
                };
            }
            let hurry = unsaved || self.sweep_at.is_some();
            let events = tokio::select! {
                events = self.inbox.next(hurry) => events?,
                () = self.doubt.notified() => {
                    self.look_again(conn, instance).await?;
                    continue;
                }
            };
            let mine = instance.mine(&events);
            if let Some(last) = events.last() {
                if !mine.is_empty() {
                    let now = self.workplace.clock.now();
                    instance
                        .advance(conn, Turn::To(last.position()), &mine, now)
                        .await?;
                    saved_at = Instant::now();
                }
                self.inbox.taken(last.position());
                self.back_off = BACK_OFF.0;
                self.reached(instance);
            }
            if self.inbox.position() > instance.position && saved_at.elapsed() >= SAVE_AFTER {
                self.save(conn, instance).await?;
                saved_at = Instant::now();
            }
            if self.sweep_at.is_some_and(|at| Instant::now() >= at) {
                let swept = schema::sweep(conn, self.projector.name()).await?;
                self.sweep_at = (!swept).then(|| Instant::now() + SWEEP_AFTER);
            }
        }
    }

    /// Finds out whether the connection is lost, or the tables were set back without it.
    async fn look_again(&self, conn: &mut PgConnection, instance: &Instance) -> Result<(), Fault> {
        let sql = format!("select position from \"{}\".checkpoint", instance.schema);
        let stored: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(conn)
            .await?;
        if stored == instance.position {
            return Ok(());
        }
        Err(Fault::Moved)
    }

    /// Moves the checkpoint over events of other projections.
    async fn save(&self, conn: &mut PgConnection, instance: &mut Instance) -> Result<(), Fault> {
        let to = self.inbox.position();
        instance
            .advance(conn, Turn::To(to), &[], self.workplace.clock.now())
            .await
    }

    fn reached(&self, instance: &Instance) {
        let (position, head) = (self.inbox.position(), self.inbox.head());
        let state = if position < head {
            State::CatchingUp
        } else {
            State::Running
        };
        let parked = instance.parked.len();
        self.status.send_modify(|status| {
            status.saved.note(instance.position, Instant::now());
            *status = Status {
                state,
                position,
                head: head.max(position),
                parked,
                ..*status
            };
        });
    }

    fn set(&self, state: State) {
        self.status.send_modify(|status| status.state = state);
    }

    /// Notes in the schema what other processes have to know; on a connection of its own, because
    /// the projection's may be what broke.
    async fn record_state(&self, state: &str, reason: Option<&str>) {
        let name = self.projector.name();
        let sql = format!("update \"{name}\".checkpoint set state = $1, reason = $2");
        let noted = async {
            let mut conn = PgConnection::connect_with(&self.workplace.options).await?;
            let reason = reason.map(|reason| reason.replace('\0', "\u{fffd}"));
            sqlx::query(AssertSqlSafe(sql))
                .bind(state)
                .bind(reason)
                .execute(&mut conn)
                .await?;
            conn.close().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(projection = name, %error, "its state could not be noted");
        }
    }

    async fn pause(&mut self, time: Duration) {
        tokio::select! {
            () = sleep(time) => {}
            _ = self.stop.changed() => {}
        }
    }
}
