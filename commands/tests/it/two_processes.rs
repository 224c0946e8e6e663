//! Two processes on one database: each has a journal, commands and a memory of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::Days;
use commands::CommandError;
use commands::booking::AskForStay;
use domain::Span;
use domain::id::{BookingId, ListingId};
use domain::permission::Role;
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{Clock, PgConnectOptions, PostgresJournal, postgres};

use crate::house::{House, Person, ask, clock, id};

/// A process that starts on the database that `options` lead to.
pub async fn process(options: &PgConnectOptions) -> (House, Arc<PostgresJournal>) {
    let clock = clock();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let journal = PostgresJournal::open(options.clone(), shared, postgres::Settings::default());
    let journal = Arc::new(journal.await.unwrap());
    (House::on(journal.clone(), clock), journal)
}

async fn two() -> ([House; 2], TestDatabase) {
    let database = database(&migrations::MIGRATOR).await;
    let (first, _) = process(&database.options).await;
    let (second, _) = process(&database.options).await;
    ([first, second], database)
}

/// One night of a listing, another one for each number.
fn night(listing: ListingId, number: u64) -> AskForStay {
    let ask = ask(listing, 1);
    let from = ask
        .span
        .from
        .checked_add_days(Days::new(number % 300))
        .unwrap();
    let until = from.checked_add_days(Days::new(1)).unwrap();
    AskForStay {
        span: Span::new(from, until),
        ..ask
    }
}

/// Books one night after the other until it is told to stop.
async fn keep_booking(
    house: &House,
    guest: Person,
    listing: ListingId,
    done: &AtomicUsize,
    stop: &AtomicBool,
) -> Result<(), CommandError> {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let booked = house
            .commands
            .request_booking(
                &house.as_user(guest),
                BookingId(id()),
                &night(listing, number),
            )
            .await;
        booked?;
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_process_leaves_another_its_share_of_a_hot_stream() {
    let ([here, there], _database) = two().await;
    let host = here.person("host", Role::Host).await;
    let listing = here.listing(host, 500).await;
    let mut guests = Vec::new();
    for name in ["ann", "bob", "cem"] {
        guests.push(here.person(name, Role::Member).await);
    }
    let (alone, busy) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let stop = AtomicBool::new(false);
    let measure = async {
        // As long as it takes the one who is alone to be served often enough.
        while alone.load(Ordering::Relaxed) < 40 || busy.load(Ordering::Relaxed) < 40 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.store(true, Ordering::Relaxed);
    };
    let all = async {
        tokio::join!(
            keep_booking(&here, guests[0], listing, &alone, &stop),
            keep_booking(&there, guests[1], listing, &busy, &stop),
            keep_booking(&there, guests[2], listing, &busy, &stop),
            measure,
        )
    };
    let all = tokio::time::timeout(Duration::from_mins(2), all).await;
    let (one, two, three, ()) = all.expect("somebody is never answered");
    for answer in [one, two, three] {
        answer.unwrap();
    }
    let (alone, busy) = (alone.into_inner(), busy.into_inner());
    assert!(
        busy <= 3 * alone && alone <= 3 * busy,
        "{alone} of one client here, {busy} of two there"
    );
}
