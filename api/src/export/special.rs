//! The lists whose routes do not take what those of the others do.

use axum::extract::Path;

use super::Rows;
use super::lists::Ask;
use crate::extract::{Anyone, Id, Ids, Now};
use crate::problem::Problem;
use crate::query::{Filter, Least, Paged, Whole};
use crate::routes::lists as routes;

type Answer = Result<Rows, Problem>;

/// How fresh a list has to be that is answered as one.
fn least(paged: &Paged<Whole>) -> Filter<Least> {
    Filter(Least {
        min_position: paged.page.min_position,
    })
}

pub(super) async fn sessions(ask: Ask) -> Answer {
    let now = Now(ask.app.edge.clock.now());
    let route = |app, actor, paged| routes::sessions(app, now, actor, paged);
    ask.whole(route).await
}

/// Those of a lot, of a building, or one's own.
pub(super) async fn occupants(ask: Ask) -> Answer {
    if ask.params.has("lot") {
        let path = ["building", "lot"];
        ask.deep(path, routes::occupants_of_lot).await
    } else if ask.params.has("building") {
        ask.below("building", routes::occupants_of_building).await
    } else {
        ask.whole(routes::occupants).await
    }
}

pub(super) async fn listings(ask: Ask) -> Answer {
    ask.whole(|app, actor, paged| routes::listings(app, Anyone(Some(actor.0)), paged))
        .await
}

pub(super) async fn blocks(ask: Ask) -> Answer {
    ask.below("listing", |app, actor, id, paged| {
        routes::blocks(app, actor, id, least(&paged))
    })
    .await
}

pub(super) async fn payment_stats(ask: Ask) -> Answer {
    ask.whole(|app, actor, paged| routes::payment_stats(app, actor, least(&paged)))
        .await
}

pub(super) async fn audit_stream(ask: Ask) -> Answer {
    ask.deep(["noun", "id"], |app, actor, Ids(noun, id), paged| {
        routes::audit_stream(app, actor, Path((noun, id)), paged)
    })
    .await
}

pub(super) async fn process_history(ask: Ask) -> Answer {
    ask.below("process", |app, actor, Id(id), paged| {
        routes::stories::process(app, actor, Path(id), paged)
    })
    .await
}

pub(super) async fn projections(ask: Ask) -> Answer {
    ask.whole(|app, actor, _: Paged<Whole>| routes::projections(app, actor))
        .await
}
