//! Finding the house, and refusing one that is not of this version.

use std::path::Path;
use std::process::Stdio;

use eventstore::cluster::Cluster;
use migrations::MIGRATOR;
use sqlx::{ConnectOptions, Connection};
use tokio::process::Command;

use crate::given::{Given, Ran, run};

async fn on_folder(data: &Path, line: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
    command.args(line).arg("--data").arg(data);
    command
        .env_remove("DATABASE_URL")
        .env_remove("CADASTRE_DATA")
        .stdin(Stdio::null());
    run(command).await
}

/// A folder that Postgres's owner can enter, wherever the tests run.
fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let open = std::fs::Permissions::from_mode(0o711);
    let mut folder = tempfile::Builder::new();
    folder.prefix("cadastre-replay-").permissions(open);
    folder.tempdir_in("/tmp").unwrap()
}

#[tokio::test]
async fn the_embedded_postgres_is_attached_to_or_started_and_stopped_again() {
    let data = folder();
    let cluster = Cluster::start_or_attach(data.path()).await.unwrap();
    let early = on_folder(data.path(), &["verify"]).await;
    assert_eq!(early.exit, Some(3), "{early:?}");
    assert!(
        early.err.contains("start `cadastre serve` on it once"),
        "{early:?}"
    );
    let mut database = cluster.options().connect().await.unwrap();
    MIGRATOR.run(&mut database).await.unwrap();
    database.close().await.unwrap();

    // Nobody who serves is in the way of one who looks.
    let serving = cluster.data().serve_lock().unwrap();
    let attached = on_folder(data.path(), &["verify"]).await;
    assert_eq!(attached.exit, Some(0), "{attached:?}");
    let pid = data.path().join("postgres/postmaster.pid");
    assert!(pid.exists(), "it was stopped under the one who serves");
    drop(serving);
    cluster.stop().await.unwrap();
    assert!(!pid.exists());
    let started = on_folder(data.path(), &["verify", "--json"]).await;
    assert_eq!(
        (started.exit, &started.json()["whole"]),
        (Some(0), &true.into())
    );
    assert!(!pid.exists(), "it was left running");
}

#[tokio::test]
async fn looking_makes_no_new_house() {
    let data = folder();
    let empty = on_folder(data.path(), &["tail"]).await;
    assert_eq!(empty.exit, Some(3), "{empty:?}");
    assert!(empty.err.contains("there is no data in"), "{empty:?}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
    let nowhere = data.path().join("nowhere");
    assert_eq!(on_folder(&nowhere, &["tail"]).await.exit, Some(3));
    assert!(!nowhere.exists());
}

#[tokio::test]
async fn data_of_another_version_and_a_database_that_is_away_are_refused() {
    let given = Given::new().await;
    given
        .sql("insert into _sqlx_migrations values (9999, 'later', now(), true, '', 0)")
        .await;
    let newer = given.replay(&["tail"]).await;
    assert_eq!(newer.exit, Some(3));
    assert!(newer.err.contains("newer version"), "{newer:?}");
    given
        .sql("delete from _sqlx_migrations where version in (9999, 30)")
        .await;
    let older = given.replay(&["verify"]).await;
    assert_eq!(older.exit, Some(3));
    assert!(older.err.contains("1 migration is missing"), "{older:?}");

    for (url, code) in [("postgres://nobody@127.0.0.1:1/none", 3), ("no address", 2)] {
        let mut command = given.command(&["tail", "--json"]);
        command.env("DATABASE_URL", url);
        let away = run(command).await;
        assert_eq!(away.exit, Some(code), "{away:?}");
        let error: serde_json::Value = serde_json::from_str(&away.err).unwrap();
        assert_eq!(error["error"]["exit"], code);
    }
}

#[tokio::test]
async fn the_help_teaches_and_a_mistyped_command_is_pointed_out() {
    let given = Given::new().await;
    let help = given.replay(&["--help"]).await;
    assert_eq!(help.exit, Some(0));
    for taught in ["Exit codes:", "Examples:", "replay compare all", "--json"] {
        assert!(help.out.contains(taught), "{taught}");
    }
    let mistyped = given.replay(&["verfy"]).await;
    assert_eq!(mistyped.exit, Some(2));
    assert!(mistyped.err.contains("'verify'"), "{mistyped:?}");
    assert_eq!(given.replay(&["--version"]).await.exit, Some(0));
}
