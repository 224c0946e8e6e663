//! What a row of a list of occupants says.

use domain::building::{LABEL_CHARS_MAX, LotKind};
use domain::occupancy::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, OccupantKind, Period};
use domain::text::folded;

use super::columns::Column;
use crate::import::fields::{Fields, Read, fault, shown_digits};
use crate::json::word;

/// One who owns or rents a lot.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The label of the lot.
    pub lot: String,
    /// What the lot is used as, where the label alone does not tell.
    pub lot_kind: Option<LotKind>,
    /// Whether he owns or rents.
    pub kind: OccupantKind,
    /// What he is called.
    pub name: String,
    /// Where he is written to.
    pub email: Option<String>,
    /// From when on, and until when, if that is known.
    pub period: Period,
    /// Which part of the lot an owner has, in millionths.
    pub part: Option<u32>,
    /// Whether a tenant has the lot to himself.
    pub exclusive: bool,
}

impl Entry {
    /// Reads a row.
    pub fn read(fields: &Fields<'_, Column>) -> Read<Self> {
        let kind: OccupantKind = words(fields, Column::Kind)?;
        let lot_kind = match fields.field(Column::LotKind) {
            "" => None,
            _ => Some(words(fields, Column::LotKind)?),
        };
        let email = match fields.field(Column::Email) {
            "" => None,
            _ => Some(fields.text(Column::Email, EMAIL_CHARS_MAX)?),
        };
        let until = match fields.field(Column::Until) {
            "" => None,
            _ => Some(fields.date(Column::Until)?),
        };
        Ok(Self {
            lot: fields.label(Column::Lot, LABEL_CHARS_MAX)?,
            lot_kind,
            kind,
            name: fields.text(Column::Name, NAME_CHARS_MAX)?,
            email,
            period: Period {
                from: fields.date(Column::From)?,
                until,
            },
            part: part(fields)?,
            exclusive: exclusive(fields, kind)?,
        })
    }

    /// By what two rows are one: the lot, whether one owns or rents it, who, and from when on.
    pub(super) fn key(&self) -> String {
        let who = self.email.as_ref().unwrap_or(&self.name);
        let (lot, who) = (folded(&self.lot), folded(who));
        format!(
            "{lot} / {:?} / {:?} / {who} / {}",
            self.lot_kind, self.kind, self.period.from
        )
    }
}

/// An enum by its word; one that is not known is never taken for another.
fn words<T: serde::de::DeserializeOwned>(fields: &Fields<'_, Column>, column: Column) -> Read<T> {
    let text = fields.field(column);
    let read = word(&text.to_lowercase());
    read.map_err(|(_, detail)| fault("word", column, &detail))
}

/// A percentage with up to four decimals is a number of millionths.
fn part(fields: &Fields<'_, Column>) -> Read<Option<u32>> {
    let text = fields.field(Column::Part);
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text
        .strip_suffix('%')
        .unwrap_or(text)
        .trim_end()
        .replace(',', ".");
    let digits = shown_digits(&digits);
    let exact = digits
        .split_once('.')
        .is_none_or(|(_, fraction)| fraction.len() <= 4);
    let millionths = crate::import::fields::decimal(&digits, 4);
    let found = millionths
        .filter(|_| exact)
        .and_then(|part| u32::try_from(part).ok());
    let what = format!("`{text}` is no percentage of at most four decimals");
    found
        .map(Some)
        .ok_or_else(|| fault("number", Column::Part, &what))
}

fn exclusive(fields: &Fields<'_, Column>, kind: OccupantKind) -> Read<bool> {
    match fields.field(Column::Exclusive).to_lowercase().as_str() {
        "" => Ok(kind == OccupantKind::Tenant),
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        other => {
            let what = format!("`{other}` is neither `yes` nor `no`");
            Err(fault("word", Column::Exclusive, &what))
        }
    }
}
