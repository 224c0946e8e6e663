//! Looking at events as they come, and away.

use std::fs::File;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};

use crate::given::{Given, HASH, exit, interrupt};

#[tokio::test]
async fn tail_shows_the_last_events_or_those_from_a_position_on() {
    let given = Given::new().await;
    let head = given.head().await;
    let all = given.replay(&["tail", "--from", "1", "--json"]).await;
    assert_eq!(all.exit, Some(0), "{all:?}");
    let events = all.json_lines();
    let positions: Vec<i64> = events
        .iter()
        .map(|e| e["position"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, (1..=head).collect::<Vec<_>>());
    assert_eq!(events.last().unwrap()["type"], "user.changed");
    assert_eq!(events.last().unwrap()["data"]["locale"], "fr");
    assert!(
        !all.out.contains(HASH) && all.out.contains("[secret]"),
        "{}",
        all.out
    );

    let two = given
        .replay(&["tail", "--from", "2", "--limit", "1", "--json"])
        .await;
    assert_eq!(two.json_lines()[0]["position"], 2);
    assert_eq!(two.json_lines().len(), 1);
    let last = given.replay(&["tail", "--limit", "1"]).await;
    assert_eq!(last.out.lines().count(), 1);
    assert!(last.out.contains("user.changed"), "{last:?}");
}

#[tokio::test]
async fn tail_refuses_a_position_that_is_still_to_come() {
    let given = Given::new().await;
    let ran = given.replay(&["tail", "--from", "9999"]).await;
    assert_eq!(ran.exit, Some(2));
    let head = given.head().await;
    assert!(
        ran.err.contains(&format!("the journal ends at {head}")),
        "{ran:?}"
    );
    assert_eq!(given.replay(&["tail", "--from", "0"]).await.exit, Some(2));
}

#[tokio::test]
async fn tail_follows_what_happens_until_it_is_told_to_stop() {
    let given = Given::new().await;
    let mut child = given.start(&["tail", "--follow", "--limit", "1", "--json"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    assert!(first.contains("\"fr\""), "{first}");
    let position = given.speak(given.ben, "pt").await;
    let next: serde_json::Value =
        serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(next["position"], position);
    interrupt(&child).await;
    assert_eq!(exit(child.wait().await.unwrap()), Some(0));
    assert_eq!(lines.next_line().await.unwrap(), None);
}

#[tokio::test]
async fn a_reader_that_has_left_is_no_error_and_a_full_disk_is_one() {
    let given = Given::new().await;
    for line in [
        ["tail", "--from=1"],
        ["verify", "--json"],
        ["projections", "--json"],
    ] {
        let mut child = given.start(&line);
        drop(child.stdout.take());
        let ran = child.wait_with_output().await.unwrap();
        assert_eq!(exit(ran.status), Some(0), "{line:?}: {ran:?}");
        assert!(ran.stderr.is_empty(), "{line:?}: {ran:?}");
    }
    let mut command = given.command(&["tail"]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let ran = child.wait_with_output().await.unwrap();
    assert_eq!(exit(ran.status), Some(1), "{ran:?}");
}

#[tokio::test]
async fn projections_say_how_far_they_are() {
    let given = Given::new().await;
    let never = given.replay(&["projections", "--json"]).await;
    assert_eq!(never.json()[0]["state"], "absent");
    given.project().await;
    let position = given.speak(given.ben, "pt").await;
    let ran = given.replay(&["projections", "--json"]).await;
    assert_eq!(ran.exit, Some(0));
    for one in ran.json().as_array().unwrap() {
        assert_eq!(one["state"], "running", "{one}");
        assert_eq!(
            (&one["position"], &one["lag"]),
            (&(position - 1).into(), &1.into()),
            "{one}"
        );
    }
    let table = given.replay(&["projections"]).await;
    assert!(table.out.starts_with("projection "), "{table:?}");
    assert_eq!(
        table.out.lines().count(),
        ran.json().as_array().unwrap().len() + 1
    );
}
