//! What happens on real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::serve;
use crate::config::Serve;
use crate::middleware::layered;
use crate::testing::{edge_with, settings};

/// How long anything may take that has to happen.
const PATIENCE: Duration = Duration::from_mins(1);

struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

async fn running(change: impl FnOnce(&mut Serve)) -> Running {
    let mut settings = settings();
    // The tests are proxies, and name the client of each request.
    settings.network.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    change(&mut settings);
    let edge = edge_with(&settings);
    let routes = Router::new()
        .route("/health", get(|| async { "well" }))
        .route("/things", post(|body: Bytes| async move { body }))
        .route("/things", get(|| async { "some" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(serve(listener, layered(routes, &edge), edge, stopped));
    Running {
        address,
        stop,
        task,
    }
}

impl Running {
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// Half a body of `client`.
    async fn slow(&self, client: &str) -> TcpStream {
        self.send(&format!(
            "POST /things HTTP/1.1\r\nhost: test\r\nx-forwarded-for: {client}\r\n\
             content-type: application/json\r\ncontent-length: 4\r\nconnection: close\r\n\r\n{{}}"
        ))
        .await
    }

    async fn get(&self, client: &str, path: &str) -> String {
        let stream = self
            .send(&format!(
                "GET {path} HTTP/1.1\r\nhost: test\r\nx-forwarded-for: {client}\r\n\
                 connection: close\r\n\r\n"
            ))
            .await;
        rest(stream).await
    }
}

/// Everything that still comes, to the end of the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text));
    // A connection that is closed with bytes unread is reset; that is an end as well.
    let _reset = read.await.expect("the connection stays open");
    String::from_utf8_lossy(&text).into_owned()
}

fn second() -> crate::config::Period {
    "1s".parse().unwrap()
}

#[tokio::test]
async fn one_who_sends_slowly_keeps_nobody_out() {
    let server = running(|settings| {
        settings.limits.requests_at_once = 2;
        settings.limits.requests_per_client = 6;
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..6 {
        slow.push(server.slow("198.51.100.1").await);
    }
    // The seventh is refused as soon as the six have come so far as to be counted.
    let refused = async {
        loop {
            let answer = server.get("198.51.100.1", "/things").await;
            if answer.starts_with("HTTP/1.1 429") {
                break answer;
            }
        }
    };
    let refused = tokio::time::timeout(PATIENCE, refused).await.unwrap();
    assert!(refused.contains("too_many_at_once"), "{refused}");

    let other = server.get("198.51.100.2", "/things").await;
    let health = server.get("198.51.100.1", "/health").await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");

    for mut stream in slow {
        stream.write_all(b"  ").await.unwrap();
        let answer = rest(stream).await;
        assert!(answer.ends_with("{}  "), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = running(|settings| settings.limits.body_timeout = second()).await;

    let answer = rest(server.slow("198.51.100.1").await).await;

    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("body_timeout"), "{answer}");
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let server = running(|settings| settings.limits.header_timeout = second()).await;

    for begun in [
        "",
        "GET /things HTT",
        "GET /things HTTP/1.1\r\nhost: test\r\n",
        "GET /things HTTP/1.1\r\nhost: test\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        rest(server.send(begun).await).await;
    }
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let server = running(|settings| {
        settings.network.trusted_proxies.clear();
        settings.limits.connections_per_address = 2;
    })
    .await;
    let first = server.send("").await;
    let second = server.send("").await;

    assert_eq!(server.get("", "/health").await, "");

    drop((first, second));
    let again = async { while server.get("", "/health").await.is_empty() {} };
    tokio::time::timeout(PATIENCE, again).await.unwrap();
}

#[tokio::test]
async fn all_have_so_many_connections_together() {
    let server = running(|settings| settings.limits.connections = 1).await;
    let _only = server.send("").await;

    assert_eq!(server.get("", "/health").await, "");
}

#[tokio::test]
async fn what_is_under_way_is_finished_when_the_server_stops() {
    let server = running(|_| {}).await;
    let mut slow = server.slow("198.51.100.1").await;
    let idle = server.send("").await;
    // The one is under way once another of the same connection's age is answered.
    let answer = server.get("198.51.100.1", "/things").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    server.stop.send_replace(true);
    assert_eq!(rest(idle).await, "");
    slow.write_all(b"  ").await.unwrap();

    assert!(rest(slow).await.ends_with("{}  "));
    tokio::time::timeout(PATIENCE, server.task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn hsts_is_said_when_a_trusted_proxy_speaks_tls() {
    let server = running(|_| {}).await;
    for (scheme, said) in [("https", true), ("http", false)] {
        let text = format!(
            "GET /health HTTP/1.1\r\nhost: test\r\nx-forwarded-proto: {scheme}\r\n\
             connection: close\r\n\r\n"
        );
        let answer = rest(server.send(&text).await).await;
        assert_eq!(
            answer.contains("strict-transport-security: "),
            said,
            "{answer}"
        );
    }
}
