//! An import at work, beside the requests.

use std::sync::Arc;
use std::time::Duration;

use commands::{Context, Who};
use domain::building::Building;
use domain::id::{BuildingId, ImportId};
use domain::import::{Import, ImportStatus};

use crate::app::App;
use crate::import::{Ids, ImportError, Importer, Occupants, Rowwise, Stop};
use crate::problem::Problem;

/// How often it is looked whether it was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What brings files in, in the name of `who`.
pub(super) fn importer(app: &App, who: Who) -> Importer {
    let pool = app.journal.pool().clone();
    Importer {
        commands: Arc::clone(&app.commands),
        options: (*pool.connect_options()).clone(),
        pool,
        owner: None,
        who,
        shown: false,
        dates: None,
    }
}

/// Carries a committed import out, and says so.
pub(super) async fn carry_out(app: App, id: ImportId, building: BuildingId, context: Context) {
    let stop = Stop::default();
    let watch = tokio::spawn(watch(app.clone(), id, stop.clone()));
    let done = work(&app, id, building, context, &stop).await;
    watch.abort();
    match done {
        Ok(()) => {}
        // Another request is at it.
        Err(ImportError::Busy) => tracing::debug!(import = %id, "the import is at work"),
        Err(error) => {
            tracing::warn!(import = %id, %error, "the import was broken off; commit it again");
        }
    }
    if is_cancelled(&app, id).await
        && let Err(problem) = forget(&app, id).await
    {
        tracing::warn!(import = %id, code = problem.code(), "its rows could not be forgotten");
    }
}

async fn work(
    app: &App,
    id: ImportId,
    building: BuildingId,
    context: Context,
    stop: &Stop,
) -> Result<(), ImportError> {
    let (state, _) = app.commands.dispatch().peek::<Building>(building).await?;
    let standing = state.standing().ok_or(ImportError::NoBuilding(building))?;
    let way = Rowwise::new(Occupants::of(building, standing));
    let ids = Ids { import: id.0 };
    let importer = importer(app, context.who.clone());
    let Some(figures) = importer.carry_out(&way, ids, stop).await? else {
        return Ok(());
    };
    let kept_out = figures.refused() + figures.unreadable();
    let counts = (figures.accepted().unsigned_abs(), kept_out.unsigned_abs());
    let context = Context {
        key: None,
        if_match: None,
        command_id: ids.id("command", "finish"),
        at: app.edge.clock.now(),
        ..context
    };
    let finished = app.commands.finish_import(&context, (id, building), counts);
    finished.await?;
    Ok(())
}

async fn is_cancelled(app: &App, id: ImportId) -> bool {
    let found = app.commands.dispatch().peek::<Import>(id).await;
    found.is_ok_and(|(import, _)| matches!(import.file, Some((_, ImportStatus::Cancelled))))
}

async fn watch(app: App, id: ImportId, stop: Stop) {
    while !is_cancelled(&app, id).await {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    stop.ask();
}

/// Forgets the rows of an import; while it is at work, that is done at its end.
pub(super) async fn forget(app: &App, id: ImportId) -> Result<(), Problem> {
    let importer = importer(app, Who::Operator);
    match importer.forget(id.0).await {
        Ok(()) | Err(ImportError::Busy) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
