//! Which sessions hold: by the streams of the user and of the session alone, in every process.

use std::sync::Arc;

use chrono::TimeDelta;
use commands::{CommandError, Done};
use domain::id::SessionId;
use domain::permission::Role;
use domain::secret::Secret;
use domain::session::{EndReason, RefreshSession};
use eventstore::Journal;

use crate::house::{House, Person, code, id};

const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

/// Two processes on one journal, each with a memory of its own.
fn two_processes() -> (House, House) {
    let (one, journal) = House::in_memory();
    let other = House::on(Arc::new(journal) as Arc<dyn Journal>, one.clock.clone());
    (one, other)
}

impl House {
    async fn holds(&self, person: Person) -> bool {
        let now = eventstore::Clock::now(&self.clock);
        let caller = self.commands.authenticate(person.user, person.session, now);
        caller.await.is_ok()
    }

    async fn changes_password(&self, person: Person) -> Result<Done, CommandError> {
        let hash = Secret::new(HASH.to_owned());
        self.commands
            .change_password(&self.as_user(person), person.user, None, hash)
            .await
    }

    async fn refresh(
        &self,
        session: SessionId,
        presented: &str,
        next: &str,
    ) -> Result<Done, CommandError> {
        let at = eventstore::Clock::now(&self.clock);
        let refresh = RefreshSession {
            presented: Secret::new(presented.to_owned()),
            next: Secret::new(next.to_owned()),
            expires_at: at + TimeDelta::days(30),
            at,
        };
        let context = self.nobody();
        let refreshed = self.commands.refresh_session(&context, session, &refresh);
        refreshed.await.map(|(done, _)| done)
    }

    async fn uses(&self, person: Person, refresh_hash: &str) {
        let hash = Secret::new(refresh_hash.to_owned());
        let context = self.as_user(person);
        let noted = self
            .commands
            .confirm_session(&context, person.session, hash);
        noted.await.unwrap();
    }
}

fn first_token(person: Person) -> String {
    format!("{:064x}", person.session.0.as_u128())
}

#[tokio::test]
async fn another_password_ends_every_session_but_the_one_that_changed_it() {
    let (house, _) = House::in_memory();
    let phone = house.person("ann", Role::Member).await;
    let laptop = house.log_in(phone.user).await;

    house.changes_password(laptop).await.unwrap();

    assert!(house.holds(laptop).await);
    assert!(!house.holds(phone).await);
    let refused = house.changes_password(phone).await;
    assert_eq!(code(&refused), "unauthenticated");
    let refresh = house
        .refresh(phone.session, &first_token(phone), &"a".repeat(64))
        .await;
    assert_eq!(code(&refresh), "unauthenticated");
    let goes_on = house
        .refresh(laptop.session, &first_token(laptop), &"b".repeat(64))
        .await;
    assert_eq!(code(&goes_on), "done");
}

#[tokio::test]
async fn a_suspension_ends_every_session_for_good() {
    let (house, _) = House::in_memory();
    let admin = house.person("admin", Role::Admin).await;
    let ann = house.person("ann", Role::Member).await;
    let context = house.as_user(admin);
    let suspended = house
        .commands
        .suspend_user(&context, ann.user, "a complaint".to_owned());
    suspended.await.unwrap();
    let context = house.as_user(admin);
    let reactivated =
        house
            .commands
            .reactivate_user(&context, ann.user, "it was not so".to_owned());
    reactivated.await.unwrap();

    assert!(!house.holds(ann).await);
    let refresh = house
        .refresh(ann.session, &first_token(ann), &"a".repeat(64))
        .await;
    assert_eq!(code(&refresh), "unauthenticated");
    let again = house.log_in(ann.user).await;
    assert!(house.holds(again).await);
}

#[tokio::test]
async fn logging_out_everywhere_ends_the_sessions_in_every_process() {
    let (one, other) = two_processes();
    let phone = one.person("ann", Role::Member).await;
    let laptop = one.log_in(phone.user).await;
    assert!(other.holds(laptop).await);

    let context = other.as_user(laptop);
    other.commands.log_out_everywhere(&context).await.unwrap();

    // A command rests on the journal, whatever the process remembers.
    for person in [phone, laptop] {
        let refused = one.changes_password(person).await;
        assert_eq!(code(&refused), "unauthenticated");
        assert!(!one.holds(person).await);
    }
}

#[tokio::test]
async fn a_used_refresh_token_stays_used_in_another_process_and_after_a_restart() {
    let (one, other) = two_processes();
    let ann = one.person("ann", Role::Member).await;
    let (first, second) = (first_token(ann), "b".repeat(64));
    one.refresh(ann.session, &first, &second).await.unwrap();
    one.uses(ann, &second).await;
    one.clock.advance(TimeDelta::minutes(10));

    let stolen = other.refresh(ann.session, &first, &"c".repeat(64)).await;

    assert_eq!(code(&stolen), "unauthenticated");
    let after = other.refresh(ann.session, &second, &"d".repeat(64)).await;
    assert_eq!(code(&after), "unauthenticated");
    assert!(!other.holds(ann).await);
}

#[tokio::test]
async fn a_lost_answer_is_no_theft_however_late_and_in_whichever_process() {
    let (one, other) = two_processes();
    let ann = one.person("ann", Role::Member).await;
    let first = first_token(ann);
    one.refresh(ann.session, &first, &"b".repeat(64))
        .await
        .unwrap();
    one.clock.advance(TimeDelta::hours(10));

    let again = other.refresh(ann.session, &first, &"c".repeat(64)).await;

    assert_eq!(code(&again), "done");
    assert!(other.holds(ann).await);
}

#[tokio::test]
async fn one_whose_password_is_temporary_may_only_change_it() {
    let (house, _) = House::in_memory();
    let ann = house.person("ann", Role::Host).await;
    let temporary = Secret::new(HASH.to_owned());
    let operator = house.operator();
    let reset = house
        .commands
        .change_password(&operator, ann.user, None, temporary.clone());
    reset.await.unwrap();
    assert!(!house.holds(ann).await);
    let session = SessionId(id());
    let log_in = commands::session::LogIn {
        session,
        user: ann.user,
        proved: Some(temporary.clone()),
        refresh_hash: Secret::new("e".repeat(64)),
        expires_at: eventstore::Clock::now(&house.clock) + TimeDelta::days(1),
        device: None,
    };
    let context = house.nobody();
    house.commands.log_in(&context, &log_in).await.unwrap();
    let ann = Person {
        user: ann.user,
        session,
    };

    let change = domain::user::ChangeUser::default();
    let context = house.as_user(ann);
    let refused = house.commands.change_user(&context, ann.user, change).await;
    assert_eq!(code(&refused), "password_change_required");
    // What was read as the present hash is held against the stream's own.
    let stale = house.changes_password(ann).await;
    assert_eq!(code(&stale), "unauthenticated");
    let context = house.as_user(ann);
    let hash = Secret::new(HASH.replace("c2FsdA", "c2FsdB"));
    let changed = house
        .commands
        .change_password(&context, ann.user, Some(temporary), hash);
    changed.await.unwrap();
    let change = domain::user::ChangeUser::default();
    let context = house.as_user(ann);
    let open = house.commands.change_user(&context, ann.user, change).await;
    assert_eq!(code(&open), "done");
}

#[tokio::test]
async fn nobody_acts_on_the_account_of_a_higher_rank() {
    let (house, _) = House::in_memory();
    let root = house.person("root", Role::SuperAdmin).await;
    let other_root = house.person("other", Role::SuperAdmin).await;
    let admin = house.person("admin", Role::Admin).await;
    let (by, commands) = (|| house.as_user(admin), &house.commands);
    let reason = || "a reason".to_owned();

    let refused = [
        commands
            .end_session(&by(), root.session, EndReason::Revoked)
            .await,
        commands.suspend_user(&by(), root.user, reason()).await,
        commands.reactivate_user(&by(), root.user, reason()).await,
        commands.grant_role(&by(), root.user, Role::Host).await,
        commands.revoke_role(&by(), root.user, Role::Member).await,
        commands.deactivate_user(&by(), root.user, &[]).await,
        commands
            .change_user(&by(), root.user, domain::user::ChangeUser::default())
            .await,
    ];

    for answer in refused {
        assert_eq!(code(&answer), "permission_missing", "{answer:?}");
    }
    assert!(house.holds(root).await);
    let context = house.as_user(other_root);
    let ended = commands.end_session(&context, root.session, EndReason::Revoked);
    assert_eq!(code(&ended.await), "done");
    let member = house.person("ann", Role::Member).await;
    let context = by();
    let ended = commands.end_session(&context, member.session, EndReason::Revoked);
    assert_eq!(code(&ended.await), "done");
}

#[tokio::test]
async fn a_stranger_does_not_learn_from_if_match_what_exists() {
    let (house, _) = House::in_memory();
    let host = house.person("bea", Role::Host).await;
    let stranger = house.person("eve", Role::Host).await;
    let listing = house.listing(host, 1).await;
    let unpublish = async |person: Person, version| {
        let mut context = house.as_user(person);
        context.if_match = Some(version);
        let done = house.commands.unpublish_listing(&context, listing).await;
        code(&done).to_owned()
    };

    let told = unpublish(stranger, 999).await;
    assert_eq!(told, unpublish(stranger, 2).await);
    assert_ne!(told, "stale");
    assert_eq!(unpublish(host, 999).await, "stale");
    assert_eq!(unpublish(host, 2).await, "done");
    // Nothing is left to be done, and yet the version that was named is not the present one.
    assert_eq!(unpublish(host, 2).await, "stale");
}
