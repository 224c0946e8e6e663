//! Commands on bookings. A booking and what it takes of an inventory stand in one append.

pub(crate) mod commitments;
mod request;
pub(crate) mod rules;

use std::sync::Arc;

use domain::booking::{
    AcceptBooking, AdoptBooking, Booking, BookingCommand, CompleteBooking, DeclineBooking,
    RecordNoShow,
};
use domain::id::BookingId;
use domain::inventory::{ExtendHold, Inventory, InventoryCommand};
use domain::payment::Payment;
use domain::permission::{Permission, Scope};
use domain::settings::{PLATFORM, Settings};

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::{Decide, Done};
use crate::error::CommandError;
use crate::wanted::{Wanted, want};

pub use request::AskForStay;
use rules::{
    Side, authorize, confirm_if_nothing_is_missing, decide_cancel, release_of, reservation,
};

impl Commands {
    /// Says yes to a request, as the host. What needs no money is confirmed at once.
    pub async fn accept_booking(
        &self,
        context: &Context,
        id: BookingId,
    ) -> Result<Done, CommandError> {
        let deadline = context.at + self.settings.payment_window;
        self.on_booking(context, "booking.accept", id, &|d| {
            authorize(d, id, Permission::BookingAccept, Side::Host)?;
            let at = d.context.at;
            let accept = AcceptBooking {
                deadline: Some(deadline),
                at,
            };
            if !d.decide::<Booking>(id, &BookingCommand::Accept(accept))? {
                return Ok(());
            }
            let listing = reservation(d, id)?.request.listing;
            let extend = ExtendHold {
                hold: id,
                deadline: Some(deadline),
                at,
            };
            d.decide::<Inventory>(listing, &InventoryCommand::Extend(extend))?;
            confirm_if_nothing_is_missing(d, id)
        })
        .await
    }

    /// Says no to a request, as the host.
    pub async fn decline_booking(
        &self,
        context: &Context,
        id: BookingId,
        reason: Option<String>,
    ) -> Result<Done, CommandError> {
        self.on_booking(context, "booking.decline", id, &|d| {
            authorize(d, id, Permission::BookingDecline, Side::Host)?;
            let decline = DeclineBooking {
                reason: reason.clone(),
                at: d.context.at,
            };
            let release = release_of(d, id)?;
            if d.decide::<Booking>(id, &BookingCommand::Decline(decline))? {
                release.decide(d)?;
            }
            Ok(())
        })
        .await
    }

    /// Calls a booking off, as its guest, its host or the platform. What goes back is decided by
    /// the policy and by who calls it off.
    pub async fn cancel_booking(
        &self,
        context: &Context,
        id: BookingId,
        reason: Option<String>,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, Permission::BookingCancel, Side::Both)?;
            decide_cancel(d, id, reason.clone())
        };
        self.on_paid_booking(context, "booking.cancel", id, &decide)
            .await
    }

    /// Says that the guests have been and gone, as the host.
    pub async fn complete_booking(
        &self,
        context: &Context,
        id: BookingId,
    ) -> Result<Done, CommandError> {
        let command = BookingCommand::Complete(CompleteBooking {
            at: context.at,
            brought_in: false,
        });
        self.on_arrival(
            context,
            "booking.complete",
            id,
            Permission::BookingComplete,
            command,
        )
        .await
    }

    /// Says that the guests never came, as the host.
    pub async fn record_no_show(
        &self,
        context: &Context,
        id: BookingId,
    ) -> Result<Done, CommandError> {
        let command = BookingCommand::RecordNoShow(RecordNoShow { at: context.at });
        self.on_arrival(
            context,
            "booking.no_show",
            id,
            Permission::BookingNoShow,
            command,
        )
        .await
    }

    /// Hands an imported booking to the live processes.
    pub async fn adopt_booking(
        &self,
        context: &Context,
        id: BookingId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::BookingAdopt)?;
            let adopt = AdoptBooking { at: d.context.at };
            let adopted = d.decide::<Booking>(id, &BookingCommand::Adopt(adopt))?;
            if adopted && reservation(d, id)?.is_confirmed() {
                commitments::enter(d, id)?;
            }
            Ok(())
        };
        let streams = self.booking_streams(id).await?;
        self.dispatch
            .command(context, "booking.adopt", id.to_string(), streams, &decide)
            .await
    }

    async fn on_arrival(
        &self,
        context: &Context,
        name: &'static str,
        id: BookingId,
        permission: fn(Scope) -> Permission,
        command: BookingCommand,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, id, permission, Side::Host)?;
            if d.decide::<Booking>(id, &command)? {
                commitments::leave(d, id)?;
            }
            Ok(())
        };
        let (booking, _) = self.dispatch.peek::<Booking>(id).await?;
        let mut streams = vec![want::<Booking>(id)?];
        if let Some(made) = booking.reservation() {
            let request = &made.request;
            streams.extend(commitments::streams(request.party.user(), request.host)?);
        }
        self.dispatch
            .command(context, name, id.to_string(), streams, &decide)
            .await
    }

    /// Runs `decide` with the booking and its inventory, which never changes.
    pub(crate) async fn on_booking(
        &self,
        context: &Context,
        name: &'static str,
        id: BookingId,
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let streams = self.booking_streams(id).await?;
        self.dispatch
            .command(context, name, id.to_string(), streams, decide)
            .await
    }

    /// Runs `decide` with the booking, its inventory and the payment that paid it, looked up again
    /// when another one has paid it in the meantime.
    async fn on_paid_booking(
        &self,
        context: &Context,
        name: &'static str,
        id: BookingId,
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let attempt = |booking: Arc<Booking>| async move {
            let payment = booking.reservation().and_then(|r| r.payment);
            let mut streams = self.booking_streams(id).await?;
            streams.extend(payment.map(want::<Payment>).transpose()?);
            streams.push(want::<Settings>(PLATFORM)?);
            let guarded = |d: &mut Decision<'_>| {
                if reservation(d, id)?.payment == payment {
                    decide(d)
                } else {
                    Err(CommandError::Moved)
                }
            };
            self.dispatch
                .command(context, name, id.to_string(), streams, &guarded)
                .await
        };
        self.dispatch.as_looked_up(id, attempt).await
    }

    pub(crate) async fn booking_streams(&self, id: BookingId) -> Result<Vec<Wanted>, CommandError> {
        let (booking, _) = self.dispatch.peek::<Booking>(id).await?;
        let made = booking
            .reservation()
            .ok_or_else(|| CommandError::unknown("booking"))?;
        let request = &made.request;
        let mut streams = vec![want::<Booking>(id)?, want::<Inventory>(request.listing)?];
        streams.extend(commitments::streams(request.party.user(), request.host)?);
        Ok(streams)
    }

    /// The booking as far as this process knows.
    pub async fn booking(&self, id: BookingId) -> Result<Arc<Booking>, CommandError> {
        Ok(self.dispatch.peek::<Booking>(id).await?.0)
    }
}
