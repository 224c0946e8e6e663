//! Takes connections: a bounded number, of one address and of all, and none for longer than it is
//! of use.

mod timely;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::ConnectInfo;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tower::{ServiceExt, service_fn};

use crate::edge::Edge;
use crate::middleware::network;
use timely::Timely;

/// How long nobody is taken after the system refused a connection, for want of files mostly.
const REST: Duration = Duration::from_millis(100);
/// The most requests that one connection of HTTP/2 may have under way.
const STREAMS_MAX: u32 = 100;
/// The most bytes of a request's head.
const HEAD_BYTES_MAX: usize = 64 * 1_024;
/// How often the other end of a connection of HTTP/2 is asked whether it is there, and how long it
/// may take to say so.
const PING_EVERY: Duration = Duration::from_secs(20);

/// Answers what comes in until it is told to stop, and then finishes what is under way.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    edge: Edge,
    mut stop: watch::Receiver<bool>,
) {
    let all = Arc::new(Semaphore::new(edge.limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        while connections.try_join_next().is_some() {}
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(REST).await;
                continue;
            }
        };
        let Ok(seat) = Arc::clone(&all).try_acquire_owned() else {
            tracing::debug!(%peer, "a connection is closed: there are as many as are taken");
            continue;
        };
        let address = network(peer.ip());
        let place = edge.connections.take(&address);
        if place.is_none() && !edge.trusts(peer.ip()) {
            tracing::debug!(%peer, "a connection is closed: its address has as many as it may");
            continue;
        }
        let one = one(stream, peer, router.clone(), edge.clone(), stop.clone());
        connections.spawn(async move {
            one.await;
            drop((seat, place));
        });
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// What a connection is used for at the moment.
struct Use {
    began: Instant,
    under_way: AtomicUsize,
    /// When a request last began or ended, in milliseconds since the connection did.
    last: AtomicU64,
}

impl Use {
    fn note(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// When it will have been quiet for `time`, if nothing happens; from now on if it is at work.
    fn quiet_at(&self, time: Duration) -> Instant {
        if self.under_way.load(Ordering::Relaxed) > 0 {
            return Instant::now() + time;
        }
        self.began + Duration::from_millis(self.last.load(Ordering::Relaxed)) + time
    }
}

/// A request under way on a connection.
struct UnderWay(Arc<Use>);

impl UnderWay {
    fn on(used: &Arc<Use>) -> Self {
        used.under_way.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(used))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.note();
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers one connection to its end.
async fn one(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    edge: Edge,
    mut stop: watch::Receiver<bool>,
) {
    let wait = edge.limits.header_timeout.duration();
    // Answers are written whole; waiting for more to send would only delay them.
    let _best_effort = stream.set_nodelay(true);
    let used = Arc::new(Use {
        began: Instant::now(),
        under_way: AtomicUsize::new(0),
        last: AtomicU64::new(0),
    });
    let counts = Arc::clone(&used);
    let service = service_fn(move |request: Request<_>| {
        let under_way = UnderWay::on(&counts);
        let router = router.clone();
        async move {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.oneshot(request).await;
            drop(under_way);
            answer
        }
    });
    let builder = builder(wait);
    let io = TokioIo::new(Timely::new(stream, wait));
    let mut connection = pin!(builder.serve_connection(io, TowerToHyperService::new(service)));
    let mut told = false;
    loop {
        let quiet_at = used.quiet_at(wait);
        tokio::select! {
            done = connection.as_mut() => {
                if let Err(error) = done {
                    tracing::debug!(%peer, error = %error, "a connection broke off");
                }
                return;
            }
            _ = stop.wait_for(|stop| *stop), if !told => {}
            () = tokio::time::sleep_until(quiet_at), if !told => {
                if used.quiet_at(wait) > Instant::now() {
                    continue;
                }
            }
        }
        // What is under way is finished; what has not begun is let go.
        told = true;
        connection.as_mut().graceful_shutdown();
    }
}

fn builder(wait: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(wait)
        .max_buf_size(HEAD_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX))
        .keep_alive_interval(PING_EVERY.min(wait))
        .keep_alive_timeout(PING_EVERY.min(wait));
    builder
}

#[cfg(test)]
mod tests;
