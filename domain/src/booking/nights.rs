//! What a booking asks of the inventory of its listing, in the same append as its own event.

use chrono::{DateTime, Utc};

use crate::booking::{BookingRequested, Canceller, Reservation};
use crate::id::{BlockId, BookingId};
use crate::inventory::{BlockNights, ClaimNights, HoldNights, ReleaseNights};
use crate::span::Span;
use crate::zone;

impl BookingRequested {
    /// With the request: put its nights aside.
    pub fn hold(&self, booking: BookingId) -> HoldNights {
        HoldNights {
            hold: booking,
            guest: None,
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

    /// With a cancellation by `by`, after the release: what stays blocked because guests were let
    /// down, so that the host does not sell the same nights to others. To be asked of the booking
    /// as it was before that.
    pub fn kept_from_sale(
        &self,
        booking: BookingId,
        by: Canceller,
        at: DateTime<Utc>,
    ) -> Option<BlockNights> {
        let today = zone::day(self.request.zone, at);
        let span = Span::new(self.request.span.from.max(today), self.request.span.until);
        let is_kept = self.is_let_down_by(by) && span.nights() > 0;
        is_kept.then_some(BlockNights {
            block: BlockId(booking.0),
            span,
            units: Some(self.request.units),
            reason: None,
            cancelled: Some(booking),
            at,
        })
    }
}
