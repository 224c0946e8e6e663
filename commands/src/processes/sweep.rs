//! Looking for deadlines that have passed and effects without an answer.

use std::time::Duration;

use domain::id::{BookingId, EquipmentId, IncidentId};
use projections::processes as read_model;
use uuid::Uuid;

use super::runner::{Questions, Runner};
use super::{
    Cause, HOLD_EXPIRY, MAINTENANCE, SERVICE_LEVEL, hold_expiry, maintenance, service_level,
};
use crate::Commands;
use crate::error::CommandError;

/// How many due deadlines and open effects are taken at a time.
const SWEEP: u32 = 500;
/// How often the read model is looked for at the start, and how long that is waited for.
const LOOKS_BEFORE_WARNING: u32 = 100;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Runner {
    /// Looks again and again for deadlines that have passed and effects without an answer.
    pub(super) async fn sweep(&self, questions: Questions) {
        self.wait_for_read_model().await;
        loop {
            if let Err(error) = self.sweep_once(&questions).await {
                tracing::warn!(%error, "deadlines could not be looked at; trying again");
            }
            tokio::time::sleep(self.settings.sweep_every).await;
        }
    }

    /// At the first start of all, the read model is made at the same moment. That is worth no
    /// warning, unless it takes long.
    async fn wait_for_read_model(&self) {
        for _ in 0..LOOKS_BEFORE_WARNING {
            let now = self.commands.clock().now();
            if read_model::due(&self.place.readers, now, 1).await.is_ok() {
                return;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn sweep_once(&self, questions: &Questions) -> Result<(), CommandError> {
        let unavailable =
            |error: projections::QueryError| CommandError::Unavailable(error.to_string());
        let now = self.commands.clock().now();
        for deadline in read_model::due(&self.place.readers, now, SWEEP)
            .await
            .map_err(unavailable)?
        {
            let cause = Cause {
                at: now,
                event: None,
                correlation: None,
            };
            let process = &deadline.process_id;
            if let Err(error) = wake(&self.commands, cause, process).await {
                tracing::warn!(%error, process, "a deadline could not be kept; trying again");
            }
        }
        let open = read_model::open_effects(&self.place.readers, now, SWEEP)
            .await
            .map_err(unavailable)?;
        for effect in open {
            if self.is_to_be_asked(&effect.key, now).await {
                let process = &effect.process_id;
                // One that cannot be asked for keeps no other from being asked for.
                if let Err(error) = self.ask(process, &effect.key, questions).await {
                    tracing::warn!(%error, process, "an effect could not be asked for; trying again");
                }
            }
        }
        Ok(())
    }
}

/// Drives the process that a deadline belongs to: one line for each kind that sets deadlines.
async fn wake(commands: &Commands, cause: Cause, process: &str) -> Result<(), CommandError> {
    let Some((kind, subject)) = process.split_once(':') else {
        return Ok(());
    };
    let Ok(subject) = subject.parse::<Uuid>() else {
        return Ok(());
    };
    match kind {
        HOLD_EXPIRY => hold_expiry::drive(commands, cause, BookingId(subject)).await,
        MAINTENANCE => maintenance::drive(commands, cause, EquipmentId(subject)).await,
        SERVICE_LEVEL => service_level::drive(commands, cause, IncidentId(subject)).await,
        _ => Ok(()),
    }
}
