//! Every way in which a body can be wrong.

use axum::Router;
use axum::body::{Body as Stream, Bytes};
use axum::http::{Request, StatusCode, header};
use axum::routing::post;
use chrono::NaiveDate;

use super::{Body, bodies};
use crate::edge::Edge;
use crate::middleware::layered;
use crate::testing::{Answer, edge, send};

bodies! {
    /// A stay that is asked for.
    struct Stay {
        /// The day of arrival.
        from: NaiveDate,
        /// How many units.
        units: u32,
        /// Who comes.
        party: Party,
        /// What to look after.
        notes: Option<Vec<String>>,
    }

    /// Who comes.
    struct Party {
        /// A name.
        name: String,
        /// How many.
        adults: u8,
    }
}

const GOOD: &str = r#"{"from":"2027-05-01","units":1,"party":{"name":"Ana","adults":2}}"#;

fn router(edge: &Edge) -> Router {
    async fn take(Body(stay): Body<Stay>) -> String {
        let party = (stay.party.name, stay.party.adults);
        format!("{:?}", (stay.from, stay.units, party, stay.notes))
    }
    layered(
        Router::new()
            .route("/stays", post(take))
            .with_state(edge.clone()),
        edge,
    )
}

fn request(body: impl Into<Stream>) -> Request<Stream> {
    let request = Request::post("/stays").header(header::CONTENT_TYPE, "application/json");
    request.body(body.into()).unwrap()
}

async fn answer(body: impl Into<Stream>) -> Answer {
    send(&router(&edge()), request(body)).await
}

async fn faults(body: &str) -> Vec<(String, String)> {
    let answer = answer(body.to_owned()).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{body}: {answer:?}"
    );
    assert_eq!(answer.code(), "body_invalid");
    answer.faults()
}

fn fault(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[tokio::test]
async fn a_good_body_is_taken() {
    assert_eq!(answer(GOOD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_json_is_400() {
    let bad: [&[u8]; 7] = [
        b"",
        b"{",
        b"{\"from\":}",
        b"\xff\xfe",
        b"{} {}",
        b"{\"from\":\"\\ud800\"}",
        b"\xef\xbb\xbf{}",
    ];
    for body in bad {
        let answer = answer(Bytes::copy_from_slice(body)).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{body:?}: {answer:?}"
        );
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
}

#[tokio::test]
async fn nesting_is_read_to_32_levels() {
    let nested = |levels: usize| {
        let list = "[".repeat(levels - 1) + &"]".repeat(levels - 1);
        format!(r#"{{"extra":{list},{}"#, &GOOD[1..])
    };

    assert_eq!(
        answer(nested(32)).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(answer(nested(33)).await.status, StatusCode::BAD_REQUEST);
    // Deep enough to overflow the stack of one who recurses first and counts later.
    assert_eq!(
        answer(nested(200_000)).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn every_fault_is_told_at_once() {
    let body = r#"{"from":"2027-02-30","units":-1,"units":2,"party":{"name":"A\u0000","age":3},
        "notes":["x",7],"a/b~c":null}"#;

    let mut expected = vec![
        fault("/from", "not_a_date"),
        fault("/units", "duplicate_key"),
        fault("/units", "out_of_range"),
        fault("/party/name", "nul_in_text"),
        fault("/party/adults", "missing_field"),
        fault("/party/age", "unknown_field"),
        fault("/notes/1", "wrong_type"),
        fault("/a~1b~0c", "unknown_field"),
    ];
    expected.sort();
    assert_eq!(faults(body).await, expected);
}

#[tokio::test]
async fn numbers_that_fit_nowhere_are_out_of_range() {
    let numbers = [
        "4294967296",
        "-1",
        "99999999999999999999999999",
        "1e400",
        "1.0",
        "1e3",
        "\"1\"",
        "null",
    ];
    for number in numbers {
        let body = GOOD.replace("\"units\":1", &format!("\"units\":{number}"));
        let wanted = match number {
            "1e400" | "1.0" | "1e3" | "\"1\"" | "null" => "wrong_type",
            _ => "out_of_range",
        };
        assert_eq!(faults(&body).await, [fault("/units", wanted)], "{number}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_is_a_fault_of_the_body() {
    for body in ["[]", "7", "null", "\"text\""] {
        assert_eq!(faults(body).await, [fault("", "wrong_type")], "{body}");
    }
}

#[tokio::test]
async fn only_uncompressed_json_is_read() {
    for (name, value) in [
        (header::CONTENT_TYPE, "text/plain"),
        (header::CONTENT_TYPE, "application/json; charset=latin1"),
        (header::CONTENT_ENCODING, "gzip"),
    ] {
        let mut request = request(GOOD);
        request.headers_mut().insert(name, value.parse().unwrap());
        let answer = send(&router(&edge()), request).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{value}");
    }
    let mut request = request(GOOD);
    let utf8 = "application/json; charset=UTF-8".parse().unwrap();
    request.headers_mut().insert(header::CONTENT_TYPE, utf8);
    assert_eq!(send(&router(&edge()), request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read_to_its_end() {
    let limit = edge().limits.body_limit;
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]));

    let answer = answer(Stream::from_stream(endless)).await;

    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut announced = request(Stream::empty());
    let length = (limit + 1).to_string().parse().unwrap();
    announced
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    let answer = send(&router(&edge()), announced).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_stops_half_way_is_400() {
    let cut = futures::stream::iter([
        Ok(Bytes::from_static(b"{\"from\":")),
        Err(std::io::Error::other("the client went away")),
    ]);

    let answer = answer(Stream::from_stream(cut)).await;

    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::BAD_REQUEST, "body_cut_short")
    );
}

#[tokio::test]
async fn faults_without_number_are_told_in_part() {
    let many: Vec<String> = (0..5_000).map(|i| format!("\"x{i}\":0")).collect();

    let told = faults(&format!("{{{}}}", many.join(","))).await;

    assert_eq!(told.len(), 101);
    // It has no place, so it comes first when they are sorted.
    assert_eq!(told[0], fault("", "more_faults"));
}

#[tokio::test]
async fn a_long_name_is_not_repeated_whole() {
    let many: Vec<String> = (0..50)
        .map(|i| format!("\"{}{i}\":0", "x".repeat(5_000)))
        .collect();

    for (pointer, _) in faults(&format!("{{{}}}", many.join(","))).await {
        assert!(pointer.len() < 300, "{pointer}");
    }
}

#[tokio::test]
async fn texts_come_in_composed() {
    let body = "{\"from\":\"2027-05-01\",\"units\":1,\"party\":{\"name\":\"Ana\",\"adults\":2},\
                \"notes\":[\"Rene\\u0301e\",\"Zoe\u{308}\"]}";
    let answer = answer(body).await;
    let text = String::from_utf8_lossy(&answer.bytes);
    assert!(text.contains("[\"Ren\u{e9}e\", \"Zo\u{eb}\"]"), "{text}");
}
