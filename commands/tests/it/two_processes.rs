//! Two processes on one database: each has a journal, commands and a memory of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::Days;
use commands::booking::AskForStay;
use domain::Span;
use domain::booking::Booking;
use domain::id::{BookingId, ListingId};
use domain::permission::Role;
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{Clock, JournalError, PgConnectOptions, PostgresJournal, postgres};

use crate::house::{House, Person, ask, clock, code, id};

/// A process that starts on the database that `options` lead to.
pub async fn process(options: &PgConnectOptions) -> (House, Arc<PostgresJournal>) {
    try_process(options).await.unwrap()
}

/// The same where the database may not answer.
pub async fn try_process(
    options: &PgConnectOptions,
) -> Result<(House, Arc<PostgresJournal>), JournalError> {
    let clock = clock();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let journal = PostgresJournal::open(options.clone(), shared, postgres::Settings::default());
    let journal = Arc::new(journal.await?);
    Ok((House::on(journal.clone(), clock), journal))
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
) {
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
        booked.unwrap();
        done.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_process_leaves_another_its_share_of_a_hot_stream() {
    let ([here, there], _database) = two().await;
    let host = here.person("host", Role::Host).await;
    let listing = here.listing(host, 500).await;
    here.let_guests_ask_often().await;
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
    all.expect("somebody is never answered");
    let (alone, busy) = (alone.into_inner(), busy.into_inner());
    assert!(
        busy <= 3 * alone && alone <= 3 * busy,
        "{alone} of one client here, {busy} of two there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sold_twice_after_a_fail_over_to_a_history_of_the_same_length() {
    let ([here, there], database) = two().await;
    let host = here.person("host", Role::Host).await;
    let listing = here.listing(host, 1).await;
    let guest = here.person("ann", Role::Member).await;
    let head = here.commands.journal().head().await.unwrap();
    let book = async |house: &House, number| {
        let ask = night(listing, number);
        let context = house.as_user(guest);
        let booked = house
            .commands
            .request_booking(&context, BookingId(id()), &ask);
        code(&booked.await).to_owned()
    };
    assert_eq!(book(&here, 1).await, "done");
    let length = here.commands.journal().head().await.unwrap();

    // The booking is lost, and a process that knew nothing of it sells another night in its place.
    database.fail_over(head).await;
    assert_eq!(book(&there, 2).await, "done");
    assert_eq!(there.commands.journal().head().await.unwrap(), length);

    // The first process still has a state of the same version in memory.
    assert_eq!(book(&here, 2).await, "not_available");
    assert_eq!(book(&here, 1).await, "done", "what was lost is free again");
    assert_eq!(book(&there, 1).await, "not_available");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_memory_of_a_lost_history_is_thrown_away() {
    let ([here, there], database) = two().await;
    let host = here.person("host", Role::Host).await;
    let listing = here.listing(host, 1).await;
    let guest = here.person("ann", Role::Member).await;
    let head = here.commands.journal().head().await.unwrap();
    let context = here.as_user(guest);
    let booking = BookingId(id());
    let ask = night(listing, 1);
    let booked = here.commands.request_booking(&context, booking, &ask);
    booked.await.unwrap();
    let epoch = here.commands.journal().epoch();

    database.fail_over(head).await;

    // Nobody writes here: the lost connections alone have to say that history may be another.
    let noticed = async {
        while here.commands.journal().epoch() == epoch {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let noticed = tokio::time::timeout(Duration::from_mins(1), noticed);
    noticed.await.expect("the epoch is still the old one");
    for house in [&here, &there] {
        let read = house.commands.dispatch().peek::<Booking>(booking).await;
        assert_eq!(read.unwrap().1, 0, "a booking that never was");
    }
}
