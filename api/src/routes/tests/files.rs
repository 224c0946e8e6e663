//! Files, from the upload to the sweep.

use axum::http::StatusCode;
use axum::http::header;
use chrono::TimeDelta;
use image::ImageFormat;
use serde_json::{Value, json};

use super::{Client, Platform, form, picture};
use crate::config::FilesCleanup;
use crate::files::cleanup::Swept;
use crate::testing::Answer;

pub const PDF: &[u8] = b"%PDF-1.7\nthe first page and the last\n%%EOF\n";

fn text<'a>(answer: &'a Answer, name: &header::HeaderName) -> &'a str {
    answer.headers[name].to_str().unwrap()
}

/// One who manages buildings, as an administrator has said.
async fn manager(p: &Platform) -> Client {
    let ana = p.user("ana", &["member"]).await;
    let roles = format!("users/{}/roles", ana.id);
    p.done(&p.admin().await, "POST", &roles, json!({"role": "manager"}))
        .await;
    ana
}

async fn building(p: &Platform, owner: &Client) -> String {
    let address = json!({"lines": ["Rua 1"], "city": "Lisbon", "country": "PT"});
    let body = json!({"name": "B", "address": address});
    let done = p.done(owner, "POST", "buildings", body).await;
    done["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_handed_out_whole_in_part_and_not_twice() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member"]).await;
    let bytes = picture(40, 30, ImageFormat::Png);
    let id = p.upload(&ana, "photo", &bytes).await;
    let path = format!("files/{id}");

    let whole = p.get(&ana, &path).await;
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(whole.bytes, bytes, "there was nothing to be stripped");
    assert_eq!(text(&whole, &header::CONTENT_TYPE), "image/png");
    assert_eq!(text(&whole, &header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(text(&whole, &header::CONTENT_SECURITY_POLICY).contains("sandbox"));
    assert_eq!(text(&whole, &header::CACHE_CONTROL), "private, no-cache");
    // The name had an accent and another ending than the content.
    assert_eq!(
        text(&whole, &header::CONTENT_DISPOSITION),
        "inline; filename=\"my _t_.jpg.png\"; filename*=UTF-8''my%20%C3%A9t%C3%A9.jpg.png"
    );

    let tag = text(&whole, &header::ETAG).to_owned();
    for tags in [tag.as_str(), "\"x\", W/\"y\" ,*", &format!("W/{tag}")] {
        let again = p.get(&ana.with("if-none-match", tags), &path).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{tags}");
        assert!(again.bytes.is_empty());
    }
    let part = p.get(&ana.with("range", "bytes=1-3"), &path).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes, "PNG");
    let length = bytes.len();
    let place = format!("bytes 1-3/{length}");
    assert_eq!(text(&part, &header::CONTENT_RANGE), place);
    let behind = p.get(&ana.with("range", "bytes=99999999-"), &path).await;
    assert_eq!(behind.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(behind.code(), "range_not_satisfiable");
    let place = format!("bytes */{length}");
    assert_eq!(text(&behind, &header::CONTENT_RANGE), place);
    let same = ana.with("range", "bytes=-4").with("if-range", &tag);
    assert_eq!(p.get(&same, &path).await.bytes.len(), 4);
    let other = ana.with("range", "bytes=-4").with("if-range", "\"x\"");
    assert_eq!(p.get(&other, &path).await.bytes.len(), length);
    let head = p.ask(&ana, "HEAD", &path, Value::Null).await;
    assert_eq!(text(&head, &header::CONTENT_LENGTH), length.to_string());
    assert!(head.bytes.is_empty());

    let small = p.get(&ana, &format!("{path}/thumbnail")).await;
    assert_eq!(text(&small, &header::CONTENT_TYPE), "image/jpeg");
    p.stop().await;
}

#[tokio::test]
async fn a_file_is_seen_by_those_who_see_what_it_belongs_to() {
    let p = Platform::start().await;
    let ana = manager(&p).await;
    let (eve, admin) = (p.user("eve", &["member"]).await, p.admin().await);
    let house = building(&p, &ana).await;
    let id = p.upload(&ana, "document", PDF).await;
    let path = format!("files/{id}");
    // It belongs to nothing: it is hers alone, and no administrator's.
    for other in [&eve, &admin] {
        for path in [
            path.clone(),
            format!("{path}/metadata"),
            format!("{path}/history"),
        ] {
            let answer = p.get(other, &path).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code()),
                (404, "file_unknown")
            );
        }
    }
    let documents = format!("buildings/{house}/documents");
    let attach = json!({"file": id});
    let stolen = p.ask(&admin, "POST", &documents, attach.clone()).await;
    assert_eq!(stolen.code(), "file_unknown", "{stolen:?}");
    let done = p.done(&ana, "POST", &documents, attach).await;

    assert_eq!(p.get(&admin, &path).await.bytes, PDF);
    let download = p.get(&admin, &path).await;
    assert!(text(&download, &header::CONTENT_DISPOSITION).starts_with("attachment; "));
    assert_eq!(p.get(&eve, &path).await.status, StatusCode::NOT_FOUND);
    let nobody = Client::default();
    assert_eq!(p.get(&nobody, &path).await.status, StatusCode::UNAUTHORIZED);
    let public = format!("files/public/{id}");
    assert_eq!(p.get(&nobody, &public).await.code(), "file_unknown");
    let least = format!("min_position={}", done["position"]);
    let list = p.get(&admin, &format!("{documents}?{least}")).await;
    assert_eq!(list.json["items"][0]["id"], json!(id), "{list:?}");
    let owner = format!("files?owner=building:{house}&{least}");
    assert_eq!(p.get(&admin, &owner).await.json, list.json);
    assert_eq!(p.get(&eve, &owner).await.code(), "building_unknown");
    let foreign = p.ask(&admin, "DELETE", &path, Value::Null).await;
    assert_eq!(foreign.code(), "file_not_yours");
    let unseen = p.ask(&eve, "DELETE", &path, Value::Null).await;
    assert_eq!(unseen.code(), "file_unknown");

    let used = p.ask(&ana, "DELETE", &path, Value::Null).await;
    assert_eq!((used.status.as_u16(), used.code()), (409, "file_attached"));
    let there = format!("{documents}/{id}");
    p.done(&ana, "DELETE", &there, Value::Null).await;
    let done = p.done(&ana, "DELETE", &path, Value::Null).await;
    assert_eq!(p.get(&ana, &path).await.code(), "file_unknown");
    let metadata = format!("{path}/metadata?min_position={}", done["position"]);
    let left = p.get(&ana, &metadata).await;
    assert_eq!(left.json["status"], "deleted", "{left:?}");
    assert_eq!(left.json["bytes"], PDF.len());
    let then = p.get(&ana, &format!("{path}/metadata?at_version=2")).await;
    assert_eq!(then.json["state"]["owner"]["id"], json!(house), "{then:?}");
    p.stop().await;
}

#[tokio::test]
async fn ten_photos_of_a_published_listing_are_seen_by_anyone_in_order() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member", "host"]).await;
    let nobody = Client::default();
    let listing = p.listing(&ana).await;
    let photos = format!("listings/{listing}/photos");
    let mut shown = p.ten_photos(&ana, &photos).await;
    let eleventh = p
        .upload(&ana, "photo", &picture(5, 5, ImageFormat::WebP))
        .await;
    let full = p
        .ask(&ana, "POST", &photos, json!({"file": eleventh}))
        .await;
    assert_eq!((full.status.as_u16(), full.code()), (409, "photos_full"));

    shown.reverse();
    let order = json!({"photos": shown});
    let done = p.done(&ana, "PATCH", &photos, order).await;
    let wrong = p
        .ask(&ana, "PATCH", &photos, json!({"photos": [eleventh]}))
        .await;
    assert_eq!(wrong.code(), "photos_not_all");
    let path = format!("listings/{listing}");
    let least = format!("{path}?min_position={}", done["position"]);
    assert_eq!(p.get(&nobody, &least).await.json["photos"], json!(shown));

    let public = format!("files/public/{}", shown[0]);
    let seen = p.get(&nobody, &public).await;
    assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
    let kept = text(&seen, &header::CACHE_CONTROL);
    assert_eq!(kept, "public, max-age=86400, immutable");
    let small = p.get(&nobody, &format!("{public}/thumbnail")).await;
    assert_eq!(small.status, StatusCode::OK);
    // It belongs to nothing, so nobody but its uploader sees it.
    let loose = p.get(&nobody, &format!("files/public/{eleventh}")).await;
    assert_eq!(loose.code(), "file_unknown");
    p.done(&ana, "POST", &format!("{path}/unpublish"), Value::Null)
        .await;
    assert_eq!(p.get(&nobody, &public).await.code(), "file_unknown");
    let removed = format!("{photos}/{}", shown[0]);
    p.done(&ana, "DELETE", &removed, Value::Null).await;
    let gone = p.ask(&ana, "DELETE", &removed, Value::Null).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "photo_unknown"));
    p.stop().await;
}

#[tokio::test]
async fn what_is_no_file_is_refused_with_the_reason() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member"]).await;
    let jpeg = picture(40, 30, ImageFormat::Jpeg);
    let photo = [("purpose", "photo")];
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let mut large = jpeg.clone();
    large.resize(10_000_001, 0);
    let cut = &jpeg[..jpeg.len() / 2];
    for (bytes, kind, words, status, code) in [
        (
            &jpeg[..],
            "image/png",
            &photo[..],
            415,
            "media_type_unsupported",
        ),
        (
            PDF,
            "application/pdf",
            &photo,
            415,
            "media_type_unsupported",
        ),
        (svg, "image/svg+xml", &photo, 415, "media_type_unsupported"),
        (b"", "image/jpeg", &photo, 422, "file_empty"),
        (cut, "image/jpeg", &photo, 422, "picture_truncated"),
        (&large, "image/jpeg", &photo, 413, "body_too_large"),
        (&jpeg, "image/jpeg", &[], 422, "body_invalid"),
        (
            &jpeg,
            "image/jpeg",
            &[("purpose", "fun")],
            422,
            "body_invalid",
        ),
        (
            &jpeg,
            "image/jpeg",
            &[("purpose", "photo"), ("x", "y")],
            422,
            "body_invalid",
        ),
    ] {
        let answer = p.send_form(&ana, form(bytes, kind, words)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{answer:?}"
        );
    }
    p.stop().await;
}

#[tokio::test]
async fn every_fault_of_a_form_is_told_at_once() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member"]).await;
    let jpeg = picture(40, 30, ImageFormat::Jpeg);
    let wrong = [("purpose", "fun"), ("visibility", "all"), ("x", "y")];
    let answer = p.send_form(&ana, form(&jpeg, "image/jpeg", &wrong)).await;
    let faults = answer.faults();
    let places: Vec<&str> = faults.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(
        places,
        ["/", "/purpose", "/visibility"],
        "every fault at once"
    );
    let json = p.ask(&ana, "POST", "files", json!({})).await;
    assert_eq!(json.status.as_u16(), 415);
    p.stop().await;
}

#[tokio::test]
async fn an_upload_with_a_key_happens_once_and_leaves_no_bytes_behind() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member"]).await;
    let keyed = ana.with("idempotency-key", "once");
    let send = |bytes: &'static [u8]| {
        // Each form is cut elsewhere, as clients do when they try again.
        let form = form(bytes, "application/pdf", &[("purpose", "document")]);
        p.send_form(&keyed, form)
    };
    let first = send(PDF).await;
    let again = send(PDF).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!(first.json, again.json);
    let other = send(b"%PDF-1.4 another").await;
    assert_eq!(other.code(), "idempotency_key_reused");
    assert_eq!(objects(&p), 1);
    p.stop().await;
}

#[tokio::test]
async fn the_files_of_a_user_take_what_they_may_and_no_more() {
    let limit = PDF.len() as u64 * 2;
    let p = Platform::start_with(|settings| settings.files.files_quota = limit).await;
    let ana = p.user("ana", &["member"]).await;
    let first = p.upload(&ana, "document", PDF).await;
    p.upload(&ana, "document", PDF).await;
    let form = || form(PDF, "application/pdf", &[("purpose", "document")]);
    let third = p.send_form(&ana, form()).await;
    assert_eq!(
        (third.status.as_u16(), third.code()),
        (409, "quota_exceeded")
    );
    assert_eq!(objects(&p), 2, "what was refused is not kept");
    p.done(&ana, "DELETE", &format!("files/{first}"), Value::Null)
        .await;
    assert_eq!(p.send_form(&ana, form()).await.status, StatusCode::CREATED);
    p.stop().await;
}

#[tokio::test]
async fn what_belongs_to_nothing_is_swept_after_a_day_and_nothing_else() {
    let p = Platform::start().await;
    let ana = manager(&p).await;
    let house = building(&p, &ana).await;
    let kept = p.upload(&ana, "document", PDF).await;
    let documents = format!("buildings/{house}/documents");
    p.done(&ana, "POST", &documents, json!({"file": kept}))
        .await;
    let photo = picture(40, 30, ImageFormat::Png);
    let loose = p.upload(&ana, "photo", &photo).await;
    // Bytes whose event never came, and something that is none of ours.
    let nameless = format!("files/00/{}.{}", "0".repeat(64), uuid::Uuid::from_u128(7));
    let store = p.folder.path().join("files");
    for name in [&nameless, "readme.txt"] {
        let place = store.join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, "left over").unwrap();
    }
    assert_eq!(objects(&p), 5);
    let head = p.cleanup.journal.clone();
    let reach = |position: i64| format!("files?min_position={position}");
    let position = eventstore::Journal::head(&*head).await.unwrap();
    p.done(&ana, "GET", &reach(position), Value::Null).await;

    p.clock.advance(TimeDelta::hours(25));
    let ana = p.log_in("ana@example.org").await;
    let dry = Swept {
        files: 1,
        objects: 1,
    };
    let mut listing = p.cleanup.clone();
    listing.files = std::sync::Arc::new(
        crate::files::Files::open(
            &crate::config::Files {
                files_cleanup: FilesCleanup::Dry,
                ..p.cleanup.files.settings.clone()
            },
            p.folder.path(),
        )
        .await
        .unwrap(),
    );
    assert_eq!(listing.sweep().await.unwrap(), dry);
    assert_eq!(objects(&p), 5, "it was only listed");

    let swept = p.cleanup.sweep().await.unwrap();
    assert_eq!(swept.files, 1);
    // The read model hears of it; then the bytes of the deleted file go, too.
    let position = eventstore::Journal::head(&*head).await.unwrap();
    p.done(&ana, "GET", &reach(position), Value::Null).await;
    let rest = p.cleanup.sweep().await.unwrap();
    assert_eq!(swept.objects + rest.objects, 3, "{swept:?} {rest:?}");
    assert_eq!(p.cleanup.sweep().await.unwrap(), Swept::default());
    assert_eq!(objects(&p), 2);
    assert_eq!(p.get(&ana, &format!("files/{kept}")).await.bytes, PDF);
    let gone = p.get(&ana, &format!("files/{loose}")).await;
    assert_eq!(gone.code(), "file_unknown");
    p.stop().await;
}

/// How many objects lie in the store.
fn objects(p: &Platform) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .map(|path| if path.is_dir() { count(&path) } else { 1 })
            .sum()
    }
    count(&p.folder.path().join("files"))
}

#[tokio::test]
async fn what_is_put_to_an_incident_is_seen_by_those_who_see_the_incident() {
    let p = Platform::start().await;
    let ana = manager(&p).await;
    let tom = p.user("tom", &["member"]).await;
    let eve = p.user("eve", &["member"]).await;
    let house = building(&p, &ana).await;
    let report = json!({
        "building": house, "category": "plumbing", "priority": "high", "title": "A leak",
        "details": "Below the sink.",
    });
    let incident = p.done(&tom, "POST", "incidents", report).await;
    let incident = incident["id"].as_str().unwrap();
    let attachments = format!("incidents/{incident}/attachments");
    let words = [("purpose", "photo"), ("visibility", "public")];
    let photo = form(&picture(40, 30, ImageFormat::Png), "image/png", &words);
    let id = p.send_form(&tom, photo).await.json["id"].clone();
    let id = id.as_str().unwrap();
    let put = json!({"file": id});
    let strange = p.ask(&eve, "POST", &attachments, put.clone()).await;
    assert_eq!(strange.code(), "incident_unknown");
    let done = p.done(&tom, "POST", &attachments, put).await;

    let path = format!("files/{id}");
    for (who, status) in [(&tom, 200), (&ana, 200), (&eve, 404)] {
        assert_eq!(p.get(who, &path).await.status.as_u16(), status);
    }
    // It was uploaded as public; an incident is the business of a few.
    let public = p
        .get(&Client::default(), &format!("files/public/{id}"))
        .await;
    assert_eq!(public.code(), "file_unknown");
    let list = format!("{attachments}?min_position={}", done["position"]);
    let list = p.get(&ana, &list).await;
    assert_eq!(list.json["items"][0]["id"], json!(id), "{list:?}");
    assert_eq!(list.json["items"][0]["visibility"], "private");
    let there = format!("{attachments}/{id}");
    let strange = p.ask(&eve, "DELETE", &there, Value::Null).await;
    assert_eq!(strange.code(), "incident_unknown");
    p.done(&ana, "DELETE", &there, Value::Null).await;
    assert_eq!(p.get(&ana, &path).await.code(), "file_unknown");
    p.stop().await;
}
