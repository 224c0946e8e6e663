//! The command itself, killed at random moments and run again.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use api::import::{Outcome, Stop};
use domain::id::BuildingId;
use eventstore::cluster::Cluster;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::PgPool;
use uuid::Uuid;

use crate::going_on::{history, many_rows};
use crate::house::House;
use crate::occupants::{building_at, list, table};

/// How often it is killed; the last run ends by itself.
const KILLS: usize = 4;
/// Enough that no run is through before it is killed.
const ROWS: usize = 6_000;

fn begin(file: &Path, data: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cadastre"))
        .args(["import", "hotel-bookings"])
        .arg(file)
        .arg("--data")
        .arg(data)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_and_run_again_it_imports_each_row_once() {
    let seed = std::env::var("CADASTRE_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(20_170_914);
    println!("CADASTRE_SEED={seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let whole = House::new().await;
    let file = whole.file("large.csv", many_rows(ROWS));
    // Not below the temporary directory of a test, which the owner of Postgres cannot enter.
    let data = std::env::temp_dir().join(format!("cadastre-killed-import-{}", std::process::id()));

    for kill in 0..KILLS {
        let mut process = begin(&file, &data);
        // The first run has to make the cluster before anything else.
        let least = if kill == 0 { 3_000 } else { 500 };
        tokio::time::sleep(Duration::from_millis(least + chance.random_range(0..2_000))).await;
        process.kill().unwrap();
        process.wait().unwrap();
    }
    assert!(
        begin(&file, &data).wait().unwrap().success(),
        "the last run failed"
    );

    let outcome = whole.run(&file, &Stop::default()).await.unwrap();
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
    let cluster = Cluster::start_or_attach(&data).await.unwrap();
    let pool = PgPool::connect_with(cluster.options()).await.unwrap();
    let found = history(&pool).await;
    pool.close().await;
    cluster.stop().await.unwrap();
    std::fs::remove_dir_all(&data).unwrap();
    assert!(found == history(&whole.pool).await, "the histories differ");
}

/// Flats of the building whose occupants are brought in, three of each.
const FLATS: usize = 800;

fn bring_occupants(house: &House, building: BuildingId, file: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cadastre"))
        .args(["import", "occupants"])
        .arg(file)
        .args(["--column", "lot=Einheit", "--building"])
        .arg(building.to_string())
        .arg("--data")
        .arg(house.folder.path())
        .env("DATABASE_URL", house.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How many occupants have moved in.
async fn moved_in(house: &House) -> i64 {
    house
        .count("journal.event where type = 'occupancy.moved_in'")
        .await
}

/// What an import of occupants leaves behind: what happened to the lots, what became of the rows,
/// and what is seen of it, without the time at which it was brought in.
async fn left_behind(house: &House) -> [Vec<String>; 3] {
    let mut found = [const { Vec::new() }; 3];
    for (found, sql) in found.iter_mut().zip([
        "select concat_ws(' ', stream, version, type, data::text) from journal.event
         where stream like 'occupancy-%' order by stream, version",
        "select concat_ws(' ', r.row, r.record, r.fault, f.code, f.detail)
         from import.staged_row r left join import.refusal f using (import_id, row)
         order by r.row",
        "select (to_jsonb(o) - 'created_at' - 'changed_at')::text
         from occupants.occupant o order by o.id",
    ]) {
        let rows = sqlx::query_scalar(sql).fetch_all(&house.pool);
        *found = rows.await.unwrap();
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_among_the_occupants_and_run_again_it_leaves_what_one_run_leaves() {
    let building = BuildingId(Uuid::from_u128((0x0190_b8f0 << 96) | 7));
    let (whole, broken) = (House::new().await, House::new().await);
    let way = building_at(&whole, building, FLATS).await;
    building_at(&broken, building, FLATS).await;
    let report = whole.finish(&way, list(FLATS)).await;
    whole.project().await;

    let file = broken.file("list.csv", table(FLATS));
    let rows = i64::try_from(3 * FLATS).unwrap();
    for part in 1..=3 {
        // It is killed when so many of its rows are carried out, and not at a moment of the clock.
        let enough = rows * part / 5;
        let mut process = bring_occupants(&broken, building, &file);
        while moved_in(&broken).await < enough {
            assert!(process.try_wait().unwrap().is_none(), "it ended by itself");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        let finished = broken
            .count("import.file where finished_at is not null")
            .await;
        assert_eq!(finished, 0, "it was through before it was killed");
    }
    assert!(moved_in(&broken).await < rows - 1);
    let mut last = bring_occupants(&broken, building, &file);
    assert!(last.wait().unwrap().success(), "the last run failed");

    let found = left_behind(&broken).await;
    assert_eq!(found[0].len(), usize::try_from(rows - 1).unwrap());
    assert_eq!(found[2].len(), found[0].len());
    assert!(found == left_behind(&whole).await, "the two differ");
    // Once more is once too many, and changes nothing.
    let before = moved_in(&broken).await;
    let mut again = bring_occupants(&broken, building, &file);
    assert!(again.wait().unwrap().success());
    assert_eq!(moved_in(&broken).await, before);
    assert_eq!(report.figures.reasons[0].code, "tenancy_overlaps");
}
