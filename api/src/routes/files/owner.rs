//! Who may see a file: those who may see what it belongs to.

use std::collections::HashSet;

use domain::file::{File, FileEvent, FileOwner, Known, Visibility};
use domain::id::FileId;

use super::super::past::{Unseen, all_events};
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

/// The ids of what a file belonged to at any time and the one who asks may not see.
pub async fn unseen(app: &App, actor: &Actor, id: FileId) -> Result<Unseen, Problem> {
    let owners: HashSet<FileOwner> = all_events::<File>(app, id)
        .await?
        .iter()
        .filter_map(|event| match event {
            FileEvent::Attached(attached) => Some(attached.owner),
            FileEvent::Detached(detached) => Some(detached.owner),
            _ => None,
        })
        .collect();
    let mut unseen = Unseen::new();
    for owner in owners {
        match require_to_see(app, actor, owner).await {
            Ok(()) => {}
            Err(problem) if problem.is_about_rights() => {
                unseen.insert(owner.parts().1.to_string());
            }
            Err(problem) => return Err(problem),
        }
    }
    Ok(unseen)
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
    if problem.is_about_rights() {
        unknown("file")
    } else {
        problem
    }
}
