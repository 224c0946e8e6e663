//! Files that are brought in: looked at first, carried out when somebody says so.

mod view;

use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use commands::{ClientKey, Who};
use domain::building::Building;
use domain::id::{BuildingId, ImportId, UserId};
use domain::import::{Import, ImportKind, ImportReceived, ImportStatus};
use domain::permission::Permission;
use projections::staging;
use tokio::time::timeout;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Changed, Created, Done, Json};
use crate::app::App;
use crate::extract::{Actor, Asked, Id, Key, Trail, context, request_hash, unknown};
use crate::import::places::{Full, SENT_WITHIN};
use crate::import::sheet::{self, FILE_BYTES_MAX, SheetError};
use crate::import::{Committed, DateOrder, ImportError, Importer, Occupants, Rowwise, SOUGHT, Way};
use crate::json::{Fault, Nothing, collect};
use crate::problem::Problem;
use crate::query::{Cursor, Filter, Items, Page, Paged, parameters};

use view::{ImportView, Outcome, ReasonView, RowView, row_view};

/// The routes below `/imports`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::<App>::default()
        .routes(routes!(receive))
        .routes(routes!(show))
        .routes(routes!(rows))
        .routes(routes!(commit))
        .routes(routes!(cancel))
}

parameters! {
    /// What is sent.
    pub struct Sent {
        /// What kind of file it is; `occupants`, the only one so far.
        pub kind: Option<String>,
        /// The building that it tells of.
        #[param(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// What the columns are called in the file, as a JSON object such as `{"lot": "Wohnung"}`;
        /// those that are not named are called as here.
        pub mapping: Option<String>,
        /// Which stands first in dates such as `4/1/2016`: `day_first` or `month_first`. Unset, the
        /// rows of the file say it.
        pub dates: Option<String>,
    }

    /// Which rows.
    pub struct RowParameters {
        /// `kept_out`: those alone that could not be read or are refused.
        pub only: Option<String>,
    }
}

impl Sent {
    fn check(&self) -> Result<(BuildingId, std::collections::BTreeMap<String, String>), Problem> {
        let mut faults = Vec::new();
        if self.kind.as_deref() != Some("occupants") {
            let detail = "Say what kind of file it is: `occupants`.";
            faults.push(Fault::of("kind", "unknown_word", detail));
        }
        if self.building.is_none() {
            let detail = "Say which building it tells of.";
            faults.push(Fault::of("building", "missing_parameter", detail));
        }
        let mapping = self
            .mapping
            .as_deref()
            .map(serde_json::from_str)
            .transpose();
        if mapping.is_err() {
            let detail = "Write the mapping as a JSON object such as {\"lot\": \"Wohnung\"}.";
            faults.push(Fault::of("mapping", "mapping_unreadable", detail));
        }
        if self
            .dates
            .as_deref()
            .is_some_and(|word| DateOrder::of(word).is_none())
        {
            let detail = "It can be `day_first` or `month_first`.";
            faults.push(Fault::of("dates", "unknown_word", detail));
        }
        match (self.building, mapping) {
            (Some(building), Ok(mapping)) if faults.is_empty() => {
                Ok((building, mapping.unwrap_or_default()))
            }
            _ => Err(Problem::faults("parameter_invalid", faults)),
        }
    }
}

impl From<SheetError> for Problem {
    fn from(error: SheetError) -> Self {
        match &error {
            SheetError::Format(_) => Self::unsupported(error.to_string()),
            SheetError::TooLarge(_) => Self::too_much("table_too_large", error.to_string()),
            SheetError::Damaged(_) => Self::invalid("table_damaged", error.to_string()),
            SheetError::Empty(_) => Self::invalid("table_empty", error.to_string()),
            SheetError::Columns(faults) => {
                let fault = |fault: &String| Fault::at("/", "columns_invalid", fault.clone());
                Self::faults("columns_invalid", faults.iter().map(fault).collect())
            }
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Busy => Self::conflict("import_busy", ImportError::Busy.to_string()),
            ImportError::Command(error) => error.into(),
            ImportError::RowTooLong { .. } | ImportError::NoRows(_) => {
                Self::invalid("table_damaged", error.to_string())
            }
            ImportError::DatesAmbiguous { .. } => {
                Self::invalid("dates_ambiguous", error.to_string())
            }
            ImportError::DatesDiffer { .. } => Self::invalid("dates_differ", error.to_string()),
            ImportError::ReadOtherwise(_) => {
                Self::conflict("import_read_otherwise", error.to_string())
            }
            other => Self::internal(&other),
        }
    }
}

/// Takes a file and says of each row what would become of it; nothing happens before it is
/// committed.
///
/// The body is an Excel workbook (.xlsx) or a CSV in UTF-8. The same file is the same import,
/// however often it is sent.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", security(("bearer" = [])),
    params(Sent), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Done)))]
async fn receive(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let actor = Actor::from_request_parts(&mut parts, &app).await?;
    let Filter(sent) = Filter::<Sent>::from_request_parts(&mut parts, &app).await?;
    let (building, mapping) = sent.check()?;
    require(&app, &actor, building, "building").await?;
    let Key(key) = Key::from_request_parts(&mut parts, &app).await?;
    let trail = Trail::from_request_parts(&mut parts, &app).await?;
    // Before the bytes come, so that no more are held than there are places.
    let _place = app.edge.tables.hold().await.map_err(|Full| busy())?;
    let collected = timeout(SENT_WITHIN, collect(&parts.headers, body, FILE_BYTES_MAX)).await;
    let bytes = collected.map_err(|_| too_slow())??;
    let path = parts.uri.to_string();
    let request_hash = request_hash(&parts.method, &path, None, &bytes);
    let who = who(&actor);
    let mut context = context(trail, who.clone(), &app.edge);
    context.key = key.map(|key| ClientKey { key, request_hash });

    let reading = app.edge.tables.read().await.map_err(|Full| busy())?;
    let read = tokio::task::spawn_blocking(move || sheet::as_csv(&bytes, SOUGHT, &mapping)).await;
    drop(reading);
    let csv = read.map_err(|error| Problem::internal(&error))??;
    let (state, _) = app.commands.dispatch().peek::<Building>(building).await?;
    let standing = state.standing().ok_or_else(|| unknown("building"))?;
    let kind = Occupants::of(building, standing);
    let way = Rowwise::new(kind.clone());
    let importer = Importer {
        dates: sent.dates.as_deref().and_then(DateOrder::of),
        ..committed(&app).importer(who)
    };
    let (file, sha256) = importer.receive(&way, &csv).await?;
    let (ids, id) = (way.ids(sha256), ImportId(file.id));
    let (import, _) = app.commands.dispatch().peek::<Import>(id).await?;
    let before = import.file.as_ref().map(|(_, status)| *status);
    if matches!(
        before,
        None | Some(ImportStatus::Received | ImportStatus::Cancelled)
    ) {
        importer.try_out(&kind, ids, &file).await?;
    }
    let received = ImportReceived {
        kind: ImportKind::Occupants,
        building,
        by: actor.user(),
        sha256: hexadecimal(&sha256),
        rows: file.rows.unsigned_abs(),
        unreadable: file.unreadable.unsigned_abs(),
    };
    let done = app.commands.receive_import(&context, id, received).await?;
    Ok(Created("imports".to_owned(), done).into_response())
}

fn busy() -> Problem {
    let detail = "Other tables are being read; send this one again in a moment.";
    Problem::unavailable("imports_busy", detail, 5)
}

fn too_slow() -> Problem {
    let seconds = SENT_WITHIN.as_secs();
    let detail = format!("The file did not come within {seconds} seconds; send it again.");
    Problem::unreadable("body_too_slow", detail)
}

fn committed(app: &App) -> Committed {
    Committed {
        commands: std::sync::Arc::clone(&app.commands),
        pool: app.journal.pool().clone(),
        clock: std::sync::Arc::clone(&app.edge.clock),
    }
}

fn hexadecimal(sum: &[u8]) -> String {
    sum.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

fn who(actor: &Actor) -> Who {
    Who::User {
        user: actor.0.user,
        session: actor.0.session,
    }
}

/// Asks that one may see who lives in the building, by its own stream.
async fn require(app: &App, actor: &Actor, id: BuildingId, noun: &str) -> Result<(), Problem> {
    let (state, _) = app.commands.dispatch().peek::<Building>(id).await?;
    let owners: Vec<UserId> = state.standing().map(|s| s.owner).into_iter().collect();
    actor.require_to_see(noun, Permission::OccupantShow, &owners)
}

/// The import that one may see.
async fn found(
    app: &App,
    actor: &Actor,
    id: ImportId,
) -> Result<(ImportReceived, ImportStatus, i64), Problem> {
    let (import, version) = app.commands.dispatch().peek::<Import>(id).await?;
    let (received, status) = import.file.clone().ok_or_else(|| unknown("import"))?;
    require(app, actor, received.building, "import").await?;
    Ok((received, status, version))
}

/// Shows how far an import has come.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports", security(("bearer" = [])),
    params(("id" = Uuid, Path)), responses((status = 200, body = ImportView)))]
async fn show(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<ImportId>,
) -> Result<Json<ImportView>, Problem> {
    let (received, status, version) = found(&app, &actor, id).await?;
    let pool = app.journal.pool();
    let unavailable = |error: sqlx::Error| Problem::internal(&error);
    let file = staging::find(pool, id.0).await.map_err(unavailable)?;
    let figures = staging::figures(pool, id.0).await.map_err(unavailable)?;
    Ok(Json(ImportView {
        id: id.0,
        kind: "occupants",
        building: received.building.0,
        status,
        by: received.by.0,
        sha256: received.sha256,
        rows: received.rows,
        done: file.map_or(0, |file| file.done),
        unreadable: figures.unreadable(),
        refused: figures.refused(),
        reasons: figures.reasons.into_iter().map(ReasonView::from).collect(),
        version,
    }))
}

/// Lists the rows of an import as they stand in the file, each with what becomes of it.
#[utoipa::path(get, path = "/api/v1/imports/{id}/rows", tag = "imports", security(("bearer" = [])),
    params(("id" = Uuid, Path), Page, RowParameters),
    responses((status = 200, body = Items<RowView>)))]
pub async fn rows(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<ImportId>,
    paged: Paged<RowParameters>,
) -> Result<Json<Items<RowView>>, Problem> {
    let (_, status, _) = found(&app, &actor, id).await?;
    let kept_out = match paged.filter.only.as_deref() {
        None => false,
        Some("kept_out") => true,
        Some(_) => {
            let fault = Fault::of("only", "unknown_word", "It can be `kept_out`.");
            return Err(Problem::faults("parameter_invalid", vec![fault]));
        }
    };
    let query = format!("rows of {id}");
    let of = Cursor {
        query: &query,
        asked: &paged.asked,
    };
    let open = |cursor: &String| app.edge.cursors.open::<i64>(&of, cursor);
    let after = paged
        .page
        .cursor
        .as_ref()
        .map(open)
        .transpose()?
        .unwrap_or(0);
    let (pool, limit) = (app.journal.pool(), i64::from(paged.page.limit));
    let unavailable = |error: sqlx::Error| Problem::internal(&error);
    let file = staging::find(pool, id.0).await.map_err(unavailable)?;
    let (header, done) = file.map_or_else(Default::default, |file| (file.header, file.done));
    let found = staging::outcomes(pool, id.0, kept_out, after, limit + 1).await;
    let mut found = found.map_err(unavailable)?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = found.last().filter(|_| more).map(|row| row.row);
    let what = |row: i64| match status {
        ImportStatus::Received | ImportStatus::Cancelled => Outcome::Ready,
        ImportStatus::Committed if row > done => Outcome::Waiting,
        ImportStatus::Committed | ImportStatus::Finished => Outcome::Accepted,
    };
    let items = found.into_iter().map(|row| {
        let outcome = what(row.row);
        row_view(&header, row, outcome)
    });
    Ok(Json(Items {
        items: items.collect(),
        next_cursor: last.and_then(|row| app.edge.cursors.sign(&of, &row)),
        stale: false,
    }))
}

/// Carries the rows of an import out, side by side with everything else. Asked again, it goes on
/// where it was broken off; so does the server by itself when it starts again.
#[utoipa::path(post, path = "/api/v1/imports/{id}/commit", tag = "imports",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn commit(
    State(app): State<App>,
    Id(id): Id<ImportId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let building = building_of(&app, id).await?;
    let done = app.commands.commit_import(&context, (id, building)).await?;
    let (import, _) = app.commands.dispatch().peek::<Import>(id).await?;
    if matches!(import.file, Some((_, ImportStatus::Committed))) {
        let committed = committed(&app);
        tokio::spawn(async move { committed.carry_out(id, building, context).await });
    }
    Ok(Changed(done))
}

/// Carries no row of an import out, or no more; what was done stays. Its rows are forgotten.
#[utoipa::path(post, path = "/api/v1/imports/{id}/cancel", tag = "imports",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Done)))]
async fn cancel(
    State(app): State<App>,
    Id(id): Id<ImportId>,
    Asked { context, .. }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let building = building_of(&app, id).await?;
    let done = app.commands.cancel_import(&context, (id, building)).await?;
    committed(&app).forget(id).await?;
    Ok(Changed(done))
}

/// The building that an import tells of; the command asks for the rights.
async fn building_of(app: &App, id: ImportId) -> Result<BuildingId, Problem> {
    let (import, _) = app.commands.dispatch().peek::<Import>(id).await?;
    let file = import.file.as_ref();
    let building = file.map(|(received, _)| received.building);
    building.ok_or_else(|| unknown("import"))
}
