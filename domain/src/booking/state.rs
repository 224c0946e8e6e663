//! What a booking is now.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aggregate::Aggregate;
use crate::booking::{BookingCommand, BookingEvent, BookingRefusal, BookingRequested};
use crate::id::PaymentId;

/// A booking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Booking {
    /// Never asked for.
    #[default]
    Absent,
    /// Asked for, with what became of it.
    Made(Box<Reservation>),
}

/// A booking that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
    /// What was asked for and promised.
    pub request: BookingRequested,
    /// What became of it.
    pub status: Status,
    /// What paid it, where it was paid before it was confirmed.
    pub payment: Option<PaymentId>,
    /// Whether live processes look after an imported booking.
    pub adopted: bool,
}

/// What became of a booking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its nights are held.
    Pending {
        /// Whether the host has said yes, or need not: only money is missing then.
        accepted: bool,
        /// When it expires unless it goes on.
        deadline: Option<DateTime<Utc>>,
    },
    /// Its nights are taken.
    Confirmed {
        /// Since when.
        confirmed_at: DateTime<Utc>,
    },
    /// The host said no.
    Declined,
    /// Somebody called it off.
    Cancelled,
    /// The guests have been and gone.
    Completed,
    /// The guests never came.
    NoShow,
    /// Its deadline passed.
    Expired {
        /// Whether only money was missing.
        accepted: bool,
    },
}

impl Status {
    /// The word for it that clients and tables see.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pending { .. } => "pending",
            Self::Confirmed { .. } => "confirmed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Expired { .. } => "expired",
        }
    }
}

impl Booking {
    /// The booking, where it was asked for.
    pub fn reservation(&self) -> Option<&Reservation> {
        match self {
            Self::Absent => None,
            Self::Made(reservation) => Some(reservation),
        }
    }
}

impl Reservation {
    /// Whether its nights are taken for good, not only held.
    pub fn is_confirmed(&self) -> bool {
        matches!(self.status, Status::Confirmed { .. })
    }

    /// The instant at which it lapses, while it is pending.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        match self.status {
            Status::Pending { deadline, .. } => deadline,
            _ => None,
        }
    }

    fn take_in(&mut self, event: &BookingEvent) {
        self.status = match event {
            BookingEvent::Requested(_) => return,
            BookingEvent::Accepted(e) => Status::Pending {
                accepted: true,
                deadline: e.deadline,
            },
            BookingEvent::Declined(_) => Status::Declined,
            BookingEvent::Confirmed(e) => {
                self.payment = e.payment;
                Status::Confirmed {
                    confirmed_at: e.confirmed_at,
                }
            }
            BookingEvent::Cancelled(_) => Status::Cancelled,
            BookingEvent::Completed(_) => Status::Completed,
            BookingEvent::NoShowRecorded(_) => Status::NoShow,
            BookingEvent::Expired(_) => Status::Expired {
                accepted: matches!(self.status, Status::Pending { accepted: true, .. }),
            },
            BookingEvent::Adopted(_) => {
                self.adopted = true;
                return;
            }
            BookingEvent::Reinstated(e) => {
                self.payment = Some(e.payment);
                Status::Pending {
                    accepted: true,
                    deadline: None,
                }
            }
        };
    }
}

impl Aggregate for Booking {
    const NOUN: &'static str = "booking";
    const STATE_VERSION: u32 = 1;
    type Command = BookingCommand;
    type Event = BookingEvent;
    type Refusal = BookingRefusal;

    fn decide(&self, command: &BookingCommand) -> Result<Vec<BookingEvent>, BookingRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &BookingEvent) {
        match (&mut *self, event) {
            (Self::Made(reservation), _) => reservation.take_in(event),
            (Self::Absent, BookingEvent::Requested(e)) => {
                let status = Status::Pending {
                    accepted: e.instant,
                    deadline: e.deadline,
                };
                let request = (**e).clone();
                let made = Reservation {
                    request,
                    status,
                    payment: None,
                    adopted: false,
                };
                *self = Self::Made(Box::new(made));
            }
            // Nothing else can be recorded first; a state that cannot be is left as it is.
            (Self::Absent, _) => {}
        }
    }
}
