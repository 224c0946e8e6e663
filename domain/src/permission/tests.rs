use std::collections::BTreeSet;

use super::*;

#[test]
fn every_permission_is_read_back_as_it_is_written() {
    let written: BTreeSet<String> = Permission::all().map(|p| p.to_string()).collect();
    assert_eq!(
        written.len(),
        Permission::all().count(),
        "two permissions share a name"
    );
    for permission in Permission::all() {
        assert_eq!(permission.to_string().parse(), Ok(permission));
    }
}

#[test]
fn a_text_that_names_no_permission_is_refused() {
    for text in [
        "",
        "booking",
        "booking.cancel",
        "booking.cancel:all",
        "listing.create:own",
    ] {
        assert_eq!(
            text.parse::<Permission>(),
            Err(UnknownPermission(text.to_owned()))
        );
    }
}

#[test]
fn a_right_over_anyones_things_includes_ones_own_but_not_the_reverse() {
    let member = Role::Member.permissions();
    assert!(member.allows(Permission::BookingCancel(Scope::Own)));
    assert!(!member.allows(Permission::BookingCancel(Scope::Any)));
    let any: Permissions = [Permission::BookingCancel(Scope::Any)]
        .into_iter()
        .collect();
    assert!(any.allows(Permission::BookingCancel(Scope::Own)));
    assert!(member.allows_over(Permission::BookingCancel, true));
    assert!(!member.allows_over(Permission::BookingCancel, false));
}

#[test]
fn each_role_may_do_all_that_the_one_below_it_may() {
    for pair in Role::ALL.windows(2) {
        let above = pair[0].permissions();
        for permission in pair[1].permissions().iter() {
            assert!(above.allows(permission), "{} lacks {permission}", pair[0]);
        }
        assert_ne!(above, pair[1].permissions());
    }
}

#[test]
fn only_the_highest_role_makes_another_of_its_kind() {
    for role in Role::ALL {
        let granter = role.permissions();
        assert_eq!(
            granter.allows(Role::SuperAdmin.granted_with()),
            role == Role::SuperAdmin
        );
        assert_eq!(granter.allows(Role::Host.granted_with()), role.is_admin());
    }
}

#[test]
fn roles_together_allow_what_each_allows() {
    let both = Permissions::of(&[Role::Member, Role::Host]);
    assert!(both.allows(Permission::ListingCreate));
    assert!(both.allows(Permission::BookingRequest));
    assert!(!both.allows(Permission::BookingAgree));
    assert_eq!(Permissions::of(&[]), Permissions::default());
}

#[test]
fn a_role_is_read_back_as_it_is_written() {
    for role in Role::ALL {
        assert_eq!(role.to_string().parse(), Ok(role));
        assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
    }
    assert_eq!(
        "owner".parse::<Role>(),
        Err(UnknownRole("owner".to_owned()))
    );
}

#[test]
fn the_table_in_the_documentation_is_what_the_roles_allow() {
    let columns = [
        Role::Member,
        Role::Host,
        Role::Manager,
        Role::Admin,
        Role::SuperAdmin,
    ];
    let mut seen = BTreeSet::new();
    let rows = include_str!("../permission.rs")
        .lines()
        .filter(|l| l.starts_with("//! | `"));
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let name = cells[1].trim_matches('`');
        for (role, cell) in columns.iter().zip(&cells[3..]) {
            let rights = role.permissions();
            for p in Permission::all().filter(|p| p.parts().0 == name) {
                let expected = match p.parts().1 {
                    Some(Scope::Own) => *cell == "own" || *cell == "any",
                    Some(Scope::Any) => *cell == "any",
                    None => !cell.is_empty(),
                };
                assert_eq!(rights.allows(p), expected, "{role}: {p}");
                seen.insert(p);
            }
        }
    }
    assert_eq!(
        seen.len(),
        Permission::all().count(),
        "the table lacks a permission"
    );
}

#[test]
fn a_set_knows_each_permission_apart_and_in_order() {
    let all: Vec<Permission> = Permission::all().collect();
    assert!(all.is_sorted());
    for permission in &all {
        let alone: Permissions = [*permission].into_iter().collect();
        assert_eq!(alone.iter().collect::<Vec<_>>(), [*permission]);
    }
    let set: Permissions = all.iter().rev().copied().collect();
    assert_eq!(set.iter().collect::<Vec<_>>(), all);
}
