//! Commands that bring in what happened elsewhere, at its own time.
//!
//! They decide by the same rules as those of the API. Each is named by ids that follow from the row
//! it comes from, and does nothing where the state shows that it was done before: so an import can
//! be broken off anywhere and begun again.

use domain::booking::{
    Booking, BookingCommand, CancelBooking, CancellationPolicy, Canceller, CompleteBooking,
    ConfirmBooking, Guests, Party, PaymentTerms, Price, RecordNoShow, RequestBooking, Reservation,
    Source, Status,
};
use domain::building::{Building, BuildingCommand, RegisterBuilding};
use domain::claim::Claim;
use domain::id::{BookingId, BuildingId, ListingId, PaymentId, RefundId};
use domain::inventory::{ConsumeHold, HoldNights, Inventory, InventoryCommand, OpenInventory};
use domain::listing::{CreateListing, Listing, ListingCommand};
use domain::payment::{
    CreatePayment, Payment, PaymentCommand, RecordRefund, RequestRefund, SucceedPayment,
};
use domain::permission::Permission;
use domain::settings::HostCancellation;
use domain::{Money, Span};

use crate::Commands;
use crate::booking::rules::{confirm_if_nothing_is_missing, paid, release_of, reservation};
use crate::building::address;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{Wanted, untried, want};

/// A booking that was made elsewhere.
#[derive(Clone, Debug)]
pub struct ImportedBooking {
    /// Its id.
    pub id: BookingId,
    /// The id of what pays it, if anything does.
    pub payment: PaymentId,
    /// The id of what goes back, if anything does.
    pub refund: RefundId,
    /// What was booked.
    pub listing: ListingId,
    /// Who booked.
    pub party: Party,
    /// Which nights.
    pub span: Span,
    /// How many came.
    pub guests: Guests,
    /// What was agreed for one night.
    pub nightly_price: Money,
    /// What was agreed for a cancellation.
    pub policy: CancellationPolicy,
    /// When money was due.
    pub terms: PaymentTerms,
    /// Where it came from.
    pub source: Source,
}

impl ImportedBooking {
    /// Whether it was paid before it ended.
    fn is_prepaid(&self) -> bool {
        self.terms == PaymentTerms::AtBooking && self.nightly_price.amount > 0
    }
}

/// What happened to it at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportedStep {
    /// It was booked.
    Book,
    /// It was paid in advance.
    Pay,
    /// The guests called it off.
    Cancel,
    /// The guests have been and gone.
    Complete,
    /// The guests never came.
    NoShow,
    /// It was paid at check-out.
    Settle,
}

impl ImportedStep {
    fn name(self) -> &'static str {
        match self {
            Self::Book => "import.book",
            Self::Pay => "import.pay",
            Self::Cancel => "import.cancel",
            Self::Complete => "import.complete",
            Self::NoShow => "import.no_show",
            Self::Settle => "import.settle",
        }
    }
}

impl Commands {
    /// Puts a building into the books that was there before us.
    pub async fn import_building(
        &self,
        context: &Context,
        id: BuildingId,
        register: &RegisterBuilding,
    ) -> Result<Done, CommandError> {
        let claims = self.address_claims(register.owner, &register.address);
        let register = BuildingCommand::Register(register.clone());
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            if *d.state::<Building>(id)? != Building::Absent {
                return Ok(());
            }
            d.decide::<Building>(id, &register)?;
            address::take(d, &claims, id)
        };
        let mut streams = vec![want::<Building>(id)?];
        for claim in &claims {
            streams.push(want::<Claim>(claim)?);
        }
        self.dispatch
            .command(context, "import.building", id.to_string(), streams, &decide)
            .await
    }

    /// Describes something that could be booked before us, and opens its inventory.
    pub async fn import_listing(
        &self,
        context: &Context,
        id: ListingId,
        create: &CreateListing,
    ) -> Result<Done, CommandError> {
        let command = ListingCommand::Create(Box::new(create.clone()));
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            if !matches!(d.state::<Listing>(id)?, Listing::Absent) {
                return Ok(());
            }
            d.decide::<Listing>(id, &command)?;
            let Some(terms) = d.state::<Listing>(id)?.stay_terms(id) else {
                return Ok(());
            };
            let open = OpenInventory {
                units: terms.units,
                zone: terms.zone,
                at: create.at,
            };
            d.decide::<Inventory>(id, &InventoryCommand::Open(open))
                .map(drop)
        };
        let streams = vec![want::<Listing>(id)?, want::<Inventory>(id)?];
        self.dispatch
            .command(context, "import.listing", id.to_string(), streams, &decide)
            .await
    }

    /// Does one step of a booking at the time of `context`; nothing if it was done before, or if
    /// the booking itself was refused. What is `new` is known never to have been tried, so that its
    /// streams need not be read.
    pub async fn import_step(
        &self,
        context: &Context,
        booking: &ImportedBooking,
        step: ImportedStep,
        new: bool,
    ) -> Result<Done, CommandError> {
        let streams = streams(booking, step, new)?;
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::ImportRun)?;
            match (step, d.state::<Booking>(booking.id)?.reservation()) {
                (ImportedStep::Book, None) => book(d, booking),
                (ImportedStep::Book, Some(_)) | (_, None) => Ok(()),
                (step, Some(made)) if is_done(step, made) => Ok(()),
                (ImportedStep::Pay, _) => pay(d, booking),
                (ImportedStep::Cancel, _) => cancel(d, booking),
                (ImportedStep::Complete, _) => {
                    let complete = CompleteBooking {
                        at: d.context.at,
                        brought_in: true,
                    };
                    d.decide::<Booking>(booking.id, &BookingCommand::Complete(complete))
                        .map(drop)
                }
                (ImportedStep::NoShow, _) => {
                    let no_show = RecordNoShow { at: d.context.at };
                    d.decide::<Booking>(booking.id, &BookingCommand::RecordNoShow(no_show))
                        .map(drop)
                }
                (ImportedStep::Settle, _) => capture(d, booking).map(drop),
            }
        };
        self.dispatch
            .command(
                context,
                step.name(),
                booking.id.to_string(),
                streams,
                &decide,
            )
            .await
    }
}

/// The streams of a step, the booking first.
fn streams(
    booking: &ImportedBooking,
    step: ImportedStep,
    new: bool,
) -> Result<Vec<Wanted>, CommandError> {
    let stream_of_booking = want::<Booking>(booking.id)?;
    let inventory = want::<Inventory>(booking.listing)?;
    let want_payment = if new {
        untried::<Payment>
    } else {
        want::<Payment>
    };
    Ok(match step {
        ImportedStep::Book if new => {
            vec![
                untried::<Booking>(booking.id)?,
                inventory,
                want::<Listing>(booking.listing)?,
            ]
        }
        ImportedStep::Book => vec![
            stream_of_booking,
            inventory,
            want::<Listing>(booking.listing)?,
        ],
        ImportedStep::Pay => vec![stream_of_booking, inventory, want_payment(booking.payment)?],
        ImportedStep::Cancel if booking.is_prepaid() => {
            vec![
                stream_of_booking,
                inventory,
                want::<Payment>(booking.payment)?,
            ]
        }
        ImportedStep::Cancel => vec![stream_of_booking, inventory],
        ImportedStep::Complete | ImportedStep::NoShow => vec![stream_of_booking],
        ImportedStep::Settle => vec![stream_of_booking, want_payment(booking.payment)?],
    })
}

/// Whether the state shows that the step was done before, whatever has happened since.
fn is_done(step: ImportedStep, made: &Reservation) -> bool {
    match step {
        ImportedStep::Book => true,
        ImportedStep::Pay => !matches!(made.status, Status::Pending { .. }),
        ImportedStep::Cancel => made.status == Status::Cancelled,
        ImportedStep::Complete => made.status == Status::Completed,
        ImportedStep::NoShow => made.status == Status::NoShow,
        // Paying twice is found by the payment itself.
        ImportedStep::Settle => false,
    }
}

fn book(d: &mut Decision<'_>, booking: &ImportedBooking) -> Result<(), CommandError> {
    let at = d.context.at;
    let stay = d
        .state::<Listing>(booking.listing)?
        .stay_terms(booking.listing);
    let mut stay = stay.ok_or_else(|| CommandError::unknown("listing"))?;
    // It could be booked then, even though it is not published before the import has come to its
    // end: a live booking in between would close the past of its inventory.
    stay.published = true;
    let request = RequestBooking {
        stay,
        party: booking.party.clone(),
        span: booking.span,
        units: 1,
        guests: booking.guests,
        price: Price::Agreed {
            nightly_price: booking.nightly_price,
            policy: booking.policy,
        },
        terms: booking.terms,
        instant: true,
        deadline: None,
        source: booking.source.clone(),
        at,
    };
    d.decide::<Booking>(booking.id, &BookingCommand::Request(Box::new(request)))?;
    let hold = HoldNights {
        hold: booking.id,
        guest: None,
        span: booking.span,
        units: 1,
        deadline: None,
        at,
    };
    d.decide::<Inventory>(booking.listing, &InventoryCommand::Hold(hold))?;
    confirm_if_nothing_is_missing(d, booking.id)
}

fn pay(d: &mut Decision<'_>, booking: &ImportedBooking) -> Result<(), CommandError> {
    let (at, total) = (d.context.at, capture(d, booking)?);
    let consume = ConsumeHold {
        hold: booking.id,
        at,
    };
    d.decide::<Inventory>(booking.listing, &InventoryCommand::Consume(consume))?;
    let confirm = ConfirmBooking {
        paid: Some((booking.payment, total)),
        at,
    };
    d.decide::<Booking>(booking.id, &BookingCommand::Confirm(confirm))
        .map(drop)
}

/// Records that the total was asked for and came; answers how much that is.
fn capture(d: &mut Decision<'_>, booking: &ImportedBooking) -> Result<Money, CommandError> {
    let request = &reservation(d, booking.id)?.request;
    let (at, payer, amount) = (d.context.at, request.party.payer(), request.quote.total());
    let create = CreatePayment {
        booking: booking.id,
        payer,
        amount,
        at,
    };
    d.decide::<Payment>(booking.payment, &PaymentCommand::Create(create))?;
    let provider_reference = format!("import:{}", booking.payment);
    let succeed = SucceedPayment {
        provider_reference,
        amount,
        at,
    };
    d.decide::<Payment>(booking.payment, &PaymentCommand::Succeed(succeed))?;
    Ok(amount)
}

/// Calls the booking off as its guests did, and gives back what the policy says.
fn cancel(d: &mut Decision<'_>, booking: &ImportedBooking) -> Result<(), CommandError> {
    let at = d.context.at;
    let paid = paid(d, booking.id)?;
    let release = release_of(d, booking.id)?;
    let cancel = CancelBooking {
        by: Canceller::Guest,
        reason: None,
        paid,
        host_terms: HostCancellation::default(),
        at,
    };
    let preview = reservation(d, booking.id)?.refund_preview(Canceller::Guest, paid, at)?;
    if !d.decide::<Booking>(booking.id, &BookingCommand::Cancel(cancel))? {
        return Ok(());
    }
    release.decide(d)?;
    if preview.refunded.is_zero() {
        return Ok(());
    }
    let request = RequestRefund {
        refund: booking.refund,
        amount: preview.refunded,
        reason: "cancelled by the guest".to_owned(),
        at,
    };
    d.decide::<Payment>(booking.payment, &PaymentCommand::RequestRefund(request))?;
    let provider_reference = format!("import:{}", booking.refund);
    let record = RecordRefund {
        refund: booking.refund,
        provider_reference,
        at,
    };
    d.decide::<Payment>(booking.payment, &PaymentCommand::RecordRefund(record))
        .map(drop)
}
