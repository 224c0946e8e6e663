//! The photos of a listing: files that are attached to it, in an order.

use serde::{Deserialize, Serialize};

use super::{ListingEvent, ListingRefusal, ListingState};
use crate::id::FileId;

/// The most photos of a listing.
pub const PHOTOS_MAX: usize = 10;

/// A photo is shown, after those that were there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingPhotoAdded {
    /// Which file.
    pub file: FileId,
}

/// A photo is not shown any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingPhotoRemoved {
    /// Which file.
    pub file: FileId,
}

/// The photos are shown in another order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingPhotosOrdered {
    /// All of them, the first one first.
    pub photos: Vec<FileId>,
}

/// Show a photo, after those that are there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AddPhoto {
    /// Which file.
    pub file: FileId,
}

/// Show a photo no more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RemovePhoto {
    /// Which file.
    pub file: FileId,
}

/// Show the photos in another order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderPhotos {
    /// All of them, the first one first.
    pub photos: Vec<FileId>,
}

type Decision = Result<Vec<ListingEvent>, ListingRefusal>;

impl ListingState {
    pub(super) fn add_photo(&self, c: AddPhoto) -> Decision {
        if self.photos.contains(&c.file) {
            return Ok(vec![]);
        }
        if self.photos.len() >= PHOTOS_MAX {
            return Err(ListingRefusal::PhotosFull);
        }
        let added = ListingPhotoAdded { file: c.file };
        Ok(vec![ListingEvent::PhotoAdded(added)])
    }

    pub(super) fn remove_photo(&self, c: RemovePhoto) -> Decision {
        if !self.photos.contains(&c.file) {
            return Err(ListingRefusal::PhotoUnknown);
        }
        let removed = ListingPhotoRemoved { file: c.file };
        Ok(vec![ListingEvent::PhotoRemoved(removed)])
    }

    pub(super) fn order_photos(&self, c: &OrderPhotos) -> Decision {
        let sorted = |photos: &[FileId]| {
            let mut photos = photos.to_vec();
            photos.sort();
            photos
        };
        if sorted(&c.photos) != sorted(&self.photos) {
            return Err(ListingRefusal::PhotosNotAll);
        }
        if c.photos == self.photos {
            return Ok(vec![]);
        }
        let photos = c.photos.clone();
        Ok(vec![ListingEvent::PhotosOrdered(ListingPhotosOrdered {
            photos,
        })])
    }

    /// Takes in what happened to the photos. Told in another order than it was written, each is
    /// there once all the same.
    pub(super) fn show_photos(&mut self, event: &ListingEvent) {
        match event {
            ListingEvent::PhotoAdded(e) if !self.photos.contains(&e.file) => {
                self.photos.push(e.file);
            }
            ListingEvent::PhotoRemoved(e) => self.photos.retain(|photo| *photo != e.file),
            ListingEvent::PhotosOrdered(e) => self.photos.clone_from(&e.photos),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Refusal;
    use crate::booking::CancellationPolicy;
    use crate::listing::{Offer, Place, Pricing, Stay};
    use crate::money::{Currency, Money};

    fn files(numbers: &[u128]) -> Vec<FileId> {
        numbers
            .iter()
            .map(|n| FileId(Uuid::from_u128(*n)))
            .collect()
    }

    fn listing(photos: &[u128]) -> ListingState {
        let nothing = Money::zero(Currency::EUR);
        ListingState {
            host: Uuid::from_u128(1).into(),
            title: "Room".to_owned(),
            description: String::new(),
            place: Place::default(),
            offer: Offer::Stay(Stay {
                units: 1,
                max_guests: None,
                pricing: Pricing {
                    nightly_price: nothing,
                    cleaning_fee: nothing,
                    service_fee: nothing,
                    service_fee_basis_points: 0,
                    weekly_discount_basis_points: 0,
                    monthly_discount_basis_points: 0,
                },
                policy: CancellationPolicy::Flexible,
                zone: chrono_tz::UTC,
                check_in: chrono::NaiveTime::MIN,
                check_out: chrono::NaiveTime::MIN,
                instant: false,
                min_nights: 1,
                max_nights: 7,
            }),
            published: false,
            photos: files(photos),
        }
    }

    fn order(listing: &ListingState, photos: &[u128]) -> Decision {
        let photos = files(photos);
        listing.order_photos(&OrderPhotos { photos })
    }

    #[test]
    fn the_tenth_photo_is_shown_and_the_eleventh_is_not() {
        let file = files(&[99])[0];
        let nine = listing(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(nine.add_photo(AddPhoto { file }).unwrap().len(), 1);
        let ten = listing(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        let refusal = ten.add_photo(AddPhoto { file }).unwrap_err();
        assert_eq!(refusal.code(), "photos_full");
        // One that is shown already is no eleventh.
        let file = files(&[10])[0];
        assert!(ten.add_photo(AddPhoto { file }).unwrap().is_empty());
    }

    #[test]
    fn an_order_names_each_photo_once() {
        let shown = listing(&[1, 2, 3]);
        for wrong in [&[1, 2][..], &[1, 2, 2], &[1, 2, 4], &[1, 2, 3, 3], &[]] {
            assert_eq!(order(&shown, wrong).unwrap_err().code(), "photos_not_all");
        }
        assert!(order(&shown, &[1, 2, 3]).unwrap().is_empty());
        let mut turned = shown.clone();
        for event in order(&shown, &[3, 1, 2]).unwrap() {
            turned.show_photos(&event);
        }
        assert_eq!(turned.photos, files(&[3, 1, 2]));
        let file = files(&[1])[0];
        for event in turned.remove_photo(RemovePhoto { file }).unwrap() {
            turned.show_photos(&event);
        }
        assert_eq!(turned.photos, files(&[3, 2]));
        assert_eq!(
            turned
                .remove_photo(RemovePhoto { file })
                .unwrap_err()
                .code(),
            "photo_unknown"
        );
    }
}
