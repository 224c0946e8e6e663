//! What a process has to do: book, pay and cancel at random until it is killed.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Days, Utc};
use commands::booking::AskForStay;
use commands::{CommandError, Context, Done};
use domain::Span;
use domain::id::{BookingId, ListingId, PaymentId};
use eventstore::PgConnectOptions;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::works::{Works, in_the_end, run_clock};
use crate::house::{House, Person, ask, id};
use crate::two_processes::try_process;

pub const VARIABLE: &str = "CADASTRE_TEST_MISSION";
/// How many ask at once in a process.
const LANES: u64 = 3;
/// The nights that are for sale.
const NIGHTS: u64 = 12;

#[derive(Clone, Serialize, Deserialize)]
pub struct Mission {
    guest: Uuid,
    session: Uuid,
    listings: Vec<Uuid>,
    /// When the clocks of all processes began to run.
    pub started_at: DateTime<Utc>,
    /// How many seconds the clock of this process is ahead.
    ahead_s: i64,
    seed: u64,
    socket: String,
    port: u16,
    user: String,
    database: String,
}

impl Mission {
    pub fn new(
        guest: Person,
        listings: Vec<ListingId>,
        started_at: DateTime<Utc>,
        options: &PgConnectOptions,
    ) -> Self {
        Self {
            guest: guest.user.0,
            session: guest.session.0,
            listings: listings.into_iter().map(|listing| listing.0).collect(),
            started_at,
            ahead_s: 0,
            seed: 0,
            socket: options.get_socket().unwrap().display().to_string(),
            port: options.get_port(),
            user: options.get_username().to_owned(),
            database: options.get_database().unwrap().to_owned(),
        }
    }

    /// The same for a process whose clock is ahead, with chance of its own.
    pub fn with(&self, ahead_s: i64, seed: u64) -> Self {
        Self {
            ahead_s,
            seed,
            ..self.clone()
        }
    }

    /// The mission of this process, if it has one.
    pub fn of_this_process() -> Option<Self> {
        let text = std::env::var(VARIABLE).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Does it; says on standard output what was acknowledged.
    pub async fn fulfil(self) {
        let options = PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(self.port)
            .username(&self.user)
            .database(&self.database);
        let (house, journal) = in_the_end(async || try_process(&options).await.ok()).await;
        run_clock(house.clock.clone(), self.started_at, self.ahead_s);
        let _works = Works::start(&house, &journal, &options).await;
        let house = Arc::new(house);
        let lanes = (0..LANES).map(|lane| {
            let lane = Lane {
                house: Arc::clone(&house),
                guest: Person {
                    user: domain::id::UserId(self.guest),
                    session: domain::id::SessionId(self.session),
                },
                listings: self.listings.clone(),
                chance: StdRng::seed_from_u64(self.seed.wrapping_add(lane)),
            };
            lane.work()
        });
        futures::future::join_all(lanes).await;
    }
}

/// One who asks for one thing after the other.
struct Lane {
    house: Arc<House>,
    guest: Person,
    listings: Vec<Uuid>,
    chance: StdRng,
}

impl Lane {
    async fn work(mut self) {
        loop {
            let booking = BookingId(id());
            let stay = self.stay();
            let commands = &self.house.commands;
            let booked = insist(async || {
                let context = self.keyed(booking.0);
                commands.request_booking(&context, booking, &stay).await
            });
            if booked.await.is_err() {
                say("REFUSED");
                continue;
            }
            say(&format!("BOOKED {booking}"));
            if self.chance.random_bool(0.7) {
                self.pay(booking).await;
            }
            if self.chance.random_bool(0.6) {
                self.cancel(booking).await;
            }
        }
    }

    /// One to three nights of one of the listings.
    fn stay(&mut self) -> AskForStay {
        let listing = self.listings[self.chance.random_range(0..self.listings.len())];
        let ask = ask(ListingId(listing), 1);
        let first = Days::new(self.chance.random_range(0..NIGHTS));
        let from = ask.span.from.checked_add_days(first).unwrap();
        let nights = Days::new(self.chance.random_range(1..4));
        let until = from.checked_add_days(nights).unwrap();
        AskForStay {
            span: Span::new(from, until),
            ..ask
        }
    }

    async fn pay(&mut self, booking: BookingId) {
        let payment = PaymentId(id());
        let commands = &self.house.commands;
        let created = insist(async || {
            let context = self.keyed(payment.0);
            commands.create_payment(&context, payment, booking).await
        });
        if created.await.is_err() {
            return;
        }
        let methods = ["sandbox", "sandbox_twice", "sandbox_declined"];
        let method = methods[self.chance.random_range(0..methods.len())];
        // Whoever asks may lose patience in the middle of it.
        let patience = Duration::from_millis(self.chance.random_range(1..400));
        let context = self.keyed(id());
        let confirming = commands.confirm_payment(&context, payment, method);
        drop(timeout(patience, confirming).await);
    }

    async fn cancel(&self, booking: BookingId) {
        let key = id();
        let cancelled = insist(async || {
            let commands = &self.house.commands;
            let context = self.keyed(key);
            commands.cancel_booking(&context, booking, None).await
        });
        if cancelled.await.is_ok() {
            say(&format!("CANCELLED {booking}"));
        }
    }

    fn keyed(&self, key: Uuid) -> Context {
        self.house.keyed(self.guest, &key.to_string(), 1)
    }
}

/// Asks with one key until the answer is known.
async fn insist(ask: impl AsyncFn() -> Result<Done, CommandError>) -> Result<Done, CommandError> {
    loop {
        match ask().await {
            Err(CommandError::Unavailable(_) | CommandError::Contended) => {
                sleep(Duration::from_millis(10)).await;
            }
            answer => return answer,
        }
    }
}

/// One write, so that a kill leaves a whole line or none.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}
