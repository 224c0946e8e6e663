//! Which process has to do with which event.

use domain::AnyEvent;
use domain::booking::BookingEvent;
use domain::equipment::EquipmentEvent;
use domain::id::{BookingId, EquipmentId, PaymentId};
use domain::payment::PaymentEvent;
use domain::process::ProcessEvent;
use projections::Decoded;

use super::runner::{Questions, Runner};
use super::{
    Cause, booking_payment, cancellation_refund, effects, hold_expiry, maintenance, service_level,
};
use crate::error::CommandError;

impl Runner {
    fn cause(&self, event: &Decoded) -> Cause {
        Cause {
            at: self.commands.clock().now(),
            event: Some(event.recorded.event_id),
            correlation: Some(event.metadata.correlation_id),
        }
    }

    /// Drives the processes that have to do with `event`.
    pub(super) async fn drive(
        &self,
        event: &Decoded,
        questions: &Questions,
    ) -> Result<(), CommandError> {
        let (commands, cause) = (&*self.commands, self.cause(event));
        match &event.event {
            AnyEvent::Booking(what) => {
                let Ok(booking) = event.id().parse::<BookingId>() else {
                    return Ok(());
                };
                if matters_to_hold_expiry(what) {
                    hold_expiry::drive(commands, cause, booking).await?;
                }
                match cancellation_refund::owed(&event.event) {
                    Some(owed) => cancellation_refund::drive(commands, cause, booking, owed).await,
                    None => Ok(()),
                }
            }
            AnyEvent::Payment(what) => {
                let Ok(payment) = event.id().parse::<PaymentId>() else {
                    return Ok(());
                };
                match what {
                    PaymentEvent::Succeeded(_) => {
                        booking_payment::drive(commands, cause, payment).await
                    }
                    PaymentEvent::RefundRequested(requested) => {
                        effects::intend_refund(commands, cause, payment, requested.refund).await
                    }
                    _ => Ok(()),
                }
            }
            AnyEvent::Equipment(what) if matters_to_maintenance(what) => {
                let Ok(equipment) = event.id().parse::<EquipmentId>() else {
                    return Ok(());
                };
                maintenance::drive(commands, cause, equipment).await
            }
            AnyEvent::Incident(_) => match service_level::concerned(event) {
                Some(incident) => service_level::drive(commands, cause, incident).await,
                None => Ok(()),
            },
            AnyEvent::SlaPolicy(set) => self.hold_to(event, set, cause).await,
            AnyEvent::Process(ProcessEvent::EffectIntended(intended)) => {
                self.ask(event.id(), &intended.key, questions).await
            }
            AnyEvent::Process(ProcessEvent::Retried(_)) => {
                self.ask_again(event.id(), questions).await
            }
            _ => Ok(()),
        }
    }
}

fn matters_to_hold_expiry(what: &BookingEvent) -> bool {
    !matches!(
        what,
        BookingEvent::Completed(_) | BookingEvent::NoShowRecorded(_)
    )
}

/// What may move the time at which a plan asks next.
fn matters_to_maintenance(what: &EquipmentEvent) -> bool {
    matches!(
        what,
        EquipmentEvent::PlanAdded(_)
            | EquipmentEvent::PlanChanged(_)
            | EquipmentEvent::PlanRemoved(_)
            | EquipmentEvent::OrderEnded(_)
            | EquipmentEvent::Deleted(_)
    )
}
