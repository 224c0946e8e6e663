//! What the rows of the four files say.

use chrono::{DateTime, Months, NaiveDate, NaiveTime, Utc};
use commands::CommandError;

use super::columns::MachineColumn;
use crate::import::columns::Column;
use crate::import::fields::{Fields, Read, fault};

/// The largest number of a machine.
const NUMBER_MAX: i64 = 1_000_000_000;
/// No machine is older.
const AGE_MAX: i64 = 200;
/// The longest name of a model, a component or an error.
const WORD_CHARS_MAX: usize = 100;
/// The day from which on errors and failures were written down.
const BEGAN: Option<NaiveDate> = NaiveDate::from_ymd_opt(2015, 1, 1);

/// When the list of machines was true: when errors and failures began to be written down.
pub fn began() -> Result<DateTime<Utc>, CommandError> {
    let day = BEGAN.ok_or_else(|| CommandError::Broken("no such day".to_owned()))?;
    Ok(day.and_time(NaiveTime::MIN).and_utc())
}

/// A machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Its number.
    pub number: i64,
    /// Its model.
    pub model: String,
    /// So many years before errors and failures began to be written down.
    pub in_service_since: DateTime<Utc>,
}

impl Machine {
    /// Reads a row.
    pub fn read(fields: &Fields<'_, MachineColumn>) -> Read<Self> {
        let years = fields.count(MachineColumn::Age, AGE_MAX)?;
        let months = u32::try_from(years * 12).ok().map(Months::new);
        let since = months.and_then(|months| BEGAN?.checked_sub_months(months));
        let since = since.ok_or_else(|| fault("number", MachineColumn::Age, "is no age"))?;
        Ok(Self {
            number: fields.count(MachineColumn::Number, NUMBER_MAX)?,
            model: fields.text(MachineColumn::Model, WORD_CHARS_MAX)?,
            in_service_since: since.and_time(NaiveTime::MIN).and_utc(),
        })
    }
}

/// Something that happened to a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// The number of the machine.
    pub machine: i64,
    /// When, taken for UTC: the files name no zone.
    pub at: DateTime<Utc>,
    /// The component or the error.
    pub what: String,
}

impl Happened {
    /// Reads a row, whose columns are when, which machine, and what.
    pub fn read<C: Column>(fields: &Fields<'_, C>, [at, machine, what]: [C; 3]) -> Read<Self> {
        Ok(Self {
            at: fields.instant(at)?,
            machine: fields.count(machine, NUMBER_MAX)?,
            what: fields.text(what, WORD_CHARS_MAX)?,
        })
    }
}
