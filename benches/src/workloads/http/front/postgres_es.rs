//! Bookings by the framework of cqrs-es on postgres-es, behind the front of this house: its
//! tokens, limits, metrics and log.

use std::path::Path;
use std::sync::Arc;

use api::cli::{Cli, Command};
use api::{Edge, Presented};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Extension, Json, Router};
use chrono::{NaiveDate, TimeDelta};
use clap::Parser;
use commands::Secret;
use cqrs_es::AggregateError;
use domain::booking::{
    Booking, BookingCommand, BookingRefusal, CancellationPolicy, Guests, Party, PaymentTerms,
    Price, RequestBooking, Source,
};
use domain::id::{BookingId, ListingId, UserId};
use domain::inventory::{HoldNights, Inventory, InventoryCommand, InventoryRefusal, OpenInventory};
use domain::listing::{Place, Pricing, StayTerms};
use domain::{Money, Span};
use eventstore::{Mint, SystemClock};
use postgres_es::{PostgresCqrs, postgres_cqrs};
use serde::{Deserialize, Serialize};
use sqlx08::postgres::PgPoolOptions;

use super::super::house::{GUESTS, LISTINGS};
use super::super::wrk::CONNECTIONS;
use crate::building::{metadata_map, now};
use crate::database::Database;
use crate::fault::Fault;

const COMMAND: &str = "booking.request";
/// For how long nights are held for a booking that is not paid.
const HELD: TimeDelta = TimeDelta::minutes(30);

struct Front {
    bookings: PostgresCqrs<Booking>,
    inventories: PostgresCqrs<Inventory>,
    stay: StayTerms,
}

/// What a guest sends.
#[derive(Deserialize)]
struct Ask {
    listing: ListingId,
    from: NaiveDate,
    until: NaiveDate,
    guests: Coming,
}

/// Who comes.
#[derive(Deserialize)]
struct Coming {
    adults: u32,
}

/// What is answered.
#[derive(Serialize)]
struct Booked {
    id: BookingId,
    version: u32,
}

/// The routes, on tables with an open inventory for each listing; tokens and listings are written
/// down where the server's files are.
pub async fn router(database: &Database) -> Result<Router, Fault> {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
    let pool = pool.connect_with(database.peer_options()).await?;
    sqlx08::raw_sql(include_str!("../../../../sql/postgres_es.sql"))
        .execute(&pool)
        .await?;
    let front = Front {
        bookings: postgres_cqrs(pool.clone(), vec![], ()),
        inventories: postgres_cqrs(pool, vec![], ()),
        stay: stay(),
    };
    let folder = std::env::var("CADASTRE_DATA")?;
    front.open_inventories(Path::new(&folder)).await?;
    let Command::Serve(settings) = Cli::parse_from(["cadastre", "serve"]).command else {
        return Err("the server's settings cannot be read".into());
    };
    settings.log.start()?;
    let edge = Edge::new(&settings, &Secret::new(vec![7; 32]), Arc::new(SystemClock));
    give_tokens(&edge, Path::new(&folder))?;
    let routes = Router::new().route("/api/v1/bookings", post(book));
    Ok(api::layered(routes.with_state(Arc::new(front)), &edge))
}

impl Front {
    async fn open_inventories(&self, folder: &Path) -> Result<(), Fault> {
        let mut listings = Vec::with_capacity(LISTINGS);
        for _ in 0..LISTINGS {
            let listing = Mint.id().to_string();
            let open = InventoryCommand::Open(OpenInventory {
                units: self.stay.units,
                zone: self.stay.zone,
                at: now(),
            });
            self.inventories.execute(&listing, open).await?;
            listings.push(listing);
        }
        Ok(std::fs::write(
            folder.join("listings"),
            listings.join("\n"),
        )?)
    }
}

fn give_tokens(edge: &Edge, folder: &Path) -> Result<(), Fault> {
    let mut tokens = Vec::with_capacity(GUESTS);
    for _ in 0..GUESTS {
        let token = edge.tokens.sign(Mint.id(), Mint.id(), Mint.id(), now());
        tokens.push(token?);
    }
    Ok(std::fs::write(folder.join("tokens"), tokens.join("\n"))?)
}

/// The terms of every listing; an application would have them in memory.
fn stay() -> StayTerms {
    let euros = |amount| Money {
        amount,
        currency: domain::Currency::EUR,
    };
    StayTerms {
        listing: ListingId(Mint.id()),
        host: UserId(Mint.id()),
        place: Place::default(),
        published: true,
        units: 2,
        max_guests: Some(4),
        pricing: Pricing {
            nightly_price: euros(12_550),
            cleaning_fee: euros(3_000),
            service_fee: euros(0),
            service_fee_basis_points: 0,
            weekly_discount_basis_points: 1_000,
            monthly_discount_basis_points: 0,
        },
        policy: CancellationPolicy::Moderate,
        zone: chrono_tz::Europe::Lisbon,
        check_in: chrono::NaiveTime::MIN,
        check_out: chrono::NaiveTime::MIN,
        instant: true,
        min_nights: 1,
        max_nights: 730,
    }
}

/// Holds the nights and records the booking: two transactions, since an append there has one
/// aggregate.
async fn book(
    State(front): State<Arc<Front>>,
    Extension(Presented(claims)): Extension<Presented>,
    Json(ask): Json<Ask>,
) -> Result<(StatusCode, Json<Booked>), StatusCode> {
    let claims = claims.map_err(|_| StatusCode::UNAUTHORIZED)?;
    let id = BookingId(Mint.id());
    front.hold(id, &ask).await.map_err(|error| status(&error))?;
    let recorded = front.record(id, UserId(claims.sub), &ask).await;
    recorded.map_err(|error| status(&error))?;
    Ok((StatusCode::CREATED, Json(Booked { id, version: 1 })))
}

fn status<E: std::error::Error>(error: &AggregateError<E>) -> StatusCode {
    match error {
        AggregateError::UserError(_) => StatusCode::CONFLICT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Front {
    /// Puts the nights aside; repeats that until it is done or refused.
    async fn hold(
        &self,
        booking: BookingId,
        ask: &Ask,
    ) -> Result<(), AggregateError<InventoryRefusal>> {
        let listing = ask.listing.to_string();
        let nights = HoldNights {
            guest: None,
            hold: booking,
            span: Span::new(ask.from, ask.until),
            units: 1,
            deadline: Some(now() + HELD),
            at: now(),
        };
        loop {
            let command = InventoryCommand::Hold(nights.clone());
            let metadata = metadata_map(COMMAND);
            let inventories = &self.inventories;
            match inventories
                .execute_with_metadata(&listing, command, metadata)
                .await
            {
                Err(AggregateError::AggregateConflict) => {}
                done => return done,
            }
        }
    }

    async fn record(
        &self,
        id: BookingId,
        user: UserId,
        ask: &Ask,
    ) -> Result<(), AggregateError<BookingRefusal>> {
        let request = RequestBooking {
            stay: StayTerms {
                listing: ask.listing,
                ..self.stay.clone()
            },
            party: Party::User { user },
            span: Span::new(ask.from, ask.until),
            units: 1,
            guests: Guests {
                adults: ask.guests.adults,
                children: 0,
                babies: 0,
            },
            price: Price::Quoted { expected: None },
            terms: PaymentTerms::AtBooking,
            instant: true,
            deadline: Some(now() + HELD),
            source: Source::default(),
            at: now(),
        };
        let (id, request) = (id.to_string(), BookingCommand::Request(Box::new(request)));
        let metadata = metadata_map(COMMAND);
        self.bookings
            .execute_with_metadata(&id, request, metadata)
            .await
    }
}
