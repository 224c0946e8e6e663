//! Parameters and cursors, good and bad.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use uuid::Uuid;

use super::{Cursor, CursorKey, Filter, Paged, parameters};
use crate::middleware::layered;
use crate::testing::{Answer, edge, send};

parameters! {
    /// Which things.
    struct Things {
        /// Of whom.
        owner: Option<Uuid>,
        /// Only those that are open.
        open: Option<bool>,
    }
}

async fn ask(query: &str) -> Answer {
    let list = |paged: Paged<Things>| async move {
        format!(
            "{} {:?} {:?}",
            paged.page.limit, paged.filter.owner, paged.filter.open
        )
    };
    let routes = Router::new().route("/things", get(list)).route(
        "/all",
        get(|Filter(things): Filter<Things>| async move { format!("{things:?}") }),
    );
    let request = Request::get(format!("/things?{query}"))
        .body(Body::empty())
        .unwrap();
    send(&layered(routes, &edge()), request).await
}

#[tokio::test]
async fn a_limit_is_from_1_to_100() {
    for (limit, status) in [
        ("1", 200),
        ("100", 200),
        ("0", 422),
        ("101", 422),
        ("-1", 422),
    ] {
        assert_eq!(
            ask(&format!("limit={limit}")).await.status.as_u16(),
            status,
            "{limit}"
        );
    }
}

#[tokio::test]
async fn every_wrong_parameter_is_told_at_once() {
    let answer = ask("owner=x&open=yes&limit=0&min_position=-1&colour=red&cursor=a&cursor=b").await;

    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let expected = [
        ("colour", "unknown_parameter"),
        ("cursor", "duplicate_parameter"),
        ("limit", "out_of_range"),
        ("min_position", "out_of_range"),
        ("open", "wrong_type"),
        ("owner", "not_an_id"),
    ];
    assert_eq!(
        answer.faults(),
        expected.map(|(p, c)| (p.to_owned(), c.to_owned()))
    );
}

fn secret(byte: u8) -> commands::Secret {
    commands::Secret::new(vec![byte; 32])
}

#[test]
fn a_cursor_is_good_for_the_query_it_came_from() {
    let key = CursorKey::derive(&secret(1));
    let of = Cursor {
        query: "bookings",
        asked: "[]",
    };
    let cursor = key.sign(&of, &("2027-04-30", 7)).unwrap();

    let place: (String, i64) = key.open(&of, &cursor).unwrap();
    assert_eq!(place, ("2027-04-30".to_owned(), 7));

    let mut forged = cursor.clone();
    forged.replace_range(0..1, if forged.starts_with('W') { "X" } else { "W" });
    let elsewhere = [
        (of.clone(), forged.as_str()),
        (of.clone(), ""),
        (of.clone(), "not base64!"),
        (
            Cursor {
                query: "payments",
                ..of.clone()
            },
            &cursor,
        ),
        (
            Cursor {
                asked: "[(\"open\", \"true\")]",
                ..of.clone()
            },
            &cursor,
        ),
    ];
    for (of, cursor) in elsewhere {
        let refused = key.open::<(String, i64)>(&of, cursor).unwrap_err();
        assert_eq!(refused.code(), "cursor_invalid", "{of:?}");
    }
    assert!(
        CursorKey::derive(&secret(2))
            .open::<(String, i64)>(&of, &cursor)
            .is_err()
    );
}
