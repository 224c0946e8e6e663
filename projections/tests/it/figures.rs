//! The figures of a few bookings, counted by hand.

use projections::{all, analytics, payments};

use crate::story::{self, Fate, LISTING, Told, date};
use crate::world::World;

async fn tell_a_few(world: &World) {
    story::open(world).await;
    let told = [
        ("2026-07-01", 2, 10_000, Fate::Completed),
        ("2026-07-31", 3, 5_000, Fate::Completed),
        ("2026-07-10", 1, 7_000, Fate::Cancelled(3_500)),
        ("2026-07-11", 1, 7_000, Fate::NoShow),
        ("2026-07-12", 1, 7_000, Fate::Declined),
        ("2026-07-13", 1, 7_000, Fate::Expired),
        ("2026-08-01", 4, 2_500, Fate::Confirmed),
        ("2026-08-02", 1, 0, Fate::Pending),
    ];
    for (number, (arrival, nights, nightly, fate)) in (100..).zip(told) {
        let arrival = date(arrival);
        Told {
            number,
            listing: LISTING,
            arrival,
            nights,
            nightly,
            fate,
        }
        .tell(world)
        .await;
    }
}

#[tokio::test]
async fn the_monthly_figures_are_right() {
    let world = World::new().await;
    tell_a_few(&world).await;
    world.project(&all()).await;
    let (from, until) = (date("2026-07-15"), date("2026-09-01"));
    let months = analytics::monthly(&world.readers, from, until, None)
        .await
        .unwrap();
    let seen: Vec<_> = months
        .iter()
        .map(|m| {
            (
                m.month.to_string(),
                m.bookings,
                m.cancelled,
                m.no_show,
                m.completed,
            )
        })
        .collect();
    let (july, august) = ("2026-07-01".to_owned(), "2026-08-01".to_owned());
    assert_eq!(seen, [(july, 4, 1, 1, 2), (august, 2, 0, 0, 0)]);
    let july = &months[0];
    assert_eq!(july.hotel.as_deref(), Some("City Hotel"));
    assert_eq!(
        (july.completed_nights, july.room_revenue.as_str()),
        (5, "35000")
    );
    assert_eq!(july.cancellation_rate.as_deref(), Some("0.500000"));
    assert_eq!(months[1].cancellation_rate.as_deref(), Some("0.000000"));
}

#[tokio::test]
async fn money_is_counted_on_its_own_date_and_with_its_sign() {
    let world = World::new().await;
    tell_a_few(&world).await;
    world.project(&all()).await;
    let days = analytics::payment_days(&world.readers, date("2026-01-01"), date("2026-01-02"));
    let days = days.await.unwrap();
    assert_eq!(days.len(), 1);
    let day = &days[0];
    assert_eq!((day.payments, day.refunds), (5, 1));
    let (captured, refunded) = ("59000", "-3500");
    assert_eq!(
        (day.captured.as_str(), day.refunded.as_str()),
        (captured, refunded)
    );
    assert_eq!(day.net, "55500");
    let stats = payments::stats(&world.readers, None).await.unwrap();
    assert_eq!(stats.len(), 1);
    assert_eq!(
        (stats[0].captured, stats[0].refunded, stats[0].net),
        (59_000, 3_500, 55_500)
    );
}

#[tokio::test]
async fn facts_say_what_was_booked() {
    let world = World::new().await;
    tell_a_few(&world).await;
    world.project(&all()).await;
    let row: (String, String, String, i64, i64, i64, String) = sqlx::query_as(
        "select hotel, room_type, channel, lead_days, nights, guests, country \
         from analytics.booking where arrival_on = '2026-07-31'",
    )
    .fetch_one(&world.pool)
    .await
    .unwrap();
    let (hotel, room_type) = ("City Hotel".to_owned(), "Room 30".to_owned());
    assert_eq!(
        row,
        (
            hotel,
            room_type,
            "channel 2".to_owned(),
            211,
            3,
            3,
            "PRT".to_owned()
        )
    );
    let nights: Vec<(String, i64)> = sqlx::query_as(
        "select night::text, amount from analytics.booking_night_fact \
         join analytics.booking_fact on booking_fact.id = booking_id \
         where arrival_on = '2026-07-31' order by night",
    )
    .fetch_all(&world.pool)
    .await
    .unwrap();
    let expected =
        ["2026-07-31", "2026-08-01", "2026-08-02"].map(|night| (night.to_owned(), 5_000));
    assert_eq!(nights, expected);
    let months: Vec<String> =
        sqlx::query_scalar("select label from analytics.month order by month")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    assert_eq!(months, ["2026-07", "2026-08"]);
}
