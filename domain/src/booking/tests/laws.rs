//! What holds whatever is asked.

use proptest::prelude::*;

use super::*;
use crate::laws;

fn policy() -> impl Strategy<Value = CancellationPolicy> {
    use CancellationPolicy as Policy;
    prop::sample::select(vec![
        Policy::Flexible,
        Policy::Moderate,
        Policy::Limited,
        Policy::Firm,
        Policy::Strict,
        Policy::SuperStrict30,
        Policy::SuperStrict60,
        Policy::LongStay,
        Policy::NonRefundable,
        Policy::FullyRefundable,
    ])
}

fn zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        Tz::UTC,
        Tz::Europe__Lisbon,
        Tz::America__New_York,
        Tz::Pacific__Apia,
        Tz::Australia__Lord_Howe,
    ])
}

fn pricing() -> impl Strategy<Value = Pricing> {
    let amount = || prop_oneof![4 => 0..100_000_i64, 1 => Just(0), 1 => any::<i64>()];
    let share = || 0..=10_000_u32;
    (amount(), amount(), amount(), share(), share(), share()).prop_map(
        |(nightly, cleaning, service, share, weekly, monthly)| Pricing {
            nightly_price: euros(nightly.saturating_abs()),
            cleaning_fee: euros(cleaning.saturating_abs()),
            service_fee: euros(service.saturating_abs()),
            service_fee_basis_points: share,
            weekly_discount_basis_points: weekly,
            monthly_discount_basis_points: monthly,
        },
    )
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (-1_000..100_000_i64).prop_map(|minutes| noon() + TimeDelta::minutes(minutes))
}

fn asking() -> impl Strategy<Value = RequestBooking> {
    let nights = (0..60_u64, 0..60_u64);
    let odds = (
        any::<bool>(),
        prop::option::weighted(0.1, -100_000..100_000_i64),
    );
    (
        policy(),
        zone(),
        pricing(),
        nights,
        1..4_u32,
        odds,
        moment(),
    )
        .prop_map(
            |(policy, zone, pricing, (first, count), units, (instant, agreed), at)| {
                let from = crate::zone::day(zone, at) + chrono::Days::new(first);
                let price = match agreed {
                    Some(cents) => Price::Agreed {
                        nightly_price: euros(cents),
                        policy,
                    },
                    None => Price::Quoted { expected: None },
                };
                RequestBooking {
                    stay: StayTerms {
                        pricing,
                        policy,
                        zone,
                        ..stay()
                    },
                    span: Span::new(from, from + chrono::Days::new(count)),
                    units,
                    price,
                    instant,
                    deadline: Some(at + TimeDelta::minutes(30)),
                    at,
                    ..ask()
                }
            },
        )
}

fn command() -> impl Strategy<Value = BookingCommand> {
    let money = || prop_oneof![Just(euros(30_000)), (-5..i64::MAX).prop_map(euros)];
    let by = prop::sample::select(vec![Canceller::Guest, Canceller::Host, Canceller::Admin]);
    prop_oneof![
        2 => asking().prop_map(request),
        2 => Just(request(ask())),
        2 => moment().prop_map(|at| {
            let deadline = Some(at + TimeDelta::minutes(30));
            BookingCommand::Accept(AcceptBooking { deadline, at })
        }),
        1 => Just(decline()),
        3 => (1..3_u128, money(), moment()).prop_map(|(number, paid, at)| confirm(number, paid, at)),
        2 => (by, money(), moment()).prop_map(|(by, paid, at)| cancel(by, paid, at)),
        1 => moment().prop_map(complete),
        1 => moment().prop_map(no_show),
        2 => moment().prop_map(expire),
        1 => moment().prop_map(|at| BookingCommand::Adopt(AdoptBooking { at })),
        2 => (1..3_u128, moment()).prop_map(|(number, at)| reinstate(number, at)),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 1..30),
        seed: u64,
    ) {
        let _: Booking = laws::obey(&commands, seed);
    }

    #[test]
    fn a_total_is_the_sum_of_its_lines(asked in asking()) {
        let Ok(events) = Booking::default().decide(&request(asked)) else { return Ok(()) };
        let [BookingEvent::Requested(e)] = events.as_slice() else { panic!("{events:?}") };
        let quote = &e.quote;
        let lines = quote.nights.iter().map(|line| line.amount);
        let off = quote.discount.map_or(0, |line| line.amount);
        let rest = [off, quote.cleaning_fee, quote.service_fee];
        let sum: i128 = lines.chain(rest).map(i128::from).sum();
        prop_assert_eq!(sum, i128::from(quote.total));
        prop_assert!(off <= 0 && quote.total >= 0);
        prop_assert_eq!(i64::try_from(quote.nights.len()).unwrap(), e.span.nights());
    }

    #[test]
    fn what_is_kept_and_what_goes_back_is_what_was_paid(
        asked in asking(),
        share in 0..=20_000_u32,
        by in prop::sample::select(vec![Canceller::Guest, Canceller::Host]),
        confirmed_at in moment(),
        at in moment(),
    ) {
        let Ok(mut events) = Booking::default().decide(&request(asked)) else { return Ok(()) };
        events.push(BookingEvent::Confirmed(BookingConfirmed { confirmed_at, payment: None }));
        let booking = Booking::fold(&events);
        let made = booking.reservation().unwrap();
        let Ok(paid) = made.request.quote.total().share(share) else { return Ok(()) };
        let preview = made.refund_preview(by, paid, at).unwrap();
        prop_assert_eq!(preview.kept.plus(preview.refunded).unwrap(), paid);
        let sum = |of: fn(&RefundLine) -> i64| preview.lines.iter().map(of).sum::<i64>();
        prop_assert_eq!(sum(|line| line.kept), preview.kept.amount);
        prop_assert_eq!(sum(|line| line.refunded), preview.refunded.amount);
        prop_assert!(preview.lines.iter().all(|line| line.kept >= 0 && line.refunded >= 0));
        if by == Canceller::Host {
            prop_assert_eq!(preview.refunded, paid);
        }
        // Asking changes nothing, and cancelling gives what was shown.
        let decided = booking.decide(&cancel(by, paid, at)).unwrap();
        let [BookingEvent::Cancelled(e)] = decided.as_slice() else { panic!("{decided:?}") };
        prop_assert_eq!((e.kept, e.refunded, e.tier), (preview.kept, preview.refunded, preview.tier));
    }

    #[test]
    fn cancelling_later_never_gives_back_more(
        policy in policy(),
        first in 0..60_000_i64,
        second in 0..60_000_i64,
    ) {
        // Grace and the 48 hours of booking end early on; all else falls with time.
        let (first, second) = (first.min(second), first.max(second));
        let asked = RequestBooking { stay: StayTerms { policy, ..stay() }, instant: true, ..ask() };
        let booking = Booking::fold(&[requested_by(&asked), confirmed()]);
        let made = booking.reservation().unwrap();
        let back = |minutes| {
            let at = later() + TimeDelta::minutes(minutes);
            made.refund_preview(Canceller::Guest, euros(30_000), at).unwrap().refunded.amount
        };
        prop_assert!(back(first) >= back(second), "{} then {}", back(first), back(second));
    }
}
