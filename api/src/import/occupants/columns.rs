//! The columns of a list of occupants.

use crate::import::columns::columns;
use crate::import::sheet::Sought;

columns! {
    /// A column of a list of occupants.
    pub enum Column {
        Lot = "lot",
        LotKind = "lot_kind",
        Kind = "kind",
        Name = "name",
        Email = "email",
        From = "from",
        Until = "until",
        Part = "part",
        Exclusive = "exclusive",
    }
}

const fn needed(name: &'static str) -> Sought {
    Sought { name, needed: true }
}

const fn known(name: &'static str) -> Sought {
    Sought {
        name,
        needed: false,
    }
}

/// The same columns, with which of them have to be there.
pub const SOUGHT: &[Sought] = &[
    needed("lot"),
    known("lot_kind"),
    needed("kind"),
    needed("name"),
    known("email"),
    needed("from"),
    known("until"),
    known("part"),
    known("exclusive"),
];
