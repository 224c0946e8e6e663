//! Databases that are not fit for a journal are refused, with the remedy.

use std::sync::Arc;
use std::time::Duration;

use eventstore::cluster::testing;
use eventstore::postgres::Settings;
use eventstore::{AppendError, FeedError, Journal, JournalError, PostgresJournal, SystemClock};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor};

use crate::given::{at, one};

async fn open(options: PgConnectOptions) -> Result<PostgresJournal, JournalError> {
    PostgresJournal::open(options, Arc::new(SystemClock), Settings::default()).await
}

/// The sentence of the refusal.
async fn refused(options: PgConnectOptions) -> String {
    match open(options).await {
        Err(JournalError::Unfit(sentence)) => sentence,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[tokio::test]
async fn a_read_only_database_and_a_careless_session_are_refused() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let with = |name: &str, value: &str| database.options.clone().options([(name, value)]);
    let sentence = refused(with("default_transaction_read_only", "on")).await;
    assert!(
        sentence.contains("read-only") && sentence.contains("set default_"),
        "{sentence}"
    );
    let sentence = refused(with("synchronous_commit", "off")).await;
    assert!(sentence.contains("synchronous_commit is off"), "{sentence}");
    open(with("synchronous_commit", "local")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_a_journal_a_careless_server_and_a_standby_are_refused() {
    let postgres = testing::private_cluster().await;
    let sentence = refused(postgres.options()).await;
    assert!(sentence.contains("apply the migrations"), "{sentence}");
    let mut connection = postgres.options().connect().await.unwrap();
    migrations::MIGRATOR.run(&mut connection).await.unwrap();
    open(postgres.options()).await.unwrap().close().await;
    drop(connection);
    let data = postgres.data().join("postgres");
    for setting in ["fsync", "full_page_writes"] {
        postgres.kill_9().await;
        std::fs::write(data.join("local.conf"), format!("{setting} = off\n")).unwrap();
        postgres.start().await;
        let sentence = refused(postgres.options()).await;
        assert!(
            sentence.contains(&format!("{setting} is off")),
            "{sentence}"
        );
    }
    postgres.kill_9().await;
    std::fs::write(data.join("local.conf"), "").unwrap();
    postgres.start().await;
    open(postgres.options()).await.unwrap().close().await;
}

/// Lets the server of a private cluster read its settings again.
fn reload(postgres: &testing::PrivateCluster, settings: &str) {
    std::fs::write(postgres.data().join("postgres/local.conf"), settings).unwrap();
    let postmaster = nix::unistd::Pid::from_raw(postgres.postmaster().unwrap());
    nix::sys::signal::kill(postmaster, nix::sys::signal::Signal::SIGHUP).unwrap();
}

/// Waits until the journal has noticed.
async fn until_unfit(journal: &PostgresJournal, is_unfit: bool) {
    let noticed = async {
        while journal.unfit().is_some() != is_unfit {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_mins(1), noticed).await;
    in_time.expect("it does not notice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_becomes_careless_under_way_has_nothing_acknowledged() {
    let postgres = testing::private_cluster().await;
    let mut connection = postgres.options().connect().await.unwrap();
    migrations::MIGRATOR.run(&mut connection).await.unwrap();
    let journal = open(postgres.options()).await.unwrap();
    journal.append(one("a-1", at(0))).await.unwrap();
    for (n, setting) in [
        (1, "fsync"),
        (2, "full_page_writes"),
        (3, "synchronous_commit"),
    ] {
        reload(&postgres, &format!("{setting} = off\n"));
        until_unfit(&journal, true).await;
        let answer = journal.append(one("a-1", at(n))).await;
        assert!(
            matches!(&answer, Err(AppendError::Unavailable(sentence))
                if sentence.contains(&format!("{setting} is off"))),
            "{answer:?}"
        );
        assert!(journal.hold().await.is_err());
        reload(&postgres, "");
        until_unfit(&journal, false).await;
        journal.append(one("a-1", at(n))).await.unwrap();
    }
    journal.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_comes_back_as_a_standby_takes_nothing_and_says_so() {
    let postgres = testing::private_cluster().await;
    let mut connection = postgres.options().connect().await.unwrap();
    migrations::MIGRATOR.run(&mut connection).await.unwrap();
    connection.execute("checkpoint").await.ok();
    drop(connection);
    let settings = Settings {
        reconnect_max: Duration::from_millis(200),
        ..Settings::default()
    };
    let clock = Arc::new(SystemClock);
    let journal = PostgresJournal::open(postgres.options(), clock, settings)
        .await
        .unwrap();
    journal.append(one("a-1", at(0))).await.unwrap();
    let signal = postgres.data().join("postgres/standby.signal");
    postgres.kill_9().await;
    std::fs::write(&signal, "").unwrap();
    postgres.start().await;
    let sentence = refused(postgres.options()).await;
    assert!(sentence.contains("standby"), "{sentence}");
    let late = one("a-1", at(1));
    // The first is sent on a connection that is gone, so that nobody can say what became of it.
    let answer = journal.append(late.clone()).await;
    assert!(
        matches!(&answer, Err(AppendError::Unknown(sentence)) if sentence.contains("standby")),
        "{answer:?}"
    );
    let answer = journal.append(crate::given::again(&late)).await;
    assert!(
        matches!(&answer, Err(AppendError::Unavailable(sentence)) if sentence.contains("standby")),
        "{answer:?}"
    );
    assert_eq!(
        journal
            .load(&late.streams[0].stream, 0, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    postgres.kill_9().await;
    std::fs::remove_file(&signal).unwrap();
    postgres.start().await;
    assert_eq!(
        journal
            .append(crate::given::again(&late))
            .await
            .unwrap()
            .version,
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_was_restored_from_a_backup_is_noticed() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let journal = open(database.options.clone()).await.unwrap();
    for version in 0..5 {
        journal.append(one("a-1", at(version))).await.unwrap();
    }
    let mut subscription = journal.subscribe(0);
    while subscription.position() < 5 {
        subscription.next(10).await.unwrap();
    }
    // As if an older backup was played back under the running process.
    let mut admin = database.admin_options().connect().await.unwrap();
    admin
        .execute(
            "set session_replication_role = replica;
            alter table journal.event_0000 disable trigger event_is_immutable;
            delete from journal.event_0000 where position > 2;
            alter table journal.event_0000 enable always trigger event_is_immutable;
            delete from journal.idempotency_key where position > 2;
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'cadastre writer' and datname = current_database()",
        )
        .await
        .unwrap();
    let told = subscription.next(10).await;
    assert!(
        matches!(told, Err(FeedError::BeyondEnd { asked: 5, head: 2 })),
        "{told:?}"
    );
    // Neither a bare expectation nor one that was true in the history that is gone gets through.
    let mut promised = one("a-1", at(5));
    promised.streams[0].known_at = 5;
    let conflict = journal.append(promised).await;
    assert!(
        matches!(conflict, Err(AppendError::Conflict(_))),
        "{conflict:?}"
    );
    let conflict = journal.append(one("a-1", at(5))).await;
    assert!(
        matches!(&conflict, Err(AppendError::Conflict(found)) if found[0].actual == 2),
        "{conflict:?}"
    );
    let answer = journal.append(one("a-1", at(2))).await.unwrap();
    assert_eq!((answer.version, answer.position), (3, 3));
}
