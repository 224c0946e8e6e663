//! Lists as files: asked for, and downloaded by the one who asked.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use commands::Who;
use domain::export::{Export, ExportFormat, ExportList, ExportLocale, Ready, RequestExport};
use domain::id::ExportId;
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::past::{Happened, Moment, history, state_at};
use crate::answer::{Created, Done, Json, versioned};
use crate::app::App;
use crate::export::{self, PAGE_ROWS, Wanted, rows_max};
use crate::extract::{Actor, Asked, Id, Trail, context, unknown};
use crate::json::bodies;
use crate::problem::Problem;
use crate::query::{Filter, Items, Least, Page, Paged, Whole};
use crate::view::Seen;

/// The routes below `/exports`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(request))
        .routes(routes!(show))
        .routes(routes!(story))
        .routes(routes!(download))
}

bodies! {
    /// A list that is wanted as a file.
    pub struct NewExport {
        /// One of `users`, `sessions`, `buildings`, `lots`, `share_tables`, `share_parts`,
        /// `occupants`, `documents`, `import_rows`, `equipment`, `downtimes`, `meters`, `readings`,
        /// `maintenance_plans`, `work_orders`, `incidents`, `comments`, `attachments`, `outages`,
        /// `sla_policies`, `files`, `listings`, `my_listings`, `blocks`, `bookings`, `payments`,
        /// `payment_stats`, `history`, `audit_events`, `audit_trace`, `audit_stream`,
        /// `security_events`, `processes`, `process_history` and `projections`.
        #[schema(value_type = String, example = "bookings")]
        pub list: ExportList,
        /// `csv` or `xlsx`.
        #[schema(value_type = String, example = "csv")]
        pub format: ExportFormat,
        /// `en`, where it is not said, or `fr`: semicolons, commas in numbers, and a mark of UTF-8.
        #[schema(value_type = Option<String>, example = "fr")]
        pub locale: Option<ExportLocale>,
        /// Which rows: the parameters of the list, and what stands in its path, each under the
        /// name of the thing: the lots need their `building`.
        pub filters: Option<BTreeMap<String, String>>,
    }
}

/// A list that was asked for as a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export)]
struct ExportView {
    /// The export.
    id: Uuid,
    /// Which list.
    #[schema(value_type = String)]
    list: ExportList,
    /// `csv` or `xlsx`.
    #[schema(value_type = String)]
    format: ExportFormat,
    /// `en` or `fr`.
    #[schema(value_type = String)]
    locale: ExportLocale,
    /// Which rows.
    filters: BTreeMap<String, String>,
    /// The most rows that the file may have.
    rows_max: u64,
    /// Where it can be downloaded, by the one who asked for it.
    download: String,
    /// How often it was.
    downloads: u32,
    /// When it was asked for.
    requested_at: DateTime<Utc>,
    /// The version of its stream.
    version: i64,
}

/// Asks for a list as a file. What the list refuses is refused here.
#[utoipa::path(post, path = "/api/v1/exports", tag = "exports", security(("bearer" = [])),
    request_body = NewExport, responses((status = 201, body = Done)))]
async fn request(
    State(app): State<App>,
    Asked {
        body,
        caller,
        context,
    }: Asked<NewExport>,
) -> Result<Created, Problem> {
    let wanted = Wanted {
        app: app.clone(),
        actor: Actor(caller),
        list: body.list,
        filters: body.filters.unwrap_or_default(),
        locale: body.locale.unwrap_or(ExportLocale::En),
        page_rows: PAGE_ROWS,
        rows_max: rows_max(body.format),
        deadline: deadline(&app),
    };
    wanted.check().await?;
    let request = RequestExport {
        by: wanted.actor.user(),
        list: wanted.list,
        format: body.format,
        locale: wanted.locale,
        filters: wanted.filters,
        at: context.at,
    };
    let id = ExportId(app.edge.mint.id());
    let done = app.commands.request_export(&context, id, request).await?;
    Ok(Created("exports".to_owned(), done))
}

/// An export of the actor's own; to others there is none.
async fn own(app: &App, actor: &Actor, id: ExportId) -> Result<(Ready, i64), Problem> {
    let (state, version) = app.commands.dispatch().peek::<Export>(id).await?;
    let ready = state.ready().filter(|ready| ready.by == actor.user());
    let ready = ready.ok_or_else(|| unknown("export"))?;
    Ok((ready.clone(), version))
}

/// Tells of an export of one's own, now or at a moment of the past.
#[utoipa::path(get, path = "/api/v1/exports/{id}", tag = "exports", security(("bearer" = [])),
    params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<ExportView>)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<ExportId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    let (ready, version) = own(&app, &actor, id).await?;
    if moment.is_past() {
        return state_at::<Export>(&app, id, &moment).await;
    }
    let view = ExportView {
        id: id.0,
        list: ready.list,
        format: ready.format,
        locale: ready.locale,
        filters: ready.filters.value,
        rows_max: rows_max(ready.format),
        download: format!("/api/v1/exports/{id}/download"),
        downloads: ready.downloads,
        requested_at: ready.requested_at,
        version,
    };
    Ok(versioned(version, Json(view)))
}

/// Tells what happened to an export of one's own: each download, too.
#[utoipa::path(get, path = "/api/v1/exports/{id}/history", tag = "exports",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<ExportId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    own(&app, &actor, id).await?;
    history::<Export>(&app, id, &paged).await
}

/// Hands out an export of one's own, made of what one may see now. It is recorded before the first
/// row leaves.
#[utoipa::path(get, path = "/api/v1/exports/{id}/download", tag = "exports",
    security(("bearer" = [])), params(("id" = Uuid, Path), Least),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn download(
    State(app): State<App>,
    actor: Actor,
    trail: Trail,
    Id(id): Id<ExportId>,
    Filter(least): Filter<Least>,
) -> Result<Response, Problem> {
    let (ready, _) = own(&app, &actor, id).await?;
    let who = Who::User {
        user: actor.user(),
        session: actor.0.session,
    };
    let context = context(trail, who, &app.edge);
    let mut wanted = Wanted {
        app: app.clone(),
        actor,
        list: ready.list,
        filters: ready.filters.value,
        locale: ready.locale,
        page_rows: PAGE_ROWS,
        rows_max: rows_max(ready.format),
        deadline: deadline(&app),
    };
    let first = wanted.first(least.min_position).await?;
    let (body, kind, ending) = match ready.format {
        ExportFormat::Csv => {
            app.commands.download_export(&context, id).await?;
            (export::csv(wanted, first), "text/csv; charset=utf-8", "csv")
        }
        ExportFormat::Xlsx => {
            let book = export::sheet(&mut wanted, first).await?;
            app.commands.download_export(&context, id).await?;
            let kind = domain::file::ContentType::Xlsx.as_str();
            (Body::from(book), kind, "xlsx")
        }
    };
    let list = serde_json::to_value(ready.list).unwrap_or_default();
    let name = list.as_str().unwrap_or("export");
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let mut response = Response::new(body);
    let put = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
    ];
    for (name, value) in put {
        put_header(&mut response, name, value);
    }
    Ok(response)
}

/// When a download that begins now has to be over.
fn deadline(app: &App) -> Instant {
    Instant::now() + app.edge.limits.export_timeout.duration()
}

fn put_header(response: &mut Response, name: HeaderName, value: &str) {
    // All of them are printable ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
