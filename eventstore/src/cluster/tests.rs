//! The embedded Postgres, started, attached to, killed and refused, on real processes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{ConnectOptions, Connection, PgConnection, query_scalar, raw_sql};

use super::data_dir::check_room;
use super::settings::Settings;
use super::testing::{database, private_cluster};
use super::{Cluster, ClusterError, DataDir, Secret, check_fingerprint};

/// A directory that Postgres's owner can enter, removed with the value.
fn home() -> tempfile::TempDir {
    let home = tempfile::Builder::new()
        .prefix("cadastre-home-")
        .tempdir_in("/tmp")
        .unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o711)).unwrap();
    home
}

async fn start(data: &Path) -> Cluster {
    Cluster::with_settings(data, Settings::short_lived())
        .await
        .unwrap()
}

async fn connect(cluster: &Cluster) -> PgConnection {
    cluster.options().connect().await.unwrap()
}

async fn note(cluster: &Cluster, text: &str) {
    let mut postgres = connect(cluster).await;
    raw_sql("create table if not exists note (text text)")
        .execute(&mut postgres)
        .await
        .unwrap();
    sqlx::query("insert into note values ($1)")
        .bind(text)
        .execute(&mut postgres)
        .await
        .unwrap();
}

async fn notes(cluster: &Cluster) -> Vec<String> {
    let mut postgres = connect(cluster).await;
    query_scalar("select text from note order by text")
        .fetch_all(&mut postgres)
        .await
        .unwrap()
}

fn with_note_table() -> Migrator {
    let migration = Migration::new(
        1,
        "note".into(),
        MigrationType::Simple,
        sqlx::SqlSafeStr::into_sql_str("create table note (text text)"),
        false,
    );
    Migrator {
        migrations: vec![migration].into(),
        ..Migrator::DEFAULT
    }
}

#[tokio::test]
async fn it_keeps_its_data_over_a_stop_by_the_last_one_out() {
    let home = home();
    let starter = start(home.path()).await;
    let attached = start(home.path()).await;
    note(&attached, "kept").await;

    starter.stop().await.unwrap();
    assert!(
        attached.server.postmaster().is_some(),
        "somebody else is still attached"
    );
    attached.stop().await.unwrap();
    assert!(
        !home.path().join("postgres/postmaster.pid").exists(),
        "the last one out stops it"
    );

    let again = start(home.path()).await;
    assert_eq!(notes(&again).await, ["kept"]);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn two_that_start_it_at_once_share_one() {
    let home = home();
    let (one, two) = tokio::join!(start(home.path()), start(home.path()));
    note(&one, "shared").await;
    assert_eq!(notes(&two).await, ["shared"]);
    one.stop().await.unwrap();
    two.stop().await.unwrap();
}

#[tokio::test]
async fn it_recovers_after_kill_9_and_attaches_a_second_process_to_the_new_one() {
    let private = private_cluster().await;
    note(private.cluster(), "acknowledged").await;
    let killed = private.postmaster().unwrap();

    private.kill_9().await;
    assert!(private.options().connect().await.is_err());
    private.start().await;

    assert_ne!(private.postmaster(), Some(killed));
    assert_eq!(notes(private.cluster()).await, ["acknowledged"]);
}

#[tokio::test]
async fn it_starts_when_the_stale_pid_belongs_to_another_process_by_now() {
    let private = private_cluster().await;
    note(private.cluster(), "kept").await;
    let pid_file = private.data().join("postgres/postmaster.pid");
    private.kill_9().await;
    let text = fs::read_to_string(&pid_file).unwrap();
    let rest = text.split_once('\n').unwrap().1;
    let mut sleeper = std::process::Command::new("sleep")
        .arg("600")
        .spawn()
        .unwrap();
    fs::write(&pid_file, format!("{}\n{rest}", sleeper.id())).unwrap();

    private.start().await;

    assert_eq!(notes(private.cluster()).await, ["kept"]);
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

#[tokio::test]
async fn it_comes_back_when_its_socket_was_swept_away() {
    let private = private_cluster().await;
    note(private.cluster(), "kept").await;
    fs::remove_dir_all(private.cluster().server.socket_dir()).unwrap();

    private.start().await;

    assert_eq!(notes(private.cluster()).await, ["kept"]);
}

#[tokio::test]
async fn it_is_out_of_reach_of_the_terminal() {
    let private = private_cluster().await;
    let postmaster = nix::unistd::Pid::from_raw(private.postmaster().unwrap());
    let ours = nix::unistd::getsid(None).unwrap();
    assert_ne!(
        nix::unistd::getsid(Some(postmaster)).unwrap(),
        ours,
        "Ctrl-C would end it"
    );
}

#[tokio::test]
async fn it_listens_on_no_port_and_protects_what_is_committed() {
    let private = private_cluster().await;
    let mut postgres = connect(private.cluster()).await;
    for (setting, expected) in [
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ] {
        let actual: String = query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(&mut postgres)
            .await
            .unwrap();
        assert_eq!(actual, expected, "{setting}");
    }
    let superuser: bool = query_scalar("select usesuper from pg_user where usename = current_user")
        .fetch_one(&mut postgres)
        .await
        .unwrap();
    assert!(!superuser, "grants must bind the role of the house");
    assert_eq!(mode(&private.data().join("postgres")), 0o700);
}

/// The permissions of a path.
fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn no_other_user_of_the_machine_gets_at_it() {
    let private = private_cluster().await;
    let mut postgres = connect(private.cluster()).await;
    let ways: Vec<String> = query_scalar(
        "select type || ' ' || auth_method from pg_hba_file_rules order by line_number",
    )
    .fetch_all(&mut as_superuser(private.cluster()).await)
    .await
    .unwrap();
    assert_eq!(ways, ["local peer", "local scram-sha-256"]);
    raw_sql("create role guest login")
        .execute(&mut postgres)
        .await
        .unwrap();
    let guest = private.options().username("guest").connect().await;
    assert!(guest.is_err(), "a role without a password came in");

    let socket_dir = private.cluster().server.socket_dir();
    assert_eq!(mode(socket_dir), 0o700);
    assert_eq!(mode(&socket_dir.join(".s.PGSQL.5432")), 0o700);
    assert_eq!(mode(&private.data().join("postgres")), 0o700);
    assert_eq!(mode(&private.data().join("postgres.log")), 0o600);
    // Root lets the owner of Postgres pass through, and nobody else.
    let expected = if nix::unistd::geteuid().is_root() {
        0o710
    } else {
        0o700
    };
    assert_eq!(mode(private.data()), expected);
}

async fn as_superuser(cluster: &Cluster) -> PgConnection {
    let options = cluster.options_for("postgres", "postgres");
    options.connect().await.unwrap()
}

#[test]
fn a_new_data_directory_is_closed_to_others() {
    let home = tempfile::tempdir().unwrap();
    let data = DataDir::open(&home.path().join("above/data")).unwrap();
    assert_eq!(mode(data.path()), 0o700);
}

#[tokio::test]
async fn it_refuses_data_of_another_version_naming_it() {
    let home = home();
    start(home.path()).await.stop().await.unwrap();
    fs::write(home.path().join("postgres/PG_VERSION"), "99\n").unwrap();

    let refused = Cluster::start_or_attach(home.path()).await.unwrap_err();

    assert!(
        matches!(refused, ClusterError::OtherVersion { made_by: 99, .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("postgresql-99"));
}

#[tokio::test]
async fn it_refuses_a_path_that_the_owner_cannot_enter_naming_the_directory() {
    if !nix::unistd::geteuid().is_root() {
        return; // Only root runs Postgres as somebody else.
    }
    let closed = tempfile::Builder::new()
        .prefix("closed-")
        .tempdir_in("/tmp")
        .unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();

    let refused = Cluster::start_or_attach(&closed.path().join("data"))
        .await
        .unwrap_err();

    let named = matches!(&refused, ClusterError::CannotEnter { directory, .. }
        if directory == closed.path());
    assert!(named, "{refused}");
    assert!(refused.to_string().contains("chmod o+x"), "{refused}");
}

#[test]
fn it_refuses_a_full_disk_naming_it() {
    let refused = check_room(Path::new("/tmp"), u64::MAX).unwrap_err();
    assert!(
        matches!(refused, ClusterError::DiskFull { .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("/tmp"), "{refused}");
}

#[test]
fn a_second_serve_is_refused_with_the_pid_of_the_first() {
    let home = tempfile::tempdir().unwrap();
    let data = DataDir::open(home.path()).unwrap();
    let first = data.serve_lock().unwrap();

    let refused = data.serve_lock().unwrap_err();
    assert!(
        refused
            .to_string()
            .contains(&std::process::id().to_string()),
        "{refused}"
    );

    drop(first);
    data.serve_lock().unwrap();
}

#[test]
fn the_secret_is_made_once_for_its_owner_alone_and_does_not_print() {
    let home = tempfile::tempdir().unwrap();
    let data = DataDir::open(home.path()).unwrap();

    let first = data.secret(None).unwrap();
    assert_eq!(first, data.secret(None).unwrap());
    assert_eq!(first.as_bytes().len(), 64);
    assert_eq!(format!("{first:?}"), "Secret(…)");
    let mode = fs::metadata(data.path().join("secret"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let configured = data
        .secret(Some("a configured secret that is long enough"))
        .unwrap();
    assert_ne!(first.fingerprint(), configured.fingerprint());
    assert!(
        data.secret(Some("short"))
            .unwrap_err()
            .to_string()
            .contains("openssl")
    );
}

#[tokio::test]
async fn another_secret_is_refused_by_its_fingerprint() {
    let database = database(&migrations::MIGRATOR).await;
    let pool = database.pool().await;
    let secret = Secret::configured("the first of two secrets, long enough").unwrap();
    let other = Secret::configured("the second of two secrets, long enough").unwrap();

    check_fingerprint(&pool, &secret).await.unwrap();
    check_fingerprint(&pool, &secret).await.unwrap();
    let refused = check_fingerprint(&pool, &other).await.unwrap_err();
    assert!(matches!(refused, ClusterError::OtherSecret), "{refused}");
}

#[tokio::test]
async fn every_test_has_a_migrated_database_of_its_own_that_goes_with_it() {
    let migrator = with_note_table();
    let (one, two) = tokio::join!(database(&migrator), database(&migrator));
    let mut in_one = one.options.connect().await.unwrap();
    let mut in_two = two.options.connect().await.unwrap();
    raw_sql("insert into note values ('one')")
        .execute(&mut in_one)
        .await
        .unwrap();
    let seen: i64 = query_scalar("select count(*) from note")
        .fetch_one(&mut in_two)
        .await
        .unwrap();
    assert_eq!(seen, 0);

    let gone = one.options.clone();
    drop(one); // Although a connection is still open.
    assert!(gone.connect().await.is_err());
    in_two.close().await.unwrap();
}
