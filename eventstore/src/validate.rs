//! What can never go through is refused before it is queued.

use std::collections::HashSet;

use chrono::Datelike;

use crate::append::{
    Append, EVENT_BYTES_MAX, EVENTS_PER_APPEND_MAX, Expected, IdempotencyKey, NewEvent,
    STREAMS_PER_APPEND_MAX,
};
use crate::error::AppendError;
use crate::json::Json;

/// The most bytes of all events of one append together, so that it fits one statement.
pub const APPEND_BYTES_MAX: usize = 64 * 1024 * 1024;
const TYPE_BYTES_MAX: usize = 128;
const KEY_BYTES_MAX: usize = 255;

/// Checks what can be checked without the journal; answers the bytes of the events.
pub(crate) fn validate(append: &Append) -> Result<usize, AppendError> {
    streams(append)?;
    key(&append.key)?;
    let events = append
        .streams
        .iter()
        .map(|part| part.events.len())
        .sum::<usize>();
    if events > EVENTS_PER_APPEND_MAX {
        return invalid(format!(
            "an append of {events} events is over the limit of {EVENTS_PER_APPEND_MAX}; split it"
        ));
    }
    let mut bytes = 0;
    let mut metadata: Option<&Json> = None;
    for new in append.streams.iter().flat_map(|part| &part.events) {
        event(
            new,
            metadata.is_some_and(|seen| seen.is_same(&new.metadata)),
        )?;
        metadata = Some(&new.metadata);
        bytes += new.data.len() + new.metadata.len();
    }
    if bytes > APPEND_BYTES_MAX {
        return invalid(format!(
            "an append of {bytes} bytes is over the limit of {APPEND_BYTES_MAX}; split it"
        ));
    }
    Ok(bytes)
}

fn streams(append: &Append) -> Result<(), AppendError> {
    let count = append.streams.len();
    if count == 0 {
        return invalid("an append names no stream; name at least one".to_owned());
    }
    if count > STREAMS_PER_APPEND_MAX {
        return invalid(format!(
            "an append of {count} streams is over the limit of {STREAMS_PER_APPEND_MAX}; split it"
        ));
    }
    let mut seen = HashSet::with_capacity(count);
    for part in &append.streams {
        if !seen.insert(&part.stream) {
            return invalid(format!(
                "stream `{}` stands twice in one append; put its events into one part",
                part.stream
            ));
        }
        if matches!(part.expected, Expected::Exactly(version) if version < 0) {
            return invalid(format!(
                "stream `{}` is expected at a negative version",
                part.stream
            ));
        }
    }
    Ok(())
}

fn key(key: &IdempotencyKey) -> Result<(), AppendError> {
    let printable = key.key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if key.key.is_empty() || key.key.len() > KEY_BYTES_MAX || !printable {
        return invalid("an idempotency key is 1 to 255 printable ASCII characters".to_owned());
    }
    for (what, text) in [
        ("subject of a key", &key.subject),
        ("id of an answer", &key.answer_id),
    ] {
        if text.is_empty() || text.len() > KEY_BYTES_MAX || text.chars().any(char::is_control) {
            return invalid(format!(
                "the {what} is 1 to 255 bytes without control characters"
            ));
        }
    }
    Ok(())
}

fn event(event: &NewEvent, metadata_is_checked: bool) -> Result<(), AppendError> {
    let name = &event.event_type;
    if name.is_empty() || name.len() > TYPE_BYTES_MAX || !name.bytes().all(|b| b.is_ascii_graphic())
    {
        return invalid(format!("`{}` is no type of an event", name.escape_debug()));
    }
    if event.schema_version < 1 {
        return invalid(format!("the schema version of `{name}` is below 1"));
    }
    let bytes = event.data.len() + event.metadata.len();
    if bytes > EVENT_BYTES_MAX {
        return invalid(format!(
            "event `{name}` has {bytes} bytes, which is over the limit of {EVENT_BYTES_MAX}"
        ));
    }
    if !(1..=9999).contains(&event.occurred_at.year()) {
        return invalid(format!(
            "event `{name}` occurred outside of the years 1 to 9999"
        ));
    }
    let data = event.data.check();
    data.or_else(|e| invalid(format!("the data of `{name}` {e}")))?;
    if !metadata_is_checked {
        let metadata = event.metadata.check();
        metadata.or_else(|e| invalid(format!("the metadata of `{name}` {e}")))?;
    }
    Ok(())
}

fn invalid<T>(sentence: String) -> Result<T, AppendError> {
    Err(AppendError::Invalid(sentence))
}
