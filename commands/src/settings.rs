//! Commands on the settings of the platform.

use std::sync::Arc;

use domain::permission::Permission;
use domain::settings::{PLATFORM, Settings, SettingsChanged, SettingsCommand};

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Gives some settings other values, for what is decided from now on.
    pub async fn change_settings(
        &self,
        context: &Context,
        change: SettingsChanged,
    ) -> Result<Done, CommandError> {
        let command = SettingsCommand::Change(change);
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ConfigChange)?;
            d.decide::<Settings>(PLATFORM, &command).map(drop)
        };
        let streams = vec![want::<Settings>(PLATFORM)?];
        let answer_id = PLATFORM.to_owned();
        self.dispatch
            .command(context, "settings.change", answer_id, streams, &decide)
            .await
    }

    /// The settings as far as this process knows, and the version of their stream.
    pub async fn platform_settings(
        &self,
    ) -> Result<(Arc<Settings>, eventstore::Version), CommandError> {
        self.dispatch.peek::<Settings>(PLATFORM).await
    }
}
