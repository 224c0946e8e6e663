//! axum with one prepared query and nothing else: no token, no limit, no metrics, no log. It
//! answers the same fields of the same rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio_postgres::{Client, Row, Statement};
use uuid::Uuid;

use super::READERS;
use crate::database::Database;
use crate::fault::Fault;

/// Declares the columns that are read and answered.
macro_rules! columns {
    ($($name:ident: $type:ty),+ $(,)?) => {
        /// A booking.
        #[derive(Serialize)]
        struct Booking {
            $($name: $type,)+
            quote: Box<RawValue>,
        }

        const COLUMNS: &str = concat!($(stringify!($name), ", ",)+ "quote::text");

        impl Booking {
            fn of(row: &Row) -> Result<Self, serde_json::Error> {
                let mut place = 0..;
                let mut next = || place.next().unwrap_or_default();
                Ok(Self {
                    $($name: row.get::<usize, $type>(next()),)+
                    quote: RawValue::from_string(row.get(next()))?,
                })
            }
        }
    };
}

columns! {
    id: Uuid, listing: Uuid, host: Uuid, building: Option<Uuid>, lot: Option<Uuid>,
    guest: Option<Uuid>, contact: Option<Uuid>, contact_name: Option<String>,
    contact_email: Option<String>, arrival: NaiveDate, departure: NaiveDate, nights: i64,
    units: i64, adults: i64, children: i64, babies: i64, time_zone: String,
    check_in_at: DateTime<Utc>, check_out_at: DateTime<Utc>, price: String, currency: String,
    total: i64, policy: String, policy_version: i32, terms: String, instant: bool,
    accepted: bool, deadline: Option<DateTime<Utc>>, status: String, reason: Option<String>,
    payment: Option<Uuid>, confirmed_at: Option<DateTime<Utc>>, ended_at: Option<DateTime<Utc>>,
    country: Option<String>, channel: Option<String>, segment: Option<String>,
    reference: Option<String>, origin: String, adopted: bool, requested_at: DateTime<Utc>,
    changed_at: DateTime<Utc>, version: i64,
}

/// A connection, and what is prepared on it.
struct Reader {
    client: Client,
    show: Statement,
    list: Statement,
}

struct Bare {
    readers: Vec<Reader>,
    next: AtomicUsize,
}

/// The routes, on the read model of this house.
pub async fn router(database: &Database) -> Result<Router, Fault> {
    let mut readers = Vec::with_capacity(READERS);
    for _ in 0..READERS {
        let client = database.raw().await?;
        let show = format!("select {COLUMNS} from bookings.booking where id = $1");
        let list = format!(
            "select {COLUMNS} from bookings.booking where guest = $1
             order by requested_at desc, id desc limit 21"
        );
        let (show, list) = (client.prepare(&show).await?, client.prepare(&list).await?);
        readers.push(Reader { client, show, list });
    }
    let next = AtomicUsize::new(0);
    Ok(Router::new()
        .route("/api/v1/bookings/{id}", get(show))
        .route("/api/v1/bookings", get(list))
        .with_state(Arc::new(Bare { readers, next })))
}

impl Bare {
    /// The connections in turn; each takes many questions at once.
    fn reader(&self) -> &Reader {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        &self.readers[turn % self.readers.len()]
    }
}

const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

async fn show(
    State(bare): State<Arc<Bare>>,
    Path(id): Path<Uuid>,
) -> Result<Json<Booking>, StatusCode> {
    let Reader { client, show, .. } = bare.reader();
    let row = client.query_opt(show, &[&id]).await.map_err(|_| BROKEN)?;
    let row = row.ok_or(StatusCode::NOT_FOUND)?;
    Booking::of(&row).map(Json).map_err(|_| BROKEN)
}

/// The first twenty.
#[derive(Serialize)]
struct Items {
    items: Vec<Booking>,
}

/// Whose they are, as the token says; nobody asks whether it is genuine.
#[derive(Deserialize)]
struct Said {
    sub: Uuid,
}

fn guest(headers: &HeaderMap) -> Option<Uuid> {
    let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let said = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&said)
        .ok()
        .map(|said: Said| said.sub)
}

async fn list(
    State(bare): State<Arc<Bare>>,
    headers: HeaderMap,
) -> Result<Json<Items>, StatusCode> {
    let guest = guest(&headers).ok_or(StatusCode::UNAUTHORIZED)?;
    let Reader { client, list, .. } = bare.reader();
    let rows = client.query(list, &[&guest]).await.map_err(|_| BROKEN)?;
    let items = rows
        .iter()
        .take(20)
        .map(Booking::of)
        .collect::<Result<_, _>>();
    items.map(|items| Json(Items { items })).map_err(|_| BROKEN)
}
