//! Things as they were: the history of one stream, and its state at a moment of the past.
//!
//! Always a prefix of the stream, never a re-ordering: the state after its first so many events.

use std::collections::HashSet;

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{Aggregate, Event, secret};
use eventstore::{Journal, Recorded, StreamName};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::{Json, versioned};
use crate::app::App;
use crate::extract::unknown;
use crate::json::Fault;
use crate::problem::Problem;
use crate::query::{Cursor, Items, Paged, Whole, parameters};

/// Events read from the journal at a time.
const LOAD_PAGE: usize = 1_000;

parameters! {
    /// A moment of the past. Without any, the present is shown.
    pub struct Moment {
        /// The state after so many events.
        pub at_version: Option<i64>,
        /// The state before the first event that happened later than this.
        pub as_of: Option<DateTime<Utc>>,
        /// The state after the last event that was recorded by then.
        pub known_at: Option<DateTime<Utc>>,
        /// Waits until everything up to this position is in the answer.
        pub min_position: Option<i64>,
    }
}

/// A thing as it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct Past {
    /// The thing.
    id: String,
    /// How many events it rests on.
    version: i64,
    /// When the last of them happened.
    occurred_at: DateTime<Utc>,
    /// When the last of them was recorded.
    recorded_at: DateTime<Utc>,
    /// The state that they led to.
    #[schema(value_type = Object)]
    state: Value,
}

/// An event with who did it, why and from where.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    #[serde(flatten)]
    happened: Happened,
    /// The stream that it stands in.
    stream: String,
    /// Who, why and from where.
    #[schema(value_type = Object)]
    metadata: Value,
}

/// An event, as those may see it who may see what it happened to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Happened {
    /// Its place in the stream.
    version: i64,
    /// Its place in the journal.
    position: i64,
    /// Its own id.
    event_id: Uuid,
    /// What happened.
    #[serde(rename = "type")]
    kind: String,
    /// The shape of `data`.
    schema_version: i32,
    /// All that happened.
    #[schema(value_type = Object)]
    data: Value,
    /// When it was true in the world.
    occurred_at: DateTime<Utc>,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
}

impl Moment {
    /// Whether the past is asked for.
    pub fn is_past(&self) -> bool {
        self.at_version.is_some() || self.as_of.is_some() || self.known_at.is_some()
    }

    fn check(&self, now: DateTime<Utc>) -> Result<(), Problem> {
        let mut faults = Vec::new();
        for (name, at) in [("as_of", self.as_of), ("known_at", self.known_at)] {
            if at.is_some_and(|at| at > now) {
                faults.push(Fault::of(
                    name,
                    "in_the_future",
                    "This moment is still to come.",
                ));
            }
        }
        if self.at_version.is_some() && (self.as_of.is_some() || self.known_at.is_some()) {
            let detail = "Name a version or a moment, not both.";
            faults.push(Fault::of("at_version", "ambiguous_moment", detail));
        }
        if self.at_version.is_some_and(|version| version < 1) {
            faults.push(Fault::of(
                "at_version",
                "out_of_range",
                "A version is 1 or more.",
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Problem::faults("parameter_invalid", faults))
        }
    }

    /// How many of `events` there were.
    fn cut(&self, events: &[Recorded]) -> Option<usize> {
        let until = |is_later: &dyn Fn(&Recorded) -> bool| events.iter().position(is_later);
        let mut count = events.len();
        if let Some(version) = self.at_version {
            count = events.iter().position(|event| event.version == version)? + 1;
        }
        if let Some(at) = self.as_of {
            count = count.min(until(&|event| event.occurred_at > at).unwrap_or(count));
        }
        if let Some(at) = self.known_at {
            count = count.min(until(&|event| event.recorded_at > at).unwrap_or(count));
        }
        (count > 0).then_some(count)
    }
}

async fn events(app: &App, stream: &StreamName) -> Result<Vec<Recorded>, Problem> {
    let mut events: Vec<Recorded> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event.version);
        let page = app.journal.load(stream, after, LOAD_PAGE).await?;
        let is_last = page.len() < LOAD_PAGE;
        events.extend(page);
        if is_last {
            return Ok(events);
        }
    }
}

fn decode<A: Aggregate>(event: &Recorded) -> Result<A::Event, Problem> {
    let version = u16::try_from(event.schema_version).unwrap_or(u16::MAX);
    A::Event::decode(&event.event_type, version, &event.data)
        .map_err(|error| Problem::internal(&error))
}

/// What happened to the `A` with `id` as its event `version`.
pub async fn event_at<A: Aggregate>(
    app: &App,
    id: impl std::fmt::Display,
    version: i64,
) -> Result<A::Event, Problem> {
    let stream = StreamName::of(A::NOUN, &id).map_err(|_| unknown(A::NOUN))?;
    let events = app.journal.load(&stream, version - 1, 1).await?;
    decode::<A>(events.first().ok_or_else(Problem::broken)?)
}

/// Ids of what the one who asks may not know of, as they stand in JSON.
pub type Unseen = HashSet<String>;

/// Takes the ids of `unseen` out of `value`: out of lists, and from where one stands alone.
pub fn take_out(value: &mut Value, unseen: &Unseen) {
    let is_unseen = |value: &Value| value.as_str().is_some_and(|text| unseen.contains(text));
    match value {
        Value::Array(items) => {
            items.retain(|item| !is_unseen(item));
            for item in items {
                take_out(item, unseen);
            }
        }
        Value::Object(fields) => {
            for field in fields.values_mut() {
                take_out(field, unseen);
            }
        }
        single if is_unseen(single) => *single = Value::Null,
        _ => {}
    }
}

/// Every event of the `A` with `id`.
pub async fn all_events<A: Aggregate>(
    app: &App,
    id: impl std::fmt::Display,
) -> Result<Vec<A::Event>, Problem> {
    let stream = StreamName::of(A::NOUN, &id).map_err(|_| unknown(A::NOUN))?;
    let events = events(app, &stream).await?;
    events.iter().map(decode::<A>).collect()
}

/// The state of the `A` with `id` at `moment`.
pub async fn state_at<A: Aggregate>(
    app: &App,
    id: impl std::fmt::Display,
    moment: &Moment,
) -> Result<Response, Problem> {
    state_but::<A>(app, id, moment, &Unseen::new()).await
}

/// The same without the ids of `unseen`.
pub async fn state_but<A: Aggregate>(
    app: &App,
    id: impl std::fmt::Display,
    moment: &Moment,
    unseen: &Unseen,
) -> Result<Response, Problem> {
    moment.check(app.edge.clock.now())?;
    let stream = StreamName::of(A::NOUN, &id).map_err(|_| unknown(A::NOUN))?;
    let events = events(app, &stream).await?;
    let count = moment.cut(&events).ok_or_else(|| unknown(A::NOUN))?;
    let mut state = A::default();
    for event in &events[..count] {
        state.evolve(&decode::<A>(event)?);
    }
    let mut state = serde_json::to_value(&state).map_err(|error| Problem::internal(&error))?;
    secret::redact(&mut state);
    take_out(&mut state, unseen);
    let last = &events[count - 1];
    let (occurred_at, recorded_at) = (last.occurred_at, last.recorded_at);
    let past = Past {
        id: id.to_string(),
        version: last.version,
        occurred_at,
        recorded_at,
        state,
    };
    Ok(versioned(last.version, Json(past)))
}

/// What happened to the `A` with `id`, from the first event on, as those may see it who may see
/// the thing itself.
pub async fn history<A: Aggregate>(
    app: &App,
    id: impl std::fmt::Display,
    paged: &Paged<Whole>,
) -> Result<Json<Items<Happened>>, Problem> {
    history_without::<A>(app, id, paged, &|_| false).await
}

/// The same without the ids of `unseen`.
pub async fn history_but<A: Aggregate>(
    app: &App,
    id: impl std::fmt::Display,
    paged: &Paged<Whole>,
    unseen: &Unseen,
) -> Result<Json<Items<Happened>>, Problem> {
    let Json(mut told) = history::<A>(app, id, paged).await?;
    for item in &mut told.items {
        take_out(&mut item.data, unseen);
    }
    Ok(Json(told))
}

/// The same without what is `hidden` from the one who asks; a page may be the shorter for it.
pub async fn history_without<A: Aggregate>(
    app: &App,
    id: impl std::fmt::Display,
    paged: &Paged<Whole>,
    hidden: &(dyn Fn(&Recorded) -> bool + Sync),
) -> Result<Json<Items<Happened>>, Problem> {
    let stream = StreamName::of(A::NOUN, &id).map_err(|_| unknown(A::NOUN))?;
    let (events, next_cursor) = page_of(app, &stream, paged).await?;
    let shown = events.into_iter().filter(|event| !hidden(event));
    let items = shown.map(happened).collect::<Result<_, _>>()?;
    Ok(Json(Items {
        items,
        next_cursor,
        stale: false,
    }))
}

/// What was recorded in `stream`, with who, why and from where.
pub async fn told(
    app: &App,
    stream: &StreamName,
    paged: &Paged<Whole>,
) -> Result<Json<Items<Told>>, Problem> {
    let (events, next_cursor) = page_of(app, stream, paged).await?;
    let items = events
        .into_iter()
        .map(with_metadata)
        .collect::<Result<_, _>>()?;
    Ok(Json(Items {
        items,
        next_cursor,
        stale: false,
    }))
}

async fn page_of(
    app: &App,
    stream: &StreamName,
    paged: &Paged<Whole>,
) -> Result<(Vec<Recorded>, Option<String>), Problem> {
    let of = Cursor {
        query: stream.as_str(),
        asked: &paged.asked,
    };
    let open = |cursor: &String| app.edge.cursors.open::<i64>(&of, cursor);
    let after = paged
        .page
        .cursor
        .as_ref()
        .map(open)
        .transpose()?
        .unwrap_or(0);
    let limit = usize::try_from(paged.page.limit).unwrap_or(LOAD_PAGE);
    let mut events = app.journal.load(stream, after, limit + 1).await?;
    if events.is_empty() && after == 0 {
        return Err(unknown(stream.noun()));
    }
    let more = events.len() > limit;
    events.truncate(limit);
    let last = events.last().filter(|_| more).map(|event| event.version);
    Ok((
        events,
        last.and_then(|version| app.edge.cursors.sign(&of, &version)),
    ))
}

fn json(text: &str) -> Result<Value, Problem> {
    let mut value = serde_json::from_str(text).map_err(|error| Problem::internal(&error))?;
    secret::redact(&mut value);
    Ok(value)
}

fn with_metadata(event: Recorded) -> Result<Told, Problem> {
    Ok(Told {
        stream: event.stream.to_string(),
        metadata: json(&event.metadata)?,
        happened: happened(event)?,
    })
}

fn happened(event: Recorded) -> Result<Happened, Problem> {
    Ok(Happened {
        version: event.version,
        position: event.position,
        event_id: event.event_id,
        data: json(&event.data)?,
        kind: event.event_type,
        schema_version: event.schema_version,
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
    })
}
