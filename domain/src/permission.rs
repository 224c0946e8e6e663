//! Who may do what: a role is a set of permissions.
//!
//! A permission with a scope is held over one's own things or over anyone's. *Own* means: for a
//! user or a session, oneself; for a building and the equipment in it, its owner; for an
//! incident, its reporter, its assignee and the manager of its building; for a listing,
//! its host; for a booking, its guest or the host of its listing; for a payment, that of its
//! booking. Which of the two sides of a booking may do a thing stands in the table.
//!
//! | permission | what it opens | member | host | manager | admin | `super_admin` |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | `user.list:any` | list users | | | | any | any |
//! | `user.invite` | create a user for someone else | | | | yes | yes |
//! | `user.show` | show a user | own | own | own | any | any |
//! | `user.change` | change a profile | own | own | own | any | any |
//! | `user.suspend` | suspend, reactivate | | | | yes | yes |
//! | `user.deactivate` | leave, or close an account | own | own | own | any | any |
//! | `role.grant` | grant, revoke a role but `super_admin` | | | | yes | yes |
//! | `role.grant_super` | grant, revoke `super_admin` | | | | | yes |
//! | `session.list` | list sessions | own | own | own | any | any |
//! | `session.end` | end a session | own | own | own | any | any |
//! | `building.create` | register a building | | | yes | yes | yes |
//! | `building.show` | show, list buildings and lots | | | own | any | any |
//! | `building.change` | change a building and its lots | | | own | any | any |
//! | `building.delete` | delete a building | | | own | any | any |
//! | `equipment.show` | show, list equipment and work orders | | | own | any | any |
//! | `equipment.change` | change equipment, its plans and meters | | | own | any | any |
//! | `equipment.work` | work orders, down times, readings | | | own | any | any |
//! | `occupant.show` | show occupants (lot, building) | own | own | own | any | any |
//! | `incident.report` | report an incident | yes | yes | yes | yes | yes |
//! | `incident.show` | show, list (reporter, manager, assignee) | own | own | own | any | any |
//! | `incident.work` | assign, start … decline (manager, assignee) | | | own | any | any |
//! | `sla_policy.change` | show, set service levels | | | own | any | any |
//! | `outage.change` | show, announce, change, end outages | | | own | any | any |
//! | `listing.create` | create a listing | | yes | yes | yes | yes |
//! | `listing.show` | show drafts and unpublished ones | | own | own | any | any |
//! | `listing.change` | change, price, block dates | | own | own | any | any |
//! | `listing.publish` | publish, unpublish | | own | own | any | any |
//! | `listing.delete` | delete a listing | | own | own | any | any |
//! | `booking.request` | book for oneself | yes | yes | yes | yes | yes |
//! | `booking.agree` | book for a contact, at an agreed price | | | yes | yes | yes |
//! | `booking.show` | show, list bookings (guest, host) | own | own | own | any | any |
//! | `booking.accept` | accept a request (host) | | own | own | any | any |
//! | `booking.decline` | decline a request (host) | | own | own | any | any |
//! | `booking.cancel` | cancel a booking (guest, host) | own | own | own | any | any |
//! | `booking.complete` | complete a stay (host) | | own | own | any | any |
//! | `booking.no_show` | record a no-show (host) | | own | own | any | any |
//! | `booking.adopt` | hand an imported booking to live processes | | | | yes | yes |
//! | `payment.create` | pay, confirm a payment (guest) | own | own | own | any | any |
//! | `payment.show` | show, list payments (guest, host) | own | own | own | any | any |
//! | `payment.refund` | refund a payment (host) | | own | own | any | any |
//! | `payment.stats` | sums over payments (host) | | own | own | any | any |
//! | `file.upload` | upload files, and attach them | yes | yes | yes | yes | yes |
//! | `audit.read` | who did what, when | | | | yes | yes |
//! | `process.operate` | list, retry, end processes | | | | yes | yes |
//! | `projection.operate` | rebuild, drive parked things again | | | | | yes |
//! | `config.change` | show and change the platform's settings | | | | yes | yes |
//! | `import.run` | bring in bookings | | | | | yes |
//!
//! A right over `any` includes the one over `own`. Every role has what `member` has.

mod role;
mod set;

use std::fmt;
use std::str::FromStr;

pub use role::{Role, UnknownRole};
pub use set::Permissions;

/// Over whose things a permission is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Over one's own.
    Own,
    /// Over anyone's.
    Any,
}

/// A text that names no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no permission; it is written as `booking.cancel:own` or `listing.create`")]
pub struct UnknownPermission(pub String);

/// Declares the permissions: those with a scope, then those without.
macro_rules! permissions {
    (
        scoped { $( $(#[$smeta:meta])* $scoped:ident = $sname:literal ),+ $(,)? }
        plain { $( $(#[$pmeta:meta])* $plain:ident = $pname:literal ),+ $(,)? }
    ) => {
        /// One thing that may be done; written `noun.verb` or `noun.verb:scope`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission {
            $( $(#[$smeta])* $scoped(Scope), )+
            $( $(#[$pmeta])* $plain, )+
        }

        impl Permission {
            /// Every permission there is, in both scopes where it has them.
            pub fn all() -> impl Iterator<Item = Self> {
                [
                    $( Self::$scoped(Scope::Own), Self::$scoped(Scope::Any), )+
                    $( Self::$plain, )+
                ]
                .into_iter()
            }

            /// The same over anyone's things; a permission without a scope is itself.
            #[must_use]
            pub fn over_any(self) -> Self {
                match self {
                    $( Self::$scoped(_) => Self::$scoped(Scope::Any), )+
                    $( Self::$plain => self, )+
                }
            }

            /// Its place among all, which rises in their order.
            fn number(self) -> u32 {
                #[derive(Clone, Copy)]
                enum Place { $( $scoped, )+ $( $plain, )+ }
                match self {
                    $( Self::$scoped(Scope::Own) => 2 * Place::$scoped as u32, )+
                    $( Self::$scoped(Scope::Any) => 2 * Place::$scoped as u32 + 1, )+
                    $( Self::$plain => 2 * Place::$plain as u32, )+
                }
            }

            fn parts(self) -> (&'static str, Option<Scope>) {
                match self {
                    $( Self::$scoped(scope) => ($sname, Some(scope)), )+
                    $( Self::$plain => ($pname, None), )+
                }
            }
        }
    };
}

permissions! {
    scoped {
        /// Show a user.
        UserShow = "user.show",
        /// Change a profile.
        UserChange = "user.change",
        /// Leave, or close an account.
        UserDeactivate = "user.deactivate",
        /// List sessions.
        SessionList = "session.list",
        /// End a session.
        SessionEnd = "session.end",
        /// Show and list buildings and lots.
        BuildingShow = "building.show",
        /// Change a building and its lots.
        BuildingChange = "building.change",
        /// Delete a building.
        BuildingDelete = "building.delete",
        /// Show and list equipment and its work orders.
        EquipmentShow = "equipment.show",
        /// Change equipment, its plans and its meters.
        EquipmentChange = "equipment.change",
        /// Work on equipment: work orders, down times, readings.
        EquipmentWork = "equipment.work",
        /// Show and list occupants.
        OccupantShow = "occupant.show",
        /// Show and list incidents.
        IncidentShow = "incident.show",
        /// Do something about an incident.
        IncidentWork = "incident.work",
        /// Show and set service levels.
        SlaPolicyChange = "sla_policy.change",
        /// Show, announce, change and end outages.
        OutageChange = "outage.change",
        /// Show a listing that is not published.
        ListingShow = "listing.show",
        /// Change and price a listing, block and free its dates.
        ListingChange = "listing.change",
        /// Publish and unpublish a listing.
        ListingPublish = "listing.publish",
        /// Delete a listing.
        ListingDelete = "listing.delete",
        /// Show and list bookings.
        BookingShow = "booking.show",
        /// Accept a request.
        BookingAccept = "booking.accept",
        /// Decline a request.
        BookingDecline = "booking.decline",
        /// Cancel a booking.
        BookingCancel = "booking.cancel",
        /// Complete a stay.
        BookingComplete = "booking.complete",
        /// Record that nobody came.
        BookingNoShow = "booking.no_show",
        /// Pay, and confirm a payment.
        PaymentCreate = "payment.create",
        /// Show and list payments.
        PaymentShow = "payment.show",
        /// Refund a payment.
        PaymentRefund = "payment.refund",
        /// See sums over payments.
        PaymentStats = "payment.stats",
    }
    plain {
        /// List all users.
        UserList = "user.list:any",
        /// Create a user for someone else.
        UserInvite = "user.invite",
        /// Suspend and reactivate a user.
        UserSuspend = "user.suspend",
        /// Grant and revoke any role but the highest.
        RoleGrant = "role.grant",
        /// Grant and revoke the highest role.
        RoleGrantSuper = "role.grant_super",
        /// Register a building.
        BuildingCreate = "building.create",
        /// Report an incident.
        IncidentReport = "incident.report",
        /// Create a listing.
        ListingCreate = "listing.create",
        /// Book for oneself.
        BookingRequest = "booking.request",
        /// Book for a contact, or at an agreed price.
        BookingAgree = "booking.agree",
        /// Hand an imported booking to live processes.
        BookingAdopt = "booking.adopt",
        /// Upload a file.
        FileUpload = "file.upload",
        /// See who did what, and when.
        AuditRead = "audit.read",
        /// List, retry and end processes.
        ProcessOperate = "process.operate",
        /// Rebuild projections, and drive parked things again.
        ProjectionOperate = "projection.operate",
        /// Show and change the settings of the platform.
        ConfigChange = "config.change",
        /// Bring in bookings from elsewhere.
        ImportRun = "import.run",
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, scope) = self.parts();
        f.write_str(name)?;
        match scope {
            Some(Scope::Own) => f.write_str(":own"),
            Some(Scope::Any) => f.write_str(":any"),
            None => Ok(()),
        }
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all()
            .find(|permission| permission.to_string() == text)
            .ok_or_else(|| UnknownPermission(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests;
