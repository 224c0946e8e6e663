//! Committed imports at work, beside the requests: carried out at once when they are committed, and
//! gone on with when a process ended before they were done.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use commands::{CommandError, Commands, Context, Who};
use domain::building::{Building, Standing};
use domain::id::{BuildingId, ImportId, UserId};
use domain::import::{Import, ImportStatus};
use domain::permission::{Permission, Permissions};
use domain::user::User;
use eventstore::{Clock, Mint};
use projections::staging;
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Ids, ImportError, Importer, Kind, Occupants, Rowwise, Stop};

/// The name of the process in the journal.
const PROCESS: &str = "import";
/// How often it is looked whether an import was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often it is looked whether an import was left undone.
const RESUME_EVERY: Duration = Duration::from_secs(5);
/// The longest pause before one that breaks off again and again is tried once more.
const PAUSE_MAX: Duration = Duration::from_hours(1);

/// Carries committed imports out.
#[derive(Clone)]
pub struct Committed {
    /// By which everything is decided.
    pub commands: Arc<Commands>,
    /// Where rows are staged.
    pub pool: PgPool,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// An import that broke off: how often, and when it is tried again.
#[derive(Clone, Copy)]
struct Broken {
    times: u32,
    again: Instant,
}

impl Committed {
    /// What brings files in, in the name of `who`.
    pub fn importer(&self, who: Who) -> Importer {
        Importer {
            commands: Arc::clone(&self.commands),
            options: (*self.pool.connect_options()).clone(),
            pool: self.pool.clone(),
            owner: None,
            who,
            shown: false,
            dates: None,
        }
    }

    /// Carries a committed import out, and says so. One that breaks off stays committed and is gone
    /// on with later. Answers whether nothing is left to be done.
    pub async fn carry_out(&self, id: ImportId, building: BuildingId, context: Context) -> bool {
        let stop = Stop::default();
        let watched = self.clone();
        let mut watch = JoinSet::new();
        let asked = stop.clone();
        watch.spawn(async move { watched.watch(id, asked).await });
        let done = self.work(id, building, context, &stop).await;
        drop(watch);
        let is_done = match done {
            Ok(()) => true,
            // Somebody else is at it.
            Err(ImportError::Busy) => false,
            Err(error) => {
                tracing::warn!(import = %id, %error, "the import was broken off; it is gone on with later");
                false
            }
        };
        if self.is_cancelled(id).await
            && let Err(error) = self.forget(id).await
        {
            tracing::warn!(import = %id, %error, "its rows could not be forgotten");
        }
        is_done
    }

    async fn work(
        &self,
        id: ImportId,
        building: BuildingId,
        context: Context,
        stop: &Stop,
    ) -> Result<(), ImportError> {
        let (state, _) = self.commands.dispatch().peek::<Building>(building).await?;
        let standing = state.standing().ok_or(ImportError::NoBuilding(building))?;
        let way = Rowwise::new(Occupants::of(building, standing));
        let ids = Ids { import: id.0 };
        let importer = self.importer(context.who.clone());
        let Some(figures) = importer.carry_out(&way, ids, stop).await? else {
            return Ok(());
        };
        let kept_out = figures.refused() + figures.unreadable();
        let counts = (figures.accepted().unsigned_abs(), kept_out.unsigned_abs());
        let context = Context {
            key: None,
            if_match: None,
            command_id: ids.id("command", "finish"),
            at: self.clock.now(),
            ..context
        };
        let finished = self
            .commands
            .finish_import(&context, (id, building), counts);
        finished.await?;
        Ok(())
    }

    async fn is_cancelled(&self, id: ImportId) -> bool {
        let found = self.commands.dispatch().peek::<Import>(id).await;
        found.is_ok_and(|(import, _)| matches!(import.file, Some((_, ImportStatus::Cancelled))))
    }

    async fn watch(&self, id: ImportId, stop: Stop) {
        while !self.is_cancelled(id).await {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        stop.ask();
    }

    /// Forgets the rows of an import; while it is at work, that is done at its end.
    pub async fn forget(&self, id: ImportId) -> Result<(), ImportError> {
        match self.importer(Who::Operator).forget(id.0).await {
            Ok(()) | Err(ImportError::Busy) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Goes on with imports that were left undone, now and then, until it is told to stop. What is
    /// under way then is broken off between two rows or within one; nothing of that is done twice.
    pub async fn run(self, mut stop: eventstore::Stop) -> Result<(), String> {
        let mut broken = HashMap::new();
        let mut is_first = true;
        loop {
            let looked = tokio::select! {
                looked = self.resume(is_first, &mut broken) => looked,
                () = stop.requested() => return Ok(()),
            };
            match looked {
                Ok(()) => is_first = false,
                Err(error) => tracing::warn!(%error, "undone imports could not be looked for"),
            }
            if stop.requested_within(RESUME_EVERY).await {
                return Ok(());
            }
        }
    }

    /// Goes on with what is committed and not finished. With `also_done` also with those of which
    /// every row is carried out, but which nobody has said to be finished.
    async fn resume(
        &self,
        also_done: bool,
        broken: &mut HashMap<ImportId, Broken>,
    ) -> Result<(), ImportError> {
        for id in staging::undone(&self.pool, Occupants::NAME, also_done).await? {
            let id = ImportId(id);
            if broken
                .get(&id)
                .is_some_and(|broken| broken.again > Instant::now())
            {
                continue;
            }
            let (import, _) = self.commands.dispatch().peek::<Import>(id).await?;
            let Some((received, ImportStatus::Committed)) = &import.file else {
                continue;
            };
            let (by, building) = (received.by, received.building);
            if self.go_on(id, by, building).await {
                broken.remove(&id);
                continue;
            }
            let times = broken.get(&id).map_or(0, |broken| broken.times) + 1;
            let pause = RESUME_EVERY
                .saturating_mul(1 << times.min(16))
                .min(PAUSE_MAX);
            let again = Instant::now() + pause;
            broken.insert(id, Broken { times, again });
        }
        Ok(())
    }

    /// Goes on with an import, in a task of its own, so that a panic ends nothing else. The session
    /// in which it was committed may be over; the rights of who sent it have to hold all the same.
    async fn go_on(&self, id: ImportId, by: UserId, building: BuildingId) -> bool {
        match self.may(by, building).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(
                    import = %id,
                    "who sent the import may not change the building any more; commit it again in \
                     another name, or cancel it"
                );
                return false;
            }
            Err(error) => {
                tracing::warn!(import = %id, %error, "the import could not be gone on with");
                return false;
            }
        }
        let context = Context {
            correlation_id: id.0,
            ..Context::new(Who::Process(PROCESS), self.clock.now(), Mint.id())
        };
        let this = self.clone();
        let mut task = JoinSet::new();
        task.spawn(async move { this.carry_out(id, building, context).await });
        match task.join_next().await {
            Some(Ok(is_done)) => is_done,
            Some(Err(error)) => {
                tracing::error!(import = %id, %error, "the import was broken off; it is gone on with later");
                false
            }
            None => false,
        }
    }

    async fn may(&self, by: UserId, building: BuildingId) -> Result<bool, CommandError> {
        let user = self.commands.user(by).await?;
        let (state, _) = self.commands.dispatch().peek::<Building>(building).await?;
        let owner = state.standing().map(|Standing { owner, .. }| *owner);
        let User::Active(account) = &*user else {
            return Ok(false);
        };
        let permissions = Permissions::of(&account.roles);
        Ok(permissions.allows_over(Permission::BuildingChange, owner == Some(by)))
    }
}
