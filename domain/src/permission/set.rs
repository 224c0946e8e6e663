//! What someone may do, all roles together.

use std::collections::BTreeSet;

use super::{Permission, Role, Scope};

/// A set of permissions; over anyone's things includes over one's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(BTreeSet<Permission>);

impl Permissions {
    /// Those of all `roles` together.
    pub fn of<'a>(roles: impl IntoIterator<Item = &'a Role>) -> Self {
        Self(
            roles
                .into_iter()
                .flat_map(|role| role.permissions().0)
                .collect(),
        )
    }

    /// Whether `permission` is in it, or the same over anyone's things.
    pub fn allows(&self, permission: Permission) -> bool {
        self.0.contains(&permission) || self.0.contains(&permission.over_any())
    }

    /// Whether a thing may be done to something that is one's own or not.
    ///
    /// `self.allows_over(Permission::BookingCancel, is_guest)`
    pub fn allows_over(&self, permission: fn(Scope) -> Permission, is_own: bool) -> bool {
        self.allows(permission(if is_own { Scope::Own } else { Scope::Any }))
    }

    /// Each permission, in order.
    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        self.0.iter().copied()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}
