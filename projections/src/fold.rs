//! What the folding of events into rows has in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{AnyEvent, Metadata, Personal};
use serde::Serialize;
use serde_json::Value;

use crate::decoded::Decoded;
use crate::projector::ApplyError;

/// The ids of the streams of `wanted` events that may have rows already, each once: a stream that
/// begins in the batch has none yet, so that nothing need be loaded for it.
pub(crate) fn known(batch: &[Arc<Decoded>], wanted: impl Fn(&AnyEvent) -> bool) -> Vec<String> {
    let mut first = BTreeMap::new();
    for event in batch.iter().filter(|event| wanted(&event.event)) {
        first.entry(event.id()).or_insert(event.recorded.version);
    }
    first
        .into_iter()
        .filter(|(_, version)| *version > 1)
        .map(|(id, _)| id.to_owned())
        .collect()
}

/// The word that stands for `value` in JSON, such as `non_refundable`.
pub(crate) fn word(value: &impl Serialize) -> Result<String, ApplyError> {
    match json(value)? {
        Value::String(word) => Ok(word),
        other => Err(ApplyError::Fold(format!("`{other}` is no word"))),
    }
}

/// `value` as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<Value, ApplyError> {
    serde_json::to_value(value).map_err(|error| ApplyError::Fold(error.to_string()))
}

/// The id in the name of the event's stream.
pub(crate) fn id(event: &Decoded) -> Result<uuid::Uuid, ApplyError> {
    event
        .id()
        .parse()
        .map_err(|_| ApplyError::Fold(format!("`{}` is no id", event.id())))
}

/// `sum`, unless it does not fit.
pub(crate) fn fits(sum: Option<i64>) -> Result<i64, ApplyError> {
    sum.ok_or_else(|| ApplyError::Fold("the sum is larger than can be kept".to_owned()))
}

/// `live`, or `import` with the id of the import.
pub(crate) fn origin(metadata: &Metadata) -> Result<String, ApplyError> {
    word(&metadata.origin)
}

/// The value of what identifies a person, where it is known.
pub(crate) fn plain(personal: Option<&Personal<String>>) -> Option<String> {
    personal.map(|personal| personal.value.clone())
}
