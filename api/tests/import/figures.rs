//! The figures in `analytics` equal those of a script in another language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::import::Report;
use serde_json::Value;

use crate::house::{House, SAMPLE};

/// Hotel and month of arrival.
type Month = (String, String);
/// Bookings, cancelled, no-show, completed, nights of completed stays, their revenue in cents.
type Counts = [i64; 6];

/// A month as the analyst's table has it: hotel, month, and the counts in order.
type MonthRow = (String, String, i64, i64, i64, i64, i64, i64);

#[derive(Debug, PartialEq)]
struct Figures {
    accepted: i64,
    refused: i64,
    months: BTreeMap<Month, Counts>,
    payments: BTreeMap<String, i64>,
}

/// Counts by `scripts/count-hotel-bookings.py`, which shares no code with us.
fn counted(path: &Path) -> Figures {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/count-hotel-bookings.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |value: &Value| value.as_i64().unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let months = json["months"].as_array().unwrap().iter().map(|month| {
        let names = [
            "bookings",
            "cancelled",
            "no_show",
            "completed",
            "nights",
            "revenue",
        ];
        (
            (word(&month["hotel"]), word(&month["month"])),
            names.map(|name| number(&month[name])),
        )
    });
    let payments = json["payments"].as_array().unwrap();
    let payments = payments
        .iter()
        .map(|day| (word(&day["day"]), number(&day["net"])));
    Figures {
        accepted: number(&json["accepted"]),
        refused: json["refused"]
            .as_object()
            .unwrap()
            .values()
            .map(number)
            .sum(),
        months: months.collect(),
        payments: payments.filter(|(_, net)| *net != 0).collect(),
    }
}

/// What an analyst reads.
async fn read(house: &House, report: &Report) -> Figures {
    let months: Vec<MonthRow> = sqlx::query_as(
        "select hotel, to_char(month, 'YYYY-MM'), bookings, cancelled, no_show, completed,
             completed_nights::bigint, room_revenue::bigint
         from analytics.monthly",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    let months = months
        .into_iter()
        .map(|(hotel, month, a, b, c, d, e, f)| ((hotel, month), [a, b, c, d, e, f]));
    let payments: Vec<(String, i64)> = sqlx::query_as(
        "select to_char(day, 'YYYY-MM-DD'), net::bigint from analytics.payment_day where net <> 0",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    Figures {
        accepted: report.figures.accepted(),
        refused: report.figures.refused(),
        months: months.collect(),
        payments: payments.into_iter().collect(),
    }
}

async fn compare(content: impl AsRef<[u8]>) -> (House, Report) {
    let house = House::new().await;
    let report = house.import(content).await;
    house.project().await;
    let (expected, found) = (
        counted(&house.folder.path().join("bookings.csv")),
        read(&house, &report).await,
    );
    for (month, counts) in &expected.months {
        assert_eq!(found.months.get(month), Some(counts), "{month:?}");
    }
    for (day, net) in &expected.payments {
        assert_eq!(found.payments.get(day), Some(net), "{day}");
    }
    assert_eq!(found, expected);
    (house, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_the_sample_are_those_of_an_independent_count() {
    let (house, report) = compare(SAMPLE).await;
    assert_eq!(report.figures.accepted(), 22);
    // What the rows said of the bookings has arrived with them.
    let (lead, guests, country, channel): (i64, i64, String, String) = sqlx::query_as(
        "select lead_days, guests, country, channel from analytics.booking
         where hotel = 'City Hotel' and room_type like '%type D'",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    assert_eq!(
        (lead, guests, country.as_str(), channel.as_str()),
        (20, 2, "ESP", "TA/TO")
    );
    let units: Vec<(String, i64)> =
        sqlx::query_as("select title, units from analytics.room_type order by title")
            .fetch_all(&house.pool)
            .await
            .unwrap();
    let units: Vec<(&str, i64)> = units
        .iter()
        .map(|(title, n)| (title.as_str(), *n))
        .collect();
    assert_eq!(
        units,
        [
            ("City Hotel, room type A", 2),
            ("City Hotel, room type D", 1),
            ("Resort Hotel, room type A", 2),
            ("Resort Hotel, room type C", 1),
            ("Resort Hotel, room type H", 1),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_imported_event_says_where_it_comes_from_and_keeps_its_own_time() {
    let house = House::new().await;
    let report = house.import(SAMPLE).await;
    let strangers: i64 =
        sqlx::query_scalar("select count(*) from journal.event where metadata ->> 'origin' <> $1")
            .bind(format!("import:{}", report.file.id))
            .fetch_one(&house.pool)
            .await
            .unwrap();
    assert_eq!(strangers, 0);
    let backwards: i64 = sqlx::query_scalar(
        "select count(*) from journal.event later join journal.event earlier
             on earlier.stream = later.stream and earlier.version = later.version - 1
         where earlier.occurred_at > later.occurred_at",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    assert_eq!(backwards, 0, "a stream goes back in time");
    let out_of_order: Vec<(i64, String, String)> = sqlx::query_as(
        "select later.position, earlier.type || ' ' || earlier.occurred_at,
             later.type || ' ' || later.occurred_at
         from journal.event later join journal.event earlier
             on earlier.position = later.position - 1
         where earlier.occurred_at > later.occurred_at",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    assert_eq!(out_of_order, [], "the journal goes back in time");
}

/// The whole file, where somebody has it.
fn whole_file() -> Option<PathBuf> {
    let folder = std::env::var_os("CADASTRE_DATASETS")?;
    let path = PathBuf::from(folder).join("hotel_bookings/hotel_bookings.csv.gz");
    assert!(
        path.is_file(),
        "CADASTRE_DATASETS is set, but there is no {}",
        path.display()
    );
    Some(path)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_the_whole_file_are_those_of_an_independent_count() {
    let Some(path) = whole_file() else {
        println!("CADASTRE_DATASETS is not set: the whole file is not at hand");
        return;
    };
    let (_house, report) = compare(std::fs::read(path).unwrap()).await;
    println!("{report}");
    assert_eq!(report.figures.rows, 95_544);
    assert_eq!(report.figures.accepted(), 94_895);
    assert_eq!(report.figures.equal_earlier, 25_587);
    let reasons: Vec<(&str, i64)> = report
        .figures
        .reasons
        .iter()
        .map(|r| (r.code.as_str(), r.rows))
        .collect();
    assert_eq!(
        reasons,
        [("no_guests", 83), ("no_nights", 565), ("price_negative", 1)]
    );
}
