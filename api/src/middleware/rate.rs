//! Three zones of requests, each with so many a second for one client, and a bound for an address.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::client::Client;
use super::guard::is_operational;
use crate::config::Limits;
use crate::edge::Edge;
use crate::problem::Problem;

/// After so many requests, clients that have not been heard of for long are forgotten.
const FORGET_EVERY: u32 = 8_192;

/// The three zones of clients, and one of addresses over all of them.
pub struct Rates {
    general: Zone,
    auth: Zone,
    search: Zone,
    address: Zone,
}

struct Zone {
    clients: DefaultKeyedRateLimiter<Client>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl Rates {
    /// The zones that `limits` describe.
    pub fn new(limits: &Limits) -> Self {
        Self {
            general: Zone::new(limits.rate_general, limits.burst_general),
            auth: Zone::new(limits.rate_auth, limits.burst_auth),
            search: Zone::new(limits.rate_search, limits.burst_search),
            address: Zone::new(limits.rate_address, limits.burst_address),
        }
    }

    /// Takes one request, or says how many seconds to wait; what a monitor asks is not counted.
    fn take(&self, request: &Request) -> Result<(), u64> {
        let path = request.uri().path();
        if is_operational(path) {
            return Ok(());
        }
        let address = Client::by_address(request);
        let below = path.strip_prefix("/api/v1/");
        match below.and_then(|rest| rest.split('/').next()) {
            // A user of one's own making must be no way around the limit on guessing.
            Some("auth") => self.auth.take(&address)?,
            Some("search") => self.search.take(&Client::by_user(request))?,
            _ => self.general.take(&Client::by_user(request))?,
        }
        self.address.take(&address)
    }
}

impl Zone {
    fn new(rate: NonZeroU32, burst: NonZeroU32) -> Self {
        Self {
            clients: RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Takes one request of `client`, or says how many seconds to wait.
    fn take(&self, client: &Client) -> Result<(), u64> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if asked.is_multiple_of(FORGET_EVERY) {
            self.clients.retain_recent();
            self.clients.shrink_to_fit();
        }
        self.clients.check_key(client).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

/// Lets a request pass, or asks the client to come back later. The address counts beside the
/// user, or many accounts of one person would have the rate of as many people.
pub async fn hold_back(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    match edge.rates.take(&request) {
        Err(seconds) => Problem::too_many(seconds.max(1)).into_response(),
        Ok(()) => next.run(request).await,
    }
}
