//! The photos of a listing that is deleted.

use chrono::TimeDelta;
use image::ImageFormat;
use serde_json::{Value, json};

use super::{Platform, picture};

#[tokio::test]
async fn the_photos_of_a_listing_that_is_deleted_belong_to_nothing_and_are_swept() {
    let p = Platform::start().await;
    let ana = p.user("ana", &["member", "host"]).await;
    let listing = p.listing(&ana).await;
    let (path, photos) = (
        format!("listings/{listing}"),
        format!("listings/{listing}/photos"),
    );
    let shown = p.ten_photos(&ana, &photos).await;
    // One that another listing shows stays with it.
    let other = p.listing(&ana).await;
    let kept = p
        .upload(&ana, "photo", &picture(9, 9, ImageFormat::Png))
        .await;
    let of_other = format!("listings/{other}/photos");
    p.done(&ana, "POST", &of_other, json!({"file": kept})).await;

    let attached = p
        .ask(&ana, "DELETE", &format!("files/{}", shown[0]), Value::Null)
        .await;
    assert_eq!(attached.status.as_u16(), 409, "{attached:?}");
    p.done(&ana, "DELETE", &path, Value::Null).await;
    // Each belongs to nothing: its uploader may delete it, or put it to another listing.
    p.done(&ana, "DELETE", &format!("files/{}", shown[0]), Value::Null)
        .await;
    let again = json!({"file": shown[1]});
    let done = p.done(&ana, "POST", &of_other, again).await;
    let reach = format!("files?min_position={}", done["position"]);
    p.done(&ana, "GET", &reach, Value::Null).await;

    p.clock.advance(TimeDelta::hours(25));
    let ana = p.log_in("ana@example.org").await;
    assert_eq!(p.cleanup.sweep().await.unwrap().files, 8);
    for (file, stays) in [(&shown[0], false), (&shown[1], true), (&shown[9], false)] {
        let seen = p.get(&ana, &format!("files/{file}")).await;
        assert_eq!(seen.status.is_success(), stays, "{file}: {seen:?}");
    }
    let seen = p.get(&ana, &format!("files/{kept}")).await;
    assert!(seen.status.is_success(), "{seen:?}");
    p.stop().await;
}
