//! What is said about incidents.

use chrono::{DateTime, Utc};
use commands::incident::{NewContact, NewIncident};
use domain::id::{BuildingId, ContactId, EquipmentId, LotId, UserId};
use domain::incident::{Priority, Visibility};

use crate::json::bodies;

bodies! {
    /// What is wrong somewhere.
    pub struct NewReport {
        /// In which building.
        #[schema(value_type = Uuid)]
        pub building: BuildingId,
        /// In which lot of it.
        #[schema(value_type = Option<Uuid>)]
        pub lot: Option<LotId>,
        /// At which piece of equipment in it.
        #[schema(value_type = Option<Uuid>)]
        pub equipment: Option<EquipmentId>,
        /// Of which kind it is, as a word.
        #[schema(example = "plumbing")]
        pub category: String,
        /// `low`, `medium`, `high` or `critical`.
        #[schema(value_type = String, example = "high")]
        pub priority: Priority,
        /// In a few words.
        pub title: String,
        /// In as many as it takes.
        pub details: String,
        /// How to reach somebody; the one who reports, where it is not said.
        pub contact: Option<Reach>,
    }

    /// How to reach somebody.
    pub struct Reach {
        /// What they are called.
        pub name: Option<String>,
        /// Where they get mail.
        pub email: Option<String>,
        /// Where they can be called.
        pub phone: Option<String>,
    }

    /// Named fields of an incident; what is left out stays.
    pub struct IncidentFields {
        /// Of which kind it is, as a word.
        pub category: Option<String>,
        /// `low`, `medium`, `high` or `critical`.
        #[schema(value_type = Option<String>, example = "critical")]
        pub priority: Option<Priority>,
        /// In a few words.
        pub title: Option<String>,
        /// In as many as it takes.
        pub details: Option<String>,
        /// When it has to be resolved, whatever the service level says; no pause moves it.
        pub due_at: Option<DateTime<Utc>>,
        /// `true` gives the deadline back to the service level.
        pub due_by_policy: Option<bool>,
    }

    /// Who is to do something about it.
    pub struct Assignment {
        /// A user; nobody, where it is not said.
        #[schema(value_type = Option<Uuid>)]
        pub assignee: Option<UserId>,
    }

    /// Until when it is put off.
    pub struct Deferral {
        /// At most 365 days ahead.
        pub until: DateTime<Utc>,
        /// Why.
        pub reason: Option<String>,
    }

    /// What was done.
    pub struct Resolution {
        /// What was done.
        pub resolution: String,
    }

    /// Why it was not done after all.
    pub struct Reopening {
        /// Why.
        pub reason: Option<String>,
    }

    /// Why nothing will be done.
    pub struct Declining {
        /// Why.
        pub reason: String,
    }

    /// What somebody says about it.
    pub struct NewComment {
        /// What.
        pub text: String,
        /// `public`, where it is not said, or `internal`, for those who work on it alone.
        #[schema(value_type = Option<String>, example = "public")]
        pub visibility: Option<Visibility>,
    }
}

impl NewReport {
    /// What is told; `contact` is the id of somebody who is named.
    pub fn into_new(self, contact: ContactId) -> NewIncident {
        NewIncident {
            building: self.building,
            lot: self.lot,
            equipment: self.equipment,
            category: self.category,
            priority: self.priority,
            title: self.title,
            details: self.details,
            contact: self.contact.map(|reach| NewContact {
                id: contact,
                name: reach.name,
                email: reach.email,
                phone: reach.phone,
            }),
        }
    }
}
