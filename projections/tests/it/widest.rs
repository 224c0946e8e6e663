//! Whatever an event holds, the projections go on: it becomes rows, or its key is parked.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use domain::AnyEvent;
use eventstore::PostgresJournal;
use eventstore::postgres::Settings;
use projections::{Runner, State, Workplace, all};

use crate::world::{PATIENCE, World, metadata};

/// An event's type, version and body.
type Golden = (String, u16, Value);

/// The golden bodies of every event type: `(type, version, body)`.
fn golden() -> Vec<Golden> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/golden");
    let mut bodies = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut parts = name.split('.');
        let event_type = format!("{}.{}", parts.next().unwrap(), parts.next().unwrap());
        let version = parts
            .next()
            .unwrap()
            .trim_start_matches('v')
            .parse()
            .unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        bodies.push((
            event_type,
            version,
            serde_json::from_str::<Value>(&text).unwrap(),
        ));
    }
    bodies.sort_by(|one, other| (&one.0, one.2.to_string()).cmp(&(&other.0, other.2.to_string())));
    bodies
}

/// A value of the same kind as `leaf`, at the edge of what can be written.
fn edge(leaf: &Value, draw: usize) -> Value {
    let numbers = [
        0,
        1,
        -1,
        i64::MAX,
        i64::MIN,
        i64::from(u32::MAX),
        i64::from(i32::MIN),
    ];
    let texts = [
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "",
        "\u{1f3e8} d'\"\\ \n\t",
        "EUR",
        "JPY",
        "00:00:00",
        "23:59:59",
    ];
    match leaf {
        Value::Number(_) => numbers[draw % numbers.len()].into(),
        Value::String(_) => texts[draw % texts.len()].into(),
        Value::Bool(_) => draw.is_multiple_of(2).into(),
        other => other.clone(),
    }
}

/// Replaces some leaves of `body` by edges, and keeps each replacement that can still be read.
fn stretch(event_type: &str, version: u16, body: &Value, draws: &[usize]) -> Value {
    let mut stretched = body.clone();
    let mut pointers = Vec::new();
    leaves(body, String::new(), &mut pointers);
    for (pointer, draw) in pointers.iter().zip(draws.iter().cycle()) {
        // The ids stay, so that streams and rows still belong together.
        if draw % 3 == 0 || pointer.ends_with("subject") {
            continue;
        }
        let mut tried = stretched.clone();
        let Some(leaf) = tried.pointer_mut(pointer) else {
            continue;
        };
        *leaf = edge(leaf, draw / 3);
        if AnyEvent::decode(event_type, version, &tried.to_string()).is_ok() {
            stretched = tried;
        }
    }
    stretched
}

fn leaves(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, value)| leaves(value, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(n, item)| leaves(item, format!("{at}/{n}"), found));
        }
        _ => found.push(at),
    }
}

/// The body of the event that comes first in a stream of `noun`, if one must.
fn first<'a>(bodies: &'a [Golden], noun: &str) -> Option<&'a Golden> {
    const FIRST: [&str; 18] = [
        "user.created",
        "session.started",
        "building.registered",
        "listing.created",
        "inventory.opened",
        "booking.requested",
        "payment.created",
        "process.started",
        "claim.taken",
        "incident.reported",
        "outage.announced",
        "import.received",
        "occupancy.moved_in",
        "share_table.drawn_up",
        "equipment.registered",
        "work_order.opened",
        "file.declared",
        "export.requested",
    ];
    bodies.iter().find(|(event_type, ..)| {
        FIRST.contains(&event_type.as_str()) && noun_of(event_type) == noun
    })
}

fn noun_of(event_type: &str) -> &str {
    event_type.split('.').next().unwrap()
}

#[tokio::test]
async fn every_event_type_becomes_rows_or_is_parked() {
    const SEED: [u8; 32] = *b"cadastre: the widest events of a";
    println!("seed {}", String::from_utf8_lossy(&SEED));
    let bodies = golden();
    for (event_type, version) in AnyEvent::types() {
        let covered = bodies
            .iter()
            .any(|(name, v, _)| name == event_type && *v == version);
        assert!(
            covered,
            "{event_type} v{version} has no golden body to stretch"
        );
    }
    let world = World::new().await;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = prop::collection::vec(any::<usize>(), 1..40);
    let mut streams = 1_000_u64;
    for _ in 0..20 {
        for body in &bodies {
            let noun = noun_of(&body.0);
            streams += 1;
            let stream = format!("{noun}-{}", crate::world::id(streams));
            for (event_type, version, body) in first(&bodies, noun).into_iter().chain([body]) {
                let draws = strategy.new_tree(&mut runner).unwrap().current();
                let body = stretch(event_type, *version, body, &draws).to_string();
                let version = i32::from(*version);
                world.record_raw(&stream, event_type, version, body).await;
            }
        }
    }
    let projections = world.start(&all()).await;
    world.caught_up(&projections.handle()).await;
    for status in projections.handle().statuses() {
        assert_eq!(status.state, State::Running, "{status:?}");
    }
    projections.stop().await;
    for projector in &all() {
        let comparison = world
            .maintenance(projector)
            .compare(&|_, _| ())
            .await
            .unwrap();
        assert!(
            comparison.is_equal(),
            "{}: {:?}",
            projector.name(),
            comparison.differences
        );
    }
    assert_rows(&world).await;
}

/// Most of it becomes rows; what follows nothing, or adds up to too much, is parked.
async fn assert_rows(world: &World) {
    for (rows, least) in [
        ("users.profile", 100),
        ("bookings.booking", 100),
        ("audit.entry", 2_000),
    ] {
        let sql = format!("select count(*) from {rows}");
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&world.pool)
            .await
            .unwrap();
        assert!(count >= least, "{rows} has only {count}");
    }
}

#[tokio::test]
async fn an_event_with_nul_is_parked_and_no_more() {
    let world = World::new().await;
    let clock = Arc::new(world.clock.clone());
    let options = world.database.options.clone();
    let journal = PostgresJournal::open(options, clock, Settings::default())
        .await
        .unwrap();
    // No writer lets NUL in, so it has to be put there.
    let body = r#"{"user":"00000000-0000-0000-0000-000000000001","roles":[],
        "email":{"subject":"00000000-0000-0000-0000-000000000001","value":"a"},
        "name":{"subject":"00000000-0000-0000-0000-000000000001","value":"a\u0000b"}}"#;
    for (position, body) in [(1, body.to_owned()), (2, body.replace("\\u0000", ""))] {
        sqlx::query(
            "insert into journal.event (position, stream, version, event_id, type,
                 schema_version, data, metadata, occurred_at, recorded_at)
             values ($1, 'user-' || $2, 1, $2, 'user.created', 1, $3::json, $4::json, now(), now())",
        )
        .bind(position)
        .bind(crate::world::id(u64::try_from(position).unwrap()))
        .bind(body)
        .bind(metadata(1))
        .execute(&world.pool)
        .await
        .unwrap();
    }
    let workplace = Workplace {
        journal: Arc::new(journal),
        ..world.workplace()
    };
    let runner = Runner::start(&workplace, world.pool.clone(), &all())
        .await
        .unwrap();
    runner
        .handle()
        .wait_for(&["users", "audit"], 2, PATIENCE)
        .await
        .unwrap();
    let users: Vec<String> = sqlx::query_scalar("select name from users.profile")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    assert_eq!(users, ["ab"]);
    let parked: Vec<(i64, Option<String>)> =
        sqlx::query_as("select position, error from users.parked")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    assert_eq!(parked.len(), 1, "{parked:?}");
    runner.stop().await;
    workplace.journal.close().await;
}
