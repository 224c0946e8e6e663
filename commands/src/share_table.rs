//! Commands on the shares of a building's lots.

use chrono::NaiveDate;
use domain::building::Building;
use domain::id::{BuildingId, ShareTableId};
use domain::permission::Permission;
use domain::share_table::{CloseShares, ShareTable, ShareTableCommand};

use crate::Commands;
use crate::building::authorize;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Fixes the shares that the lots of a building have for `key` at this moment, to count from a
    /// day on, if they add up to `total`. Answers the table's id.
    pub async fn close_shares(
        &self,
        context: &Context,
        building: BuildingId,
        key: &str,
        from: NaiveDate,
        total: u64,
    ) -> Result<Done, CommandError> {
        let id = ShareTableId::of(building, key, from);
        let decide = |d: &mut Decision<'_>| {
            authorize(d, building, Permission::BuildingChange)?;
            let standing = d.state::<Building>(building)?.standing();
            let lots = standing.iter().flat_map(|standing| &standing.lots);
            let parts = lots.filter_map(|(lot, of)| Some((*lot, *of.shares.get(key)?)));
            let close = CloseShares {
                building,
                key: key.to_owned(),
                from,
                total,
                parts: parts.filter(|(_, part)| *part > 0).collect(),
            };
            d.decide::<ShareTable>(id, &ShareTableCommand::Close(close))
                .map(drop)
        };
        let streams = vec![want::<ShareTable>(id)?, want::<Building>(building)?];
        self.dispatch
            .command(
                context,
                "share_table.close",
                id.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Takes a table back as wrong.
    pub async fn withdraw_shares(
        &self,
        context: &Context,
        building: BuildingId,
        id: ShareTableId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, building, Permission::BuildingChange)?;
            let shares = d.state::<ShareTable>(id)?.shares();
            if shares.is_none_or(|shares| shares.building != building) {
                return Err(CommandError::unknown("share_table"));
            }
            d.decide::<ShareTable>(id, &ShareTableCommand::Withdraw)
                .map(drop)
        };
        let streams = vec![want::<ShareTable>(id)?, want::<Building>(building)?];
        self.dispatch
            .command(
                context,
                "share_table.withdraw",
                id.to_string(),
                streams,
                &decide,
            )
            .await
    }
}
