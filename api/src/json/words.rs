//! Words of the domain: enums that are written as one `snake_case` word.

use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

use super::tree::shown;

/// Reads a word by the very names under which it is recorded.
pub fn word<T: DeserializeOwned>(text: &str) -> Result<T, (&'static str, String)> {
    let reader: StrDeserializer<'_, Error> = serde::de::IntoDeserializer::into_deserializer(text);
    T::deserialize(reader).map_err(|error| {
        let detail = format!("`{}` is not known here: {error}.", shown(text));
        ("unknown_word", detail)
    })
}

/// Declares which enums are read as words, in bodies and in parameters.
macro_rules! words {
    ($($type:ty),+ $(,)?) => { $(
        impl super::FromJson for $type {
            fn from_json(
                tree: super::Tree<'_>,
                at: &super::Pointer<'_>,
                faults: &mut super::Faults,
            ) -> Option<Self> {
                let text = String::from_json(tree, at, faults)?;
                let read = $crate::json::words::word(&text);
                read.map_err(|(code, detail)| faults.add(at, code, detail)).ok()
            }
        }

        impl $crate::query::FromText for $type {
            fn from_text(text: &str) -> Result<Self, (&'static str, String)> {
                $crate::json::words::word(text)
            }
        }
    )+ };
}
words!(
    domain::booking::CancellationPolicy,
    domain::booking::PaymentTerms,
    domain::building::LotKind,
    domain::building::SectionKind,
    domain::export::ExportFormat,
    domain::export::ExportList,
    domain::export::ExportLocale,
    domain::file::Purpose,
    domain::file::Visibility,
    domain::equipment::Basis,
    domain::equipment::Day,
    domain::equipment::DownKind,
    domain::equipment::EquipmentStatus,
    domain::equipment::MeterKind,
    domain::equipment::MeterReset,
    domain::equipment::Rhythm,
    domain::equipment::Side,
    domain::incident::IncidentState,
    domain::incident::Priority,
    domain::incident::Visibility,
    domain::listing::ListingKind,
    domain::occupancy::OccupantKind,
    domain::outage::OutageKind,
    domain::permission::Role,
    domain::work_order::Priority,
    domain::work_order::TaskKind,
    domain::work_order::WorkKind,
    domain::work_order::WorkStatus,
);
