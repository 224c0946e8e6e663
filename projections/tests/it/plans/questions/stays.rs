//! Of users, buildings, listings, bookings, payments, and of the house itself.

use domain::Span;
use domain::id::{BookingId, BuildingId, ListingId, LotId, PaymentId, UserId};
use eventstore::Readers;
use futures::FutureExt;
use projections::{analytics, audit, bookings, buildings, listings, payments, processes, users};

use super::{ID, MIDDLE, Question, middle, pages, word};
use crate::story::date;
use crate::world::id;

pub fn ask<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    people_and_places(into, readers);
    stays(into, readers);
    house(into, readers);
}

fn people_and_places<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (user, building) = (UserId(id(7)), BuildingId(id(7)));
    list!(into, readers, users, UserFilter, [MIDDLE, ID], {
        search: word(), status: word(), role: word(),
    });
    list!(into, readers, buildings, BuildingFilter, [MIDDLE, ID], {
        owner: user, search: word(), country: word(),
    });
    for (first, next) in pages(["word 7", ID]).into_iter().zip(pages([MIDDLE, ID])) {
        ask!(into,
            "lots": async move { buildings::lots(readers, building, &first).await },
            "sessions": async move { users::sessions(readers, user, Some(middle()), &next).await },
        );
    }
    ask!(into,
        "a user": users::show(readers, user),
        "a building": buildings::show(readers, building),
        "a lot": buildings::lot(readers, building, LotId(id(7))),
    );
}

fn stays<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (user, building, listing) = (UserId(id(7)), BuildingId(id(7)), ListingId(id(7)));
    let (booking, payment) = (BookingId(id(7)), PaymentId(id(7)));
    list!(into, readers, listings, ListingFilter, [MIDDLE, ID], {
        host: user, building: building, status: word(), search: word(), currency: word(),
        nightly_price_max: 500, guests: 500,
    });
    list!(into, readers, bookings, BookingFilter, [MIDDLE, ID], {
        guest: user, host: user, listing: listing, building: building, status: word(),
        from: date("2020-06-01"), until: date("2020-06-01"), reference: word(),
    });
    list!(into, readers, payments, PaymentFilter, [MIDDLE, ID], {
        payer: user, host: user, booking: booking, status: word(), from: middle(), until: middle(),
    });
    let span = Span::new(date("2020-06-01"), date("2020-06-20"));
    ask!(into,
        "a listing": listings::show(readers, listing),
        "blocked nights": listings::blocks(readers, listing),
        "free nights": listings::availability(readers, listing, span, middle()),
        "a booking": bookings::show(readers, booking),
        "a payment": payments::show(readers, payment),
        "refunds": payments::refunds(readers, payment),
        "a host's sums": payments::stats(readers, Some(user)),
    );
}

fn house<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    list!(into, readers, processes, ProcessFilter, [MIDDLE, "word 7000"], {
        kind: word(), status: word(),
    });
    list!(into, readers, audit, AuditFilter, ["7000"], {
        actor: word(), noun: word(), stream: word(), event_type: word(), command: word(),
        correlation_id: id(7), request_id: word(), origin: word(), from: middle(), until: middle(),
    });
    for page in pages(["7000"]) {
        ask!(into, "a trace": async move { audit::trace(readers, id(7), &page).await },);
    }
    ask!(into,
        "a process": processes::show(readers, "word 7"),
        "deadlines": processes::due(readers, middle(), 500),
        "open effects": processes::open_effects(readers, middle(), 500),
        "months":
            analytics::monthly(readers, date("2020-06-01"), date("2020-07-01"), Some(BuildingId(id(7)))),
        "days of payments":
            analytics::payment_days(readers, date("2020-06-01"), date("2020-07-01")),
    );
}
