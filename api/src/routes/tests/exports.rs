//! Lists as files: the same rows that the list shows to the same person, and a trace of each.

use std::io::Cursor;

use axum::http::{StatusCode, header};
use calamine::{Data, Reader, Xlsx};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Client, Platform, new_listing};
use crate::export::{Rows, Wanted};

const HOUR: std::time::Duration = std::time::Duration::from_hours(1);

/// Asks for a list as a file; answers where it can be downloaded.
async fn export(p: &Platform, who: &Client, wanted: Value) -> String {
    let done = p.done(who, "POST", "exports", wanted).await;
    let path = format!("exports/{}", done["id"].as_str().unwrap());
    let shown = p.done(who, "GET", &path, Value::Null).await;
    assert_eq!(shown["downloads"], 0, "{shown}");
    let download = shown["download"].as_str().unwrap();
    format!("{download}?min_position={}", done["position"])
}

fn lines(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    let lines = reader.records().map(|record| {
        let record = record.unwrap();
        record.iter().map(str::to_owned).collect()
    });
    lines.collect()
}

/// So many drafts, the first of which is named like a formula.
async fn drafts(p: &Platform, host: &Client, count: usize) {
    for number in 0..count {
        let mut listing = new_listing();
        if number == 0 {
            listing["title"] = json!("=HYPERLINK(\"http://example.org\")");
        }
        p.done(host, "POST", "listings", listing).await;
    }
}

#[tokio::test]
async fn an_export_has_the_rows_of_the_list_and_of_nobody_else() {
    let p = Platform::start().await;
    let (ana, bea) = (
        p.user("ana", &["member", "host"]).await,
        p.user("bea", &["member", "host"]).await,
    );
    drafts(&p, &ana, 3).await;
    drafts(&p, &bea, 2).await;
    let wanted = json!({"list": "my_listings", "format": "csv", "filters": {"status": "draft"}});
    let path = export(&p, &ana, wanted).await;

    let file = p.get(&ana, &path).await;
    assert_eq!(file.status, StatusCode::OK, "{file:?}");
    assert_eq!(
        file.headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8"
    );
    let name = "attachment; filename=\"my_listings.csv\"";
    assert_eq!(file.headers[header::CONTENT_DISPOSITION], name);
    let rows = lines(&file.bytes);
    assert_eq!(rows.len(), 4, "a heading and three drafts: {rows:?}");
    let place = |heading: &str| rows[0].iter().position(|h| h == heading).unwrap();
    assert!(rows[1..].iter().all(|row| row[place("host")] == ana.id));
    assert_eq!(
        rows[1][place("title")],
        "'=HYPERLINK(\"http://example.org\")"
    );
    assert_eq!(rows[1][place("nightly_price")], "100.00");

    // The file is nobody else's, and each download is told.
    let unseen = p.get(&bea, &path).await;
    assert_eq!(
        (unseen.status.as_u16(), unseen.code()),
        (404, "export_unknown")
    );
    p.get(&ana, &path).await;
    let plain = path.split("/download").next().unwrap();
    let told = p.get(&ana, &format!("{plain}/history")).await;
    let told: Vec<_> = told.json["items"].as_array().unwrap().clone();
    let told: Vec<_> = told.iter().map(|event| event["type"].clone()).collect();
    let expected = ["export.requested", "export.downloaded", "export.downloaded"];
    assert_eq!(told, expected.map(Value::from));
    p.stop().await;
}

/// One's own listings, three at a time, of which a file may have `rows_max`; and the first of them.
async fn limited(p: &Platform, who: &Client, rows_max: u64) -> (Wanted, Rows) {
    let wanted = Wanted {
        app: p.app.clone(),
        actor: p.actor(who).await,
        list: domain::export::ExportList::MyListings,
        filters: [].into(),
        locale: domain::export::ExportLocale::En,
        page_rows: 3,
        rows_max,
        deadline: Instant::now() + HOUR,
    };
    let head = eventstore::Journal::head(&*p.cleanup.journal).await;
    let first = wanted.first(Some(head.unwrap())).await.unwrap();
    (wanted, first)
}

/// What of a CSV arrives, and why it broke off, if it did.
async fn sent(body: axum::body::Body) -> (Vec<Vec<String>>, Option<String>) {
    let (mut stream, mut bytes) = (body.into_data_stream(), Vec::new());
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) => bytes.extend(chunk),
            Err(error) => {
                let code = std::error::Error::source(&error).map(ToString::to_string);
                let code = code.unwrap_or_else(|| error.to_string());
                return (lines(&bytes), Some(code));
            }
        }
    }
    (lines(&bytes), None)
}

#[tokio::test]
async fn each_page_of_an_export_asks_for_the_rights_again() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member", "host"]).await;
    drafts(&p, &ana, 7).await;
    let (wanted, first) = limited(&p, &ana, 1_000).await;
    let (mut in_a_book, first_of_book) = limited(&p, &ana, 1_000).await;
    // The first rows are there; then the account is suspended.
    let suspend = format!("users/{}/suspend", ana.id);
    p.done(
        &p.admin().await,
        "POST",
        &suspend,
        json!({"reason": "a breach"}),
    )
    .await;

    let (rows, broken) = sent(crate::export::csv(wanted, first)).await;
    assert_eq!(rows.len(), 1 + 3, "the rows that were read before");
    let broken = broken.expect("the rest is refused");
    assert!(broken.contains("session_ended"), "{broken}");
    let refused = crate::export::sheet(&mut in_a_book, first_of_book)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "session_ended");
    p.stop().await;
}

#[tokio::test]
async fn who_finds_no_seat_for_a_workbook_is_told_at_once() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member", "host"]).await;
    drafts(&p, &ana, 1).await;
    let path = export(&p, &ana, json!({"list": "my_listings", "format": "xlsx"})).await;
    let all = u32::try_from(p.app.edge.workbooks.available_permits()).unwrap();
    let taken = p.app.edge.workbooks.acquire_many(all).await.unwrap();
    let busy = p.get(&ana, &path).await;
    assert_eq!((busy.status.as_u16(), busy.code()), (503, "export_busy"));
    assert!(busy.headers.contains_key(header::RETRY_AFTER), "{busy:?}");
    drop(taken);
    assert_eq!(p.get(&ana, &path).await.status, StatusCode::OK);
    p.stop().await;
}

#[tokio::test]
async fn an_export_ends_after_its_time() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member", "host"]).await;
    drafts(&p, &ana, 4).await;
    let (mut wanted, first) = limited(&p, &ana, 1_000).await;
    wanted.deadline = Instant::now();
    let (rows, broken) = sent(crate::export::csv(wanted, first)).await;
    assert_eq!(rows.len(), 1 + 3);
    assert!(broken.unwrap().contains("export_timeout"));
    p.stop().await;
}

#[tokio::test]
async fn a_file_has_as_many_rows_as_it_may_and_not_one_more() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member", "host"]).await;
    drafts(&p, &ana, 7).await;
    // At the limit it is whole, in either format.
    let (wanted, first) = limited(&p, &ana, 7).await;
    let (rows, broken) = sent(crate::export::csv(wanted, first)).await;
    assert_eq!((rows.len(), broken), (1 + 7, None));
    let (mut wanted, first) = limited(&p, &ana, 7).await;
    let book = crate::export::sheet(&mut wanted, first).await.unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.rows().count(), 1 + 7);

    // Within a page, and at the end of one with another to come.
    for rows_max in [5, 6] {
        let (mut wanted, first) = limited(&p, &ana, rows_max).await;
        let refused = crate::export::sheet(&mut wanted, first).await.unwrap_err();
        assert_eq!(refused.code(), "export_too_large");
        let answer = axum::response::IntoResponse::into_response(refused);
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);

        let (wanted, first) = limited(&p, &ana, rows_max).await;
        let (rows, broken) = sent(crate::export::csv(wanted, first)).await;
        let broken = broken.expect("somebody is told that some are missing");
        assert!(broken.contains("export_too_large"), "{broken}");
        assert_eq!(rows.len(), 1 + 3, "what was sent before it broke off");
    }
    p.stop().await;
}

#[tokio::test]
async fn a_list_longer_than_a_page_is_whole() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member", "host"]).await;
    drafts(&p, &ana, 7).await;
    // Two full pages and one more row.
    let (wanted, first) = limited(&p, &ana, 1_000).await;
    let body = crate::export::csv(wanted, first);
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let rows = lines(&bytes);
    assert_eq!(rows.len(), 8);
    let ids: std::collections::BTreeSet<&String> = rows[1..].iter().map(|row| &row[0]).collect();
    assert_eq!(ids.len(), 7, "each once");
    p.stop().await;
}

#[tokio::test]
async fn a_workbook_has_numbers_and_days_and_no_formula() {
    let p = Platform::start().await;
    let (ana, tom) = (
        p.user("ana", &["member", "host"]).await,
        p.user("tom", &["member"]).await,
    );
    let listing = p.listing(&ana).await;
    let booking = json!({"listing": listing, "from": "2027-05-01", "until": "2027-05-03",
        "guests": {"adults": 2}});
    p.done(&tom, "POST", "bookings", booking).await;
    let wanted = json!({"list": "bookings", "format": "xlsx", "filters": {"role": "host"}});
    let path = export(&p, &ana, wanted).await;
    let file = p.get(&ana, &path).await;
    assert_eq!(file.status, StatusCode::OK, "{file:?}");

    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    assert_eq!(rows.len(), 2);
    let cell = |heading: &str| {
        let is_it = |cell: &Data| *cell == Data::String(heading.to_owned());
        &rows[1][rows[0].iter().position(is_it).unwrap()]
    };
    assert_eq!(*cell("total"), Data::Float(200.0));
    assert_eq!(*cell("nights"), Data::Float(2.0));
    assert_eq!(*cell("currency"), Data::String("EUR".to_owned()));
    // Day 46,508 of Excel's calendar is 1 May 2027.
    assert!(
        matches!(cell("arrival"), Data::DateTime(day) if (day.as_f64() - 46_508.0).abs() < 1e-9),
        "{:?}",
        cell("arrival")
    );
    p.stop().await;
}

#[tokio::test]
async fn what_the_list_refuses_is_not_exported() {
    let p = Platform::start().await;
    let tom = p.user("tom", &["member"]).await;
    for (wanted, status, code) in [
        (
            json!({"list": "users", "format": "csv"}),
            403,
            "permission_missing",
        ),
        (
            json!({"list": "bookings", "format": "csv", "filters": {"role": "all"}}),
            403,
            "permission_missing",
        ),
        (
            json!({"list": "bookings", "format": "csv", "filters": {"colour": "red"}}),
            422,
            "parameter_invalid",
        ),
        (
            json!({"list": "bookings", "format": "csv", "filters": {"limit": "5"}}),
            422,
            "parameter_invalid",
        ),
        (
            json!({"list": "lots", "format": "csv"}),
            422,
            "parameter_invalid",
        ),
        (
            json!({"list": "secrets", "format": "csv"}),
            422,
            "body_invalid",
        ),
        (
            json!({"list": "bookings", "format": "pdf"}),
            422,
            "body_invalid",
        ),
    ] {
        let answer = p.ask(&tom, "POST", "exports", wanted).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{answer:?}"
        );
    }
    let own = json!({"list": "bookings", "format": "csv", "locale": "fr"});
    let path = export(&p, &tom, own).await;
    let file = p.get(&tom, &path).await;
    assert!(
        file.bytes.starts_with(b"\xef\xbb\xbfid;listing;"),
        "{file:?}"
    );
    p.stop().await;
}
