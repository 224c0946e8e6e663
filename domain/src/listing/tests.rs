use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::booking::CancellationPolicy;
use crate::id::{BuildingId, ListingId, LotId, UserId};
use crate::laws;
use crate::money::{Currency, Money};

type Listings = TestFramework<Listing>;

fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

fn pricing() -> Pricing {
    Pricing {
        nightly_price: euros(10_000),
        cleaning_fee: euros(3_000),
        service_fee: euros(0),
        service_fee_basis_points: 1_400,
        weekly_discount_basis_points: 1_000,
        monthly_discount_basis_points: 2_000,
    }
}

fn proposed() -> ProposedStay {
    ProposedStay {
        units: 2,
        max_guests: Some(4),
        pricing: pricing(),
        policy: CancellationPolicy::Firm,
        zone: "Europe/Lisbon".to_owned(),
        check_in: None,
        check_out: None,
        instant: false,
        min_nights: None,
        max_nights: None,
    }
}

fn place() -> Place {
    Place {
        building: Some(BuildingId(Uuid::from_u128(2))),
        lot: Some(LotId(Uuid::from_u128(3))),
    }
}

fn creation(offer: ProposedOffer) -> CreateListing {
    CreateListing {
        host: UserId(Uuid::from_u128(1)),
        title: "A room with a view".to_owned(),
        description: "Quiet.\nBright.".to_owned(),
        place: place(),
        offer,
        at: noon(),
    }
}

fn create(stay: ProposedStay) -> ListingCommand {
    ListingCommand::Create(Box::new(creation(ProposedOffer::Stay(stay))))
}

fn created_from(command: &ListingCommand) -> ListingEvent {
    Listing::default().decide(command).unwrap().remove(0)
}

fn created() -> ListingEvent {
    created_from(&create(proposed()))
}

fn refused(stay: ProposedStay) -> ListingRefusal {
    Listing::default().decide(&create(stay)).unwrap_err()
}

fn published() -> ListingEvent {
    ListingEvent::Published(ListingPublished {})
}

fn deleted() -> ListingEvent {
    ListingEvent::Deleted(ListingDeleted {})
}

fn publish() -> ListingCommand {
    ListingCommand::Publish(PublishListing { at: noon() })
}

fn unpublish() -> ListingCommand {
    ListingCommand::Unpublish(UnpublishListing { at: noon() })
}

fn delete(taken: bool) -> ListingCommand {
    ListingCommand::Delete(DeleteListing { taken, at: noon() })
}

fn price(pricing: Pricing) -> ListingCommand {
    ListingCommand::Price(PriceListing {
        pricing,
        at: noon(),
    })
}

fn change(change: impl FnOnce(&mut ChangeListing)) -> ListingCommand {
    let mut command = ChangeListing {
        at: noon(),
        ..ChangeListing::default()
    };
    change(&mut command);
    ListingCommand::Change(Box::new(command))
}

fn changed(change: impl FnOnce(&mut ListingChanged)) -> ListingEvent {
    let mut event = ListingChanged::default();
    change(&mut event);
    ListingEvent::Changed(event)
}

#[test]
fn a_stay_opens_at_15_and_closes_at_11_unless_it_says_otherwise() {
    let listing = Listing::fold(&[created()]);
    let stay = listing.stay_terms(ListingId(Uuid::from_u128(9))).unwrap();
    assert_eq!((stay.check_in, stay.check_out), (hour(15), hour(11)));
    assert_eq!(
        (stay.min_nights, stay.max_nights, stay.published),
        (1, 730, false)
    );
    assert_eq!(
        (stay.zone, stay.units, stay.place),
        (Tz::Europe__Lisbon, 2, place())
    );
    let hours = ProposedStay {
        check_in: Some(hour(0)),
        check_out: Some(hour(23)),
        ..proposed()
    };
    let ListingEvent::Created(e) = created_from(&create(hours)) else {
        panic!()
    };
    let Offer::Stay(stay) = e.offer;
    assert_eq!((stay.check_in, stay.check_out), (hour(0), hour(23)));
}

#[test]
fn only_stays_are_offered_though_there_are_four_kinds() {
    for kind in [
        ListingKind::Appointment,
        ListingKind::Event,
        ListingKind::Product,
    ] {
        Listings::with(())
            .given_no_previous_events()
            .when(ListingCommand::Create(Box::new(creation(
                ProposedOffer::Other(kind),
            ))))
            .then_expect_error(ListingRefusal::KindNotOffered(kind));
    }
    let Some(listing) = Listing::fold(&[created()]).present().cloned() else {
        panic!()
    };
    assert_eq!(listing.offer.kind(), ListingKind::Stay);
}

#[test]
fn an_id_is_used_once_even_after_deletion() {
    for history in [vec![created()], vec![created(), deleted()]] {
        Listings::with(())
            .given(history)
            .when(create(proposed()))
            .then_expect_error(ListingRefusal::AlreadyCreated);
    }
}

#[test]
fn an_unknown_time_zone_is_refused_by_name() {
    for zone in ["Mars/Olympus", "europe/lisbon", "", "+02:00"] {
        let refusal = refused(ProposedStay {
            zone: zone.to_owned(),
            ..proposed()
        });
        assert_eq!(refusal, ListingRefusal::UnknownTimeZone(zone.to_owned()));
        assert_eq!(refusal.pointer(), Some("/time_zone"));
    }
}

#[test]
fn units_guests_and_nights_stay_in_their_ranges() {
    for units in [0, 10_001] {
        let stay = ProposedStay {
            units,
            ..proposed()
        };
        assert_eq!(refused(stay), ListingRefusal::UnitsOutOfRange(units));
    }
    let nobody = ProposedStay {
        max_guests: Some(0),
        ..proposed()
    };
    assert_eq!(refused(nobody), ListingRefusal::NoGuests);
    for (min, max) in [(0, 1), (3, 2), (1, 731), (1, 0)] {
        let stay = ProposedStay {
            min_nights: Some(min),
            max_nights: Some(max),
            ..proposed()
        };
        assert_eq!(refused(stay), ListingRefusal::NightsOutOfRange);
    }
}

#[test]
fn prices_are_not_below_zero_of_one_currency_and_shares_not_above_all() {
    let refused = |change: fn(&mut Pricing)| {
        let mut pricing = pricing();
        change(&mut pricing);
        refused(ProposedStay {
            pricing,
            ..proposed()
        })
    };
    let negative = refused(|p| p.cleaning_fee = euros(-1));
    assert_eq!(negative.pointer(), Some("/pricing/cleaning_fee"));
    assert_eq!(negative.code(), "price_negative");
    let mixed = refused(|p| p.service_fee = Money::new(1, "USD".parse().unwrap()));
    assert_eq!(mixed, ListingRefusal::CurrencyMismatch(Currency::EUR));
    let share = refused(|p| p.monthly_discount_basis_points = 10_001);
    assert_eq!(
        share.pointer(),
        Some("/pricing/monthly_discount_basis_points")
    );
    let mut free = proposed();
    free.pricing.nightly_price = euros(0);
    free.pricing.weekly_discount_basis_points = 10_000;
    assert!(Listing::default().decide(&create(free)).is_ok());
}

#[test]
fn texts_and_places_are_fit_to_be_kept() {
    let refused = |change: fn(&mut CreateListing)| {
        let mut creation = creation(ProposedOffer::Stay(proposed()));
        change(&mut creation);
        let command = ListingCommand::Create(Box::new(creation));
        let refusal = Listing::default().decide(&command).unwrap_err();
        (refusal.code(), refusal.pointer())
    };
    assert_eq!(
        refused(|c| c.title = "  ".to_owned()),
        ("text_blank", Some("/title"))
    );
    assert_eq!(
        refused(|c| c.title = "x".repeat(201)),
        ("text_too_long", Some("/title"))
    );
    let control = ("text_control_character", Some("/description"));
    assert_eq!(refused(|c| c.description = "a\0b".to_owned()), control);
    let lot = refused(|c| c.place.building = None);
    assert_eq!(lot, ("lot_without_building", Some("/building")));
}

#[test]
fn a_change_names_only_what_is_other_than_before() {
    Listings::with(())
        .given(vec![created()])
        .when(change(|c| {
            c.title = Some("A room with a view".to_owned());
            c.units = Some(5);
            c.policy = Some(CancellationPolicy::Firm);
        }))
        .then_expect_events(vec![changed(|e| e.units = Some(5))]);
    Listings::with(())
        .given(vec![created()])
        .when(change(|c| c.units = Some(2)))
        .then_expect_events(vec![]);
}

#[test]
fn a_change_is_checked_against_what_stays() {
    let given = || Listings::with(()).given(vec![created()]);
    let shorter = changed(|e| e.max_nights = Some(5));
    given()
        .when(change(|c| c.max_nights = Some(5)))
        .then_expect_events(vec![shorter.clone()]);
    Listings::with(())
        .given(vec![created(), shorter])
        .when(change(|c| c.min_nights = Some(6)))
        .then_expect_error(ListingRefusal::NightsOutOfRange);
    given()
        .when(change(|c| c.units = Some(0)))
        .then_expect_error(ListingRefusal::UnitsOutOfRange(0));
}

#[test]
fn prices_are_replaced_whole_and_never_in_another_currency() {
    let dearer = Pricing {
        nightly_price: euros(12_000),
        ..pricing()
    };
    let priced = ListingEvent::Priced(ListingPriced { pricing: dearer });
    let given = || Listings::with(()).given(vec![created()]);
    given().when(price(dearer)).then_expect_events(vec![priced]);
    given().when(price(pricing())).then_expect_events(vec![]);
    let yen = |amount| Money::new(amount, "JPY".parse().unwrap());
    let abroad = Pricing {
        nightly_price: yen(10_000),
        cleaning_fee: yen(0),
        service_fee: yen(0),
        ..pricing()
    };
    given()
        .when(price(abroad))
        .then_expect_error(ListingRefusal::CurrencyFixed(Currency::EUR));
}

#[test]
fn a_listing_is_published_once_it_is_described() {
    Listings::with(())
        .given(vec![created()])
        .when(publish())
        .then_expect_events(vec![published()]);
    let mut bare = creation(ProposedOffer::Stay(proposed()));
    bare.description = String::new();
    let bare = created_from(&ListingCommand::Create(Box::new(bare)));
    Listings::with(())
        .given(vec![bare.clone()])
        .when(publish())
        .then_expect_error(ListingRefusal::NotDescribed);
    let described = changed(|e| e.description = Some("Quiet.".to_owned()));
    Listings::with(())
        .given(vec![bare, described])
        .when(publish())
        .then_expect_events(vec![published()]);
    Listings::with(())
        .given(vec![created(), published()])
        .when(change(|c| c.description = Some(String::new())))
        .then_expect_error(ListingRefusal::NotDescribed);
}

#[test]
fn publishing_and_unpublishing_twice_is_once() {
    let unpublished = ListingEvent::Unpublished(ListingUnpublished {});
    let given = |more: &[ListingEvent]| Listings::with(()).given([&[created()], more].concat());
    given(&[published()])
        .when(publish())
        .then_expect_events(vec![]);
    given(&[published()])
        .when(unpublish())
        .then_expect_events(vec![unpublished.clone()]);
    given(&[]).when(unpublish()).then_expect_events(vec![]);
    given(&[published(), unpublished])
        .when(publish())
        .then_expect_events(vec![published()]);
}

#[test]
fn a_listing_with_guests_to_come_is_not_deleted() {
    let given = |history| Listings::with(()).given(history);
    given(vec![created()])
        .when(delete(true))
        .then_expect_error(ListingRefusal::Taken);
    given(vec![created()])
        .when(delete(false))
        .then_expect_events(vec![deleted()]);
    given(vec![created(), deleted()])
        .when(delete(false))
        .then_expect_events(vec![]);
    assert_eq!(ListingRefusal::Taken.kind(), RefusalKind::Conflict);
}

#[test]
fn what_is_gone_or_never_was_cannot_be_changed() {
    for history in [vec![], vec![created(), deleted()]] {
        for command in [
            change(|c| c.units = Some(3)),
            price(pricing()),
            publish(),
            unpublish(),
        ] {
            Listings::with(())
                .given(history.clone())
                .when(command)
                .then_expect_error(ListingRefusal::Unknown);
        }
    }
}

fn command() -> impl Strategy<Value = ListingCommand> {
    prop_oneof![
        2 => (any::<u32>(), ".{0,5}", any::<bool>()).prop_map(|(units, zone, known)| {
            let zone = if known { "Asia/Tokyo".to_owned() } else { zone };
            create(ProposedStay { units: units % 10_003, zone, ..proposed() })
        }),
        2 => ("\\PC{0,5}", ".{0,5}", 0..12_u32, 0..800_u32).prop_map(
            |(title, description, units, nights)| {
                change(|c| {
                    c.title = Some(title);
                    c.description = Some(description);
                    c.units = Some(units);
                    c.max_guests = Some(units);
                    c.min_nights = Some(nights);
                })
            }
        ),
        1 => (any::<i64>(), any::<u32>()).prop_map(|(cents, share)| price(Pricing {
            nightly_price: euros(cents),
            service_fee_basis_points: share % 20_000,
            ..pricing()
        })),
        1 => Just(publish()),
        1 => Just(unpublish()),
        1 => any::<bool>().prop_map(delete),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 1..30),
        seed: u64,
    ) {
        let commands: Vec<_> = std::iter::once(create(proposed())).chain(commands).collect();
        let _: Listing = laws::obey(&commands, seed);
    }
}
