mod laws;

use std::collections::BTreeSet;

use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::{SessionId, UserId};
use crate::permission::{Permission, Role};
use crate::personal::Personal;
use crate::secret::Secret;
use crate::text::TextFault;

type Users = TestFramework<User>;

const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

fn ada() -> UserId {
    UserId(Uuid::from_u128(1))
}

fn grace() -> UserId {
    UserId(Uuid::from_u128(2))
}

fn of_ada(text: &str) -> Personal<String> {
    Personal::new(ada(), text.to_owned())
}

fn sign_up() -> SignUp {
    SignUp {
        user: ada(),
        email: of_ada("ada@example.org"),
        name: of_ada("Ada"),
        roles: BTreeSet::from([Role::Member]),
        password_hash: Some(Secret::new(HASH.to_owned())),
        password_temporary: false,
    }
}

fn created(roles: &[Role]) -> UserEvent {
    UserEvent::Created(UserCreated {
        user: ada(),
        email: of_ada("ada@example.org"),
        name: of_ada("Ada"),
        roles: roles.iter().copied().collect(),
        password_hash: Some(Secret::new(HASH.to_owned())),
        password_temporary: false,
    })
}

fn member() -> UserEvent {
    created(&[Role::Member])
}

fn granted(role: Role) -> UserEvent {
    UserEvent::RoleGranted(UserRoleGranted { role })
}

fn suspended() -> UserEvent {
    UserEvent::Suspended(UserSuspended {
        reason: of_ada("Spam"),
    })
}

fn deactivated() -> UserEvent {
    UserEvent::Deactivated(UserDeactivated {})
}

fn revoke(role: Role, by: Option<UserId>) -> UserCommand {
    UserCommand::RevokeRole(RevokeRole { role, by })
}

fn suspend(by: Option<UserId>) -> UserCommand {
    UserCommand::Suspend(SuspendUser {
        reason: of_ada("Spam"),
        by,
    })
}

fn reactivate() -> UserCommand {
    UserCommand::Reactivate(ReactivateUser {
        reason: of_ada("Sorry"),
    })
}

fn locale(tag: &str) -> UserCommand {
    UserCommand::Change(ChangeUser {
        locale: Some(tag.to_owned()),
        ..ChangeUser::default()
    })
}

fn refused(given: Vec<UserEvent>, command: UserCommand, refusal: UserRefusal) {
    assert!(!refusal.to_string().is_empty());
    Users::with(())
        .given(given)
        .when(command)
        .then_expect_error(refusal);
}

fn leads_to(given: Vec<UserEvent>, command: UserCommand, events: Vec<UserEvent>) {
    Users::with(())
        .given(given)
        .when(command)
        .then_expect_events(events);
}

#[test]
fn one_who_signs_up_is_created() {
    leads_to(vec![], UserCommand::SignUp(sign_up()), vec![member()]);
}

#[test]
fn an_id_signs_up_once() {
    for given in [
        vec![member()],
        vec![member(), suspended()],
        vec![member(), deactivated()],
    ] {
        refused(given, UserCommand::SignUp(sign_up()), UserRefusal::Exists);
    }
}

#[test]
fn an_address_without_two_sides_is_refused() {
    for email in [
        "ada",
        "@example.org",
        "ada@",
        "ada@b@c",
        "ada lovelace@example.org",
    ] {
        let command = UserCommand::SignUp(SignUp {
            email: of_ada(email),
            ..sign_up()
        });
        refused(vec![], command, UserRefusal::EmailMalformed);
    }
}

#[test]
fn a_name_is_visible_short_and_without_control_characters() {
    for (name, fault) in [
        (" ".to_owned(), TextFault::Blank),
        (
            "x".repeat(NAME_CHARS_MAX + 1),
            TextFault::TooLong {
                chars_max: NAME_CHARS_MAX,
            },
        ),
        ("Ada\0".to_owned(), TextFault::Control),
        ("Ada\nLovelace".to_owned(), TextFault::Control),
    ] {
        let command = SignUp {
            name: of_ada(&name),
            ..sign_up()
        };
        let refusal = User::Absent
            .decide(&UserCommand::SignUp(command))
            .unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.pointer()),
            (fault.code(), Some("/name"))
        );
        assert_eq!(refusal.kind(), RefusalKind::Invalid);
    }
    let longest = SignUp {
        name: of_ada(&"é".repeat(NAME_CHARS_MAX)),
        ..sign_up()
    };
    assert!(User::Absent.decide(&UserCommand::SignUp(longest)).is_ok());
}

#[test]
fn a_password_in_clear_is_no_hash() {
    let long = format!("$argon2id$v=19${}", "x".repeat(HASH_CHARS_MAX));
    for text in ["secret", "", "$argon2id$", "$a$b$c d", &long] {
        let password_hash = Secret::new(text.to_owned());
        let command = SignUp {
            password_hash: Some(password_hash.clone()),
            ..sign_up()
        };
        refused(
            vec![],
            UserCommand::SignUp(command),
            UserRefusal::HashMalformed,
        );
        let change = UserCommand::ChangePassword(ChangePassword {
            password_hash,
            kept_session: None,
            temporary: false,
        });
        refused(vec![member()], change, UserRefusal::HashMalformed);
    }
}

#[test]
fn nobody_signs_up_without_a_role() {
    let command = SignUp {
        roles: BTreeSet::new(),
        ..sign_up()
    };
    refused(vec![], UserCommand::SignUp(command), UserRefusal::NoRole);
}

#[test]
fn only_what_differs_is_changed() {
    let change = ChangeUser {
        name: Some(of_ada("Ada")),
        locale: Some("fr".to_owned()),
        time_zone: Some("Europe/Lisbon".to_owned()),
        currency: Some("EUR".to_owned()),
    };
    let changed = UserEvent::Changed(UserChanged {
        name: None,
        locale: Some("fr".to_owned()),
        time_zone: Some(chrono_tz::Europe::Lisbon),
        currency: Some(crate::Currency::EUR),
    });
    let command = UserCommand::Change(change);
    leads_to(vec![member()], command.clone(), vec![changed.clone()]);
    leads_to(vec![member(), changed], command, vec![]);
}

#[test]
fn a_language_is_a_tag() {
    for tag in ["fr", "pt-BR", "zh-Hant-TW", "es-419", "fil"] {
        let told = UserChanged {
            locale: Some(tag.to_owned()),
            ..UserChanged::default()
        };
        leads_to(vec![member()], locale(tag), vec![UserEvent::Changed(told)]);
    }
    for tag in ["", "french", "FR", "fr_FR", "fr-fr", "fr-FR-x", "fr-", "1a"] {
        refused(
            vec![member()],
            locale(tag),
            UserRefusal::UnknownLocale(tag.to_owned()),
        );
    }
}

#[test]
fn an_unknown_zone_or_currency_is_named_with_its_field() {
    let user = User::fold(&[member()]);
    let zone = ChangeUser {
        time_zone: Some("Mars/Base".to_owned()),
        ..ChangeUser::default()
    };
    let refusal = user.decide(&UserCommand::Change(zone)).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.pointer()),
        ("time_zone_unknown", Some("/time_zone"))
    );
    let currency = ChangeUser {
        currency: Some("eur".to_owned()),
        ..ChangeUser::default()
    };
    let refusal = user.decide(&UserCommand::Change(currency)).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.pointer()),
        ("currency_unknown", Some("/currency"))
    );
}

#[test]
fn a_role_is_granted_once() {
    let grant = UserCommand::GrantRole(GrantRole { role: Role::Host });
    leads_to(vec![member()], grant.clone(), vec![granted(Role::Host)]);
    leads_to(vec![member(), granted(Role::Host)], grant, vec![]);
}

#[test]
fn a_role_that_is_not_held_is_revoked_without_a_word() {
    leads_to(vec![member()], revoke(Role::Host, Some(ada())), vec![]);
}

#[test]
fn nobody_revokes_the_own_role_of_administrator() {
    let admin = vec![created(&[Role::Member, Role::Admin])];
    refused(
        admin.clone(),
        revoke(Role::Admin, Some(ada())),
        UserRefusal::OwnRole,
    );
    let revoked = UserEvent::RoleRevoked(UserRoleRevoked { role: Role::Admin });
    leads_to(
        admin.clone(),
        revoke(Role::Admin, Some(grace())),
        vec![revoked.clone()],
    );
    leads_to(admin, revoke(Role::Admin, None), vec![revoked]);
}

#[test]
fn the_only_role_of_a_user_stays() {
    refused(
        vec![member()],
        revoke(Role::Member, None),
        UserRefusal::LastRole(Role::Member),
    );
}

#[test]
fn nobody_suspends_oneself() {
    refused(
        vec![member()],
        suspend(Some(ada())),
        UserRefusal::OwnSuspension,
    );
    leads_to(vec![member()], suspend(Some(grace())), vec![suspended()]);
}

#[test]
fn one_who_is_suspended_may_nothing_until_reactivated() {
    let history = vec![member(), suspended()];
    assert!(
        !User::fold(&history)
            .permissions()
            .allows(Permission::BookingRequest)
    );
    refused(history.clone(), locale("fr"), UserRefusal::Suspended);
    leads_to(history.clone(), suspend(None), vec![]);
    let back = UserEvent::Reactivated(UserReactivated {
        reason: of_ada("Sorry"),
    });
    leads_to(history.clone(), reactivate(), vec![back.clone()]);
    let again = User::fold(history.iter().chain([&back]));
    assert!(again.permissions().allows(Permission::BookingRequest));
    leads_to(vec![member()], reactivate(), vec![]);
}

#[test]
fn one_who_left_stays_away() {
    let history = vec![member(), deactivated()];
    leads_to(
        history.clone(),
        UserCommand::Deactivate(DeactivateUser {}),
        vec![],
    );
    for command in [
        suspend(None),
        reactivate(),
        locale("fr"),
        revoke(Role::Member, None),
    ] {
        refused(history.clone(), command, UserRefusal::Deactivated);
    }
}

#[test]
fn nothing_is_asked_of_one_who_never_was() {
    for command in [
        suspend(None),
        reactivate(),
        locale("fr"),
        revoke(Role::Host, None),
    ] {
        refused(vec![], command, UserRefusal::Unknown);
    }
    let leave = UserCommand::Deactivate(DeactivateUser {});
    refused(vec![], leave, UserRefusal::Unknown);
}

#[test]
fn only_an_active_user_with_such_a_role_is_an_administrator() {
    let admin = || created(&[Role::Admin]);
    assert!(User::fold(&[admin()]).is_administrator());
    assert!(User::fold(&[member(), granted(Role::SuperAdmin)]).is_administrator());
    for history in [
        vec![],
        vec![member()],
        vec![admin(), suspended()],
        vec![admin(), deactivated()],
    ] {
        assert!(!User::fold(&history).is_administrator());
    }
}

#[test]
fn neither_password_nor_name_stands_in_a_debug_line() {
    let line = format!("{:?}", User::fold(&[member()]));
    for secret in [HASH, "Ada", "example"] {
        assert!(!line.contains(secret), "{line}");
    }
}

fn session(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(n))
}

fn password_changed(kept: Option<SessionId>, temporary: bool) -> UserEvent {
    UserEvent::PasswordChanged(UserPasswordChanged {
        password_hash: Secret::new(HASH.to_owned()),
        kept_session: kept,
        temporary,
    })
}

fn reactivated() -> UserEvent {
    UserEvent::Reactivated(UserReactivated {
        reason: of_ada("It was not"),
    })
}

fn logged_out_everywhere() -> UserEvent {
    UserEvent::LoggedOutEverywhere(UserLoggedOutEverywhere {})
}

/// What holds of two sessions of the epochs 0 and 1 after `events`.
fn admitted(events: &[UserEvent]) -> [bool; 2] {
    let mut history = vec![member()];
    history.extend_from_slice(events);
    let user = User::fold(&history);
    let credentials = &user.account().unwrap().credentials;
    [(session(1), 0), (session(2), 1)].map(|(id, epoch)| credentials.admit(id, epoch))
}

#[test]
fn whatever_ends_all_sessions_ends_those_of_an_earlier_epoch_for_good() {
    assert_eq!(admitted(&[]), [true, false]);
    assert_eq!(admitted(&[password_changed(None, false)]), [false, true]);
    assert_eq!(admitted(&[logged_out_everywhere()]), [false, true]);
    assert_eq!(admitted(&[suspended()]), [false, true]);
    assert_eq!(admitted(&[suspended(), reactivated()]), [false, true]);
    let again = [logged_out_everywhere(), suspended(), reactivated()];
    assert_eq!(admitted(&again), [false, false]);
}

#[test]
fn the_session_that_changes_the_password_goes_on_until_the_next_raise() {
    let kept = password_changed(Some(session(1)), false);
    assert_eq!(admitted(std::slice::from_ref(&kept)), [true, true]);
    assert_eq!(admitted(&[kept.clone(), kept.clone()]), [true, false]);
    assert_eq!(
        admitted(&[kept.clone(), password_changed(Some(session(2)), false)]),
        [false, true]
    );
    assert_eq!(admitted(&[kept, logged_out_everywhere()]), [false, false]);
}

#[test]
fn logging_out_everywhere_happens_each_time_and_to_the_suspended_too() {
    let command = || UserCommand::LogOutEverywhere(LogOutEverywhere {});
    refused(vec![], command(), UserRefusal::Unknown);
    for given in [
        vec![member()],
        vec![member(), logged_out_everywhere()],
        vec![member(), suspended()],
    ] {
        leads_to(given, command(), vec![logged_out_everywhere()]);
    }
    let gone = vec![member(), deactivated()];
    refused(gone, command(), UserRefusal::Deactivated);
}

#[test]
fn a_password_that_someone_else_knows_is_temporary_until_it_is_changed() {
    let is_temporary = |history: &[UserEvent]| {
        let user = User::fold(history);
        user.account().unwrap().credentials.password_temporary
    };
    let mut first = sign_up();
    first.password_temporary = true;
    let mut history = User::Absent.decide(&UserCommand::SignUp(first)).unwrap();
    assert!(is_temporary(&history));
    history.push(password_changed(None, false));
    assert!(!is_temporary(&history));
    history.push(password_changed(None, true));
    assert!(is_temporary(&history));
}
