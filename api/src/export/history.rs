//! What happened to one thing: each noun has a route of its own for it.

use serde::Deserialize;

use super::Rows;
use super::lists::Ask;
use crate::json::word;
use crate::problem::Problem;
use crate::query::FromText;
use crate::routes::lists::stories as routes;

/// What has a history of its own.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Noun {
    Booking,
    Building,
    Equipment,
    Export,
    File,
    Incident,
    Listing,
    Occupancy,
    Outage,
    Payment,
    ShareTable,
    SlaPolicy,
    User,
    WorkOrder,
}

impl FromText for Noun {
    fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
        word(text)
    }
}

/// A page of what happened to the thing that the filters name.
pub(super) async fn page(mut ask: Ask) -> Result<Rows, Problem> {
    let Some(noun) = ask.params.require("noun") else {
        return Err(ask.params.refused());
    };
    match noun {
        Noun::Booking => ask.below("id", routes::booking).await,
        Noun::Building => ask.below("id", routes::building).await,
        Noun::Equipment => ask.below("id", routes::equipment).await,
        Noun::Export => ask.below("id", routes::export).await,
        Noun::File => ask.below("id", routes::file).await,
        Noun::Incident => ask.below("id", routes::incident).await,
        Noun::Listing => ask.below("id", routes::listing).await,
        Noun::Occupancy => ask.deep(["building", "lot"], routes::occupancy).await,
        Noun::Outage => ask.below("id", routes::outage).await,
        Noun::Payment => ask.below("id", routes::payment).await,
        Noun::ShareTable => ask.deep(["building", "id"], routes::share_table).await,
        Noun::SlaPolicy => ask.below("id", routes::sla_policy).await,
        Noun::User => ask.below("id", routes::user).await,
        Noun::WorkOrder => ask.deep(["equipment", "id"], routes::work_order).await,
    }
}
