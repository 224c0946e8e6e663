//! Who may see a file: those who may see what it belongs to.

use axum::http::StatusCode;
use domain::file::{FileOwner, Known, Visibility};

use super::super::{buildings, incidents, listings};
use crate::app::App;
use crate::extract::{Actor, unknown};
use crate::problem::Problem;

/// Refuses one who may not see what files belong to, as its own routes do.
pub async fn require_to_see(app: &App, actor: &Actor, owner: FileOwner) -> Result<(), Problem> {
    match owner {
        FileOwner::Building(id) => buildings::require_to_see(app, actor, id).await,
        FileOwner::Incident(id) => incidents::require_to_see(app, actor, id).await.map(drop),
        FileOwner::Listing(id) => listings::require_to_see(app, Some(&actor.0), id).await,
    }
}

/// Refuses one who may not see a file. One that belongs to nothing is its uploader's alone.
pub async fn require_to_see_file(app: &App, actor: &Actor, known: &Known) -> Result<(), Problem> {
    match known.owner {
        Some(owner) => require_to_see(app, actor, owner).await.map_err(hidden),
        None if known.uploader == actor.user() => Ok(()),
        None => Err(unknown("file")),
    }
}

/// The file, if anyone may see it: a public one, and of a listing only while that is published.
pub async fn require_public<'a>(app: &App, known: Option<&'a Known>) -> Result<&'a Known, Problem> {
    let known = known.filter(|known| known.visibility == Visibility::Public);
    let known = known.ok_or_else(|| unknown("file"))?;
    match known.owner {
        Some(FileOwner::Building(_)) => Ok(known),
        Some(FileOwner::Listing(id)) => {
            let seen = listings::require_to_see(app, None, id).await;
            seen.map(|()| known).map_err(hidden)
        }
        Some(FileOwner::Incident(_)) | None => Err(unknown("file")),
    }
}

/// Why a file cannot be seen tells nothing of what it belongs to.
fn hidden(problem: Problem) -> Problem {
    match problem.status() {
        StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => unknown("file"),
        _ => problem,
    }
}
