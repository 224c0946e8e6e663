//! Users, as queries tell them.

use chrono::{DateTime, Utc};
use projections::users::Profile;
use uuid::Uuid;

use crate::view::views;

views! {
    /// A user, as others may see one.
    #[schema(as = User)]
    pub struct UserView of row: Profile {
        /// The user.
        id: Uuid,
        /// The normalised address.
        email: String,
        /// How the user wants to be called.
        name: String,
        /// What the user may do, in alphabetical order.
        roles: Vec<String>,
        /// `active`, `suspended` or `deactivated`.
        status: String,
        /// Whether a password is set.
        has_password: bool,
        /// A language tag.
        locale: Option<String>,
        /// Where the user's clock stands.
        time_zone: Option<String>,
        /// In which currency the user wants to see prices.
        currency: Option<String>,
        /// When the user signed up.
        created_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of the user's stream.
        version: i64,
    }
}
