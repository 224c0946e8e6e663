//! Lists by page, one thing at a time, and what is said when something is parked.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::Span;
use domain::id::{BookingId, BuildingId, ListingId, UserId};
use projections::{
    Page, Projector, QueryError, all, audit, bookings, buildings, listings, payments, users,
};

use crate::story::{self, BUILDING, Fate, GUEST, HOST, LISTING, Told, date};
use crate::world::{World, id};

#[tokio::test]
async fn pages_give_every_row_once() {
    let world = World::new().await;
    story::tell(&world, 12, 50).await;
    world.project(&all()).await;
    let filter = bookings::BookingFilter {
        host: Some(UserId(id(HOST))),
        ..Default::default()
    };
    let mut page = Page::first(7);
    let mut seen = Vec::new();
    let cursor = loop {
        let list = bookings::list(&world.readers, &filter, &page)
            .await
            .unwrap();
        assert!(!list.stale);
        seen.extend(list.items.iter().map(|row| (row.requested_at, row.id)));
        match list.next {
            Some(next) => page = Page::following(7, next),
            None => break page.after.unwrap(),
        }
    };
    assert!(seen.is_sorted_by(|one, next| one > next));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 50);

    let bookings: Arc<dyn Projector> = all()
        .into_iter()
        .find(|projector| projector.name() == "bookings")
        .unwrap();
    world
        .maintenance(&bookings)
        .rebuild(false, &|_, _| ())
        .await
        .unwrap();
    let old = Page::following(7, cursor.clone());
    let error = bookings::list(&world.readers, &filter, &old)
        .await
        .unwrap_err();
    assert!(matches!(error, QueryError::CursorInvalid), "{error}");
    let foreign = projections::After {
        generation: 2,
        values: vec!["7".to_owned()],
    };
    let foreign = Page::following(7, foreign);
    let error = bookings::list(&world.readers, &filter, &foreign)
        .await
        .unwrap_err();
    assert!(matches!(error, QueryError::CursorInvalid), "{error}");
}

#[tokio::test]
async fn bookings_are_found_by_guest_and_by_nights() {
    let world = World::new().await;
    story::tell(&world, 13, 50).await;
    world.project(&all()).await;
    let readers = &world.readers;
    let page = Page::first(100);
    let guest = Some(UserId(id(GUEST)));
    let filter = bookings::BookingFilter {
        guest,
        ..Default::default()
    };
    let mine = bookings::list(readers, &filter, &page).await.unwrap().items;
    assert!(!mine.is_empty() && mine.iter().all(|row| row.guest == Some(id(GUEST))));
    let (from, until) = (Some(date("2026-05-01")), Some(date("2026-06-01")));
    let filter = bookings::BookingFilter {
        from,
        until,
        ..Default::default()
    };
    let may = bookings::list(readers, &filter, &page).await.unwrap().items;
    let touches = |row: &bookings::BookingRow| {
        row.departure > date("2026-05-01") && row.arrival < date("2026-06-01")
    };
    assert!(!may.is_empty() && may.iter().all(touches));
}

#[tokio::test]
async fn every_list_can_be_narrowed() {
    let world = World::new().await;
    story::tell(&world, 15, 50).await;
    world.project(&all()).await;
    let readers = &world.readers;
    let page = Page::first(100);
    let search = Some("ANA".to_owned());
    let filter = users::UserFilter {
        search,
        ..Default::default()
    };
    let found = users::list(readers, &filter, &page).await.unwrap().items;
    assert_eq!(
        found.iter().map(|row| row.id).collect::<Vec<_>>(),
        [id(HOST)]
    );
    let filter = buildings::BuildingFilter {
        owner: Some(UserId(id(HOST))),
        ..Default::default()
    };
    assert_eq!(
        buildings::list(readers, &filter, &page)
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    let building = Some(BuildingId(id(BUILDING)));
    let filter = listings::ListingFilter {
        building,
        ..Default::default()
    };
    assert_eq!(
        listings::list(readers, &filter, &page)
            .await
            .unwrap()
            .items
            .len(),
        2
    );
    let filter = payments::PaymentFilter {
        host: Some(UserId(id(GUEST))),
        ..Default::default()
    };
    assert!(
        payments::list(readers, &filter, &page)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn the_audit_says_who_did_what_and_what_followed_from_it() {
    let world = World::new().await;
    story::tell(&world, 16, 50).await;
    world.project(&all()).await;
    let readers = &world.readers;
    let page = Page::first(100);
    let actor = Some(id(900).to_string());
    let filter = audit::AuditFilter {
        actor,
        event_type: Some("booking.requested".to_owned()),
        ..Default::default()
    };
    assert_eq!(
        audit::list(readers, &filter, &page)
            .await
            .unwrap()
            .items
            .len(),
        50
    );
    let trace = audit::trace(readers, id(3), &page).await.unwrap().items;
    assert!(trace.len() > 10 && trace.iter().all(|entry| entry.correlation_id == id(3)));
    assert!(trace.is_sorted_by_key(|entry| entry.position));
}

#[tokio::test]
async fn what_is_free_tells_taken_held_and_blocked_apart() {
    let world = World::new().await;
    story::open(&world).await;
    let arrival = date("2026-12-23");
    for (number, fate) in [
        (100, Fate::Confirmed),
        (101, Fate::Pending),
        (102, Fate::Cancelled(1)),
        (103, Fate::Expired),
    ] {
        let told = Told {
            number,
            listing: LISTING,
            arrival,
            nights: 2,
            nightly: 100,
            fate,
        };
        told.tell(&world).await;
    }
    world.project(&all()).await;
    let now = eventstore::Clock::now(&world.clock);
    let free = async |at| {
        let span = Span::new(date("2026-12-22"), date("2026-12-26"));
        let found = listings::availability(&world.readers, ListingId(id(LISTING)), span, at).await;
        let found = found.unwrap().unwrap();
        assert_eq!(found.units, 10);
        let parts = found.nights.into_iter();
        parts
            .map(|n| (n.taken, n.held, n.blocked, n.free))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        free(now).await,
        [(0, 0, 0, 10), (1, 1, 0, 8), (1, 1, 3, 5), (0, 0, 3, 7)]
    );
    // The hold has lapsed, though nothing has been recorded since.
    let later = now + TimeDelta::hours(1);
    assert_eq!(
        free(later).await,
        [(0, 0, 0, 10), (1, 0, 0, 9), (1, 0, 3, 6), (0, 0, 3, 7)]
    );
    let unknown = ListingId(id(77));
    let span = Span::new(arrival, arrival);
    assert_eq!(
        listings::availability(&world.readers, unknown, span, now)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_parked_booking_is_not_shown_and_lists_say_that_they_are_stale() {
    let world = World::new().await;
    story::tell(&world, 14, 5).await;
    // A booking cannot end that was never asked for.
    let completed = r"{}".to_owned();
    world
        .record_raw(
            &format!("booking-{}", id(666)),
            "booking.completed",
            1,
            completed,
        )
        .await;
    world.project(&all()).await;
    let error = bookings::show(&world.readers, BookingId(id(666)))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            QueryError::Parked {
                projection: "bookings",
                ..
            }
        ),
        "{error}"
    );
    assert!(
        bookings::show(&world.readers, BookingId(id(100)))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        bookings::show(&world.readers, BookingId(id(667)))
            .await
            .unwrap()
            .is_none()
    );
    let filter = bookings::BookingFilter::default();
    let list = bookings::list(&world.readers, &filter, &Page::first(3))
        .await
        .unwrap();
    assert!(list.stale);
    assert_eq!(list.items.len(), 3);
}
