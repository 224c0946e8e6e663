use proptest::prelude::*;

use super::*;
use crate::laws;

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL.to_vec())
}

fn asker() -> impl Strategy<Value = Option<UserId>> {
    prop::sample::select(vec![None, Some(ada()), Some(grace())])
}

fn command() -> impl Strategy<Value = UserCommand> {
    let words = "[a-zA-Z@\\-\u{0}\n é]{0,6}";
    let zones = prop::sample::select(vec!["Europe/Paris", "Asia/Tokyo", "Nowhere"]);
    prop_oneof![
        prop::collection::btree_set(role(), 0..3)
            .prop_map(|roles| UserCommand::SignUp(SignUp { roles, ..sign_up() })),
        (words, words, zones).prop_map(|(name, locale, zone)| UserCommand::Change(ChangeUser {
            name: Some(of_ada(&name)),
            locale: Some(locale).filter(|l| l.len() > 3),
            time_zone: Some(zone.to_owned()),
            currency: None,
        })),
        words.prop_map(|hash| UserCommand::ChangePassword(ChangePassword {
            password_hash: Secret::new(format!("$argon2id$v=19${hash}$aGFzaA")),
            kept_session: (hash.len() % 2 == 0).then(|| session(1)),
            temporary: hash.is_empty(),
        })),
        role().prop_map(|role| UserCommand::GrantRole(GrantRole { role })),
        (role(), asker()).prop_map(|(role, by)| revoke(role, by)),
        asker().prop_map(suspend),
        Just(reactivate()),
        Just(UserCommand::LogOutEverywhere(LogOutEverywhere {})),
        Just(UserCommand::Deactivate(DeactivateUser {})),
    ]
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(command(), 0..30),
        seed in any::<u64>(),
    ) {
        let user: User = laws::obey(&commands, seed);
        if let Some(account) = user.account() {
            prop_assert!(!account.roles.is_empty());
        }
    }
}
