//! A build by many side by side: the journal is read and decoded once, and each event goes to the
//! one who has its key, so that the events of a key keep their order.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use eventstore::{Clock, Position};
use sqlx::PgConnection;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Maintenance, Progress};
use crate::fault::Fault;
use crate::instance::{Instance, Keyed, Turn, check_parked};
use crate::replay::Replay;
use crate::schema;

/// How many rounds may wait for one of those who build.
const ROUNDS_WAITING: usize = 1;

/// Builds the tables of `whole` from the events up to `to`, without what is derived and without
/// the checkpoint. Whoever drops this stops it.
pub(super) async fn build(
    maintenance: &Maintenance,
    whole: &Instance,
    to: Position,
    progress: Progress<'_>,
) -> Result<(), Fault> {
    let mut builders = JoinSet::new();
    let mut shares = Vec::new();
    for _ in 0..maintenance.workers {
        let (sender, rounds) = mpsc::channel(ROUNDS_WAITING);
        shares.push(sender);
        let builder = Builder {
            conn: schema::connect(&maintenance.workplace.options).await?,
            instance: whole.share(),
            clock: Arc::clone(&maintenance.workplace.clock),
            rounds,
        };
        builders.spawn(builder.run());
    }
    let replay = Replay::by_pages(
        Arc::clone(&maintenance.workplace.journal),
        whole.position + 1..=to,
        maintenance.round_events_max,
    );
    let dealt = deal(whole, to, replay, &shares, progress).await;
    // With nobody left to send, everyone comes to an end.
    drop(shares);
    let mut parked = 0;
    while let Some(built) = builders.join_next().await {
        parked += built.map_err(|error| Fault::Stop(error.to_string()))??;
    }
    dealt?;
    check_parked(parked, whole.projector.name())
}

/// Gives each event to the one who has its key.
async fn deal(
    whole: &Instance,
    to: Position,
    mut replay: Replay,
    shares: &[mpsc::Sender<Vec<Keyed>>],
    progress: Progress<'_>,
) -> Result<(), Fault> {
    while let Some(events) = replay.next().await? {
        let reached = events.last().map_or(to, |last| last.position());
        let mut dealt: Vec<Vec<Keyed>> = shares.iter().map(|_| Vec::new()).collect();
        for keyed in whole.mine(&events) {
            dealt[share_of(&keyed.key, shares.len())].push(keyed);
        }
        for (share, mine) in shares.iter().zip(dealt) {
            if !mine.is_empty() && share.send(mine).await.is_err() {
                // It has failed, and says so itself.
                return Ok(());
            }
        }
        progress(reached, to);
    }
    Ok(())
}

/// Who of so many has `key`.
fn share_of(key: &str, shares: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let remainder = hasher.finish() % shares as u64;
    usize::try_from(remainder).unwrap_or_default()
}

/// One of those who build.
struct Builder {
    conn: PgConnection,
    instance: Instance,
    clock: Arc<dyn Clock>,
    rounds: mpsc::Receiver<Vec<Keyed>>,
}

impl Builder {
    /// Takes in its share; answers how many keys it has parked.
    async fn run(mut self) -> Result<usize, Fault> {
        while let Some(mine) = self.rounds.recv().await {
            let now = self.clock.now();
            let Self { conn, instance, .. } = &mut self;
            instance.advance(conn, Turn::Share, &mine, now).await?;
        }
        Ok(self.instance.parked.len())
    }
}
