//! `replay projections`: how far each read model is.

use chrono::{DateTime, Utc};
use eventstore::scan;
use projections::{Projector, Stored};
use serde::Serialize;

use crate::choice;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::moment::instant;
use crate::out::Out;
use crate::table;

const HEADS: [&str; 8] = [
    "projection",
    "state",
    "position",
    "lag",
    "parked",
    "generation",
    "updated",
    "remark",
];

/// How one is doing.
#[derive(Debug, Serialize)]
struct Standing {
    projection: &'static str,
    /// `running`, `stopped` or `absent`.
    state: String,
    position: i64,
    head: i64,
    lag: i64,
    parked: i64,
    generation: i64,
    projector_version: i32,
    updated_at: Option<DateTime<Utc>>,
    remark: Option<String>,
}

/// Shows how each is doing; 1 if one has stopped or has events set aside.
pub async fn run(house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let head = scan::head(&house.pool).await?;
    let mut all = Vec::new();
    for projector in choice::all() {
        let stored = projections::status::stored(&house.pool, &*projector).await?;
        all.push(standing(&*projector, stored, head));
    }
    if out.json {
        out.document(&all);
    } else {
        let rows: Vec<_> = all.iter().map(cells).collect();
        for line in table::lines(&HEADS, &rows) {
            out.line(&line);
        }
    }
    Ok(Exit::Well)
}

fn standing(projector: &dyn Projector, stored: Option<Stored>, head: i64) -> Standing {
    let (state, stored) = match stored {
        Some(stored) => (stored.state.clone(), stored),
        None => ("absent".to_owned(), absent(projector)),
    };
    let outdated = (stored.projector_version != projector.version()).then(|| {
        format!(
            "built by version {}, and this is version {}: rebuild it",
            stored.projector_version,
            projector.version()
        )
    });
    // A checkpoint may run ahead of the head that was read a moment before it.
    let head = head.max(stored.position);
    Standing {
        projection: projector.name(),
        state,
        position: stored.position,
        head,
        lag: head - stored.position,
        parked: stored.parked,
        generation: stored.generation,
        projector_version: stored.projector_version,
        updated_at: stored.updated_at,
        remark: stored.reason.or(outdated),
    }
}

/// One that was never built.
fn absent(projector: &dyn Projector) -> Stored {
    Stored {
        name: projector.name().to_owned(),
        position: 0,
        projector_version: projector.version(),
        generation: 0,
        state: "absent".to_owned(),
        reason: Some("never built; `cadastre serve` builds it".to_owned()),
        parked: 0,
        updated_at: None,
    }
}

fn cells(standing: &Standing) -> Vec<String> {
    vec![
        standing.projection.to_owned(),
        standing.state.clone(),
        standing.position.to_string(),
        standing.lag.to_string(),
        standing.parked.to_string(),
        standing.generation.to_string(),
        standing.updated_at.map(instant).unwrap_or_default(),
        standing.remark.clone().unwrap_or_default(),
    ]
}
