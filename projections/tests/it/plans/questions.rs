//! Every question that the read models answer: each list by each of its filters, from the first page
//! and from one in the middle.

use chrono::{DateTime, Utc};
use domain::Span;
use domain::file::FileOwner;
use domain::id::{
    BookingId, BuildingId, EquipmentId, FileId, ListingId, LotId, MeterId, PaymentId, PlanId,
    UserId, WorkOrderId,
};
use eventstore::Readers;
use futures::FutureExt;
use futures::future::BoxFuture;
use projections::{
    After, Page, analytics, audit, bookings, buildings, equipment, files, listings, payments,
    processes, users,
};

use crate::story::date;
use crate::world::{at, id};

/// A question, by name. What it answers does not matter: the rows are made up.
pub type Question<'a> = (String, BoxFuture<'a, ()>);

/// The first page, and one from the middle by the sort values of the list.
fn pages<const N: usize>(values: [&str; N]) -> [Page; 2] {
    let after = After {
        generation: 1,
        values: values.map(str::to_owned).to_vec(),
    };
    [Page::first(20), Page::following(20, after)]
}

/// A list by no filter, and by each of them.
macro_rules! list {
    ($into:ident, $readers:ident, $noun:ident, $filter:ident, $sort:expr,
        { $($field:ident: $value:expr,)+ }) => {
        let filters = [
            ("all", $noun::$filter::default()),
            $((stringify!($field), $noun::$filter { $field: Some($value), ..Default::default() }),)+
        ];
        for (field, filter) in filters {
            for page in pages($sort) {
                let name = format!("{} by {field} {page:?}", stringify!($noun));
                let filter = filter.clone();
                $into.push((name, async move {
                    drop($noun::list($readers, &filter, &page).await);
                }.boxed()));
            }
        }
    };
}

/// Questions that are no list.
macro_rules! ask {
    ($into:ident, $($name:literal: $question:expr,)+) => {
        $($into.push(($name.to_owned(), $question.map(drop).boxed()));)+
    };
}

const MIDDLE: &str = "2026-01-01T08:00:00Z";
const ID: &str = "7f000000-0000-0000-0000-000000000000";

fn word() -> String {
    "word 7".to_owned()
}

fn middle() -> DateTime<Utc> {
    at(MIDDLE)
}

/// All questions.
pub fn all(readers: &Readers) -> Vec<Question<'_>> {
    let mut all = Vec::new();
    people_and_places(&mut all, readers);
    stays(&mut all, readers);
    house(&mut all, readers);
    equipment_of(&mut all, readers);
    shelf(&mut all, readers);
    all
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

fn shelf<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let owner = FileOwner::Listing(ListingId(id(7)));
    list!(into, readers, files, FileFilter, [MIDDLE, ID], {
        owner: owner, uploader: UserId(id(7)), purpose: word(),
    });
    ask!(into,
        "file": async move { files::show(readers, FileId(id(7))).await },
        "loose files": async move { files::loose(readers, middle(), 100).await },
        "files kept": async move { files::kept_among(readers, &[FileId(id(7))]).await },
    );
}

fn equipment_of<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (building, piece, meter) = (BuildingId(id(7)), EquipmentId(id(7)), MeterId(id(7)));
    list!(into, readers, equipment, EquipmentFilter, [MIDDLE, ID], {
        owner: UserId(id(7)), building: building, parent: piece, category: word(), model: word(),
        status: word(), search: word(),
    });
    for ((at_id, at_number), named) in pages([MIDDLE, ID])
        .into_iter()
        .zip(pages([MIDDLE, "7000"]))
        .zip(pages(["word 7", ID]))
    {
        let (readings, named_too) = (at_number.clone(), named.clone());
        let filter = equipment::OrderFilter {
            status: Some(word()),
            priority: Some(word()),
            plan: Some(PlanId(id(7))),
        };
        ask!(into,
            "down times": async move { equipment::downtimes(readers, piece, &at_number).await },
            "orders": async move { equipment::orders(readers, piece, &filter, &at_id).await },
            "plans": async move { equipment::plans(readers, piece, &named).await },
            "meters": async move { equipment::meters(readers, piece, &named_too).await },
            "readings": async move { equipment::readings(readers, meter, &readings).await },
        );
    }
    ask!(into,
        "a piece": equipment::show(readers, building, piece),
        "a work order": equipment::order(readers, building, WorkOrderId(id(7))),
        "a plan": equipment::plan(readers, piece, PlanId(id(7))),
        "a meter": equipment::meter(readers, piece, meter),
        "the last readings": equipment::last_readings(readers, meter, 100),
        "a fleet": equipment::fleet(readers, UserId(id(7)), "word 7"),
        "failures": async move { equipment::failures(readers, &[id(7), id(8)]).await },
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
