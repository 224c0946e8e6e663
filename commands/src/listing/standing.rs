//! Where a published listing stands: told on the docket of its building, so that the building is
//! not deleted under it.

use std::sync::Arc;

use domain::building::Building;
use domain::docket::{Docket, DocketCommand};
use domain::id::{BuildingId, ListingId};
use domain::listing::Listing;

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::{Decide, Done};
use crate::error::CommandError;
use crate::wanted::{Wanted, want};

/// The building that a listing stands in.
pub(super) fn building_of(listing: &Listing) -> Option<BuildingId> {
    listing.present().and_then(|listing| listing.place.building)
}

/// The building whose docket a listing is on.
fn published_in(listing: &Listing) -> Option<BuildingId> {
    let listing = listing.present().filter(|listing| listing.published)?;
    listing.place.building
}

/// Lets the docket of `before`, and of where it stands now, say what is so. It was published in
/// `was`; one whose building was deleted before there were such dockets can still be changed.
pub(super) fn keep_docket(
    d: &mut Decision<'_>,
    id: ListingId,
    before: Option<BuildingId>,
    was: Option<BuildingId>,
) -> Result<(), CommandError> {
    let after = published_in(d.state::<Listing>(id)?);
    if let Some(before) = before.filter(|before| Some(*before) != after) {
        d.decide::<Docket>(before, &DocketCommand::LeaveListing(id))?;
    }
    let Some(after) = after else { return Ok(()) };
    if d.state::<Building>(after)?.standing().is_none() {
        return if was == Some(after) {
            Ok(())
        } else {
            Err(CommandError::unknown("building"))
        };
    }
    d.decide::<Docket>(after, &DocketCommand::EnterListing(id))
        .map(drop)
}

impl Commands {
    /// Runs `decide` on a listing and `more`, and keeps the docket of its building, or of `next`
    /// where it may stand afterwards; looked up again when it has moved meanwhile.
    pub(super) async fn where_it_stands(
        &self,
        context: &Context,
        name: &'static str,
        id: ListingId,
        (next, more): (Option<BuildingId>, &[Wanted]),
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let attempt = |state: Arc<Listing>| async move {
            let looked = building_of(&state);
            let guarded = |d: &mut Decision<'_>| {
                if building_of(d.state::<Listing>(id)?) != looked {
                    return Err(CommandError::Moved);
                }
                let was = published_in(d.state::<Listing>(id)?);
                decide(d)?;
                keep_docket(d, id, looked, was)
            };
            let mut streams = vec![want::<Listing>(id)?];
            streams.extend(more.iter().cloned());
            let next = next.filter(|next| Some(*next) != looked);
            for building in looked.into_iter().chain(next) {
                streams.push(want::<Building>(building)?);
                streams.push(want::<Docket>(building)?);
            }
            let answer_id = id.to_string();
            self.dispatch
                .command(context, name, answer_id, streams, &guarded)
                .await
        };
        self.dispatch.as_looked_up(id, attempt).await
    }
}
