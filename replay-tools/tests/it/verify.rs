//! A journal that was tampered with is found out.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::given::{Given, Ran};

impl Given {
    /// Does what only someone with every right over the machine could do.
    async fn tamper(&self, sql: &str) {
        let mut postgres = PgConnection::connect_with(&self.database.admin_options())
            .await
            .unwrap();
        let tampered = format!(
            "alter table journal.event disable trigger all;
             alter table journal.event_0000 disable trigger all;
             {sql};
             alter table journal.event enable always trigger event_is_immutable;
             alter table journal.event_0000 enable always trigger event_is_immutable"
        );
        postgres.execute(AssertSqlSafe(tampered)).await.unwrap();
        postgres.close().await.unwrap();
    }

    async fn verify(&self) -> Ran {
        self.replay(&["verify", "--json"]).await
    }
}

fn codes(ran: &Ran) -> Vec<String> {
    let report = ran.json();
    assert_eq!(report["whole"], false);
    let faults = report["faults"].as_array().unwrap();
    faults
        .iter()
        .map(|fault| fault["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_whole_journal_passes() {
    let given = Given::new().await;
    let ran = given.verify().await;
    assert_eq!(ran.exit, Some(0), "{ran:?}");
    let report = ran.json();
    assert_eq!(
        (&report["whole"], &report["fault_count"]),
        (&true.into(), &0.into())
    );
    assert_eq!(report["events"], given.head().await);
    // Two users, and the claims on their addresses.
    assert_eq!(report["streams"], 4);
    let text = given.replay(&["verify"]).await;
    assert!(text.out.starts_with("The journal is whole: "), "{text:?}");
}

#[tokio::test]
async fn what_was_tampered_with_is_found() {
    for (sql, expected) in [
        ("delete from journal.event where position = 2", vec!["gap"]),
        (
            "delete from journal.event where position = 1",
            vec!["gap", "version"],
        ),
        (
            "update journal.event set version = 7 where type = 'user.changed'",
            vec!["version"],
        ),
        (
            "update journal.event set recorded_at = recorded_at - interval '1 day' \
             where type = 'user.changed'",
            vec!["time"],
        ),
        (
            "update journal.event set type = 'user.danced' where type = 'user.changed'",
            vec!["type"],
        ),
        (
            "update journal.event set schema_version = 9 where type = 'user.changed'",
            vec!["type"],
        ),
        (
            "update journal.event set data = '{\"more\":1}' where type = 'user.changed'",
            vec!["unreadable"],
        ),
        (
            "update journal.event set metadata = '{}' where type = 'user.changed'",
            vec!["unreadable"],
        ),
    ] {
        let given = Given::new().await;
        given.tamper(sql).await;
        let ran = given.verify().await;
        assert_eq!(ran.exit, Some(1), "{sql}: {ran:?}");
        assert_eq!(codes(&ran), expected, "{sql}");
        let text = given.replay(&["verify"]).await;
        assert_eq!(text.exit, Some(1));
        assert!(text.out.contains(expected[0]), "{text:?}");
    }
}

#[tokio::test]
async fn an_end_that_is_missing_is_found_by_the_read_models_that_have_seen_it() {
    let given = Given::new().await;
    given.project().await;
    given
        .tamper("delete from journal.event where type = 'user.changed'")
        .await;
    let ran = given.verify().await;
    assert_eq!(ran.exit, Some(1));
    assert!(codes(&ran).iter().all(|code| code == "end"), "{ran:?}");
}

#[tokio::test]
async fn a_journal_without_its_guard_is_found() {
    let given = Given::new().await;
    let mut postgres = PgConnection::connect_with(&given.database.admin_options())
        .await
        .unwrap();
    let off = "alter table journal.event_0000 disable trigger event_is_immutable";
    postgres.execute(off).await.unwrap();
    let ran = given.verify().await;
    assert_eq!(ran.exit, Some(1));
    assert_eq!(codes(&ran), ["unguarded"]);
}

#[tokio::test]
async fn all_faults_are_counted_and_the_first_are_told_and_tail_stops_at_a_gap() {
    let given = Given::new().await;
    given
        .tamper("update journal.event set schema_version = 9")
        .await;
    let ran = given.replay(&["verify", "--faults", "2", "--json"]).await;
    assert_eq!(ran.json()["fault_count"], given.head().await);
    assert_eq!(ran.json()["faults"].as_array().unwrap().len(), 2);
    given
        .tamper("delete from journal.event where position = 2")
        .await;
    let tail = given.replay(&["tail", "--from", "1"]).await;
    assert_eq!(
        (tail.exit, tail.out.lines().count()),
        (Some(1), 1),
        "{tail:?}"
    );
    assert!(tail.err.contains("position 2 is missing"), "{tail:?}");
}
