//! How the events of a payment become rows.

use domain::payment::{Payer, PaymentCreated, PaymentEvent, PaymentRefundRequested};

use super::{PaymentRow, RefundRow};
use crate::decoded::Decoded;
use crate::fold::{fits, id, origin, plain};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn payment(
    payments: &mut Rows<PaymentRow>,
    refunds: &mut Rows<RefundRow>,
    event: &Decoded,
    what: &PaymentEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    if let PaymentEvent::Created(body) = what {
        payments.put(created(id, event, body)?);
        return Ok(());
    }
    let at = event.recorded.occurred_at;
    let row = payments.expect(&id)?;
    row.changed_at = at;
    row.version = event.recorded.version;
    match what {
        PaymentEvent::Created(_) => {}
        PaymentEvent::Succeeded(body) => {
            "succeeded".clone_into(&mut row.status);
            row.captured = body.amount.amount;
            row.captured_at = Some(at);
            row.failure = None;
            row.provider_reference = Some(body.provider_reference.clone());
        }
        PaymentEvent::Failed(body) => {
            "failed".clone_into(&mut row.status);
            row.failure = Some(body.reason.clone());
            row.provider_reference.clone_from(&body.provider_reference);
        }
        PaymentEvent::Cancelled(body) => {
            "cancelled".clone_into(&mut row.status);
            row.failure = plain(body.reason.as_ref());
        }
        PaymentEvent::RefundRequested(body) => {
            row.refund_pending = fits(row.refund_pending.checked_add(body.amount.amount))?;
            refunds.put(requested(id, event, body));
        }
        PaymentEvent::Refunded(body) => {
            row.refund_pending = fits(row.refund_pending.checked_sub(body.amount.amount))?;
            row.refunded = fits(row.refunded.checked_add(body.amount.amount))?;
            let refund = refunds.expect(&(id, body.refund.0))?;
            "refunded".clone_into(&mut refund.status);
            refund.settled_at = Some(at);
        }
        PaymentEvent::RefundFailed(body) => {
            let refund = refunds.expect(&(id, body.refund.0))?;
            // It was on its way, or had arrived and came back.
            let side = if refund.status == "refunded" {
                &mut row.refunded
            } else {
                &mut row.refund_pending
            };
            *side = fits(side.checked_sub(body.amount.amount))?;
            "failed".clone_into(&mut refund.status);
            refund.failure = Some(body.reason.clone());
            refund.settled_at = Some(at);
        }
    }
    Ok(())
}

fn created(
    id: uuid::Uuid,
    event: &Decoded,
    body: &PaymentCreated,
) -> Result<PaymentRow, ApplyError> {
    let payer_kind = match body.payer {
        Payer::User(_) => "user",
        Payer::Contact(_) => "contact",
    };
    Ok(PaymentRow {
        id,
        booking: body.booking.0,
        payer: body.payer.id(),
        payer_kind: payer_kind.to_owned(),
        currency: body.amount.currency.code().to_owned(),
        amount: body.amount.amount,
        captured: 0,
        refunded: 0,
        refund_pending: 0,
        status: "created".to_owned(),
        failure: None,
        provider_reference: None,
        origin: origin(&event.metadata)?,
        created_at: event.recorded.occurred_at,
        captured_at: None,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}

fn requested(payment: uuid::Uuid, event: &Decoded, body: &PaymentRefundRequested) -> RefundRow {
    RefundRow {
        payment,
        id: body.refund.0,
        currency: body.amount.currency.code().to_owned(),
        amount: body.amount.amount,
        status: "requested".to_owned(),
        reason: body.reason.value.clone(),
        failure: None,
        requested_at: event.recorded.occurred_at,
        settled_at: None,
    }
}
