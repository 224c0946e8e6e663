//! Events that were set aside, and taken in after the fix.

use crate::given::Given;

impl Given {
    /// Sets an event of Ann aside, as a projector that failed at it would have.
    async fn park(&self, event_type: &str) {
        self.sql(&format!(
            "insert into users.parked (key, position, event_id, event_type, error, attempts, \
                 parked_at)
             select stream, position, event_id, type, 'a fault that was mended', 3, now()
             from journal.event where stream = 'user-{}' and type = '{event_type}'",
            self.ann
        ))
        .await;
        self.sql(&format!("update users.parked set key = '{}'", self.ann))
            .await;
    }
}

#[tokio::test]
async fn parked_events_are_listed_and_taken_in_in_order() {
    let given = Given::new().await;
    given.project().await;
    let none = given.replay(&["parked"]).await;
    assert_eq!(
        (none.exit, none.out.as_str()),
        (Some(0), "Nothing is parked.\n")
    );
    given
        .sql(&format!(
            "delete from users.profile where id = '{}'",
            given.ann
        ))
        .await;
    given.park("user.changed").await;
    let ann = given.ann.to_string();
    let listed = given.replay(&["parked", "users", "--json"]).await;
    assert_eq!(listed.json()[0]["key"], ann.as_str());
    assert_eq!(listed.json()[0]["projection"], "users");
    assert!(
        given
            .replay(&["parked"])
            .await
            .out
            .contains("a fault that was mended")
    );
    assert_eq!(
        given.replay(&["parked", "audit", "--json"]).await.out,
        "[]\n"
    );

    // A change of somebody who is not there cannot be taken in.
    let still = given.replay(&["parked", "drive", "users", "--all"]).await;
    assert_eq!(still.exit, Some(1), "{still:?}");
    assert!(
        still.out.contains(&format!("still parked: {ann}")),
        "{still:?}"
    );
    given.park("user.created").await;
    let freed = given
        .replay(&["parked", "drive", "users", &ann, "--json"])
        .await;
    assert_eq!(freed.exit, Some(0), "{freed:?}");
    assert_eq!(
        (&freed.json()["events"], &freed.json()["freed"][0]),
        (&2.into(), &ann.into())
    );
    let same = given.replay(&["compare", "users"]).await;
    assert_eq!(same.exit, Some(0), "{same:?}");
}

#[tokio::test]
async fn a_key_that_is_not_parked_is_refused_with_the_nearest() {
    let given = Given::new().await;
    given.project().await;
    given.park("user.changed").await;
    let ann = given.ann.to_string();
    let ran = given
        .replay(&["parked", "drive", "users", &ann[..ann.len() - 1]])
        .await;
    assert_eq!(ran.exit, Some(2));
    assert!(
        ran.err.contains(&format!("did you mean `{ann}`?")),
        "{ran:?}"
    );
    assert_eq!(
        given.replay(&["parked", "drive", "users"]).await.exit,
        Some(2)
    );
}
