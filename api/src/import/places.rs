//! How many tables that are sent are held and read at a time: a small file may be a large table.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Tables whose bytes are held at a time.
const HELD_MAX: usize = 4;
/// How long a table waits for its place.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the bytes of a table may take to come.
pub const SENT_WITHIN: Duration = Duration::from_mins(2);

/// The places of tables.
#[derive(Debug)]
pub struct Places {
    held: Semaphore,
    read: Semaphore,
    patience: Duration,
}

/// All places were taken for as long as one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Default for Places {
    fn default() -> Self {
        Self {
            held: Semaphore::new(HELD_MAX),
            read: Semaphore::new(1),
            patience: PATIENCE,
        }
    }
}

impl Places {
    /// A place for the bytes of a table, to be asked for before they come.
    pub async fn hold(&self) -> Result<SemaphorePermit<'_>, Full> {
        within(&self.held, self.patience).await
    }

    /// The one place in which a table is read.
    pub async fn read(&self) -> Result<SemaphorePermit<'_>, Full> {
        within(&self.read, self.patience).await
    }
}

async fn within(places: &Semaphore, patience: Duration) -> Result<SemaphorePermit<'_>, Full> {
    match timeout(patience, places.acquire()).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) | Err(_) => Err(Full),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_table_is_read_at_a_time_and_others_wait_but_not_for_ever() {
        let places = Places {
            patience: Duration::from_millis(1),
            ..Places::default()
        };
        let reading = places.read().await.unwrap();
        assert_eq!(places.read().await.err(), Some(Full));
        drop(reading);
        assert!(places.read().await.is_ok());
        let mut held = Vec::new();
        for _ in 0..HELD_MAX {
            held.push(places.hold().await.unwrap());
        }
        assert_eq!(places.hold().await.err(), Some(Full));
    }
}
