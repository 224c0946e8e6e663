//! The processes on a real journal: what is paid, what lapses, what is given back, and what is
//! killed in the middle of it.

mod provider;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use commands::processes::{Place, Runner, RunnerSettings};
use commands::{PaymentProvider, Sandbox};
use domain::booking::{Booking, PaymentTerms};
use domain::id::{BookingId, ListingId, PaymentId};
use domain::inventory::Inventory;
use domain::payment::{Charge, Payment};
use domain::permission::Role;
use domain::process::Process;
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::postgres::Settings;
use eventstore::{Clock, Journal, PostgresJournal, Readers};
use projections::processes::Processes;
use projections::{Projector, Workplace};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::house::{House, Person, ask, code, id};

/// A house on Postgres, with its projection of processes.
struct Street {
    house: House,
    projections: projections::Runner,
    place: Place,
    host: Person,
    guest: Person,
    _database: TestDatabase,
}

/// The processes at work.
struct Working {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), String>>,
}

impl Street {
    async fn new() -> Self {
        let database = database(&migrations::MIGRATOR).await;
        let clock = crate::house::clock();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let journal = PostgresJournal::open(
            database.options.clone(),
            Arc::clone(&shared),
            Settings::default(),
        );
        let journal: Arc<dyn Journal> = Arc::new(journal.await.unwrap());
        let pool = database.pool().await;
        let workplace = Workplace {
            options: database.options.clone(),
            journal: Arc::clone(&journal),
            clock: shared,
        };
        let projectors: [Arc<dyn Projector>; 1] = [Arc::new(Processes)];
        let projections = projections::Runner::start(&workplace, pool.clone(), &projectors)
            .await
            .unwrap();
        let house = House::on(journal, clock);
        let host = house.person("host", Role::Host).await;
        let guest = house.person("guest", Role::Member).await;
        let place = Place {
            options: database.options.clone(),
            pool,
            readers: Readers::new(database.options.clone(), 2),
        };
        Self {
            house,
            projections,
            place,
            host,
            guest,
            _database: database,
        }
    }

    async fn work(&self) -> Working {
        self.work_with(Arc::new(Sandbox)).await
    }

    /// The processes at work, with a provider that does not wait long to be answered.
    async fn work_with(&self, provider: Arc<dyn PaymentProvider>) -> Working {
        let settings = RunnerSettings {
            sweep_every: Duration::from_millis(20),
            ask_again_after: TimeDelta::seconds(30),
            ask_max: Duration::from_secs(2),
        };
        let commands = Arc::clone(&self.house.commands);
        let runner = Runner::new(commands, provider, self.place.clone(), settings);
        runner.establish().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        Working {
            stop,
            task: tokio::spawn(runner.run(stopped.into())),
        }
    }

    async fn book(&self, listing: ListingId) -> BookingId {
        let (booking, booked) = self.house.book(self.guest, &ask(listing, 2)).await;
        booked.unwrap();
        booking
    }

    async fn pay(&self, booking: BookingId, method: &str) -> PaymentId {
        let payment = PaymentId(id());
        let (commands, context) = (&self.house.commands, self.house.as_user(self.guest));
        commands
            .create_payment(&context, payment, booking)
            .await
            .unwrap();
        let context = self.house.as_user(self.guest);
        commands
            .confirm_payment(&context, payment, method)
            .await
            .unwrap();
        payment
    }

    async fn status(&self, booking: BookingId) -> &'static str {
        let (state, _) = self
            .house
            .commands
            .dispatch()
            .peek::<Booking>(booking)
            .await
            .unwrap();
        state.reservation().unwrap().status.word()
    }

    async fn charge(&self, payment: PaymentId) -> Charge {
        let (state, _) = self
            .house
            .commands
            .dispatch()
            .peek::<Payment>(payment)
            .await
            .unwrap();
        state.charge().unwrap().clone()
    }

    async fn process(&self, kind: &str, subject: uuid::Uuid) -> Arc<Process> {
        let process = commands::processes::process_id(kind, subject);
        self.house
            .commands
            .dispatch()
            .peek::<Process>(process)
            .await
            .unwrap()
            .0
    }

    async fn end(self) {
        self.projections.stop().await;
        self.house.commands.journal().close().await;
    }
}

impl Working {
    async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap().unwrap();
    }
}

/// Waits until `seen` holds; a test that waits for ever has failed.
async fn until<F: Future<Output = bool>>(what: &str, seen: impl Fn() -> F) {
    for _ in 0..1_000 {
        if seen().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not seen in 20 s: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_booking_is_confirmed_and_a_cancelled_one_gets_back_what_the_policy_says() {
    let street = Street::new().await;
    let working = street.work().await;
    let listing = street.house.listing(street.host, 1).await;
    let booking = street.book(listing).await;
    let payment = street.pay(booking, "sandbox_twice").await;
    until("confirmed", async || {
        street.status(booking).await == "confirmed"
    })
    .await;
    let context = street.house.as_user(street.guest);
    street
        .house
        .commands
        .cancel_booking(&context, booking, None)
        .await
        .unwrap();
    until("refunded", async || {
        !street.charge(payment).await.refunded().is_zero()
    })
    .await;
    let charge = street.charge(payment).await;
    assert_eq!(
        charge.captured(),
        charge.refunded(),
        "flexible, months before: all of it"
    );
    assert!(charge.pending().is_zero());
    assert_eq!(charge.refunds.len(), 1);
    working.stop().await;
    street.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_payment_leaves_the_booking_and_can_be_tried_again() {
    let street = Street::new().await;
    let working = street.work().await;
    let listing = street.house.listing(street.host, 1).await;
    let booking = street.book(listing).await;
    let payment = street.pay(booking, "sandbox_declined").await;
    assert_eq!(
        street.charge(payment).await.status.word(),
        "requires_payment"
    );
    assert_eq!(street.status(booking).await, "pending");
    let context = street.house.as_user(street.guest);
    street
        .house
        .commands
        .confirm_payment(&context, payment, "sandbox")
        .await
        .unwrap();
    until("confirmed", async || {
        street.status(booking).await == "confirmed"
    })
    .await;
    working.stop().await;
    street.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_outlives_a_restart_and_a_clock_that_is_put_back() {
    let street = Street::new().await;
    let working = street.work().await;
    let listing = street.house.listing(street.host, 1).await;
    let booking = street.book(listing).await;
    let story = async || {
        street
            .process(commands::processes::HOLD_EXPIRY, booking.0)
            .await
    };
    until("deadline set", async || story().await.run().is_some()).await;
    working.stop().await;
    street.house.clock.advance(TimeDelta::minutes(31));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(street.status(booking).await, "pending", "nobody is at work");
    let working = street.work().await;
    until("expired", async || {
        street.status(booking).await == "expired"
    })
    .await;
    let (inventory, _) = street
        .house
        .commands
        .dispatch()
        .peek::<Inventory>(listing)
        .await
        .unwrap();
    assert!(inventory.stock().unwrap().holds.is_empty());

    let second = street.book(listing).await;
    street.house.clock.advance(TimeDelta::hours(-1));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        street.status(second).await,
        "pending",
        "an hour back is no time passed"
    );
    street.house.clock.advance(TimeDelta::hours(2));
    until("expired too", async || {
        street.status(second).await == "expired"
    })
    .await;
    working.stop().await;
    street.end().await;
}

/// 1. A guest books the only unit and pays while no process is at work.
/// 2. The hold lapses before anybody has looked at the money.
/// 3. In one world the nights are still free, in the other somebody else has taken them.
/// 4. The processes begin: the nights are claimed again, or all the money goes back.
#[tokio::test(flavor = "multi_thread")]
async fn late_money_claims_the_nights_again_or_goes_back_whole() {
    for taken_meanwhile in [false, true] {
        let street = Street::new().await;
        let charging = street.work().await;
        let listing = street.house.listing(street.host, 1).await;
        let booking = street.book(listing).await;
        let payment = PaymentId(id());
        let (commands, context) = (&street.house.commands, street.house.as_user(street.guest));
        commands
            .create_payment(&context, payment, booking)
            .await
            .unwrap();
        charging.stop().await;
        let paying = street.house.as_user(street.guest);
        let intended = commands.clone();
        let confirming = tokio::spawn(async move {
            intended
                .confirm_payment(&paying, payment, "sandbox")
                .await
                .map(drop)
        });
        let charge = async || street.process(commands::processes::CHARGE, payment.0).await;
        until("intended", async || charge().await.run().is_some()).await;
        street.house.clock.advance(TimeDelta::minutes(31));
        if taken_meanwhile {
            let other = street.house.person("other", Role::Member).await;
            let (_, booked) = street.house.book(other, &ask(listing, 2)).await;
            assert_eq!(code(&booked), "done", "a lapsed hold counts as free");
        }
        let working = street.work().await;
        confirming.await.unwrap().unwrap();
        let settled = async || {
            if taken_meanwhile {
                !street.charge(payment).await.refunded().is_zero()
            } else {
                street.status(booking).await == "confirmed"
            }
        };
        until("settled", settled).await;
        let charge = street.charge(payment).await;
        if taken_meanwhile {
            assert_eq!(charge.refunded(), charge.captured());
            until("expired", async || {
                street.status(booking).await == "expired"
            })
            .await;
        } else {
            assert!(charge.refunds.is_empty(), "never both");
        }
        working.stop().await;
        street.end().await;
    }
}

/// The processes are stopped at random moments, again and again, while bookings are made, paid and
/// cancelled. In the end every captured amount has a confirmed booking or went back, never both.
#[tokio::test(flavor = "multi_thread")]
async fn processes_that_are_stopped_at_any_moment_settle_every_payment_once() {
    let street = Street::new().await;
    let listing = street.house.listing(street.host, 3).await;
    let mut pairs = Vec::new();
    for round in 0..12_u64 {
        let working = street.work().await;
        let (booking, booked) = street.house.book(street.guest, &ask(listing, 2)).await;
        let made = booked.is_ok();
        if made {
            let method = if round % 3 == 0 {
                "sandbox_twice"
            } else {
                "sandbox"
            };
            let payment = PaymentId(id());
            let context = street.house.as_user(street.guest);
            street
                .house
                .commands
                .create_payment(&context, payment, booking)
                .await
                .unwrap();
            let (commands, context) = (
                street.house.commands.clone(),
                street.house.as_user(street.guest),
            );
            tokio::spawn(async move {
                commands
                    .confirm_payment(&context, payment, method)
                    .await
                    .map(drop)
            });
            pairs.push((booking, payment));
        }
        tokio::time::sleep(Duration::from_millis(7 * (round % 5))).await;
        if made && round % 4 == 1 {
            let context = street.house.as_user(street.guest);
            street
                .house
                .commands
                .cancel_booking(&context, booking, None)
                .await
                .unwrap();
        }
        working.task.abort();
        street.house.clock.advance(TimeDelta::minutes(7));
    }
    let working = street.work().await;
    for (booking, payment) in pairs {
        until("settled", async || {
            is_settled(&street, booking, payment).await
        })
        .await;
    }
    working.stop().await;
    street.end().await;
}

async fn is_settled(street: &Street, booking: BookingId, payment: PaymentId) -> bool {
    let charge = street.charge(payment).await;
    if !charge.is_captured() {
        return street.status(booking).await != "confirmed"
            && street.status(booking).await != "pending";
    }
    match street.status(booking).await {
        "confirmed" => charge.refunds.is_empty(),
        "cancelled" | "expired" => charge.refunded() == charge.captured(),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_cannot_be_reached_stops_the_process_until_an_operator_retries() {
    let street = Street::new().await;
    let working = street.work().await;
    let listing = street.house.listing(street.host, 1).await;
    let booking = street.book(listing).await;
    let payment = PaymentId(id());
    let context = street.house.as_user(street.guest);
    street
        .house
        .commands
        .create_payment(&context, payment, booking)
        .await
        .unwrap();
    let (commands, context) = (
        street.house.commands.clone(),
        street.house.as_user(street.guest),
    );
    let confirming = tokio::spawn(async move {
        commands
            .confirm_payment(&context, payment, "sandbox_unreachable")
            .await
            .map(drop)
    });
    let story = async || street.process(commands::processes::CHARGE, payment.0).await;
    for _ in 0..12 {
        tokio::time::sleep(Duration::from_millis(60)).await;
        street.house.clock.advance(TimeDelta::hours(1));
    }
    until("stuck", async || {
        story().await.run().is_some_and(|run| run.stuck.is_some())
    })
    .await;
    let process = commands::processes::process_id(commands::processes::CHARGE, payment.0);
    let operator = street.house.operator();
    street
        .house
        .commands
        .retry_process(&operator, &process)
        .await
        .unwrap();
    assert!(story().await.run().unwrap().stuck.is_none());
    let operator = street.house.operator();
    street
        .house
        .commands
        .end_process(&operator, &process)
        .await
        .unwrap();
    confirming.abort();
    working.stop().await;
    street.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_to_be_paid_at_check_out_is_confirmed_at_once_and_settled_later() {
    let street = Street::new().await;
    let working = street.work().await;
    let manager = street.house.person("manager", Role::Manager).await;
    let listing = street.house.listing(manager, 1).await;
    let booking = BookingId(id());
    let mut ask = ask(listing, 2);
    ask.terms = PaymentTerms::AtCheckOut;
    let context = street.house.as_user(manager);
    let booked = street
        .house
        .commands
        .request_booking(&context, booking, &ask)
        .await;
    assert_eq!(
        code(&booked),
        "own_listing",
        "a host is no guest of his own"
    );
    ask.party = Some(domain::booking::Party::User {
        user: street.guest.user,
    });
    let context = street.house.as_user(manager);
    let booking = BookingId(id());
    street
        .house
        .commands
        .request_booking(&context, booking, &ask)
        .await
        .unwrap();
    assert_eq!(street.status(booking).await, "confirmed");
    let (commands, payment) = (&street.house.commands, PaymentId(id()));
    let context = street.house.as_user(street.guest);
    let early = commands.create_payment(&context, payment, booking).await;
    assert_eq!(
        code(&early),
        "booking_not_payable",
        "it is paid when the guests leave"
    );
    street
        .house
        .clock
        .set(crate::house::at("2026-06-12T09:00:00Z"));
    let context = street.house.as_user(manager);
    commands.complete_booking(&context, booking).await.unwrap();
    let payment = street.pay(booking, "sandbox").await;
    let context = street.house.as_user(street.guest);
    let twice = commands
        .create_payment(&context, PaymentId(id()), booking)
        .await;
    assert_eq!(code(&twice), "payment_exists");
    until("captured", async || {
        street.charge(payment).await.is_captured()
    })
    .await;
    assert_eq!(street.status(booking).await, "completed");
    working.stop().await;
    street.end().await;
}

/// A payment at check-out that is cancelled leaves the booking payable; and of two that both
/// bring money in the end, one settles it and the other goes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_at_check_out_that_is_cancelled_makes_room_for_another() {
    let street = Street::new().await;
    let working = street.work().await;
    let manager = street.house.person("manager", Role::Manager).await;
    let listing = street.house.listing(manager, 1).await;
    let booking = BookingId(id());
    let mut ask = ask(listing, 2);
    ask.terms = PaymentTerms::AtCheckOut;
    ask.party = Some(domain::booking::Party::User {
        user: street.guest.user,
    });
    let (house, commands) = (&street.house, &street.house.commands);
    commands
        .request_booking(&house.as_user(manager), booking, &ask)
        .await
        .unwrap();
    house.clock.set(crate::house::at("2026-06-12T09:00:00Z"));
    commands
        .complete_booking(&house.as_user(manager), booking)
        .await
        .unwrap();
    let create = async |payment| {
        let context = house.as_user(street.guest);
        commands.create_payment(&context, payment, booking).await
    };
    let cancel = async |payment| {
        let context = house.as_user(street.guest);
        commands.cancel_payment(&context, payment, None).await
    };
    let [first, second, third] = [(); 3].map(|()| PaymentId(id()));
    create(first).await.unwrap();
    assert_eq!(code(&create(second).await), "payment_exists");
    cancel(first).await.unwrap();
    create(second).await.unwrap();
    assert_eq!(code(&create(third).await), "payment_exists");
    // Cancelling the first once more takes nothing from the second.
    cancel(first).await.unwrap();
    assert_eq!(code(&create(third).await), "payment_exists");

    // The provider takes two seconds for it, in which it is cancelled and another one is paid.
    let slow = {
        let (commands, context) = (commands.clone(), house.as_user(street.guest));
        tokio::spawn(async move {
            commands
                .confirm_payment(&context, second, "sandbox_slow")
                .await
                .map(drop)
        })
    };
    let charge = async || street.process(commands::processes::CHARGE, second.0).await;
    until("intended", async || charge().await.run().is_some()).await;
    cancel(second).await.unwrap();
    let paid = street.pay(booking, "sandbox").await;
    slow.await.unwrap().unwrap();
    until("both settled", async || {
        let (paid, late) = (street.charge(paid).await, street.charge(second).await);
        let sent_back = late.is_captured() && late.refunded() == late.captured();
        paid.is_captured() && paid.refunds.is_empty() && sent_back
    })
    .await;
    working.stop().await;
    street.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_the_provider_declined_is_requested_again_when_an_operator_says_so() {
    let street = Street::new().await;
    let working = street.work().await;
    let listing = street.house.listing(street.host, 1).await;
    let booking = street.book(listing).await;
    let payment = street.pay(booking, "sandbox_refund_declined").await;
    until("confirmed", async || {
        street.status(booking).await == "confirmed"
    })
    .await;
    let context = street.house.as_user(street.guest);
    let commands = &street.house.commands;
    commands
        .cancel_booking(&context, booking, None)
        .await
        .unwrap();
    until("declined", async || {
        let charge = street.charge(payment).await;
        !charge.refunds.is_empty() && charge.pending().is_zero()
    })
    .await;
    let (refund, _) = street.charge(payment).await.refunds.pop_first().unwrap();
    let story = async || street.process(commands::processes::REFUND, refund.0).await;
    until("stuck", async || {
        story().await.run().is_some_and(|run| run.stuck.is_some())
    })
    .await;
    let process = commands::processes::process_id(commands::processes::REFUND, refund.0);
    let operator = street.house.operator();
    commands.retry_process(&operator, &process).await.unwrap();
    until("requested again", async || {
        street.charge(payment).await.refunds.len() == 2
    })
    .await;
    working.stop().await;
    street.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_moves_after_an_operator_gave_the_charge_up_is_not_forgotten() {
    let street = Street::new().await;
    let working = street.work().await;
    let listing = street.house.listing(street.host, 1).await;
    let booking = street.book(listing).await;
    let payment = PaymentId(id());
    let context = street.house.as_user(street.guest);
    let commands = street.house.commands.clone();
    commands
        .create_payment(&context, payment, booking)
        .await
        .unwrap();
    let context = street.house.as_user(street.guest);
    let paying = commands.clone();
    let confirming = tokio::spawn(async move {
        paying
            .confirm_payment(&context, payment, "sandbox_slow")
            .await
            .map(drop)
    });
    let story = async || street.process(commands::processes::CHARGE, payment.0).await;
    until("intended", async || story().await.run().is_some()).await;
    // The provider takes two seconds from when it is asked, which happens right after this; given
    // up before that, it would never be asked.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let process = commands::processes::process_id(commands::processes::CHARGE, payment.0);
    let operator = street.house.operator();
    commands.end_process(&operator, &process).await.unwrap();
    until("confirmed", async || {
        street.status(booking).await == "confirmed"
    })
    .await;
    confirming.await.unwrap().unwrap();
    working.stop().await;
    street.end().await;
}
