//! Which columns a list has as a file: a heading, where the value stands in an item, what it is.

use domain::export::ExportList;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text, which may be anything.
    Text,
    /// A whole number.
    Whole,
    /// An amount of minor units with its currency, shown as a number of the currency's decimals.
    Money,
    /// An instant.
    Instant,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// Several texts, or names with numbers.
    Several,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Its heading.
    pub heading: &'static str,
    /// Where its value stands (RFC 6901).
    pub pointer: &'static str,
    /// What it is.
    pub kind: Kind,
}

macro_rules! columns {
    ($($heading:literal $pointer:literal $kind:ident),+ $(,)?) => {
        &[$(Column { heading: $heading, pointer: $pointer, kind: Kind::$kind }),+]
    };
}

const USERS: &[Column] = columns![
    "id" "/id" Text, "email" "/email" Text, "name" "/name" Text, "roles" "/roles" Several,
    "status" "/status" Text, "locale" "/locale" Text, "time_zone" "/time_zone" Text,
    "currency" "/currency" Text, "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];

const BUILDINGS: &[Column] = columns![
    "id" "/id" Text, "owner" "/owner" Text, "name" "/name" Text,
    "address" "/address/lines" Several, "postal_code" "/address/postal_code" Text,
    "city" "/city" Text, "country" "/country" Text, "time_zone" "/time_zone" Text,
    "attributes" "/attributes" Several, "created_at" "/created_at" Instant,
    "changed_at" "/changed_at" Instant,
];

const LOTS: &[Column] = columns![
    "building" "/building" Text, "id" "/id" Text, "label" "/label" Text, "kind" "/kind" Text,
    "section" "/section" Text, "floor" "/floor" Whole, "surface_dm2" "/surface_dm2" Whole,
    "shares" "/shares" Several,
];

const OCCUPANTS: &[Column] = columns![
    "id" "/id" Text, "building" "/building" Text, "lot" "/lot" Text, "label" "/label" Text,
    "kind" "/kind" Text, "user" "/user" Text, "name" "/name" Text, "email" "/email" Text,
    "from" "/from" Day, "until" "/until" Day, "part_millionths" "/part" Whole,
    "exclusive" "/exclusive" Flag, "created_at" "/created_at" Instant,
];

const EQUIPMENT: &[Column] = columns![
    "id" "/id" Text, "building" "/building" Text, "lot" "/lot" Text, "parent" "/parent" Text,
    "name" "/name" Text, "category" "/category" Text, "model" "/model" Text,
    "serial" "/serial" Text, "status" "/status" Text,
    "effective_status" "/effective_status" Text, "down_since" "/down_since" Instant,
    "in_service_since" "/in_service_since" Instant, "created_at" "/created_at" Instant,
];

const INCIDENTS: &[Column] = columns![
    "id" "/id" Text, "building" "/building" Text, "lot" "/lot" Text,
    "equipment" "/equipment" Text, "state" "/state" Text, "since" "/since" Instant,
    "priority" "/priority" Text, "category" "/category" Text, "title" "/title" Text,
    "details" "/details" Text, "reporter" "/reporter" Text, "contact_name" "/contact/name" Text,
    "contact_email" "/contact/email" Text, "contact_phone" "/contact/phone" Text,
    "assignee" "/assignee" Text, "resolution" "/resolution" Text, "reopened" "/reopened" Whole,
    "reference" "/reference" Text, "reported_at" "/reported_at" Instant,
];

const LISTINGS: &[Column] = columns![
    "id" "/id" Text, "host" "/host" Text, "title" "/title" Text, "kind" "/kind" Text,
    "status" "/status" Text, "building" "/building" Text, "lot" "/lot" Text,
    "units" "/units" Whole, "max_guests" "/max_guests" Whole,
    "nightly_price" "/pricing/nightly_price" Money,
    "currency" "/pricing/nightly_price/currency" Text, "policy" "/policy" Text,
    "time_zone" "/time_zone" Text, "instant" "/instant" Flag, "min_nights" "/min_nights" Whole,
    "max_nights" "/max_nights" Whole, "created_at" "/created_at" Instant,
];

const BOOKINGS: &[Column] = columns![
    "id" "/id" Text, "listing" "/listing" Text, "host" "/host" Text, "guest" "/guest" Text,
    "contact_name" "/contact_name" Text, "contact_email" "/contact_email" Text,
    "arrival" "/arrival" Day, "departure" "/departure" Day, "nights" "/nights" Whole,
    "units" "/units" Whole, "adults" "/adults" Whole, "children" "/children" Whole,
    "babies" "/babies" Whole, "total" "/total" Money, "currency" "/currency" Text,
    "status" "/status" Text, "country" "/country" Text, "channel" "/channel" Text,
    "segment" "/segment" Text, "reference" "/reference" Text, "payment" "/payment" Text,
    "requested_at" "/requested_at" Instant, "confirmed_at" "/confirmed_at" Instant,
    "ended_at" "/ended_at" Instant,
];

const PAYMENTS: &[Column] = columns![
    "id" "/id" Text, "booking" "/booking" Text, "payer" "/payer" Text,
    "payer_kind" "/payer_kind" Text, "amount" "/amount" Money, "captured" "/captured" Money,
    "refunded" "/refunded" Money, "refund_pending" "/refund_pending" Money,
    "currency" "/currency" Text, "status" "/status" Text, "failure" "/failure" Text,
    "provider_reference" "/provider_reference" Text, "created_at" "/created_at" Instant,
    "captured_at" "/captured_at" Instant,
];

/// The columns of a list.
pub(super) fn of(list: ExportList) -> &'static [Column] {
    match list {
        ExportList::Users => USERS,
        ExportList::Buildings => BUILDINGS,
        ExportList::Lots => LOTS,
        ExportList::Occupants => OCCUPANTS,
        ExportList::Equipment => EQUIPMENT,
        ExportList::Incidents => INCIDENTS,
        ExportList::Listings | ExportList::MyListings => LISTINGS,
        ExportList::Bookings => BOOKINGS,
        ExportList::Payments => PAYMENTS,
    }
}
