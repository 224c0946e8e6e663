//! Where one lives and what one owns.

use axum::extract::State;
use chrono::NaiveDate;
use domain::id::UserId;
use domain::occupancy::OccupantKind;
use domain::permission::{Permission, Scope};
use projections::occupants::{self, OccupantFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::buildings::{OccupantView, word};
use crate::answer::Json;
use crate::app::App;
use crate::extract::Actor;
use crate::problem::Problem;
use crate::query::{Items, Page, Paged, parameters};

/// The routes below `/occupants`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default().routes(routes!(list))
}

parameters! {
    /// Which occupants.
    pub struct OwnParameters {
        /// The user that they are; only those who may see anyone's need it.
        #[param(value_type = Option<Uuid>)]
        pub user: Option<UserId>,
        /// `owner` or `tenant`.
        #[param(value_type = Option<String>)]
        pub kind: Option<OccupantKind>,
        /// Those who are there on this day.
        pub at: Option<NaiveDate>,
    }
}

/// Lists the lots that one owns and rents, did or will; for those who may see anyone's, of all.
#[utoipa::path(get, path = "/api/v1/occupants", tag = "occupants", security(("bearer" = [])),
    params(Page, OwnParameters), responses((status = 200, body = Items<OccupantView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<OwnParameters>,
) -> Result<Json<Items<OccupantView>>, Problem> {
    actor.require(Permission::OccupantShow(Scope::Own))?;
    let page = app.page("occupants", &[occupants::NAME], &paged).await?;
    let asked = paged.filter.user;
    let user = if actor.over_any(Permission::OccupantShow) {
        asked
    } else {
        Some(actor.user())
    };
    let filter = OccupantFilter {
        user,
        kind: paged.filter.kind.map(word),
        at: paged.filter.at,
        ..OccupantFilter::default()
    };
    // Another's are none of one's business, so that there are none.
    let is_foreign = asked.is_some() && asked != user;
    let found = occupants::list(app.journal.readers(), &filter, &page).await?;
    let mut items = app.items("occupants", &paged, found);
    if is_foreign {
        items.items.clear();
        items.next_cursor = None;
    }
    Ok(Json(items))
}
