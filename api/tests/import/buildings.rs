//! The import of a city's register of buildings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::import::{Buildings, Outcome, Report, Rowwise};
use serde_json::Value;

use crate::house::{House, gzipped};

const SAMPLE: &str = include_str!("../samples/buildings.csv");

fn way() -> Rowwise<Buildings> {
    Rowwise::new(Buildings)
}

/// By type: buildings, floors, those without a number of floors, area, parking area.
type Types = BTreeMap<String, [i64; 5]>;

#[derive(Debug, PartialEq)]
struct Figures {
    rows: i64,
    accepted: i64,
    /// By reason, whether the row could not be read or was refused.
    refused: BTreeMap<String, i64>,
    noted: i64,
    types: Types,
    neighborhoods: BTreeMap<String, i64>,
}

/// Counts by `scripts/count-seattle-buildings.py`, which shares no code with us.
fn counted(path: &Path) -> Figures {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/count-seattle-buildings.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .output()
        .unwrap();
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{faults}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let numbers = |value: &Value| -> BTreeMap<String, i64> {
        let pairs = value.as_object().unwrap().iter();
        pairs
            .map(|(key, n)| (key.clone(), n.as_i64().unwrap()))
            .collect()
    };
    let counts = |kind: &Value| {
        let names = [
            "buildings",
            "floors",
            "floors_unknown",
            "area_sqft",
            "parking_area_sqft",
        ];
        names.map(|name| kind[name].as_i64().unwrap())
    };
    let types = json["types"].as_object().unwrap().iter();
    Figures {
        rows: json["rows"].as_i64().unwrap(),
        accepted: json["accepted"].as_i64().unwrap(),
        refused: numbers(&json["refused"]),
        noted: json["noted"].as_i64().unwrap(),
        types: types
            .map(|(name, kind)| (name.clone(), counts(kind)))
            .collect(),
        neighborhoods: numbers(&json["neighborhoods"]),
    }
}

/// The same from the read model.
async fn read(house: &House, report: &Report) -> Figures {
    let types: Vec<(String, i64, i64, i64, i64, i64)> = sqlx::query_as(
        "select attributes ->> 'building_type', count(*),
             coalesce(sum((attributes ->> 'floors')::bigint), 0)::bigint,
             count(*) filter (where sections = '[]'),
             sum((attributes ->> 'area_sqft')::bigint)::bigint,
             sum((attributes ->> 'parking_area_sqft')::bigint)::bigint
         from buildings.building group by 1",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    let neighborhoods: Vec<(String, i64)> = sqlx::query_as(
        "select attributes ->> 'neighborhood', count(*) from buildings.building group by 1",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    let reasons = report.figures.reasons.iter();
    Figures {
        rows: report.figures.rows,
        accepted: report.figures.accepted(),
        refused: reasons
            .map(|reason| (reason.code.clone(), reason.rows))
            .collect(),
        noted: report.figures.notes.iter().map(|note| note.rows).sum(),
        types: types
            .into_iter()
            .map(|(name, a, b, c, d, e)| (name, [a, b, c, d, e]))
            .collect(),
        neighborhoods: neighborhoods.into_iter().collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_trap_of_the_register_is_met() {
    let house = House::new().await;
    let report = house.finish(&way(), gzipped(SAMPLE)).await;
    house.project().await;

    let figures = read(&house, &report).await;
    let reasons = [
        ("address_taken", 1),
        ("key_twice", 1),
        ("number", 2),
        ("word", 1),
    ];
    assert_eq!(
        figures.refused,
        reasons.map(|(code, rows)| (code.to_owned(), rows)).into()
    );
    assert_eq!((figures.rows, figures.accepted, figures.noted), (10, 5, 1));
    assert_eq!(
        figures.types["Multifamily LR (1-4)"],
        [2, 7, 0, 51_500, 500]
    );
    assert_eq!(
        figures.types["NonResidential"],
        [3, 111, 1, 210_382, 40_000]
    );
    assert_eq!(figures.neighborhoods["BALLARD"], 2, "whatever its case");

    let (name, buildings, point): (String, Option<String>, Value) = sqlx::query_as(
        "select name, attributes ->> 'buildings', address -> 'point' from buildings.building
         where attributes ->> 'register_key' = '5'",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    assert_eq!(
        (name.as_str(), buildings.as_deref()),
        ("Depot, \"North\"", Some("1"))
    );
    // 47.50061895 and -122.2209659 degrees.
    assert_eq!(point["latitude_e7"], 475_006_190);
    assert_eq!(point["longitude_e7"], -1_222_209_659);
    let uncounted: i64 = sqlx::query_scalar(
        "select count(*) from buildings.building where not attributes ? 'buildings'",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    assert_eq!(
        uncounted, 2,
        "neither 0 nor nothing is a number of buildings"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_changes_nothing_even_if_nobody_remembers_the_first() {
    let house = House::new().await;
    let report = house.finish(&way(), SAMPLE).await;
    let head = house.head().await;
    assert!(matches!(
        house.bring_in(&way(), SAMPLE).await,
        Outcome::Before(_)
    ));
    assert_eq!(house.head().await, head);

    for table in ["note", "refusal", "staged_row", "file"] {
        let sql = format!("delete from import.{table}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&house.pool)
            .await
            .unwrap();
    }
    let again = house.finish(&way(), SAMPLE).await;
    assert_eq!(house.head().await, head, "something happened twice");
    assert_eq!(again.figures, report.figures);
    assert_eq!(again.file.id, report.file.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_was_broken_off_it_ends_the_same() {
    let house = House::new().await;
    let report = house.finish(&way(), SAMPLE).await;
    let head = house.head().await;
    for done in 0..=report.file.rows {
        sqlx::query("update import.file set done = $1, finished_at = null")
            .bind(done)
            .execute(&house.pool)
            .await
            .unwrap();
        let again = house.finish(&way(), SAMPLE).await;
        assert_eq!(
            house.head().await,
            head,
            "something happened twice after {done} rows"
        );
        assert_eq!(again.figures, report.figures);
    }
}

/// The whole file, where somebody has it.
fn whole_file() -> Option<PathBuf> {
    let folder = std::env::var_os("CADASTRE_DATASETS")?;
    let file = "seattle_buildings_2016/2016-building-energy-benchmarking.csv.gz";
    let path = PathBuf::from(folder).join(file);
    assert!(path.is_file(), "there is no {}", path.display());
    Some(path)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_the_whole_register_are_those_of_an_independent_count() {
    let Some(path) = whole_file() else {
        return eprintln!("CADASTRE_DATASETS is not set: the whole register is not imported");
    };
    let house = House::new().await;
    let report = house.finish(&way(), std::fs::read(&path).unwrap()).await;
    house.project().await;
    print!("{report}");
    assert_eq!(read(&house, &report).await, counted(&path));
}
