//! One build of a projection: a projector, a schema, and how far it has read.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use eventstore::Position;
use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::decoded::Decoded;
use crate::fault::Fault;
use crate::parking;
use crate::projector::{Derive, Projector};
use crate::schema;

/// How often an event is tried before its key is parked.
const ATTEMPTS_MAX: i32 = 3;
/// The most keys that may be parked before the projection stops.
const PARKED_KEYS_MAX: usize = 1_000;

/// An event with the key of the rows it writes.
#[derive(Clone)]
pub(crate) struct Keyed {
    pub(crate) key: String,
    pub(crate) event: Arc<Decoded>,
}

/// How far a batch brings a build.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turn {
    /// The whole of it comes to this position, which its checkpoint says from then on.
    To(Position),
    /// Nowhere: it is the share of one of those who build side by side.
    Share,
}

impl Turn {
    fn derive(self) -> Derive {
        match self {
            Self::To(_) => Derive::Now,
            Self::Share => Derive::Later,
        }
    }

    fn position(self, before: Position) -> Position {
        match self {
            Self::To(position) => position,
            Self::Share => before,
        }
    }
}

/// Refuses to go on with more parked keys than anybody would look through.
pub(crate) fn check_parked(keys: usize, name: &str) -> Result<(), Fault> {
    if keys > PARKED_KEYS_MAX {
        return Err(Fault::Stop(format!(
            "more than {PARKED_KEYS_MAX} keys are parked: mend the cause, then `replay parked \
             --drive {name}`"
        )));
    }
    Ok(())
}

/// A projector at work in one schema.
pub(crate) struct Instance {
    pub(crate) projector: Arc<dyn Projector>,
    pub(crate) schema: String,
    /// The position of the checkpoint as it was last seen.
    pub(crate) position: Position,
    /// The keys that are parked, as far as is known; only the one who runs it parks any.
    pub(crate) parked: HashSet<String>,
}

impl Instance {
    /// Reads where the build in `schema` stands.
    pub(crate) async fn open(
        conn: &mut PgConnection,
        projector: Arc<dyn Projector>,
        schema: String,
    ) -> Result<Self, Fault> {
        let sql = format!("select position, projector_version from \"{schema}\".checkpoint");
        let (position, version): (Position, i32) = sqlx::query_as(AssertSqlSafe(sql))
            .fetch_one(&mut *conn)
            .await?;
        if version != projector.version() {
            return Err(Fault::Stop(format!(
                "the tables were built by version {version} of the projector and this is version \
                 {}: run `replay rebuild {}`",
                projector.version(),
                projector.name()
            )));
        }
        let parked = parking::keys(conn, &schema).await?;
        Ok(Self {
            projector,
            schema,
            position,
            parked,
        })
    }

    /// The same build for one who takes in the events of some of its keys.
    pub(crate) fn share(&self) -> Self {
        Self {
            projector: Arc::clone(&self.projector),
            schema: self.schema.clone(),
            position: self.position,
            parked: HashSet::new(),
        }
    }

    /// Those of `events` that write rows here.
    pub(crate) fn mine(&self, events: &[Arc<Decoded>]) -> Vec<Keyed> {
        events
            .iter()
            .filter_map(|event| {
                let key = self.projector.key(event)?;
                Some(Keyed {
                    key,
                    event: Arc::clone(event),
                })
            })
            .collect()
    }

    /// Takes in `mine` in one transaction, which moves the checkpoint if the turn says so.
    pub(crate) async fn advance(
        &mut self,
        conn: &mut PgConnection,
        turn: Turn,
        mine: &[Keyed],
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        match self.all_at_once(conn, turn, mine, now).await {
            Err(Fault::Event(reason)) => {
                tracing::warn!(
                    projection = self.schema,
                    reason,
                    "a batch failed; one by one now"
                );
                self.one_by_one(conn, turn, mine, now).await
            }
            done => done,
        }
    }

    async fn all_at_once(
        &mut self,
        conn: &mut PgConnection,
        turn: Turn,
        mine: &[Keyed],
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        let mut tx = conn.begin().await?;
        self.enter(&mut tx, turn, now).await?;
        self.refresh_parked(&mut tx).await?;
        let (behind, free): (Vec<&Keyed>, Vec<&Keyed>) = mine
            .iter()
            .partition(|keyed| self.parked.contains(&keyed.key));
        for keyed in behind {
            parking::park_behind(&mut tx, keyed, now).await?;
        }
        if !free.is_empty() {
            let events = free.iter().map(|keyed| Arc::clone(&keyed.event));
            let events: Vec<Arc<Decoded>> = events.collect();
            apply(&*self.projector, &mut tx, &events, turn.derive()).await?;
        }
        tx.commit().await?;
        self.position = turn.position(self.position);
        Ok(())
    }

    async fn one_by_one(
        &mut self,
        conn: &mut PgConnection,
        turn: Turn,
        mine: &[Keyed],
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        let mut tx = conn.begin().await?;
        self.enter(&mut tx, turn, now).await?;
        self.refresh_parked(&mut tx).await?;
        let mut parked = self.parked.clone();
        for keyed in mine {
            if parked.contains(&keyed.key) {
                parking::park_behind(&mut tx, keyed, now).await?;
                continue;
            }
            let tried = try_one(&*self.projector, &mut tx, &keyed.event, turn.derive()).await?;
            if let Some(reason) = tried {
                parking::park(&mut tx, keyed, &reason, ATTEMPTS_MAX, now).await?;
                parked.insert(keyed.key.clone());
            }
        }
        check_parked(parked.len(), self.projector.name())?;
        tx.commit().await?;
        self.position = turn.position(self.position);
        self.parked = parked;
        Ok(())
    }

    /// Enters the schema. Who moves the checkpoint does it before anything else, so that a rebuild
    /// that has taken the place of the tables is noticed before one of them is named.
    async fn enter(
        &self,
        conn: &mut PgConnection,
        turn: Turn,
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        match turn {
            Turn::To(position) => self.compare_and_set(conn, position, now).await,
            Turn::Share => Ok(schema::enter(conn, &self.schema).await?),
        }
    }

    /// Moves the checkpoint if it is where it was left, and enters the schema.
    async fn compare_and_set(
        &self,
        conn: &mut PgConnection,
        to: Position,
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        let sql = format!(
            "update \"{0}\".checkpoint set position = $1, updated_at = $2 \
             where position = $3 and not retired \
             returning set_config('search_path', quote_ident('{0}'), true)",
            self.schema
        );
        let moved: Option<(String,)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(to)
            .bind(now)
            .bind(self.position)
            .fetch_optional(conn)
            .await?;
        moved.map(|_| ()).ok_or(Fault::Moved)
    }

    /// Keys can be set free by another process, which holds the checkpoint's row while it does.
    async fn refresh_parked(&mut self, conn: &mut PgConnection) -> Result<(), Fault> {
        if !self.parked.is_empty() {
            self.parked = parking::keys(conn, &self.schema).await?;
        }
        Ok(())
    }
}

/// Tries one event under a savepoint, a few times: answers why it failed, if it did.
pub(crate) async fn try_one(
    projector: &dyn Projector,
    conn: &mut PgConnection,
    event: &Arc<Decoded>,
    derive: Derive,
) -> Result<Option<String>, Fault> {
    let mut reason = String::new();
    for _ in 0..ATTEMPTS_MAX {
        let mut savepoint = conn.begin().await?;
        match apply(
            projector,
            &mut savepoint,
            std::slice::from_ref(event),
            derive,
        )
        .await
        {
            Ok(()) => {
                savepoint.commit().await?;
                return Ok(None);
            }
            Err(Fault::Event(why)) => {
                savepoint.rollback().await?;
                reason = why;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(Some(reason))
}

/// Applies a batch; a projector that panics fails like one that says no.
async fn apply(
    projector: &dyn Projector,
    conn: &mut PgConnection,
    events: &[Arc<Decoded>],
    derive: Derive,
) -> Result<(), Fault> {
    match AssertUnwindSafe(projector.apply(conn, events, derive))
        .catch_unwind()
        .await
    {
        Ok(done) => Ok(done?),
        Err(_) => Err(Fault::Event("the projector broke off".to_owned())),
    }
}
