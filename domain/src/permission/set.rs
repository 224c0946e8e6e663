//! What someone may do, all roles together.

use super::{Permission, Role, Scope};

/// A set of permissions; over anyone's things includes over one's own.
///
/// One bit for each: every command asks for it, and a set of nodes took longer than the decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u128);

impl Permissions {
    /// Those of all `roles` together.
    pub fn of<'a>(roles: impl IntoIterator<Item = &'a Role>) -> Self {
        let bits = roles.into_iter().map(|role| role.permissions().0);
        Self(bits.fold(0, |all, bits| all | bits))
    }

    fn contains(&self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// Whether `permission` is in it, or the same over anyone's things.
    pub fn allows(&self, permission: Permission) -> bool {
        self.contains(permission) || self.contains(permission.over_any())
    }

    /// Whether a thing may be done to something that is one's own or not.
    ///
    /// `self.allows_over(Permission::BookingCancel, is_guest)`
    pub fn allows_over(&self, permission: fn(Scope) -> Permission, is_own: bool) -> bool {
        self.allows(permission(if is_own { Scope::Own } else { Scope::Any }))
    }

    /// Each permission, in order.
    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        Permission::all().filter(|permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(
            permissions
                .into_iter()
                .fold(0, |all, permission| all | bit(permission)),
        )
    }
}

fn bit(permission: Permission) -> u128 {
    1 << permission.number()
}
