//! The files of the story, as the questions find them.

use chrono::TimeDelta;
use domain::file::FileOwner;
use domain::id::{BuildingId, FileId, ListingId, UserId};
use projections::files::{FileFilter, kept_among, list, loose, show};
use projections::{Page, all, listings};

use crate::story::{self, BUILDING, HOST, LISTING};
use crate::world::{World, id};
use story::shelf::{DOCUMENT, LOOSE, PHOTO};

async fn found(world: &World, filter: FileFilter) -> Vec<u64> {
    let page = Page::first(100);
    let list = list(&world.readers, &filter, &page).await.unwrap();
    list.items.iter().map(|file| file.bytes).collect()
}

#[tokio::test]
async fn files_are_found_by_what_they_belong_to_and_by_who_brought_them() {
    let world = World::new().await;
    story::open(&world).await;
    world.project(&all()).await;

    let of = |owner| FileFilter {
        owner: Some(owner),
        ..FileFilter::default()
    };
    let photos = of(FileOwner::Listing(ListingId(id(LISTING))));
    assert_eq!(found(&world, photos).await, [PHOTO, PHOTO + 2]);
    let documents = of(FileOwner::Building(BuildingId(id(BUILDING))));
    assert_eq!(found(&world, documents).await, [DOCUMENT]);
    let mine = FileFilter {
        uploader: Some(UserId(id(HOST))),
        purpose: Some("message".to_owned()),
        ..FileFilter::default()
    };
    assert_eq!(found(&world, mine).await, [LOOSE]);

    let gone = show(&world.readers, FileId(id(PHOTO + 1))).await.unwrap();
    assert_eq!(gone.unwrap().status, "deleted");
    let listing = listings::show(&world.readers, ListingId(id(LISTING))).await;
    assert_eq!(
        listing.unwrap().unwrap().photos,
        [id(PHOTO + 2), id(PHOTO)],
        "in the order that was asked for"
    );
}

#[tokio::test]
async fn only_what_belongs_to_nothing_is_found_loose() {
    let world = World::new().await;
    story::open(&world).await;
    world.project(&all()).await;

    let now = eventstore::Clock::now(&world.clock);
    assert_eq!(
        loose(&world.readers, now, 10).await.unwrap(),
        [FileId(id(LOOSE))]
    );
    let before = now - TimeDelta::hours(1);
    assert!(loose(&world.readers, before, 10).await.unwrap().is_empty());
    let asked = [PHOTO, PHOTO + 1, LOOSE, 9].map(|n| FileId(id(n)));
    let mut kept = kept_among(&world.readers, &asked).await.unwrap();
    kept.sort();
    assert_eq!(kept, [FileId(id(PHOTO)), FileId(id(LOOSE))]);
}
