//! The photos of a listing: each is shown and attached in one append, so that no photo is shown
//! that belongs to something else.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::docket::Docket;
use domain::file::{File, FileOwner};
use domain::id::{FileId, ListingId};
use domain::inventory::Inventory;
use domain::listing::{AddPhoto, Listing, ListingCommand, OrderPhotos, RemovePhoto};
use domain::permission::Permission;

use super::authorize;
use super::standing::{building_of, keep_docket};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::{Decide, Done};
use crate::error::CommandError;
use crate::file::{attach, detach};
use crate::wanted::want;

/// The photos of a listing that is there, whatever their order.
fn photos(listing: &Listing) -> BTreeSet<FileId> {
    let shown = listing.present().map(|listing| &listing.photos);
    shown.into_iter().flatten().copied().collect()
}

impl Commands {
    /// Runs `decide` on a listing and its inventory, after which the listing shows no photo, and
    /// lets its photos go; they are looked up again when they have become others meanwhile.
    pub(super) async fn without_photos(
        &self,
        context: &Context,
        name: &'static str,
        id: ListingId,
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let attempt = |state: Arc<Listing>| async move {
            let looked = photos(&state);
            let building = building_of(&state);
            let guarded = |d: &mut Decision<'_>| {
                let before = d.state::<Listing>(id)?;
                let moved = photos(before) != looked || building_of(before) != building;
                decide(d)?;
                if moved {
                    return Err(CommandError::Moved);
                }
                keep_docket(d, id, building, None)?;
                let mut files = looked.iter();
                files.try_for_each(|file| detach(d, *file, FileOwner::Listing(id)))
            };
            let mut streams = vec![want::<Listing>(id)?, want::<Inventory>(id)?];
            for file in &looked {
                streams.push(want::<File>(*file)?);
            }
            streams.extend(building.map(want::<Docket>).transpose()?);
            let answer_id = id.to_string();
            self.dispatch
                .command(context, name, answer_id, streams, &guarded)
                .await
        };
        self.dispatch.as_looked_up(id, attempt).await
    }

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
