//! The photos of a listing: each is shown and attached in one append, so that no photo is shown
//! that belongs to something else.

use domain::file::{File, FileOwner};
use domain::id::{FileId, ListingId};
use domain::listing::{AddPhoto, Listing, ListingCommand, OrderPhotos, RemovePhoto};
use domain::permission::Permission;

use super::authorize;
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::file::{attach, detach};
use crate::wanted::want;

impl Commands {
    /// Shows a photo with a listing, after those that are there.
    pub async fn add_photo(
        &self,
        context: &Context,
        id: ListingId,
        file: FileId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::ListingChange)?;
            d.decide::<Listing>(id, &ListingCommand::AddPhoto(AddPhoto { file }))?;
            attach(d, file, FileOwner::Listing(id))
        };
        let streams = vec![want::<Listing>(id)?, want::<File>(file)?];
        self.dispatch
            .command(
                context,
                "listing.add_photo",
                file.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Shows a photo with a listing no more.
    pub async fn remove_photo(
        &self,
        context: &Context,
        id: ListingId,
        file: FileId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::ListingChange)?;
            d.decide::<Listing>(id, &ListingCommand::RemovePhoto(RemovePhoto { file }))?;
            detach(d, file, FileOwner::Listing(id))
        };
        let streams = vec![want::<Listing>(id)?, want::<File>(file)?];
        self.dispatch
            .command(
                context,
                "listing.remove_photo",
                file.to_string(),
                streams,
                &decide,
            )
            .await
    }

    /// Shows the photos of a listing in another order.
    pub async fn order_photos(
        &self,
        context: &Context,
        id: ListingId,
        photos: Vec<FileId>,
    ) -> Result<Done, CommandError> {
        let command = ListingCommand::OrderPhotos(OrderPhotos { photos });
        self.on_listing(
            context,
            "listing.order_photos",
            id,
            Permission::ListingChange,
            command,
        )
        .await
    }
}
