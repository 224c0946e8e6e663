//! Stopped, killed, begun twice: each row is imported once and only once.

use std::time::Duration;

use api::import::{ImportError, Outcome, Stop};
use projections::staging::ImportLock;
use sqlx::PgPool;

use crate::house::{House, SAMPLE, UNREADABLE};

/// Everything that happened to bookings, payments and inventories, without ids of events and
/// positions; without claims too, which every house names by a secret of its own.
pub async fn history(pool: &PgPool) -> Vec<(String, i64, String, String)> {
    sqlx::query_as(
        "select stream, version, type, data::text from journal.event
         where type not like 'listing.%' and type not like 'claim.%' order by stream, version",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_import_is_not_begun_again() {
    let house = House::new().await;
    house.import(SAMPLE).await;
    let head = house.head().await;

    let path = house.file("under-another-name.csv", SAMPLE);
    let outcome = house.run(&path, &Stop::default()).await.unwrap();

    let Outcome::Before(report) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(report.figures.accepted(), 22);
    assert_eq!(house.head().await, head);
    assert_eq!(
        house.count("import.step").await,
        0,
        "steps are kept for nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_imports_of_one_content_at_once_are_one_too_many() {
    let house = House::new().await;
    let path = house.file("sample.csv", SAMPLE);
    let options = house.pool.connect_options();
    let sum = sha256(SAMPLE);
    let first = ImportLock::take(&options, &sum).await.unwrap().unwrap();

    let second = house.run(&path, &Stop::default()).await.unwrap_err();

    assert!(matches!(second, ImportError::Busy), "{second}");
    assert_eq!(house.head().await, 0);
    // Another content is none of its business.
    house.import(UNREADABLE).await;
    first.release().await.unwrap();
    let outcome = house.run(&path, &Stop::default()).await.unwrap();
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_really_begin_at_once_import_it_once() {
    let house = House::new().await;
    let path = house.file("bookings.csv", SAMPLE);
    let neighbour = house.neighbour().await;
    let (stop, folder) = (Stop::default(), house.folder.path());

    let (ours, theirs) = tokio::join!(house.run(&path, &stop), neighbour.run(&path, folder, &stop));

    let refused = |answer: &Result<Outcome, ImportError>| matches!(answer, Err(ImportError::Busy));
    let finished = [&ours, &theirs]
        .iter()
        .filter(|a| matches!(a, Ok(Outcome::Finished(_))))
        .count();
    assert_eq!(finished, 1, "{ours:?} {theirs:?}");
    assert!(
        refused(&ours)
            || refused(&theirs)
            || [&ours, &theirs]
                .iter()
                .any(|a| matches!(a, Ok(Outcome::Before(_))))
    );
    let whole = House::new().await;
    whole.import(SAMPLE).await;
    assert_eq!(history(&house.pool).await, history(&whole.pool).await);
}

/// Whatever was noted down when it was broken off, and whatever had been done beyond that, the end
/// is the same: here the note is put back to every place it can have been at.
#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_was_broken_off_it_ends_the_same() {
    let house = House::new().await;
    let report = house.import(SAMPLE).await;
    let (whole, head) = (history(&house.pool).await, house.head().await);
    let path = house.folder.path().join("bookings.csv");
    for done in 0..=report.file.steps {
        break_off(&house, done).await;
        let outcome = house.run(&path, &Stop::default()).await.unwrap();
        assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
        assert_eq!(
            house.head().await,
            head,
            "something happened twice after {done} steps"
        );
    }
    assert_eq!(history(&house.pool).await, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_when_asked_and_goes_on_later() {
    let house = House::new().await;
    let path = house.file("bookings.csv", SAMPLE);
    let stop = Stop::default();
    stop.ask();
    let stopped = house.run(&path, &stop).await;
    assert!(
        matches!(stopped, Err(ImportError::StoppedStaging)),
        "{stopped:?}"
    );
    assert_eq!(house.count("import.staged_row").await, 0);

    let large = house.file("large.csv", many_rows(4_000));
    let stop = Stop::default();
    let asked = stop.clone();
    let watch = house.pool.clone();
    let asking = tokio::spawn(async move {
        loop {
            let events: i64 =
                sqlx::query_scalar("select coalesce(max(position), 0) from journal.event")
                    .fetch_one(&watch)
                    .await
                    .unwrap();
            if events > 200 {
                return asked.ask();
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    let outcome = house.run(&large, &stop).await.unwrap();
    asking.await.unwrap();
    let Outcome::Stopped { done, steps } = outcome else {
        panic!("not stopped: {outcome:?}")
    };
    assert!(0 < done && done < steps, "{done} of {steps}");

    let outcome = house.run(&large, &Stop::default()).await.unwrap();
    let Outcome::Finished(report) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(report.figures.accepted(), 4_000);
    let whole = House::new().await;
    let path = whole.file("large.csv", many_rows(4_000));
    whole.run(&path, &Stop::default()).await.unwrap();
    assert!(
        history(&house.pool).await == history(&whole.pool).await,
        "the histories differ"
    );
}

/// Puts a finished import back to where it would have been, had it been killed after `done` steps
/// were noted down.
async fn break_off(house: &House, done: i64) {
    let steps = "insert into import.step
         select r.import_id, row_number() over (order by s.at, s.kind, r.row), s.at, s.kind, r.row
         from import.staged_row r
         cross join lateral (values
             (1::smallint, r.booked_at), (2, r.paid_at), (3, r.ended_at), (4, r.settled_at)
         ) as s (kind, at)
         where s.at is not null";
    sqlx::query(steps).execute(&house.pool).await.unwrap();
    sqlx::query("update import.file set done = $1, finished_at = null")
        .bind(done)
        .execute(&house.pool)
        .await
        .unwrap();
}

/// Rows of many days, all of which can be read.
pub fn many_rows(count: usize) -> String {
    let mut lines = SAMPLE.lines();
    let header = lines.next().unwrap();
    let row = lines.next().unwrap();
    let rows = (0..count).map(|number| {
        row.replacen("0,30,2016", &format!("0,{},2016", number % 300), 1)
            .replacen("PRT", ["PRT", "ESP", "GBR"][number % 3], 1)
    });
    std::iter::once(header.to_owned())
        .chain(rows)
        .map(|line| line + "\n")
        .collect()
}

fn sha256(text: &str) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(text).into()
}
