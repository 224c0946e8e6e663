//! Events as they are written: a type, a schema version and a JSON body.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that happened to an aggregate of one noun.
pub trait Event:
    Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Every type that is or was written, with each of its schema versions.
    const TYPES: &'static [(&'static str, u16)];

    /// The type, `noun.past_tense`; never renamed.
    fn event_type(&self) -> &'static str;

    /// The version of the body's shape that this build writes.
    fn schema_version(&self) -> u16;

    /// The body as JSON, in the shape of [`schema_version`](Event::schema_version).
    fn encode(&self) -> Result<String, CodecError>;

    /// Reads a body of any version ever written.
    fn decode(event_type: &str, schema_version: u16, data: &str) -> Result<Self, CodecError>;
}

/// Why an event could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// No noun of this build writes such a type.
    #[error("no event type `{0}` is known to this version; a newer one may have written it")]
    UnknownType(String),
    /// The type is known, this version of its shape is not.
    #[error("event type `{0}` has no schema version {1} here; a newer build may have written it")]
    UnknownVersion(String, u16),
    /// The body does not have the shape that its type and version promise.
    #[error("the body of a `{event_type}` does not have its promised shape: {source}")]
    Body {
        /// The event's type.
        event_type: String,
        /// What the JSON reader says.
        source: serde_json::Error,
    },
}

/// Declares the events of a noun: an enum whose variants each hold one body.
macro_rules! events {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$vmeta:meta])* $variant:ident($body:ty) = $type:literal v $version:literal ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(tag = "type", content = "data")]
        pub enum $name {
            $( $(#[$vmeta])* #[serde(rename = $type)] $variant($body) ),+
        }

        impl $crate::event::Event for $name {
            const TYPES: &'static [(&'static str, u16)] = &[$(($type, $version)),+];

            fn event_type(&self) -> &'static str {
                match self { $( Self::$variant(_) => $type ),+ }
            }

            fn schema_version(&self) -> u16 {
                match self { $( Self::$variant(_) => $version ),+ }
            }

            fn encode(&self) -> Result<String, $crate::event::CodecError> {
                match self {
                    $( Self::$variant(body) => ::serde_json::to_string(body) ),+
                }
                .map_err(|source| $crate::event::CodecError::Body {
                    event_type: self.event_type().to_owned(),
                    source,
                })
            }

            fn decode(
                event_type: &str,
                schema_version: u16,
                data: &str,
            ) -> Result<Self, $crate::event::CodecError> {
                let body_error = |source| $crate::event::CodecError::Body {
                    event_type: event_type.to_owned(),
                    source,
                };
                match (event_type, schema_version) {
                    $( ($type, $version) => {
                        ::serde_json::from_str(data).map(Self::$variant).map_err(body_error)
                    } )+
                    $( ($type, other) => Err($crate::event::CodecError::UnknownVersion(
                        event_type.to_owned(),
                        other,
                    )), )+
                    _ => Err($crate::event::CodecError::UnknownType(event_type.to_owned())),
                }
            }
        }

        impl ::cqrs_es::DomainEvent for $name {
            fn event_type(&self) -> String {
                $crate::event::Event::event_type(self).to_owned()
            }

            fn event_version(&self) -> String {
                $crate::event::Event::schema_version(self).to_string()
            }
        }
    };
}

macro_rules! any_event {
    ($( $(#[$vmeta:meta])* $variant:ident($event:ty) = $noun:literal ),+ $(,)?) => {
        /// An event of any noun, as projectors and auditors meet it.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyEvent {
            $( $(#[$vmeta])* $variant($event) ),+
        }

        impl AnyEvent {
            /// Reads a body of any noun and any version ever written.
            pub fn decode(
                event_type: &str,
                schema_version: u16,
                data: &str,
            ) -> Result<Self, CodecError> {
                let noun = event_type.split_once('.').map_or(event_type, |(noun, _)| noun);
                match noun {
                    $( $noun => {
                        <$event>::decode(event_type, schema_version, data).map(Self::$variant)
                    } )+
                    _ => Err(CodecError::UnknownType(event_type.to_owned())),
                }
            }

            /// The type, `noun.past_tense`.
            pub fn event_type(&self) -> &'static str {
                match self { $( Self::$variant(event) => event.event_type() ),+ }
            }

            /// The version of the body's shape that this build writes.
            pub fn schema_version(&self) -> u16 {
                match self { $( Self::$variant(event) => event.schema_version() ),+ }
            }

            /// The body as JSON.
            pub fn encode(&self) -> Result<String, CodecError> {
                match self { $( Self::$variant(event) => event.encode() ),+ }
            }

            /// Every type that is or was written, with each of its schema versions.
            pub fn types() -> Vec<(&'static str, u16)> {
                [$( <$event>::TYPES ),+].concat()
            }
        }

        $(
            impl From<$event> for AnyEvent {
                fn from(event: $event) -> Self {
                    Self::$variant(event)
                }
            }
        )+
    };
}

any_event! {
    /// What happened to a user.
    User(crate::user::UserEvent) = "user",
    /// What happened to a log-in session.
    Session(crate::session::SessionEvent) = "session",
    /// What happened to a claim on a unique value.
    Claim(crate::claim::ClaimEvent) = "claim",
    /// What happened to a roster, such as that of the administrators.
    Roster(crate::roster::RosterEvent) = "roster",
    /// What happened to a building.
    Building(crate::building::BuildingEvent) = "building",
    /// What happened to who owns and rents a lot.
    Occupancy(crate::occupancy::OccupancyEvent) = "occupancy",
    /// What happened to the shares of a building's lots.
    ShareTable(crate::share_table::ShareTableEvent) = "share_table",
    /// What happened to a file that was brought in.
    Import(crate::import::ImportEvent) = "import",
    /// What happened to a listing.
    Listing(crate::listing::ListingEvent) = "listing",
    /// What happened to what of a listing is taken.
    Inventory(crate::inventory::InventoryEvent) = "inventory",
    /// What happened to a booking.
    Booking(crate::booking::BookingEvent) = "booking",
    /// What happened to what a user is still bound to.
    Commitments(crate::commitments::CommitmentsEvent) = "commitments",
    /// What happened to a payment.
    Payment(crate::payment::PaymentEvent) = "payment",
    /// What happened to an export.
    Export(crate::export::ExportEvent) = "export",
    /// What happened to a file.
    File(crate::file::FileEvent) = "file",
    /// What happened to how much of the store someone takes.
    Quota(crate::quota::QuotaEvent) = "quota",
    /// What happened to a piece of equipment.
    Equipment(crate::equipment::EquipmentEvent) = "equipment",
    /// What happened to a building's tree of equipment.
    EquipmentTree(crate::equipment_tree::EquipmentTreeEvent) = "equipment_tree",
    /// What happened to a work order.
    WorkOrder(crate::work_order::WorkOrderEvent) = "work_order",
    /// What happened to an incident.
    Incident(crate::incident::IncidentEvent) = "incident",
    /// What happened to a building's open incidents.
    Docket(crate::docket::DocketEvent) = "docket",
    /// How often someone reports.
    Flood(crate::flood::FloodEvent) = "flood",
    /// What happened to a service level.
    SlaPolicy(crate::sla_policy::SlaPolicyEvent) = "sla_policy",
    /// What happened to the settings of the platform.
    Settings(crate::settings::SettingsEvent) = "settings",
    /// What happened to an outage.
    Outage(crate::outage::OutageEvent) = "outage",
    /// What a process did.
    Process(crate::process::ProcessEvent) = "process",
}
