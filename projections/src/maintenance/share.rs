//! A build by many side by side: the journal is read and decoded once, and each event goes to the
//! one who has its key, so that the events of a key keep their order.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use eventstore::{Clock, Journal, Position, Recorded};
use sqlx::PgConnection;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Maintenance, Progress};
use crate::decoded::Batch;
use crate::fault::Fault;
use crate::inbox;
use crate::instance::{Instance, Keyed, Turn, check_parked};
use crate::schema;

/// How many rounds may wait for one of those who build.
const ROUNDS_WAITING: usize = 1;

type Page = Result<Vec<Arc<Recorded>>, Fault>;

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
    let (sender, pages) = mpsc::channel(ROUNDS_WAITING);
    let journal = Arc::clone(&maintenance.workplace.journal);
    let round = maintenance.round_events_max;
    let mut reading = JoinSet::new();
    reading.spawn(read(journal, whole.position, to, round, sender));
    let dealt = deal(whole, to, pages, &shares, progress).await;
    // With nobody left to send, everyone comes to an end.
    drop(shares);
    let mut parked = 0;
    while let Some(built) = builders.join_next().await {
        parked += built.map_err(|error| Fault::Stop(error.to_string()))??;
    }
    dealt?;
    check_parked(parked, whole.projector.name())
}

/// Reads the journal ahead of those who build.
async fn read(
    journal: Arc<dyn Journal>,
    after: Position,
    to: Position,
    round: Position,
    pages: mpsc::Sender<Page>,
) {
    let mut position = after;
    while position < to {
        let page = inbox::page(&*journal, position, to.min(position + round)).await;
        position = match &page {
            Ok(page) => page.last().map_or(to, |event| event.position),
            Err(_) => to,
        };
        if pages.send(page).await.is_err() {
            return;
        }
    }
}

/// Decodes what is read, and gives each event to the one who has its key.
async fn deal(
    whole: &Instance,
    to: Position,
    mut pages: mpsc::Receiver<Page>,
    shares: &[mpsc::Sender<Vec<Keyed>>],
    progress: Progress<'_>,
) -> Result<(), Fault> {
    while let Some(page) = pages.recv().await {
        let batch = Batch::read(page?);
        let reached = batch.last().unwrap_or(to);
        let mut dealt: Vec<Vec<Keyed>> = shares.iter().map(|_| Vec::new()).collect();
        for keyed in whole.mine(&batch.events) {
            dealt[share_of(&keyed.key, shares.len())].push(keyed);
        }
        for (share, mine) in shares.iter().zip(dealt) {
            if !mine.is_empty() && share.send(mine).await.is_err() {
                // It has failed, and says so itself.
                return Ok(());
            }
        }
        if let Some(broken) = batch.broken {
            return Err(Fault::Stop(broken.to_string()));
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
