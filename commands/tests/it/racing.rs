//! The commands as their callers meet them. No projector runs: every decision stands on streams.

use std::sync::Arc;

use crate::house::{House, ask, code, id};
use commands::{CommandError, Context};
use domain::booking::Booking;
use domain::id::{BookingId, UserId};
use domain::inventory::Inventory;
use domain::permission::Role;
use futures::future::join_all;

#[tokio::test]
async fn of_two_who_book_one_night_at_once_one_gets_it() {
    let (house, journal) = House::in_memory();
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let ann = house.person("ann", Role::Member).await;
    let bob = house.person("bob", Role::Member).await;
    let ask = ask(listing, 2);
    journal.pause();
    let racers = tokio::spawn({
        let house = house.commands.clone();
        let (a, b) = (context(&house, ann), context(&house, bob));
        async move {
            let (one, two) = (BookingId(a.command_id), BookingId(b.command_id));
            tokio::join!(
                house.request_booking(&a, one, &ask),
                house.request_booking(&b, two, &ask)
            )
        }
    });
    tokio::task::yield_now().await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(
        !racers.is_finished(),
        "no answer leaves before what it rests on is committed"
    );
    journal.resume();
    let (a, b) = racers.await.unwrap();
    let mut codes = [code(&a), code(&b)];
    codes.sort_unstable();
    assert_eq!(codes, ["done", "not_available"]);
}

fn context(commands: &commands::Commands, person: crate::house::Person) -> Context {
    let who = commands::Who::User {
        user: person.user,
        session: person.session,
    };
    Context::new(who, commands.clock().now(), eventstore::Mint.id())
}

#[tokio::test]
async fn many_racers_from_two_processes_never_take_more_than_there_is() {
    let (house, journal) = House::in_memory();
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 5).await;
    house.let_guests_ask_often().await;
    let guest = house.person("guest", Role::Member).await;
    let other = House::on(Arc::new(journal.clone()), house.clock.clone()).commands;
    let racers = (0..40).map(|number| {
        let commands = if number % 2 == 0 {
            &house.commands
        } else {
            &other
        };
        let context = context(commands, guest);
        let ask = ask(listing, 3);
        async move {
            commands
                .request_booking(&context, BookingId(context.command_id), &ask)
                .await
        }
    });
    let answers = join_all(racers).await;
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(won, 5, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|a| matches!(code(a), "done" | "not_available")),
        "{answers:?}"
    );
    let (inventory, _) = house
        .commands
        .dispatch()
        .peek::<Inventory>(listing)
        .await
        .unwrap();
    assert_eq!(inventory.stock().unwrap().holds.len(), 5);
}

#[tokio::test]
async fn refusals_that_rest_on_a_commit_that_fails_are_decided_again() {
    let (house, journal) = House::in_memory();
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let guest = house.person("guest", Role::Member).await;
    journal.pause();
    let commands = house.commands.clone();
    let first = context(&commands, guest);
    let second = context(&commands, guest);
    let ask = ask(listing, 2);
    let both = tokio::spawn(async move {
        tokio::join!(
            commands.request_booking(&first, BookingId(first.command_id), &ask),
            commands.request_booking(&second, BookingId(second.command_id), &ask),
        )
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    journal.fail_next(1);
    journal.resume();
    let (first, second) = both.await.unwrap();
    assert_eq!(code(&first), "unavailable", "its commit failed");
    assert_eq!(
        code(&second),
        "done",
        "what it would have been refused for never was"
    );
}

#[tokio::test]
async fn a_repeated_command_has_the_same_answer_and_happens_once() {
    let (house, _) = House::in_memory();
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let guest = house.person("guest", Role::Member).await;
    let ask = ask(listing, 2);
    let book = |request: u8| {
        let context = house.keyed(guest, "my key", request);
        let (commands, ask) = (house.commands.clone(), ask.clone());
        async move {
            commands
                .request_booking(&context, BookingId(context.command_id), &ask)
                .await
        }
    };
    let first = book(1).await.unwrap();
    let again = book(1).await.unwrap();
    assert_eq!(
        first, again,
        "also the id, which the second request minted anew"
    );
    assert_eq!(code(&book(2).await), "key_reused");
    let stranger = house.person("stranger", Role::Member).await;
    let context = house.keyed(stranger, "my key", 1);
    let theirs = house
        .commands
        .request_booking(&context, BookingId(context.command_id), &ask);
    assert_eq!(
        code(&theirs.await),
        "not_available",
        "a key belongs to one who asks"
    );
}

#[tokio::test]
async fn a_twin_in_flight_gets_the_same_answer() {
    let (house, journal) = House::in_memory();
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let guest = house.person("guest", Role::Member).await;
    let other = House::on(Arc::new(journal.clone()), house.clock.clone()).commands;
    let twins = (0..8).map(|number| {
        let commands = if number % 2 == 0 {
            &house.commands
        } else {
            &other
        };
        let context = house.keyed(guest, "twin", 1);
        let ask = ask(listing, 2);
        async move {
            commands
                .request_booking(&context, BookingId(context.command_id), &ask)
                .await
        }
    });
    let answers: Vec<_> = join_all(twins)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    let (inventory, _) = other.dispatch().peek::<Inventory>(listing).await.unwrap();
    assert_eq!(inventory.stock().unwrap().holds.len(), 1);
}

#[tokio::test]
async fn if_match_is_held_against_the_present_version() {
    let (house, _) = House::in_memory();
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let context = Context {
        if_match: Some(1),
        ..house.as_user(host)
    };
    let stale = house.commands.unpublish_listing(&context, listing).await;
    assert!(matches!(
        stale,
        Err(CommandError::Stale {
            expected: 1,
            actual: 2
        })
    ));
    let context = Context {
        if_match: Some(2),
        ..house.as_user(host)
    };
    assert_eq!(
        house
            .commands
            .unpublish_listing(&context, listing)
            .await
            .unwrap()
            .version,
        3
    );
}

#[tokio::test]
async fn a_right_that_was_taken_away_is_gone_at_once_also_in_another_process() {
    let (house, journal) = House::in_memory();
    let admin = house.person("admin", Role::SuperAdmin).await;
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let other = House::on(Arc::new(journal.clone()), house.clock.clone()).commands;
    let context = house.as_user(host);
    other.unpublish_listing(&context, listing).await.unwrap();
    let context = house.as_user(admin);
    let suspend = house
        .commands
        .suspend_user(&context, host.user, "spam".into());
    suspend.await.unwrap();
    let context = house.as_user(host);
    let answer = other.publish_listing(&context, listing).await;
    assert_eq!(
        code(&answer),
        "unauthenticated",
        "though its memory was warm"
    );
}

#[tokio::test]
async fn nobody_but_its_parties_knows_of_a_booking() {
    let (house, _) = House::in_memory();
    let host = house.person("host", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let guest = house.person("guest", Role::Member).await;
    let stranger = house.person("stranger", Role::Member).await;
    let (id, booked) = house.book(guest, &ask(listing, 2)).await;
    booked.unwrap();
    let cancel = |person| {
        let context = house.as_user(person);
        let commands = house.commands.clone();
        async move { commands.cancel_booking(&context, id, None).await }
    };
    assert_eq!(code(&cancel(stranger).await), "booking_unknown");
    let accept = house
        .commands
        .accept_booking(&house.as_user(guest), id)
        .await;
    assert_eq!(
        code(&accept),
        "permission_missing",
        "a guest sees it but is not its host"
    );
    cancel(guest).await.unwrap();
    assert_eq!(
        code(&cancel(guest).await),
        "done",
        "cancelling twice is no error"
    );
    let (booking, _) = house.commands.dispatch().peek::<Booking>(id).await.unwrap();
    assert_eq!(booking.reservation().unwrap().status.word(), "cancelled");
    let (inventory, _) = house
        .commands
        .dispatch()
        .peek::<Inventory>(listing)
        .await
        .unwrap();
    assert!(
        inventory.stock().unwrap().holds.is_empty(),
        "its nights are free again"
    );
}

#[tokio::test]
async fn an_address_belongs_to_one_user_however_it_is_typed_and_however_many_ask() {
    let (house, _) = House::in_memory();
    let sign_ups = (0..10).map(|number| {
        let user = UserId(id());
        let email = if number % 2 == 0 {
            " Zoe@Example.org"
        } else {
            "zoe@example.ORG"
        };
        let new = commands::user::NewUser {
            user,
            email: email.to_owned(),
            name: "Zoé".to_owned(),
            roles: [Role::Member].into(),
            password_hash: None,
            password_temporary: false,
        };
        let (commands, context) = (house.commands.clone(), house.nobody());
        async move { commands.sign_up(&context, &new).await }
    });
    let answers = join_all(sign_ups).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        answers
            .iter()
            .all(|a| matches!(code(a), "done" | "email_taken")),
        "{answers:?}"
    );
}

#[tokio::test]
async fn nobody_signs_up_as_an_administrator_and_the_last_one_stays() {
    let (house, _) = House::in_memory();
    let admin = house.person("admin", Role::SuperAdmin).await;
    let new = commands::user::NewUser {
        user: UserId(id()),
        email: "eve@example.org".to_owned(),
        name: "Eve".to_owned(),
        roles: [Role::Admin].into(),
        password_hash: None,
        password_temporary: false,
    };
    let answer = house.commands.sign_up(&house.nobody(), &new).await;
    assert_eq!(code(&answer), "permission_missing");
    let leave = house
        .commands
        .deactivate_user(&house.as_user(admin), admin.user, &[])
        .await;
    assert_eq!(code(&leave), "last_admin");
}
