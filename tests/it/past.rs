//! What was so at a moment of the past: always a prefix of what happened.

use chrono::{DateTime, TimeDelta, Utc};
use eventstore::Clock;
use harness::{House, Person};
use serde_json::json;

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// A listing whose title was changed an hour after it was created, and an hour after that; now it
/// is another hour later.
async fn changed_twice(house: &House, bea: &Person) -> String {
    let listing = house.listing(bea).draft().await;
    let hour = TimeDelta::hours(1);
    for title in ["Second", "Third"] {
        house.clock.advance(hour);
        let change = json!({"title": title});
        bea.patch(&format!("/listings/{listing}"), &change)
            .await
            .expect(200);
    }
    house.clock.advance(hour);
    listing
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_is_shown_as_it_was() {
    let house = House::open().await;
    let bea = house.host("bea").await;
    let (born, hour) = (house.clock.now(), TimeDelta::hours(1));
    let listing = changed_twice(&house, &bea).await;
    let ask = |query: String| {
        let path = format!("/listings/{listing}?{query}");
        let bea = bea.clone();
        async move { bea.get(&path).await }
    };
    let second = TimeDelta::seconds(1);
    for (query, version) in [
        ("at_version=1".to_owned(), 1),
        ("at_version=3".to_owned(), 3),
        (format!("as_of={}", text(born)), 1),
        (format!("as_of={}", text(born + hour - second)), 1),
        (format!("as_of={}", text(born + hour)), 2),
        (format!("known_at={}", text(born + hour * 2 - second)), 2),
        (format!("known_at={}", text(born + hour * 3)), 3),
        (
            format!(
                "as_of={}&known_at={}",
                text(born + hour * 2),
                text(born + hour)
            ),
            2,
        ),
        (
            format!("as_of={}&known_at={}", text(born), text(born + hour)),
            1,
        ),
    ] {
        let past = ask(query.clone()).await.expect(200);
        assert_eq!(past.version(), version, "{query}: {}", past.text);
        let title =
            ["A room over the river", "Second", "Third"][usize::try_from(version - 1).unwrap()];
        assert!(past.text.contains(title), "{query}: {}", past.text);
    }
    for query in [
        format!("as_of={}", text(born - second)),
        format!("known_at={}", text(born - second)),
        "at_version=4".to_owned(),
    ] {
        ask(query).await.refused(404, "listing_unknown");
    }
    for query in [
        format!("as_of={}", text(born + hour * 4)),
        format!("known_at={}", text(born + hour * 4)),
        "at_version=0".to_owned(),
        format!("at_version=1&as_of={}", text(born)),
        "as_of=yesterday".to_owned(),
    ] {
        ask(query).await.refused(422, "parameter_invalid");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_read_page_by_page_and_by_those_who_may_see_the_thing() {
    let house = House::open().await;
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).await;
    for title in ["Second", "Third"] {
        let change = json!({"title": title});
        bea.patch(&format!("/listings/{listing}"), &change)
            .await
            .expect(200);
    }
    let path = format!("/listings/{listing}/history");
    let first = bea.get(&format!("{path}?limit=3")).await.expect(200);
    let cursor = first.json["next_cursor"].as_str().unwrap();
    let rest = bea
        .get(&format!("{path}?limit=3&cursor={cursor}"))
        .await
        .expect(200);
    let all = [first.items(), rest.items()].concat();
    let types: Vec<_> = all
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    let expected = [
        "listing.created",
        "listing.published",
        "listing.changed",
        "listing.changed",
    ];
    assert_eq!(types, expected);
    let versions: Vec<_> = all
        .iter()
        .map(|event| event["version"].as_i64().unwrap())
        .collect();
    assert_eq!(versions, [1, 2, 3, 4]);
    ann.get(&path).await.refused(404, "listing_unknown");
    house.close().await;
}
