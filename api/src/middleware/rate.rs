//! Three zones of requests, each with so many a second for one client.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use uuid::Uuid;

use super::Presented;
use crate::config::Limits;
use crate::edge::Edge;
use crate::extract::Trail;
use crate::problem::Problem;

/// After so many requests, clients that have not been heard of for long are forgotten.
const FORGET_EVERY: u32 = 8_192;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Client {
    User(Uuid),
    Address(IpAddr),
    Unknown,
}

/// The three zones.
pub struct Rates {
    general: Zone,
    auth: Zone,
    search: Zone,
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
        }
    }

    /// The zone of a path; none for what a monitor asks.
    fn zone(&self, path: &str) -> Option<(&Zone, By)> {
        let below = path.strip_prefix("/api/v1/");
        let first = below.and_then(|rest| rest.split('/').next());
        match (first, path) {
            (_, "/health" | "/ready" | "/metrics" | "/info") => None,
            // A user of one's own making must be no way around the limit on guessing.
            (Some("auth"), _) => Some((&self.auth, By::Address)),
            (Some("search"), _) => Some((&self.search, By::User)),
            _ => Some((&self.general, By::User)),
        }
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

/// Lets a request pass, or asks the client to come back later.
pub async fn hold_back(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let taken = edge
        .rates
        .zone(request.uri().path())
        .map(|(zone, by)| zone.take(&client(&request, by)));
    match taken {
        Some(Err(seconds)) => Problem::too_many(seconds.max(1)).into_response(),
        _ => next.run(request).await,
    }
}

/// By what the clients of a zone are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The user of a genuine token, else the address.
    User,
    /// The address, whatever token comes with it.
    Address,
}

fn client(request: &Request, by: By) -> Client {
    let user = match request.extensions().get::<Presented>() {
        Some(Presented(Ok(claims))) if by == By::User => Some(Client::User(claims.sub)),
        _ => None,
    };
    let address = || {
        request
            .extensions()
            .get::<Trail>()
            .and_then(|trail| trail.ip)
    };
    user.or_else(|| address().map(|ip| Client::Address(network(ip))))
        .unwrap_or(Client::Unknown)
}

/// An IPv6 client owns a whole /64 and could ask from another address each time.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}
