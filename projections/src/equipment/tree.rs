//! What follows for a piece from its parts: it does not run while one of them is down.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rows::EquipmentRow;
use crate::projector::ApplyError;
use crate::rows::Rows;

/// No tree is deeper; what is told otherwise ends here all the same.
const STEPS_MAX: usize = 100;

/// The parts of a piece that are down by themselves: how many, and the first of them.
#[derive(Clone, Copy, Default)]
struct Below {
    count: i32,
    first: Option<(DateTime<Utc>, Uuid)>,
}

/// Works out anew what follows for each piece from its parts.
pub(super) fn derive(pieces: &mut Rows<EquipmentRow>) -> Result<(), ApplyError> {
    let mut below: BTreeMap<Uuid, Below> = BTreeMap::new();
    for piece in pieces.range(..) {
        let Some(since) = piece.down_since else {
            continue;
        };
        let up = |id: &Uuid| pieces.get(id).and_then(|above| above.parent);
        let above = std::iter::successors(piece.parent, up);
        for id in above.take(STEPS_MAX).filter(|id| *id != piece.id) {
            let below = below.entry(id).or_default();
            below.count = below.count.saturating_add(1);
            let this = (since, piece.id);
            below.first = Some(below.first.map_or(this, |first| first.min(this)));
        }
    }
    let changed = pieces.range(..).filter_map(|piece| {
        let follows = follows(piece, below.get(&piece.id).copied().unwrap_or_default());
        let (status, because, parts) = &follows;
        let is_so = piece.effective_status == *status
            && piece.down_because == *because
            && piece.parts_down == *parts;
        (!is_so).then_some((piece.id, follows))
    });
    for (id, (status, because, parts)) in changed.collect::<Vec<_>>() {
        let piece = pieces.expect(&id)?;
        piece.effective_status = status;
        piece.down_because = because;
        piece.parts_down = parts;
    }
    Ok(())
}

fn follows(piece: &EquipmentRow, below: Below) -> (String, Option<Uuid>, i32) {
    let own = piece.status.clone();
    match (piece.down_since, below.first) {
        (Some(_), _) => (own, Some(piece.id), below.count),
        (None, Some((_, first))) => ("down".to_owned(), Some(first), below.count),
        (None, None) => (own, None, 0),
    }
}
