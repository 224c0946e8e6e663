//! The command itself, killed at random moments and run again.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use api::import::{Outcome, Stop};
use eventstore::cluster::Cluster;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::PgPool;

use crate::going_on::{history, many_rows};
use crate::house::House;

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
