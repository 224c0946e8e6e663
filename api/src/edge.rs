//! What the edge of the house holds in common for all requests.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use tokio::sync::Semaphore;

use crate::auth::{Passwords, Tokens};
use crate::config::{Attempts, Limits, Network, Serve};
use crate::import::places::Places as ImportPlaces;
use crate::metrics::Metrics;
use crate::middleware::{Client, HELD_BYTES_MAX, HELD_UNIT, Rates};
use crate::places::Places;
use crate::query::CursorKey;
use crate::security::SecurityLog;
use crate::time::{Clock, Mint};

/// The most forms and files that are read at once, of all clients and of one.
const STREAMS_AT_ONCE: usize = 64;
const STREAMS_PER_CLIENT: usize = 8;

/// What all requests share and no route owns. Cheap to clone.
#[derive(Clone)]
pub struct Edge(Arc<Inner>);

/// The parts of [`Edge`].
pub struct Inner {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Mints ids.
    pub mint: Mint,
    /// How much is taken.
    pub limits: Limits,
    /// How it is reached.
    pub network: Network,
    /// Signs and verifies access tokens.
    pub tokens: Tokens,
    /// How long a refresh token lives.
    pub refresh_life: TimeDelta,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// How often a password may be tried.
    pub attempts: Attempts,
    /// Takes note of what is refused.
    pub security: SecurityLog,
    /// Signs cursors.
    pub cursors: CursorKey,
    /// Counts.
    pub metrics: Metrics,
    /// Holds back clients that ask too often.
    pub rates: Rates,
    /// A seat for each request that is worked on.
    pub seats: Semaphore,
    /// The requests of one client that are under way.
    pub places: Places<Client>,
    /// A seat for each form or file that is read piece by piece.
    pub streams: Semaphore,
    /// Those of one client.
    pub streams_of_one: Places<Client>,
    /// The bytes of the bodies that are held in memory, in units of [`HELD_UNIT`].
    pub bodies: Arc<Semaphore>,
    /// The connections of one address.
    pub connections: Places<IpAddr>,
    /// A seat for each workbook that is put together.
    pub workbooks: Semaphore,
    /// How many tables that are sent are held and read at a time.
    pub tables: ImportPlaces,
    draining: AtomicBool,
}

impl std::ops::Deref for Edge {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Edge {
    /// The edge that `settings` describe, its keys derived from `secret`.
    pub fn new(settings: &Serve, secret: &commands::Secret, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            mint: Mint,
            limits: settings.limits.clone(),
            network: settings.network.clone(),
            tokens: Tokens::new(&settings.identity, secret),
            refresh_life: settings.identity.refresh_token_life.delta(),
            passwords: Passwords::new(),
            attempts: settings.identity.attempts(),
            security: SecurityLog::new(Arc::clone(&clock)),
            cursors: CursorKey::derive(secret),
            metrics: Metrics::default(),
            rates: Rates::new(&settings.limits),
            seats: Semaphore::new(settings.limits.requests_at_once),
            places: Places::new(settings.limits.requests_per_client),
            streams: Semaphore::new(STREAMS_AT_ONCE),
            streams_of_one: Places::new(STREAMS_PER_CLIENT),
            bodies: Arc::new(Semaphore::new(HELD_BYTES_MAX / HELD_UNIT)),
            connections: Places::new(settings.limits.connections_per_address),
            workbooks: Semaphore::new(crate::export::WORKBOOKS_AT_ONCE),
            tables: ImportPlaces::default(),
            draining: AtomicBool::new(false),
            clock,
        }))
    }

    /// Says that no new work should be sent here.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether no new work should be sent here.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whether what `peer` says about its clients' addresses is believed.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.network
            .trusted_proxies
            .iter()
            .any(|range| range.contains(peer))
    }
}
