//! Values that are kept as `jsonb`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ColumnError;

/// The only version of the binary form of `jsonb`.
const VERSION: u8 = 1;

pub(super) fn write(value: &impl Serialize, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
    out.push(VERSION);
    serde_json::to_writer(out, value).map_err(|error| ColumnError(error.to_string()))?;
    Ok(true)
}

pub(super) fn read<T: DeserializeOwned>(bytes: Option<&[u8]>) -> Result<T, ColumnError> {
    match bytes {
        Some([VERSION, json @ ..]) => {
            serde_json::from_slice(json).map_err(|error| ColumnError(error.to_string()))
        }
        _ => Err(ColumnError("it is no JSON".to_owned())),
    }
}

/// Keeps types as `jsonb`.
macro_rules! json_column {
    ($($type:ty),* $(,)?) => {
        $(impl $crate::column::Column for $type {
            fn write(&self, out: &mut Vec<u8>) -> Result<bool, $crate::column::ColumnError> {
                $crate::column::json::write(self, out)
            }

            fn read(bytes: Option<&[u8]>) -> Result<Self, $crate::column::ColumnError> {
                $crate::column::json::read(bytes)
            }
        })*
    };
}

json_column!(
    domain::booking::BookingCancelled,
    domain::booking::Quote,
    domain::building::Address,
    domain::equipment::Trigger,
    domain::incident::Case,
    domain::listing::Pricing,
    domain::sla_policy::Terms,
    std::collections::BTreeMap<String, String>,
    std::collections::BTreeMap<String, u32>,
    Vec<crate::equipment::PartLine>,
    Vec<crate::equipment::TaskLine>,
    std::collections::BTreeSet<domain::id::BuildingId>,
    std::collections::BTreeSet<domain::id::IncidentId>,
    Vec<domain::building::Section>,
    Vec<domain::work_order::Task>,
);
