//! What a booking asks of the inventory of its listing, in the same append as its own event.

use chrono::{DateTime, Utc};

use crate::booking::{BookingRequested, Reservation};
use crate::id::BookingId;
use crate::inventory::{ClaimNights, HoldNights, ReleaseNights};

impl BookingRequested {
    /// With the request: put its nights aside.
    pub fn hold(&self, booking: BookingId) -> HoldNights {
        HoldNights {
            hold: booking,
            span: self.span,
            units: self.units,
            deadline: self.deadline,
            at: self.requested_at,
        }
    }
}

impl Reservation {
    /// With a reinstatement: take them, whatever became of the hold.
    pub fn claim(&self, booking: BookingId, at: DateTime<Utc>) -> ClaimNights {
        let (span, units) = (self.request.span, self.request.units);
        ClaimNights {
            hold: booking,
            span,
            units,
            at,
        }
    }

    /// With a no of the host, an expiry or a cancellation: let them go. To be asked of the booking
    /// as it was before that.
    pub fn release(&self, booking: BookingId, at: DateTime<Utc>) -> ReleaseNights {
        let (span, units) = (self.request.span, self.request.units);
        ReleaseNights {
            hold: booking,
            span,
            units,
            consumed: self.is_confirmed(),
            at,
        }
    }
}
