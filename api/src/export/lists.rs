//! The lists, each asked for by its own route.

use std::collections::BTreeMap;

use axum::extract::State;
use domain::export::ExportList;
use domain::id::BuildingId;
use serde::Serialize;
use serde_json::Value;

use super::{Rows, Wanted};
use crate::answer::Json;
use crate::extract::{Anyone, Id};
use crate::json::Fault;
use crate::problem::Problem;
use crate::query::{FromParams, FromText, Items, Page, Paged, Params};
use crate::routes::lists as routes;

/// A page of the list.
pub(super) async fn page(
    wanted: &Wanted,
    limit: u32,
    cursor: Option<String>,
    min_position: Option<i64>,
) -> Result<Rows, Problem> {
    let Wanted {
        app,
        actor,
        list,
        filters,
        ..
    } = wanted;
    let (state, actor, filters) = (State(app.clone()), actor.clone(), filters.clone());
    let page = Page {
        limit,
        cursor,
        min_position,
    };
    match list {
        ExportList::Users => rows(routes::users(state, actor, paged(filters, page)?).await?),
        ExportList::Buildings => {
            rows(routes::buildings(state, actor, paged(filters, page)?).await?)
        }
        ExportList::Lots => {
            let (building, filters) = building_of(filters)?;
            rows(routes::lots(state, actor, Id(building), paged(filters, page)?).await?)
        }
        ExportList::Occupants => {
            rows(routes::occupants(state, actor, paged(filters, page)?).await?)
        }
        ExportList::Equipment => {
            rows(routes::equipment(state, actor, paged(filters, page)?).await?)
        }
        ExportList::Incidents => {
            rows(routes::incidents(state, actor, paged(filters, page)?).await?)
        }
        ExportList::Listings => {
            let anyone = Anyone(Some(actor.0));
            rows(routes::listings(state, anyone, paged(filters, page)?).await?)
        }
        ExportList::MyListings => {
            rows(routes::my_listings(state, actor, paged(filters, page)?).await?)
        }
        ExportList::Bookings => rows(routes::bookings(state, actor, paged(filters, page)?).await?),
        ExportList::Payments => rows(routes::payments(state, actor, paged(filters, page)?).await?),
    }
}

/// The page and the filters, read as strictly as those of a request.
fn paged<T: FromParams>(
    filters: BTreeMap<String, String>,
    page: Page,
) -> Result<Paged<T>, Problem> {
    let asked = format!("export {filters:?}");
    let mut params = Params::given(filters);
    let filter = T::from_params(&mut params);
    Ok(Paged {
        page,
        filter: params.finish(filter)?,
        asked,
    })
}

/// The lots of a building have it in their path.
fn building_of(
    mut filters: BTreeMap<String, String>,
) -> Result<(BuildingId, BTreeMap<String, String>), Problem> {
    let text = filters.remove("building").unwrap_or_default();
    let building = BuildingId::from_text(&text).map_err(|(code, detail)| {
        let fault = Fault::of("building", code, detail);
        Problem::faults("parameter_invalid", vec![fault])
    })?;
    Ok((building, filters))
}

fn rows<T: Serialize>(Json(items): Json<Items<T>>) -> Result<Rows, Problem> {
    let rows: Result<Vec<Value>, _> = items.items.iter().map(serde_json::to_value).collect();
    Ok(Rows {
        rows: rows.map_err(|error| Problem::internal(&error))?,
        next: items.next_cursor,
    })
}
