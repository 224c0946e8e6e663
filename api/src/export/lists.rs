//! The lists, each asked for by its own route.

use axum::extract::State;
use domain::export::ExportList;
use serde::Serialize;
use serde_json::Value;

use super::{Rows, Wanted, history, special};
use crate::answer::Json;
use crate::app::App;
use crate::extract::{Actor, Id, Ids};
use crate::problem::Problem;
use crate::query::{FromParams, FromText, Items, Page, Paged, Params};
use crate::routes::lists as routes;

/// What a route answers that has a list.
type Answer<T> = Result<Json<Items<T>>, Problem>;

/// A page of a list, to be asked of its route.
pub(super) struct Ask {
    /// What it is read from.
    pub app: App,
    actor: Actor,
    /// The filters that nobody has taken yet.
    pub params: Params,
    page: Page,
    asked: String,
}

/// A page of the list. What is at fault is a filter.
pub(super) async fn page(wanted: &Wanted, page: Page) -> Result<Rows, Problem> {
    let filters = &wanted.filters;
    let ask = Ask {
        app: wanted.app.clone(),
        actor: wanted.actor.clone(),
        params: Params::given(filters.clone()),
        page,
        asked: format!("export {filters:?}"),
    };
    let found = ask.of_list(wanted.list).await;
    found.map_err(|problem| problem.in_body("/filters"))
}

impl Ask {
    async fn of_list(self, list: ExportList) -> Result<Rows, Problem> {
        match list {
            ExportList::Users => self.whole(routes::users).await,
            ExportList::Sessions => special::sessions(self).await,
            ExportList::Buildings => self.whole(routes::buildings).await,
            ExportList::Lots => self.below("building", routes::lots).await,
            ExportList::ShareTables => self.below("building", routes::share_tables).await,
            ExportList::ShareParts => self.deep(["building", "table"], routes::share_parts).await,
            ExportList::Occupants => special::occupants(self).await,
            ExportList::Documents => self.below("building", routes::documents).await,
            ExportList::ImportRows => self.below("import", routes::import_rows).await,
            ExportList::Equipment => self.whole(routes::equipment).await,
            ExportList::Downtimes => self.below("equipment", routes::downtimes).await,
            ExportList::Meters => self.below("equipment", routes::meters).await,
            ExportList::Readings => self.deep(["equipment", "meter"], routes::readings).await,
            ExportList::MaintenancePlans => {
                self.below("equipment", routes::maintenance_plans).await
            }
            ExportList::WorkOrders => self.below("equipment", routes::work_orders).await,
            ExportList::Incidents => self.whole(routes::incidents).await,
            ExportList::Comments => self.below("incident", routes::comments).await,
            ExportList::Attachments => self.below("incident", routes::attachments).await,
            ExportList::Outages => self.whole(routes::outages).await,
            ExportList::SlaPolicies => self.whole(routes::sla_policies).await,
            ExportList::Files => self.whole(routes::files).await,
            ExportList::Listings => special::listings(self).await,
            ExportList::MyListings => self.whole(routes::my_listings).await,
            ExportList::Blocks => special::blocks(self).await,
            ExportList::Bookings => self.whole(routes::bookings).await,
            ExportList::Payments => self.whole(routes::payments).await,
            ExportList::PaymentStats => special::payment_stats(self).await,
            ExportList::History => history::page(self).await,
            ExportList::AuditEvents => self.whole(routes::audit_events).await,
            ExportList::AuditTrace => self.below("correlation", routes::audit_trace).await,
            ExportList::AuditStream => special::audit_stream(self).await,
            ExportList::SecurityEvents => self.whole(routes::security_events).await,
            ExportList::Processes => self.whole(routes::processes).await,
            ExportList::ProcessHistory => special::process_history(self).await,
            ExportList::Projections => special::projections(self).await,
        }
    }

    /// Asks a list of its own.
    pub async fn whole<F: FromParams, T: Serialize, A: Future<Output = Answer<T>>>(
        self,
        route: impl FnOnce(State<App>, Actor, Paged<F>) -> A,
    ) -> Result<Rows, Problem> {
        let (app, actor, (), paged) = self.read(|_| Some(()))?;
        rows(route(app, actor, paged).await?)
    }

    /// Asks a list that belongs to one thing: the filter `outer` says which.
    pub async fn below<I: FromText, F: FromParams, T: Serialize, A: Future<Output = Answer<T>>>(
        self,
        outer: &str,
        route: impl FnOnce(State<App>, Actor, Id<I>, Paged<F>) -> A,
    ) -> Result<Rows, Problem> {
        let (app, actor, id, paged) = self.read(|params| params.require(outer).map(Id))?;
        rows(route(app, actor, id, paged).await?)
    }

    /// Asks a list that belongs to one thing of another.
    pub async fn deep<I, J, F, T, A>(
        self,
        [outer, inner]: [&str; 2],
        route: impl FnOnce(State<App>, Actor, Ids<I, J>, Paged<F>) -> A,
    ) -> Result<Rows, Problem>
    where
        I: FromText,
        J: FromText,
        F: FromParams,
        T: Serialize,
        A: Future<Output = Answer<T>>,
    {
        let (app, actor, ids, paged) = self.read(|params| {
            let (outer, inner) = (params.require(outer), params.require(inner));
            Some(Ids(outer?, inner?))
        })?;
        rows(route(app, actor, ids, paged).await?)
    }

    /// Reads the filters as strictly as the parameters of a request.
    fn read<I, F: FromParams>(
        self,
        path: impl FnOnce(&mut Params) -> Option<I>,
    ) -> Result<(State<App>, Actor, I, Paged<F>), Problem> {
        let mut params = self.params;
        let path = path(&mut params);
        let filter = F::from_params(&mut params);
        let (path, filter) = params.finish(path.zip(filter))?;
        let paged = Paged {
            page: self.page,
            filter,
            asked: self.asked,
        };
        Ok((State(self.app), self.actor, path, paged))
    }
}

fn rows<T: Serialize>(Json(items): Json<Items<T>>) -> Result<Rows, Problem> {
    let rows: Result<Vec<Value>, _> = items.items.iter().map(serde_json::to_value).collect();
    Ok(Rows {
        rows: rows.map_err(|error| Problem::internal(&error))?,
        next: items.next_cursor,
    })
}
