//! The server and its Postgres are killed at random moments, under a stream of bookings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{Days, NaiveDate};
use eventstore::postgres::Settings;
use eventstore::{Clock, Journal, PostgresJournal, SystemClock};
use harness::{Answer, Client, Person, Server, chance, rounds};
use projections::{Maintenance, Runner, Workplace};
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// Guests who book at the same time.
const GUESTS: usize = 3;
/// How long a guest asks again for one booking.
const PATIENCE: Duration = Duration::from_mins(2);

/// A guest who books one stay after the other, each with a key, and asks again until there is an
/// answer.
struct Guest {
    person: Person,
    name: usize,
    listing: String,
    today: NaiveDate,
    chance: StdRng,
}

/// What a guest was answered, by key.
type Answers = BTreeMap<String, Answer>;

impl Guest {
    async fn book_until(mut self, stop: Arc<AtomicBool>) -> (Self, Answers) {
        let mut answers = Answers::new();
        while !stop.load(Ordering::Relaxed) {
            let key = format!("{}-{}", self.name, answers.len());
            let from = self.today + Days::new(self.chance.random_range(1..400));
            let answer = self.insist(&key, from).await;
            answers.insert(key, answer);
        }
        (self, answers)
    }

    fn body(&self, from: NaiveDate) -> Value {
        json!({"listing": self.listing, "from": from.to_string(),
            "until": (from + Days::new(2)).to_string(), "guests": {"adults": 1}})
    }

    /// Asks until it is known what became of it.
    async fn insist(&self, key: &str, from: NaiveDate) -> Answer {
        let over = Instant::now() + PATIENCE;
        loop {
            let request = self.person.ask(Method::POST, "/bookings");
            let request = request
                .json(&self.body(from))
                .header("idempotency-key", key);
            match Client::try_send(request).await {
                Ok(answer) if answer.status == 201 => return answer,
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text),
                Err(_nobody_there) => {}
            }
            assert!(Instant::now() < over, "no answer for {key}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Kills the server or its Postgres so many times, and answers what the guests were answered.
async fn kill_again_and_again(
    server: &mut Server,
    kills: u32,
    chance: &mut StdRng,
) -> Vec<Answers> {
    let anyone = server.anyone();
    let bea = Person::sign_up(&anyone, "bea", &["host"]).await;
    let listing = bea.listing().units(10_000).await;
    let many = json!({"open_requests_max": 10_000});
    server
        .admin()
        .await
        .patch("/admin/config", &many)
        .await
        .expect(200);
    let stop = Arc::new(AtomicBool::new(false));
    let mut guests = Vec::new();
    for name in 0..GUESTS {
        let guest = Guest {
            person: Person::sign_up(&anyone, &format!("guest{name}"), &["member"]).await,
            name,
            listing: listing.clone(),
            today: SystemClock.now().date_naive(),
            chance: StdRng::seed_from_u64(chance.random()),
        };
        guests.push(tokio::spawn(guest.book_until(Arc::clone(&stop))));
    }
    for _ in 0..kills {
        sleep(Duration::from_millis(chance.random_range(50..1_500))).await;
        match chance.random_range(0..3) {
            0 => server.kill_9().await,
            1 => server.kill_9_postgres().await,
            _ => {
                server.kill_9_postgres().await;
                server.kill_9().await;
            }
        }
        if !server.runs() {
            server.go_on().await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    let mut all = Vec::new();
    for guest in guests {
        let (guest, answers) = guest.await.unwrap();
        same_answers_again(&guest, &answers).await;
        all.push(answers);
    }
    all
}

/// The last command of a guest, sent once more, gets the same answer and does not happen again.
async fn same_answers_again(guest: &Guest, answers: &Answers) {
    for answer in answers.values() {
        let path = format!("/bookings/{}", answer.id());
        let shown = guest
            .person
            .see(&path, answer.position())
            .await
            .expect(200)
            .json;
        assert_eq!(shown["id"], answer.json["id"]);
        let from = shown["arrival"].as_str().unwrap().parse().unwrap();
        let key = answers
            .iter()
            .find(|(_, a)| a.id() == answer.id())
            .unwrap()
            .0;
        assert_eq!(guest.insist(key, from).await.json, answer.json);
    }
}

/// Every booking that was acknowledged stands in the journal once, and no other does; the journal
/// is gapless, and every projection is what a replay makes of it.
async fn audit(server: &Server, answers: &[Answers]) {
    let cluster = server.cluster().await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let options = cluster.options();
    let journal = PostgresJournal::open(options.clone(), Arc::clone(&clock), Settings::default());
    let journal = Arc::new(journal.await.unwrap());
    let workplace = Workplace {
        options,
        journal: Arc::clone(&journal) as Arc<dyn Journal>,
        clock,
    };
    let pool = journal.pool().clone();
    let head = journal.head().await.unwrap();
    let count: i64 = sqlx::query_scalar("select count(*) from journal.event")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(count, head, "positions have gaps");
    let streams: Vec<String> = sqlx::query_scalar(
        "select stream from journal.event where type = 'booking.requested' order by stream",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let mut acknowledged: Vec<_> = answers
        .iter()
        .flat_map(|answers| answers.values().map(|a| format!("booking-{}", a.id())))
        .collect();
    acknowledged.sort();
    let distinct: BTreeSet<_> = acknowledged.iter().collect();
    assert_eq!(
        distinct.len(),
        acknowledged.len(),
        "two keys got one booking"
    );
    assert_eq!(
        streams, acknowledged,
        "what was acknowledged is not what is there"
    );
    let running = Runner::start(&workplace, pool.clone(), &projections::all())
        .await
        .unwrap();
    let names: Vec<_> = projections::all().iter().map(|p| p.name()).collect();
    let caught_up = running.handle().wait_for(&names, head, PATIENCE).await;
    caught_up.unwrap();
    for projector in projections::all() {
        let name = projector.name();
        let at = Maintenance::new(workplace.clone(), projector);
        let compared = at.compare(&|_, _| {}).await.unwrap();
        assert!(compared.is_equal(), "{name}: {compared:#?}");
    }
    running.stop().await;
    journal.close().await;
    pool.close().await;
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_every_kill_and_happens_once() {
    let mut chance = chance();
    for _ in 0..rounds(1, 125) {
        let mut server = Server::start().await;
        let answers = kill_again_and_again(&mut server, 8, &mut chance).await;
        let count: usize = answers.iter().map(BTreeMap::len).sum();
        println!("{count} bookings were acknowledged");
        assert!(count > 8, "hardly anything went through: {count} bookings");
        let ended = server.terminate().await;
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        audit(&server, &answers).await;
    }
}
