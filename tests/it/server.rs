//! The real server: how it starts, how it refuses to, and how it ends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use chrono::{Days, Utc};
use eventstore::{Clock, SystemClock};
use harness::{Client, Ended, PASSWORD, Person, Server};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A day in some months, for this server's clock is the machine's.
fn soon() -> String {
    let today: chrono::DateTime<Utc> = SystemClock.now();
    (today.date_naive() + Days::new(90)).to_string()
}

#[track_caller]
fn refused(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let said = ended
        .err
        .lines()
        .find(|line| line.starts_with("cadastre: "));
    let said = said.unwrap_or_else(|| panic!("no sentence in {ended:#?}"));
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert!(!ended.err.contains("panicked"), "{ended:#?}");
}

/// Fails unless the server says that each of its parts does its work.
async fn is_ready(server: &Server) {
    let ready = server.operator().get("/ready").await.expect(200);
    assert_eq!(ready.json["status"], "ready");
    let parts: Vec<_> = ready.json["checks"].as_array().unwrap().iter().collect();
    for part in [
        "database",
        "migrations",
        "writer",
        "projections",
        "processes",
        "tasks",
    ] {
        assert!(
            parts.iter().any(|check| check["name"] == part),
            "{}",
            ready.text
        );
    }
}

/// A server that may not start says why, and what to do; the one that runs does not notice.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_refuses_to_start_and_says_what_to_do() {
    let mut server = Server::start().await;
    let folder = server.folder().display().to_string();

    let second = Server::run(server.serve()).await;
    refused(
        &second,
        &["another `cadastre serve`", &folder, "CADASTRE_DATA"],
    );

    let other = Server::prepared();
    let mut taken = other.serve();
    taken.env("CADASTRE_LISTEN", format!("127.0.0.1:{}", server.port()));
    refused(
        &Server::run(taken).await,
        &["cannot be listened on", "CADASTRE_LISTEN"],
    );

    is_ready(&server).await;
    assert_eq!(server.terminate().await.code, Some(0));

    let mut secretive = server.serve();
    secretive.env(
        "CADASTRE_SECRET",
        "another secret, and long enough for this",
    );
    refused(
        &Server::run(secretive).await,
        &["another secret", "CADASTRE_SECRET"],
    );

    let mut weak = server.serve();
    weak.env("CADASTRE_SECRET", "short");
    refused(
        &Server::run(weak).await,
        &["CADASTRE_SECRET", "openssl rand"],
    );

    server.go_on().await;
    server.admin().await.get("/auth/me").await.expect(200);
    assert_eq!(server.terminate().await.code, Some(0));

    let cluster = server.cluster().await;
    let pool = sqlx::PgPool::connect_with(cluster.options()).await.unwrap();
    let newer = "insert into _sqlx_migrations \
                 (version, description, success, checksum, execution_time) \
                 values (99990101000000, 'of the future', true, '\\x00', 0)";
    sqlx::query(newer).execute(&pool).await.unwrap();
    pool.close().await;
    cluster.stop().await.unwrap();
    refused(
        &Server::run(server.serve()).await,
        &["newer version", "99990101000000"],
    );
    assert!(server.postmaster().is_none(), "Postgres was left running");
}

/// Only root can give Postgres an owner of its own; for others there is nobody to be kept out.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_the_owner_of_postgres_cannot_enter_is_refused_by_name() {
    let server = Server::prepared();
    let closed = server.folder().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    let mut command = server.serve();
    command.env("CADASTRE_DATA", closed.join("data"));
    if nix::unistd::geteuid().is_root() {
        let name = closed.display().to_string();
        refused(
            &Server::run(command).await,
            &["cannot enter", &name, "chmod o+x"],
        );
    } else {
        // Nobody may enter, not even the one who starts it.
        fs::set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
        let ended = Server::run(command).await;
        fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
        refused(&ended, &["cannot be used"]);
    }
}

/// 1. A request is half sent, and the server is told to stop.
/// 2. The server takes nobody new, waits for the other half, answers, and ends with 0.
/// 3. Started again on its data, it knows what it answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_finishes_what_it_has_begun() {
    let mut server = Server::start().await;
    let (anyone, admin) = (server.anyone(), server.admin().await);
    let bea = Person::sign_up(&anyone, "bea", &["host"]).await;
    let body = bea.listing().body().to_string();
    let head = format!(
        "POST /api/v1/listings HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        bea.token(),
        body.len()
    );
    let (first, second) = body.split_at(body.len() / 2);
    let mut socket = TcpStream::connect(anyone.authority()).await.unwrap();
    socket
        .write_all(format!("{head}{first}").as_bytes())
        .await
        .unwrap();
    // By this answer the half is known to have arrived, for it came earlier.
    admin.get("/auth/me").await.expect(200);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    server.ask_to_stop();
    while TcpStream::connect(anyone.authority()).await.is_ok() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    socket.write_all(second.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let ended = server.end_of().await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(server.postmaster().is_none(), "Postgres was left running");

    server.go_on().await;
    let bea = Person::log_in(&server.anyone(), &bea.email, PASSWORD).await;
    let mine = bea.see("/listings/mine", 1).await.expect(200);
    assert_eq!(mine.items().len(), 1, "{}", mine.text);
    assert_eq!(server.terminate().await.code, Some(0));
}

/// The command line gives a new password while the server runs, and all sessions end.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_password_is_replaced_from_the_command_line() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let reset = Server::run(server.program(&["admin", "reset-password"])).await;
    assert_eq!(reset.code, Some(0), "{reset:#?}");
    let password = reset.out.lines().map(str::trim);
    let password = password.into_iter().find(|line| line.len() == 24).unwrap();
    let log_in = |password: &str| {
        let body = json!({"email": admin.email, "password": password});
        let anyone = server.anyone();
        async move { anyone.post("/auth/login", &body).await }
    };
    // Other processes are heard of within moments, not at once.
    let over = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    while log_in(PASSWORD).await.status != 401 {
        assert!(
            tokio::time::Instant::now() < over,
            "the old password still opens"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    log_in(password).await.expect(200);
    admin.get("/auth/me").await.refused(401, "session_ended");

    let arguments = ["admin", "reset-password", "--email", "nobody@example.org"];
    let nobody = Server::run(server.program(&arguments)).await;
    refused(&nobody, &["nobody@example.org", "--email"]);
    assert_eq!(server.terminate().await.code, Some(0));

    // And while it does not run.
    let reset = Server::run(server.program(&["admin", "reset-password"])).await;
    assert_eq!(reset.code, Some(0), "{reset:#?}");
    assert!(server.postmaster().is_none(), "Postgres was left running");
}

/// What a newcomer does first works: ready, docs, description, a listing and a booking.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_server_answers_at_once_and_tells_its_password_once() {
    let mut server = Server::prepared();
    server.go_on().await;
    let anyone = server.anyone();
    for path in ["/health", "/info", "/.well-known/jwks.json", "/docs/"] {
        anyone.get(path).await.expect(200);
    }
    let described = anyone.get("/api/openapi.json").await.expect(200).json;
    assert_eq!(described, serde_json::to_value(api::description()).unwrap());
    let (bea, ann) = (
        Person::sign_up(&anyone, "bea", &["host"]).await,
        Person::sign_up(&anyone, "ann", &["member"]).await,
    );
    let listing = bea.listing().await;
    let booking = ann.booked(&listing, &soon(), 3).await;
    ann.pays(&booking).await;
    let admin = server.admin().await;
    for projection in admin.get("/projections").await.expect(200).items() {
        assert_eq!(projection["parked"], 0, "{projection}");
    }
    let hidden = anyone.get("/metrics").await.expect(404);
    assert!(
        !hidden.text.contains("cadastre_journal_head"),
        "{}",
        hidden.text
    );
    let metrics = server.operator().ask(Method::GET, "/metrics");
    let metrics = Client::send(metrics).await.text;
    assert!(metrics.contains("cadastre_journal_head"), "{metrics}");
    let ended = server.terminate().await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.out.contains("admin@cadastre.local"), "{}", ended.out);
    assert!(!ended.err.contains(PASSWORD), "the password is in the log");
    server.go_on().await;
    let ended = server.terminate().await;
    assert!(!ended.out.contains("Administrator"), "{}", ended.out);
}

/// Whoever signals a group of processes delivers two signals to one of them.
#[tokio::test(flavor = "multi_thread")]
async fn two_signals_at_once_end_the_server_in_good_order() {
    let mut server = Server::start().await;
    server.ask_to_stop();
    server.ask_to_stop();
    server.interrupt();
    let ended = server.end_of().await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(server.postmaster().is_none(), "Postgres was left running");
    // A connection that is let go after Postgres would be worth a warning to the library.
    assert!(!ended.err.contains(" WARN sqlx"), "{}", ended.err);
}

/// Longer than the end may take, for a machine that is busy with other tests.
const END_MAX: std::time::Duration = std::time::Duration::from_secs(55);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_database_hangs_says_so_and_ends_in_time() {
    let mut server = Server::start().await;
    let (anyone, operator) = (server.anyone(), server.operator());
    server.pause_postgres(true);
    let told = operator
        .until_answer("/ready", |answer| answer.status == 503)
        .await;
    let checks = told.json["checks"].as_array().unwrap();
    let is_down =
        |check: &serde_json::Value| check["name"] == "database" && check["status"] == "failed";
    assert!(checks.iter().any(is_down), "{told:?}");
    let ready = anyone.get("/ready").await.expect(503);
    assert_eq!(ready.json, json!({"status": "not_ready"}));

    server.pause_postgres(false);
    operator
        .until_answer("/ready", |answer| answer.status == 200)
        .await;
    anyone.get("/ready").await.expect(200);

    server.pause_postgres(true);
    server.ask_to_stop();
    let ended = tokio::time::timeout(END_MAX, server.end_of()).await;
    let ended = ended.expect("it ends though the database hangs");
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    assert!(
        server.postgres_has_ended().await,
        "Postgres was left running"
    );

    server.go_on().await;
    assert_eq!(server.terminate().await.code, Some(0));
}
