//! Commands on listings and on the dates of their inventories.

mod photos;
mod standing;

use domain::building::Building;
use domain::id::{BlockId, ListingId};
use domain::inventory::{
    BlockNights, Inventory, InventoryCommand, OpenInventory, ResizeInventory, UnblockNights,
};
use domain::listing::{
    ChangeListing, CreateListing, DeleteListing, Listing, ListingCommand, Place, PriceListing,
    Pricing, PublishListing, UnpublishListing,
};
use domain::permission::{Permission, Scope};
use domain::{Personal, RefusalKind, Span};

use crate::Commands;
use crate::authorize::Owners;
use crate::context::{Context, Who};
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{fresh, want};

impl Commands {
    /// Describes something that can be booked, and opens its inventory.
    pub async fn create_listing(
        &self,
        context: &Context,
        id: ListingId,
        command: &CreateListing,
    ) -> Result<Done, CommandError> {
        let mut streams = vec![fresh::<Listing>(id)?, fresh::<Inventory>(id)?];
        streams.extend(command.place.building.map(want::<Building>).transpose()?);
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ListingCreate)?;
            d.require_for(command.host, Permission::ListingChange)?;
            check_place(d, &command.place)?;
            let create = ListingCommand::Create(Box::new(command.clone()));
            if !d.decide::<Listing>(id, &create)? {
                return Ok(());
            }
            let Some(terms) = d.state::<Listing>(id)?.stay_terms(id) else {
                return Ok(());
            };
            let open = OpenInventory {
                units: terms.units,
                zone: terms.zone,
                at: command.at,
            };
            d.decide::<Inventory>(id, &InventoryCommand::Open(open))
                .map(drop)
        };
        self.dispatch
            .command(context, "listing.create", id.to_string(), streams, &decide)
            .await
    }

    /// Gives some fields of a listing other values; units together with the inventory.
    pub async fn change_listing(
        &self,
        context: &Context,
        id: ListingId,
        command: &ChangeListing,
    ) -> Result<Done, CommandError> {
        let building = command.place.and_then(|place| place.building);
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::ListingChange)?;
            if let Some(place) = &command.place {
                check_place(d, place)?;
            }
            if let Some(units) = command.units {
                let resize = ResizeInventory {
                    units,
                    at: command.at,
                };
                d.decide::<Inventory>(id, &InventoryCommand::Resize(resize))?;
            }
            let change = ListingCommand::Change(Box::new(command.clone()));
            d.decide::<Listing>(id, &change).map(drop)
        };
        let place = (building, &[want::<Inventory>(id)?][..]);
        self.where_it_stands(context, "listing.change", id, place, &decide)
            .await
    }

    /// Replaces the prices of a listing as a whole.
    pub async fn price_listing(
        &self,
        context: &Context,
        id: ListingId,
        pricing: Pricing,
    ) -> Result<Done, CommandError> {
        let command = ListingCommand::Price(PriceListing {
            pricing,
            at: context.at,
        });
        self.on_listing(
            context,
            "listing.price",
            id,
            Permission::ListingChange,
            command,
        )
        .await
    }

    /// Lets a listing be found and booked.
    pub async fn publish_listing(
        &self,
        context: &Context,
        id: ListingId,
    ) -> Result<Done, CommandError> {
        let command = ListingCommand::Publish(PublishListing { at: context.at });
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::ListingPublish)?;
            d.decide::<Listing>(id, &command).map(drop)
        };
        self.where_it_stands(context, "listing.publish", id, (None, &[]), &decide)
            .await
    }

    /// Lets a listing be booked no more; its bookings stand.
    pub async fn unpublish_listing(
        &self,
        context: &Context,
        id: ListingId,
    ) -> Result<Done, CommandError> {
        let command = ListingCommand::Unpublish(UnpublishListing { at: context.at });
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::ListingPublish)?;
            d.decide::<Listing>(id, &command).map(drop)
        };
        self.where_it_stands(context, "listing.unpublish", id, (None, &[]), &decide)
            .await
    }

    /// Removes a listing for good, if no night from today on is taken. Its photos are let go with
    /// it, in the same append.
    pub async fn delete_listing(
        &self,
        context: &Context,
        id: ListingId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::ListingDelete)?;
            let at = context.at;
            let stock = d.state::<Inventory>(id)?.stock();
            let taken = stock.is_some_and(|stock| stock.is_taken_from(at));
            let delete = ListingCommand::Delete(DeleteListing { taken, at });
            d.decide::<Listing>(id, &delete).map(drop)
        };
        self.without_photos(context, "listing.delete", id, &decide)
            .await
    }

    /// Keeps nights of a listing from being booked. Answers the id of the block.
    pub async fn block_dates(
        &self,
        context: &Context,
        id: ListingId,
        block: BlockId,
        span: Span,
        reason: Option<String>,
    ) -> Result<Done, CommandError> {
        let at = context.at;
        // What no user says is about nobody but the listing.
        let speaker = match context.who {
            Who::User { user, .. } => user.0,
            Who::Process(_) | Who::Operator | Who::Anonymous => id.0,
        };
        let block_nights = BlockNights {
            block,
            span,
            units: None,
            reason: reason.map(|reason| Personal::new(speaker, reason)),
            cancelled: None,
            at,
        };
        let command = InventoryCommand::Block(block_nights);
        self.on_dates(context, "listing.block_dates", id, block, &|_| {
            command.clone()
        })
        .await
    }

    /// Lets blocked nights be booked again.
    pub async fn free_dates(
        &self,
        context: &Context,
        id: ListingId,
        block: BlockId,
    ) -> Result<Done, CommandError> {
        let command = |by_platform| {
            InventoryCommand::Unblock(UnblockNights {
                block,
                by_platform,
                at: context.at,
            })
        };
        self.on_dates(context, "listing.free_dates", id, block, &command)
            .await
    }

    async fn on_listing(
        &self,
        context: &Context,
        name: &'static str,
        id: ListingId,
        permission: fn(domain::permission::Scope) -> Permission,
        command: ListingCommand,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, permission)?;
            d.decide::<Listing>(id, &command).map(drop)
        };
        let streams = vec![want::<Listing>(id)?];
        self.dispatch
            .command(context, name, id.to_string(), streams, &decide)
            .await
    }

    async fn on_dates(
        &self,
        context: &Context,
        name: &'static str,
        id: ListingId,
        block: BlockId,
        command: &(dyn Fn(bool) -> InventoryCommand + Send + Sync),
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::ListingChange)?;
            let permissions = d.permissions()?;
            let by_platform = permissions.allows(Permission::ListingChange(Scope::Any));
            d.decide::<Inventory>(id, &command(by_platform)).map(drop)
        };
        let streams = vec![want::<Inventory>(id)?, want::<Listing>(id)?];
        self.dispatch
            .command(context, name, block.to_string(), streams, &decide)
            .await
    }
}

/// A listing stands only in a building, and a lot of it, that there is and that its host manages.
fn check_place(d: &Decision<'_>, place: &Place) -> Result<(), CommandError> {
    let Some(building) = place.building else {
        return match place.lot {
            Some(_) => Err(CommandError::refused(
                RefusalKind::Invalid,
                "lot_without_building",
                "a lot is named together with its building",
            )),
            None => Ok(()),
        };
    };
    let standing = d.state::<Building>(building)?.standing();
    let standing = standing.ok_or_else(|| CommandError::unknown("building"))?;
    let owner = [standing.owner];
    let (change, show) = (Permission::BuildingChange, Permission::BuildingShow);
    d.require_over("building", change, show, Owners::of(&owner))?;
    match place.lot {
        Some(lot) if !standing.lots.contains_key(&lot) => Err(CommandError::unknown("lot")),
        _ => Ok(()),
    }
}

fn authorize(
    d: &Decision<'_>,
    id: ListingId,
    permission: fn(domain::permission::Scope) -> Permission,
) -> Result<(), CommandError> {
    let listing = d.state::<Listing>(id)?.present();
    let listing = listing.ok_or_else(|| CommandError::unknown("listing"))?;
    let owners = [listing.host];
    let owners = Owners::of(&owners);
    // A published listing can be seen by all, so that there is one is no secret.
    match d.require_over("listing", permission, Permission::ListingShow, owners) {
        Err(CommandError::Refused(r)) if r.kind == RefusalKind::Unknown && listing.published => {
            Err(CommandError::forbidden(permission(
                domain::permission::Scope::Any,
            )))
        }
        answer => answer,
    }
}
