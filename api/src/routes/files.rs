//! Files: uploaded, told of, and handed out to those who may see what they belong to.

mod owner;
mod sent;
mod upload;
mod view;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use domain::file::{ChangeFile, File, FileOwner, Known, Visibility, clean_name};
use domain::id::FileId;
use projections::files::{self, FileFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::past::{Happened, Moment, history_but, state_but};
use crate::answer::{Changed, Done, Json, versioned};
use crate::app::App;
use crate::extract::{Actor, Anyone, Asked, Id, unknown};
use crate::files::Part;
use crate::json::{Nothing, bodies};
use crate::problem::Problem;
use crate::query::{Filter, Items, Page, Paged, Whole, parameters};
use crate::view::Seen;

use sent::{Reach, Sent};
pub use view::FileView;

/// The routes below `/files`.
pub fn router() -> OpenApiRouter<App> {
    let upload = OpenApiRouter::<App>::default()
        .routes(routes!(list, upload::upload))
        .layer(DefaultBodyLimit::max(upload::BODY_BYTES_MAX));
    OpenApiRouter::<App>::default()
        .merge(upload)
        .routes(routes!(fetch, delete))
        .routes(routes!(thumbnail))
        .routes(routes!(metadata, change))
        .routes(routes!(story))
        .routes(routes!(public))
        .routes(routes!(public_thumbnail))
}

parameters! {
    /// Which files.
    pub struct FileParameters {
        /// What they belong to, such as `building:` and its id; one's own, where it is not said.
        #[param(value_type = Option<String>)]
        pub owner: Option<FileOwner>,
        /// `photo`, `document` or `message`.
        pub purpose: Option<String>,
    }
}

bodies! {
    /// Named fields of a file; what is left out stays.
    pub struct FileChange {
        /// What it is called.
        pub name: Option<String>,
        /// `private` or `public`; only while it belongs to nothing.
        #[schema(value_type = Option<String>, example = "private")]
        pub visibility: Option<Visibility>,
    }
}

/// Lists one's own files, or those of a thing that one may see, in the order of their upload.
#[utoipa::path(get, path = "/api/v1/files", tag = "files", security(("bearer" = [])),
    params(Page, FileParameters), responses((status = 200, body = Items<FileView>)))]
pub async fn list(
    State(app): State<App>,
    actor: Actor,
    paged: Paged<FileParameters>,
) -> Result<Json<Items<FileView>>, Problem> {
    let asked = &paged.filter;
    if let Some(owner) = asked.owner {
        owner::require_to_see(&app, &actor, owner).await?;
    }
    of_owner(&app, &actor, asked.owner, asked.purpose.clone(), &paged).await
}

/// A page of the files of `owner`, or of the actor's own.
pub async fn of_owner<T>(
    app: &App,
    actor: &Actor,
    owner: Option<FileOwner>,
    purpose: Option<String>,
    paged: &Paged<T>,
) -> Result<Json<Items<FileView>>, Problem> {
    let filter = FileFilter {
        owner,
        uploader: owner.is_none().then(|| actor.user()),
        purpose,
    };
    let query = match owner.map(FileOwner::parts) {
        Some((noun, id)) => format!("files of {noun} {id}"),
        None => format!("files of {}", actor.user()),
    };
    let page = app.page(&query, &[files::NAME], paged).await?;
    let found = files::list(app.journal.readers(), &filter, &page).await?;
    Ok(Json(app.items(&query, paged, found)))
}

async fn peek(app: &App, id: FileId) -> Result<Arc<File>, Problem> {
    let (state, _) = app.commands.dispatch().peek::<File>(id).await?;
    Ok(state)
}

/// What is known of a file in the store, if the actor may see it.
async fn seen(app: &App, actor: &Actor, id: FileId) -> Result<Known, Problem> {
    let state = peek(app, id).await?;
    let known = state.kept().ok_or_else(|| unknown("file"))?;
    owner::require_to_see_file(app, actor, known).await?;
    Ok(known.clone())
}

/// Hands out the bytes of a file, or a range of them.
#[utoipa::path(get, path = "/api/v1/files/{id}", tag = "files", security(("bearer" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn fetch(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<FileId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = seen(&app, &actor, id).await?;
    let sent = Sent::of(id, &known, Part::Whole, Reach::Private);
    sent.answer(&app.files, &method, &headers).await
}

/// Hands out a small picture of a picture.
#[utoipa::path(get, path = "/api/v1/files/{id}/thumbnail", tag = "files",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn thumbnail(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<FileId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = seen(&app, &actor, id).await?;
    let sent = Sent::of(id, &known, Part::Thumbnail, Reach::Private);
    sent.answer(&app.files, &method, &headers).await
}

/// Hands out the bytes of a public file to anyone.
#[utoipa::path(get, path = "/api/v1/files/public/{id}", tag = "files",
    params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn public(
    State(app): State<App>,
    _: Anyone,
    Id(id): Id<FileId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let state = peek(&app, id).await?;
    let known = owner::require_public(&app, state.kept()).await?;
    let sent = Sent::of(id, known, Part::Whole, Reach::Public);
    sent.answer(&app.files, &method, &headers).await
}

/// Hands out a small picture of a public picture to anyone.
#[utoipa::path(get, path = "/api/v1/files/public/{id}/thumbnail", tag = "files",
    params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn public_thumbnail(
    State(app): State<App>,
    _: Anyone,
    Id(id): Id<FileId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let state = peek(&app, id).await?;
    let known = owner::require_public(&app, state.kept()).await?;
    let sent = Sent::of(id, known, Part::Thumbnail, Reach::Public);
    sent.answer(&app.files, &method, &headers).await
}

/// Tells what is known of a file, now or at a moment of the past; its uploader also of a deleted
/// one.
#[utoipa::path(get, path = "/api/v1/files/{id}/metadata", tag = "files",
    security(("bearer" = [])), params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Seen<FileView>)))]
async fn metadata(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<FileId>,
    Filter(moment): Filter<Moment>,
) -> Result<Response, Problem> {
    require_to_know(&app, &actor, id).await?;
    if moment.is_past() {
        let unseen = owner::unseen(&app, &actor, id).await?;
        return state_but::<File>(&app, id, &moment, &unseen).await;
    }
    app.reach(&[files::NAME], moment.min_position).await?;
    let found = files::show(app.journal.readers(), id).await?;
    let found = found.ok_or_else(|| unknown("file"))?;
    Ok(versioned(found.version, Json(FileView::from(found))))
}

async fn require_to_know(app: &App, actor: &Actor, id: FileId) -> Result<(), Problem> {
    let state = peek(app, id).await?;
    let known = state.known().ok_or_else(|| unknown("file"))?;
    owner::require_to_see_file(app, actor, known).await
}

/// Tells what happened to a file.
#[utoipa::path(get, path = "/api/v1/files/{id}/history", tag = "files",
    security(("bearer" = [])), params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Items<Happened>)))]
pub async fn story(
    State(app): State<App>,
    actor: Actor,
    Id(id): Id<FileId>,
    paged: Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    require_to_know(&app, &actor, id).await?;
    let unseen = owner::unseen(&app, &actor, id).await?;
    history_but::<File>(&app, id, &paged, &unseen).await
}

/// Changes named fields of a file of one's own; what is left out stays.
#[utoipa::path(patch, path = "/api/v1/files/{id}/metadata", tag = "files",
    security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = FileChange,
    responses((status = 200, body = Done)))]
async fn change(
    State(app): State<App>,
    Id(id): Id<FileId>,
    Asked {
        body,
        caller,
        context,
    }: Asked<FileChange>,
) -> Result<Changed, Problem> {
    let known = require_own(&app, Actor(caller), id).await?;
    let name = body.name;
    let change = ChangeFile {
        name: name.map(|name| clean_name(&name, known.content_type)),
        visibility: body.visibility,
    };
    Ok(Changed(
        app.commands.change_file(&context, id, change).await?,
    ))
}

/// Deletes a file of one's own that belongs to nothing. What was known of it stays.
#[utoipa::path(delete, path = "/api/v1/files/{id}", tag = "files", security(("bearer" = [])),
    params(("id" = Uuid, Path)), responses((status = 200, body = Done)))]
async fn delete(
    State(app): State<App>,
    Id(id): Id<FileId>,
    Asked {
        caller, context, ..
    }: Asked<Nothing>,
) -> Result<Changed, Problem> {
    let known = require_own(&app, Actor(caller), id).await?;
    let done = app.commands.delete_file(&context, id).await?;
    // It is so already. What stays in the store is swept up.
    if let Err(error) = app.files.remove(id, &known).await {
        tracing::warn!(file = %id, %error, "the bytes of a deleted file could not be removed");
    }
    Ok(Changed(done))
}

/// One who may see a file of someone else is told that it is not his; to others there is none.
async fn require_own(app: &App, actor: Actor, id: FileId) -> Result<Known, Problem> {
    let state = peek(app, id).await?;
    let known = state.known().ok_or_else(|| unknown("file"))?;
    if known.uploader == actor.user() {
        return Ok(known.clone());
    }
    owner::require_to_see_file(app, &actor, known).await?;
    let detail = "Someone else uploaded this file; only he may change or delete it.";
    Err(Problem::forbidden("file_not_yours", detail))
}
