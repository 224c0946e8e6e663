//! One id type per noun, so that a listing's id cannot be passed for a booking's.

/// Declares typed ids over UUIDs.
macro_rules! ids {
    ($( $(#[$meta:meta])* $name:ident ),+ $(,)?) => {
        $(
            $(#[$meta])*
            #[derive(
                Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
                ::serde::Serialize, ::serde::Deserialize,
            )]
            #[serde(transparent)]
            pub struct $name(pub ::uuid::Uuid);

            impl ::std::fmt::Display for $name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    self.0.fmt(f)
                }
            }

            impl ::std::str::FromStr for $name {
                type Err = ::uuid::Error;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    text.parse().map(Self)
                }
            }

            impl From<::uuid::Uuid> for $name {
                fn from(id: ::uuid::Uuid) -> Self {
                    Self(id)
                }
            }
        )+
    };
}

ids! {
    /// Names a user.
    UserId,
    /// Names one log-in of a user.
    SessionId,
    /// Names a building.
    BuildingId,
    /// Names a lot of a building.
    LotId,
    /// Names one who owns or rents a lot, or did.
    OccupantId,
    /// Names the shares of a building's lots for one key from one day on.
    ShareTableId,
    /// Names a listing, and its inventory.
    ListingId,
    /// Names a booking, and its hold in an inventory.
    BookingId,
    /// Names a payment.
    PaymentId,
    /// Names a refund of a payment.
    RefundId,
    /// Names a block of dates in an inventory.
    BlockId,
    /// Names one who is no user but takes part in a booking.
    ContactId,
    /// Names an export.
    ExportId,
    /// Names a file.
    FileId,
    /// Names a piece of equipment.
    EquipmentId,
    /// Names a maintenance plan of a piece of equipment.
    PlanId,
    /// Names a meter of a piece of equipment.
    MeterId,
    /// Names a work order.
    WorkOrderId,
    /// Names an incident.
    IncidentId,
    /// Names a comment on an incident.
    CommentId,
    /// Names a service level: a building's own id, or none for all other buildings.
    SlaPolicyId,
    /// Names an outage.
    OutageId,
    /// Names an import, by which its events can be told from live ones.
    ImportId,
}
