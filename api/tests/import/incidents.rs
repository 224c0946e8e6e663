//! The import of a log of incidents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::import::{IncidentLog, Outcome, Report, Rowwise};
use chrono::{DateTime, Utc};
use domain::incident::Case;
use domain::incident::IncidentState::{self, Closed, Completed, Deferred, InProgress, Open};
use serde_json::{Value, json};

use crate::house::House;

const SAMPLE: &str = include_str!("../samples/incident-log.csv");

fn way() -> Rowwise<IncidentLog> {
    Rowwise::new(IncidentLog::default())
}

/// Counts by `scripts/count-incidents.py`, which shares no code with us.
fn counted(path: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/count-incidents.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .output()
        .unwrap();
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{faults}");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn cases(house: &House) -> Vec<Case> {
    let texts: Vec<String> = sqlx::query_scalar("select facts::text from incidents.incident")
        .fetch_all(&house.pool)
        .await
        .unwrap();
    texts
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, i64> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

/// The same from the read model.
async fn read(house: &House, report: &Report) -> Value {
    let cases = cases(house).await;
    let now: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
    let mut took: Vec<i64> = cases
        .iter()
        .filter_map(|case| Some((case.completed_at()? - case.reported_at).num_seconds()))
        .collect();
    took.sort_unstable();
    let half = took.len() / 2;
    let median = if took.len() % 2 == 1 {
        took[half]
    } else {
        i64::midpoint(took[half - 1], took[half])
    };
    let word = |kept: bool| if kept { "kept" } else { "missed" };
    let beside = cases.iter().map(|case| {
        let ours = !case.clocks(now).unwrap().resolve.breached;
        format!("{}, stated {}", word(ours), word(case.stated_sla.unwrap()))
    });
    let in_time = |case: &&Case| !case.clocks(now).unwrap().take_charge.breached;
    let reopened: i64 = cases.iter().map(|case| i64::from(case.reopened)).sum();
    let refused: i64 = report
        .figures
        .reasons
        .iter()
        .map(|reason| reason.rows)
        .sum();
    json!({
        "rows": report.figures.rows,
        "refused": refused,
        "incidents": cases.len(),
        "states": count(cases.iter().map(|case| case.state().word())),
        "reopened": reopened,
        "incidents_reopened": cases.iter().filter(|case| case.reopened > 0).count(),
        "resolved": took.len(),
        "mean_seconds": took.iter().sum::<i64>() / i64::try_from(took.len()).unwrap(),
        "median_seconds": median,
        "taken_in_time": cases.iter().filter(in_time).count(),
        "resolve_beside": count(beside),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_trap_of_the_log_is_met() {
    let house = House::new().await;
    let report = house.finish(&way(), SAMPLE).await;
    house.project().await;
    let reasons = count(
        report
            .figures
            .reasons
            .iter()
            .flat_map(|reason| (0..reason.rows).map(|_| reason.code.clone())),
    );
    let expected = [("date", 1), ("transition_illegal", 1), ("word", 2)];
    assert_eq!(
        reasons,
        expected.map(|(code, rows)| (code.to_owned(), rows)).into()
    );
    let cases = cases(&house).await;
    let case = |number: &str| {
        let is_it = |case: &&Case| case.source.as_ref().unwrap().reference == number;
        cases.iter().find(is_it).unwrap()
    };
    // From one state to the next along the table, at the time of the row.
    let states: Vec<(IncidentState, String)> = case("T1")
        .stretches
        .iter()
        .map(|stretch| (stretch.state, stretch.from.format("%d %H:%M").to_string()))
        .collect();
    let told = [
        (Open, "04 09:00"),
        (InProgress, "04 10:00"),
        (Deferred, "04 11:00"),
        (Open, "06 11:00"),
        (InProgress, "06 11:00"),
        (Completed, "06 11:00"),
        (Closed, "11 11:00"),
    ];
    assert_eq!(states, told.map(|(state, at)| (state, at.to_owned())));
    let now = "2030-01-01T00:00:00Z".parse().unwrap();
    let clocks = case("T1").clocks(now).unwrap();
    // Two hours of work; 7 + 10 + 3 hours of waiting; high: an hour and eight.
    assert_eq!(clocks.resolve.elapsed.num_hours(), 2);
    assert_eq!(clocks.resolve.paused.num_hours(), 20);
    assert!(!clocks.take_charge.breached && !clocks.resolve.breached);
    let second = case("T2");
    assert_eq!((second.reopened, second.stated_sla), (1, Some(false)));
    // Friday and Monday morning as nobody's, an hour on Monday, another on Tuesday.
    assert_eq!(
        second.clocks(now).unwrap().resolve.elapsed.num_hours(),
        9 + 4 + 1 + 1
    );
    let third = case("T3");
    assert_eq!(third.reported_at.to_rfc3339(), "2016-02-29T08:00:00+00:00");
    assert_eq!((third.state(), third.stated_sla), (Closed, Some(false)));
    assert_eq!(third.category, "unknown");
    // Nothing is told of their clocks.
    assert!(cases.iter().all(|case| case.marks.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_changes_nothing_even_if_nobody_remembers_the_first() {
    let house = House::new().await;
    let report = house.finish(&way(), SAMPLE).await;
    let head = house.head().await;
    let again = house.bring_in(&way(), SAMPLE).await;
    assert!(matches!(again, Outcome::Before(_)));
    assert_eq!(house.head().await, head);
    for table in ["note", "refusal", "staged_row", "file"] {
        let sql = format!("delete from import.{table}");
        let deleted = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&house.pool);
        deleted.await.unwrap();
    }
    // Nor if the keys of the commands have long been dropped.
    let keys = "delete from journal.idempotency_key";
    let _ = sqlx::query(keys).execute(&house.pool).await;
    let again = house.finish(&way(), SAMPLE).await;
    assert_eq!(house.head().await, head, "something happened twice");
    assert_eq!(again.figures, report.figures);
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_was_broken_off_it_ends_the_same() {
    let house = House::new().await;
    let report = house.finish(&way(), SAMPLE).await;
    let head = house.head().await;
    // What is done is noted between two incidents, never within one.
    for done in [0, 7, 12, 17] {
        sqlx::query("update import.file set done = $1, finished_at = null")
            .bind(done)
            .execute(&house.pool)
            .await
            .unwrap();
        let again = house.finish(&way(), SAMPLE).await;
        assert_eq!(
            house.head().await,
            head,
            "something happened twice after {done}"
        );
        assert_eq!(again.figures, report.figures);
    }
}

/// The whole file, where somebody has it.
fn whole_file() -> Option<PathBuf> {
    let folder = std::env::var_os("CADASTRE_DATASETS")?;
    let path = PathBuf::from(folder).join("incident_log/incident_event_log.csv.gz");
    assert!(path.is_file(), "there is no {}", path.display());
    Some(path)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_the_whole_log_are_those_of_an_independent_count() {
    let Some(path) = whole_file() else {
        return eprintln!("CADASTRE_DATASETS is not set: the whole log is not imported");
    };
    let house = House::new().await;
    let content = std::fs::read(&path).unwrap();
    let report = house.finish(&way(), &content).await;
    house.project().await;
    print!("{report}");
    println!("{} events", house.head().await);
    assert_eq!(read(&house, &report).await, counted(&path));
    let again = house.bring_in(&way(), &content).await;
    assert!(matches!(again, Outcome::Before(_)));
}
