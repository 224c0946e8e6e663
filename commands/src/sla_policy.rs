//! Commands on service levels.

use domain::building::Building;
use domain::id::{BuildingId, SlaPolicyId};
use domain::permission::{Permission, Scope};
use domain::sla_policy::{PolicyOf, SetSlaPolicy, SlaPolicy, SlaPolicyCommand, Terms};

use crate::Commands;
use crate::authorize::Owners;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

impl Commands {
    /// Sets the service level of a building, or that of all buildings without their own.
    pub async fn set_sla_policy(
        &self,
        context: &Context,
        building: Option<BuildingId>,
        terms: Terms,
    ) -> Result<Done, CommandError> {
        let (id, holds_for) = match building {
            Some(building) => (SlaPolicyId::of(building), PolicyOf::Building { building }),
            None => (SlaPolicyId::EVERYTHING, PolicyOf::Everything),
        };
        let command = SlaPolicyCommand::Set(SetSlaPolicy { holds_for, terms });
        let decide = |d: &mut Decision<'_>| {
            match building {
                None => d.require(Permission::SlaPolicyChange(Scope::Any))?,
                Some(building) => over_building(d, building, Permission::SlaPolicyChange)?,
            }
            d.decide::<SlaPolicy>(id, &command).map(drop)
        };
        let mut streams = vec![want::<SlaPolicy>(id)?];
        if let Some(building) = building {
            streams.push(want::<Building>(building)?);
        }
        self.dispatch
            .command(context, "sla_policy.set", id.to_string(), streams, &decide)
            .await
    }
}

/// Asks that the caller may do this in the building, or else lets him see none.
pub(crate) fn over_building(
    d: &Decision<'_>,
    building: BuildingId,
    permission: fn(Scope) -> Permission,
) -> Result<(), CommandError> {
    let standing = d.state::<Building>(building)?.standing();
    let owner = [standing
        .ok_or_else(|| CommandError::unknown("building"))?
        .owner];
    let show = Permission::BuildingShow;
    d.require_over("building", permission, show, Owners::of(&owner))
}
