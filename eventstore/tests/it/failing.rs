//! Commits that fail, and what was decided on them.

use std::sync::Arc;

use eventstore::cluster::testing::{self, TestDatabase};
use eventstore::postgres::Settings;
use eventstore::{AppendError, Journal, KeyMatch, MemoryJournal, PostgresJournal, SystemClock};
use sqlx::{AssertSqlSafe, Executor};

use crate::given::{again, append, at, one, part};

/// A journal whose database raises, when an event is committed (`deferred`) or inserted, what
/// `raise` says.
async fn raising(raise: &str, deferred: bool) -> (TestDatabase, PostgresJournal) {
    let database = testing::database(&migrations::MIGRATOR).await;
    let when = if deferred {
        "deferrable initially deferred"
    } else {
        ""
    };
    let pool = database.pool().await;
    pool.execute(AssertSqlSafe(format!(
        "create sequence public.commits;
        create table public.fault (off bool);
        -- A default of the database that would keep the warning of a commit from being heard.
        do $$ begin
            execute format('alter database %I set client_min_messages = error', current_database());
        end $$;
        create function public.raise() returns trigger language plpgsql as $$
        begin
            if not exists (select from public.fault) then {raise} end if;
            return null;
        end $$;
        create constraint trigger fault after insert on journal.event_0000 {when}
            for each row execute function public.raise();"
    )))
    .await
    .unwrap();
    pool.close().await;
    let clock = Arc::new(SystemClock);
    let journal = PostgresJournal::open(database.options.clone(), clock, Settings::default());
    let journal = journal.await.unwrap();
    (database, journal)
}

async fn heal(database: &TestDatabase) {
    let pool = database.pool().await;
    pool.execute("insert into public.fault values (true)")
        .await
        .unwrap();
    pool.close().await;
}

/// Only the first commit fails: sequences are not rolled back.
const FIRST_COMMIT: &str = "if nextval('public.commits') = 1 then
    raise exception 'no space left on device' using errcode = 'disk_full'; end if;";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_on_a_failed_commit_is_decided_again_on_postgres() {
    let (_database, journal) = raising(FIRST_COMMIT, true).await;
    // While the turn is held, appends wait, and become one batch.
    let held = journal.hold().await.unwrap();
    decided_again(&journal, || drop(held)).await;
    assert_eq!(journal.stats().batches, 1);
}

#[tokio::test]
async fn what_was_decided_on_a_failed_commit_is_decided_again_in_memory() {
    let journal = MemoryJournal::new(Arc::new(SystemClock));
    journal.fail_next(1);
    journal.pause();
    decided_again(&journal, || journal.resume()).await;
}

async fn decided_again(journal: &dyn Journal, go: impl FnOnce()) {
    let taken = one("unit-1", at(0));
    // Decided on the pending state: that it is taken is a refusal, that it is mine is a no-op.
    let mut refused = append(vec![part("unit-1", at(1), 0)]);
    refused.rests_on = vec![taken.outcome.clone()];
    let mut after = one("booking-1", at(0));
    after.rests_on = vec![taken.outcome.clone()];
    // In conflict with the first as long as that is there.
    let rival = one("unit-1", at(0));
    let twin = again(&taken);
    let aside = append(vec![part("unit-2", at(0), 0)]);
    let asked = [taken.clone(), refused, after, rival.clone(), twin, aside];
    let answers = asked.map(|append| journal.append(append));
    go();
    let [taken_answer, refused, after, rival_answer, twin, aside] =
        <[_; 6]>::try_from(futures::future::join_all(answers).await).unwrap();
    assert!(
        matches!(taken_answer, Err(AppendError::Unavailable(_))),
        "{taken_answer:?}"
    );
    assert!(taken.outcome.is_failed());
    assert!(
        matches!(refused, Err(AppendError::Conflict(_))),
        "{refused:?}"
    );
    assert!(
        matches!(after, Err(AppendError::Unavailable(_))),
        "{after:?}"
    );
    assert_eq!(rival_answer.unwrap().version, 1);
    assert!(rival.outcome.is_committed());
    assert!(matches!(twin, Err(AppendError::Conflict(_))), "{twin:?}");
    assert_eq!(aside.unwrap().version, 0);
    assert_eq!(journal.head().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_named_and_nothing_is_lost() {
    let full = "raise exception 'could not extend file' using errcode = 'disk_full';";
    let (database, journal) = raising(full, false).await;
    let asked = one("a-1", at(0));
    let Err(AppendError::Unavailable(sentence)) = journal.append(asked.clone()).await else {
        panic!("it went in");
    };
    assert!(
        sentence.contains("disk") && sentence.contains("full"),
        "{sentence}"
    );
    assert_eq!(journal.head().await.unwrap(), 0);
    heal(&database).await;
    let answer = journal.append(again(&asked)).await.unwrap();
    assert_eq!((answer.position, answer.repeated), (1, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_becomes_read_only_is_named() {
    let read_only = "raise exception 'cannot execute INSERT in a read-only transaction'
        using errcode = 'read_only_sql_transaction';";
    let (_database, journal) = raising(read_only, false).await;
    let Err(AppendError::Unavailable(sentence)) = journal.append(one("a-1", at(0))).await else {
        panic!("it went in");
    };
    assert!(sentence.contains("read-only"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_with_a_warning_is_not_acknowledged() {
    let warning = "raise warning 'the transaction might not have been replicated';";
    let (database, journal) = raising(warning, true).await;
    let asked = one("a-1", at(0));
    let Err(AppendError::Unknown(sentence)) = journal.append(asked.clone()).await else {
        panic!("it was acknowledged");
    };
    assert!(sentence.contains("replicated"), "{sentence}");
    assert!(asked.outcome.is_failed());
    heal(&database).await;
    assert!(matches!(
        journal.look_up(&asked.key).await.unwrap(),
        KeyMatch::Same(_)
    ));
    assert!(journal.append(again(&asked)).await.unwrap().repeated);
    assert_eq!(journal.append(one("a-1", at(1))).await.unwrap().position, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_append_that_cannot_be_stored_does_not_hold_up_the_others() {
    let poison = "if new.stream = 'poison-1' then
        raise exception 'this cannot be stored' using errcode = 'data_exception'; end if;";
    let (_database, journal) = raising(poison, false).await;
    let held = journal.hold().await.unwrap();
    let first = one("a-1", at(0));
    let poison = one("poison-1", at(0));
    let mut behind = one("b-1", at(0));
    behind.rests_on = vec![first.outcome.clone()];
    let mut after = one("c-1", at(0));
    after.rests_on = vec![poison.outcome.clone()];
    let asked = [first, poison, behind, after, one("d-1", at(0))];
    let answers = asked.map(|append| journal.append(append));
    drop(held);
    let [first, poison, behind, after, last] =
        <[_; 5]>::try_from(futures::future::join_all(answers).await).unwrap();
    assert_eq!(first.unwrap().position, 1);
    assert!(matches!(poison, Err(AppendError::Invalid(_))), "{poison:?}");
    assert_eq!(behind.unwrap().position, 2);
    assert!(matches!(after, Err(AppendError::Conflict(_))), "{after:?}");
    assert_eq!(last.unwrap().position, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_appends_than_may_wait_are_told_so() {
    let database = testing::database(&migrations::MIGRATOR).await;
    let settings = Settings {
        waiting_appends_max: 10,
        ..Settings::default()
    };
    let clock = Arc::new(SystemClock);
    let journal = PostgresJournal::open(database.options.clone(), clock, settings)
        .await
        .unwrap();
    let held = journal.hold().await.unwrap();
    let answers: Vec<_> = (0..11).map(|n| journal.append(one("a-1", at(n)))).collect();
    drop(held);
    let mut answers = futures::future::join_all(answers).await;
    let busy = answers.pop().unwrap();
    assert!(
        matches!(&busy, Err(AppendError::Unavailable(sentence)) if sentence.contains("busy")),
        "{busy:?}"
    );
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(
        journal.append(one("a-1", at(10))).await.unwrap().version,
        11
    );
}
