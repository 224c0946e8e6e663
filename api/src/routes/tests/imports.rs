//! A list of occupants, from when it is sent until what its rows say is let go.

use std::sync::Arc;

use commands::{Context, Who};
use domain::id::{BuildingId, ImportId};
use eventstore::{Clock, Mint};
use projections::staging;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Client, Platform};
use crate::import::{Committed, KEPT, Purged};
use crate::testing::Answer;

const TABLE: &str = "lot,kind,name,from\n1,owner,Zoë,2026-01-01\n7,owner,Eve,2026-01-01\n";

/// A manager and a building of his with one flat, `1`.
async fn building(p: &Platform) -> (Client, String) {
    let mia = p.user("mia", &["member"]).await;
    let roles = format!("users/{}/roles", mia.id);
    let admin = p.admin().await;
    p.done(&admin, "POST", &roles, json!({"role": "manager"}))
        .await;
    let address = json!({"lines": ["Rua 1"], "city": "Lisboa", "country": "PT"});
    let house = json!({"name": "House", "address": address});
    let done = p.done(&mia, "POST", "buildings", house).await;
    let building = done["id"].as_str().unwrap().to_owned();
    let flat = json!({"label": "1", "kind": "flat"});
    p.done(&mia, "POST", &format!("buildings/{building}/lots"), flat)
        .await;
    (mia, building)
}

async fn send(p: &Platform, who: &Client, building: &str) -> String {
    let path = format!("imports?kind=occupants&building={building}");
    let body = ("text/csv".to_owned(), TABLE.as_bytes().to_vec());
    let sent: Answer = p.send_bytes(who, &path, body).await;
    assert_eq!(sent.status.as_u16(), 201, "{sent:?}");
    format!("imports/{}", sent.json["id"].as_str().unwrap())
}

async fn until(p: &Platform, who: &Client, import: &str, status: &str) -> Value {
    for _ in 0..400 {
        let seen = p.get(who, import).await.json;
        if seen["status"] == status {
            return seen;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it never was {status}");
}

/// The outcome of each row, and the name in it.
async fn rows(p: &Platform, who: &Client, import: &str) -> Vec<(Value, Value)> {
    let rows = p.get(who, &format!("{import}/rows")).await.json;
    let rows = rows["items"].as_array().unwrap().iter();
    rows.map(|row| (row["outcome"].clone(), row["said"]["name"].clone()))
        .collect()
}

#[tokio::test]
async fn a_row_keeps_its_outcome_when_what_it_says_is_let_go() {
    let p = Platform::start().await;
    let (mia, building) = building(&p).await;
    let import = send(&p, &mia, &building).await;
    let ready = [
        (json!("ready"), json!("Zoë")),
        (json!("refused"), json!("Eve")),
    ];
    assert_eq!(rows(&p, &mia, &import).await, ready);
    p.done(&mia, "POST", &format!("{import}/commit"), Value::Null)
        .await;
    until(&p, &mia, &import, "finished").await;
    let refused = (json!("refused"), json!("Eve"));
    let done = [(json!("accepted"), Value::Null), refused];
    assert_eq!(rows(&p, &mia, &import).await, done);

    p.clock.advance(KEPT + chrono::TimeDelta::hours(1));
    let mia = p.log_in("mia@example.org").await;
    assert_eq!(p.purge.sweep().await.unwrap().emptied, 1);
    let left = ["accepted", "refused"].map(|outcome| (json!(outcome), Value::Null));
    assert_eq!(rows(&p, &mia, &import).await, left);
    let seen = p.get(&mia, &import).await.json;
    assert_eq!((&seen["rows"], &seen["refused"]), (&json!(2), &json!(1)));
    assert_eq!(seen["reasons"][0]["code"], "lot_unknown");
    // The same file is still the same import, which is over.
    let again = send(&p, &mia, &building).await;
    assert_eq!(again, import);
    assert_eq!(rows(&p, &mia, &import).await, left);
    p.stop().await;
}

/// The commit is recorded and nothing more happens, as when the process ends at once.
async fn commit_and_die(p: &Platform, import: &str, building: &str) {
    let id = import.trim_start_matches("imports/").parse().unwrap();
    let at = (ImportId(id), BuildingId(building.parse().unwrap()));
    let context = Context::new(Who::Operator, p.clock.now(), Mint.id());
    p.app.commands.commit_import(&context, at).await.unwrap();
}

#[tokio::test]
async fn a_committed_import_goes_on_although_its_process_and_its_session_are_gone() {
    let p = Platform::start().await;
    let (mia, building) = building(&p).await;
    let import = send(&p, &mia, &building).await;
    commit_and_die(&p, &import, &building).await;
    let seen = until(&p, &mia, &import, "finished").await;
    assert_eq!((&seen["rows"], &seen["refused"]), (&json!(2), &json!(1)));
    p.stop().await;
}

#[tokio::test]
async fn one_of_which_every_row_was_carried_out_is_said_to_be_finished() {
    let p = Platform::start().await;
    let (mia, building) = building(&p).await;
    let import = send(&p, &mia, &building).await;
    let id: Uuid = import.trim_start_matches("imports/").parse().unwrap();
    let pool = p.app.journal.pool();
    let contents = staging::Contents::Emptied;
    staging::finish(pool, id, p.clock.now(), contents)
        .await
        .unwrap();
    commit_and_die(&p, &import, &building).await;
    let committed = Committed {
        commands: Arc::clone(&p.app.commands),
        pool: pool.clone(),
        clock: Arc::clone(&p.app.edge.clock),
    };
    // As at the next start.
    let (stop, stopped) = watch::channel(false);
    let run = tokio::spawn(committed.run(stopped.into()));
    until(&p, &mia, &import, "finished").await;
    stop.send_replace(true);
    run.await.unwrap().unwrap();
    p.stop().await;
}

#[tokio::test]
async fn one_whose_sender_has_lost_the_rights_waits_for_another() {
    let p = Platform::start().await;
    let (mia, building) = building(&p).await;
    let import = send(&p, &mia, &building).await;
    let admin = p.admin().await;
    let suspend = format!("users/{}/suspend", mia.id);
    p.done(&admin, "POST", &suspend, json!({"reason": "x"}))
        .await;
    commit_and_die(&p, &import, &building).await;
    let commit = format!("{import}/commit");
    assert_eq!(p.get(&admin, &import).await.json["status"], "committed");
    p.done(&admin, "POST", &commit, Value::Null).await;
    until(&p, &admin, &import, "finished").await;
    p.stop().await;
}

#[tokio::test]
async fn dates_that_can_be_read_in_two_ways_need_a_word() {
    let p = Platform::start().await;
    let (mia, building) = building(&p).await;
    let path = format!("imports?kind=occupants&building={building}");
    let send = async |path: &str| {
        let table = b"lot,kind,name,from\n1,owner,Ann,2/1/2026\n".to_vec();
        p.send_bytes(&mia, path, ("text/csv".to_owned(), table))
            .await
    };
    let refused = send(&path).await;
    assert_eq!(refused.code(), "dates_ambiguous");
    let wrong = send(&format!("{path}&dates=mdy")).await;
    assert_eq!(wrong.code(), "parameter_invalid");
    let read = send(&format!("{path}&dates=month_first")).await;
    assert_eq!(read.status.as_u16(), 201, "{read:?}");
    let other = send(&format!("{path}&dates=day_first")).await;
    assert_eq!(other.code(), "import_read_otherwise");
    let import = format!("imports/{}", read.json["id"].as_str().unwrap());
    p.done(&mia, "POST", &format!("{import}/commit"), Value::Null)
        .await;
    until(&p, &mia, &import, "finished").await;
    let head = eventstore::Journal::head(&*p.app.journal).await.unwrap();
    p.app.reach(&["occupants"], Some(head)).await.unwrap();
    let path = format!("buildings/{building}/occupants?label=1");
    let there = p.get(&mia, &path).await.json;
    assert!(there.to_string().contains("2026-02-01"), "{there}");
    p.stop().await;
}

#[tokio::test]
async fn a_file_that_nobody_commits_is_cancelled_and_may_be_sent_again() {
    let p = Platform::start().await;
    let (mia, building) = building(&p).await;
    let import = send(&p, &mia, &building).await;
    assert_eq!(p.purge.sweep().await.unwrap(), Purged::default());
    p.clock.advance(KEPT + chrono::TimeDelta::hours(1));
    let mia = p.log_in("mia@example.org").await;
    assert_eq!(p.purge.sweep().await.unwrap().forgotten, 1);
    assert_eq!(p.get(&mia, &import).await.json["status"], "cancelled");
    assert!(rows(&p, &mia, &import).await.is_empty());
    let commit = format!("{import}/commit");
    let late = p.ask(&mia, "POST", &commit, Value::Null).await;
    assert_eq!(
        (late.status.as_u16(), late.code()),
        (409, "import_cancelled")
    );

    assert_eq!(send(&p, &mia, &building).await, import);
    p.done(&mia, "POST", &commit, Value::Null).await;
    let seen = until(&p, &mia, &import, "finished").await;
    assert_eq!(seen["refused"], 1);
    p.stop().await;
}
