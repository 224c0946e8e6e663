//! Files of all kinds: loose ones, photos and documents, and one that is gone.

use domain::building::{BuildingDocumentAdded, BuildingEvent};
use domain::file::{
    ContentType, DeletedBecause, FileAttached, FileChanged, FileDeclared, FileDeleted,
    FileDetached, FileEvent, FileOwner, Pixels, Purpose, Visibility,
};
use domain::id::{BuildingId, FileId, ListingId, UserId};
use domain::listing::{ListingEvent, ListingPhotoAdded, ListingPhotoRemoved, ListingPhotosOrdered};
use domain::quota::{QuotaCharged, QuotaEvent};

use super::{BUILDING, HOST, LISTING, words};
use crate::world::{World, id};

/// The first photo of the listing; the second and third have the numbers that follow.
pub const PHOTO: u64 = 7_000_000;
/// The document of the building.
pub const DOCUMENT: u64 = 7_000_010;
/// A file that belongs to nothing.
pub const LOOSE: u64 = 7_000_020;

/// Three photos of a listing, one of which was taken off and deleted, a document and a loose file.
pub async fn fill(world: &World) {
    let listing = FileOwner::Listing(ListingId(id(LISTING)));
    for number in PHOTO..PHOTO + 3 {
        declare(world, number, Purpose::Photo, ContentType::Jpeg).await;
        tell(
            world,
            number,
            FileEvent::Attached(FileAttached { owner: listing }),
        )
        .await;
        let file = FileId(id(number));
        show(world, ListingEvent::PhotoAdded(ListingPhotoAdded { file })).await;
    }
    let photos = [2, 1, 0].map(|n| FileId(id(PHOTO + n))).to_vec();
    show(
        world,
        ListingEvent::PhotosOrdered(ListingPhotosOrdered { photos }),
    )
    .await;
    let file = FileId(id(PHOTO + 1));
    show(
        world,
        ListingEvent::PhotoRemoved(ListingPhotoRemoved { file }),
    )
    .await;
    let detached = FileDetached {
        owner: listing,
        detached_at: eventstore::Clock::now(&world.clock),
    };
    tell(world, PHOTO + 1, FileEvent::Detached(detached)).await;
    let because = DeletedBecause::Asked;
    tell(
        world,
        PHOTO + 1,
        FileEvent::Deleted(FileDeleted { because }),
    )
    .await;
    declare(world, DOCUMENT, Purpose::Document, ContentType::Pdf).await;
    let owner = FileOwner::Building(BuildingId(id(BUILDING)));
    tell(world, DOCUMENT, FileEvent::Attached(FileAttached { owner })).await;
    let file = FileId(id(DOCUMENT));
    let added = BuildingEvent::DocumentAdded(BuildingDocumentAdded { file });
    world
        .record(&format!("building-{}", id(BUILDING)), &added)
        .await;
    declare(world, LOOSE, Purpose::Message, ContentType::Mp4).await;
    let renamed = FileChanged {
        name: Some(words("tour.mp4")),
        visibility: Some(Visibility::Public),
    };
    tell(world, LOOSE, FileEvent::Changed(renamed)).await;
}

async fn declare(world: &World, number: u64, purpose: Purpose, content_type: ContentType) {
    let size = Pixels {
        width: 4_000,
        height: 3_000,
    };
    let declared = FileDeclared {
        uploader: UserId(id(HOST)),
        name: words(&format!("file {number}")),
        purpose,
        visibility: Visibility::Private,
        content_type,
        bytes: number,
        sha256: "0a".repeat(32),
        pixels: content_type.is_picture().then_some(size),
        declared_at: eventstore::Clock::now(&world.clock),
    };
    tell(world, number, FileEvent::Declared(declared)).await;
    let charged = QuotaEvent::Charged(QuotaCharged { bytes: number });
    world.record(&format!("quota-{}", id(HOST)), &charged).await;
}

async fn tell(world: &World, number: u64, event: FileEvent) {
    world.record(&format!("file-{}", id(number)), &event).await;
}

async fn show(world: &World, event: ListingEvent) {
    world
        .record(&format!("listing-{}", id(LISTING)), &event)
        .await;
}
