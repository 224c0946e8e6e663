//! Whether those whose listings they are can let guests in.

use domain::AnyEvent;
use domain::user::UserEvent;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::id;
use crate::projector::ApplyError;
use crate::row::{Row, Table};
use crate::rows::Rows;

crate::row! {
    /// A user who was once suspended or has left. Who is not here is active.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct HostRow {
        /// The user.
        pub id: Uuid,
        /// Whether they can let guests in.
        pub active: bool,
    }
}

impl Row for HostRow {
    const TABLE: Table = Table::by_id("host", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

/// Whether the user is active after `event`, where it says anything of that.
pub(super) fn is_active_after(event: &AnyEvent) -> Option<bool> {
    match event {
        AnyEvent::User(UserEvent::Suspended(_) | UserEvent::Deactivated(_)) => Some(false),
        AnyEvent::User(UserEvent::Reactivated(_)) => Some(true),
        _ => None,
    }
}

pub(super) fn fold(
    rows: &mut Rows<HostRow>,
    event: &Decoded,
    what: &AnyEvent,
) -> Result<(), ApplyError> {
    if let Some(active) = is_active_after(what) {
        let id = id(event)?;
        rows.put(HostRow { id, active });
    }
    Ok(())
}
