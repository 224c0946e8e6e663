//! Hears from the writers of other processes: by notification, and by looking if none comes.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use tokio::time::{sleep, timeout};

use super::insert::CHANNEL;
use super::live::Live;
use super::read;
use crate::readers::Readers;

const POLL_DELAY: Duration = Duration::from_millis(100);
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// The one connection that is listened on, to where `pool` leads.
pub(super) fn own_pool(pool: &PgPool) -> PgPool {
    let options = PgPoolOptions::new().max_connections(1);
    options.connect_lazy_with((*pool.connect_options()).clone())
}

/// Runs until it is aborted. Only readers depend on it, and only for being woken early: a lost
/// notification costs them one poll.
pub(super) async fn run(own: PgPool, readers: Readers, live: Arc<Live>) {
    let mut was_connected = false;
    loop {
        match listener(&own).await {
            Ok(mut listener) => {
                if std::mem::replace(&mut was_connected, true) {
                    live.begin_epoch();
                }
                hear(&mut listener, &readers, &live).await;
            }
            Err(error) => tracing::debug!(%error, "no notifications for the moment"),
        }
        look(&readers, &live).await;
        sleep(RETRY_DELAY).await;
    }
}

async fn listener(pool: &PgPool) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn hear(listener: &mut PgListener, readers: &Readers, live: &Live) {
    loop {
        match timeout(POLL_DELAY, listener.try_recv()).await {
            // What this process has written itself, its readers are handed.
            Ok(Ok(Some(call))) if live.is_writer(call.process_id()) => {}
            Ok(Ok(Some(notification))) => {
                if let Ok(head) = notification.payload().parse() {
                    live.heard(head);
                }
            }
            Ok(Ok(None) | Err(_)) => return,
            Err(_) => look(readers, live).await,
        }
    }
}

/// Looks where the journal ends, if there is anyone who would like to know.
async fn look(readers: &Readers, live: &Live) {
    if live.hint.receiver_count() == 0 {
        return;
    }
    if let Ok(head) = read::head(readers).await {
        live.heard(head);
    }
}
