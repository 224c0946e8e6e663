//! The columns of the file, found by their names.

use std::collections::BTreeMap;

use csv::ByteRecord;

/// Declares the columns.
macro_rules! columns {
    ($( $variant:ident = $name:literal ),+ $(,)?) => {
        /// A column of the hotel bookings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Column { $( #[doc = concat!("`", $name, "`")] $variant ),+ }

        impl Column {
            /// Every column, in the order of the published file.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// What its header says.
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $name ),+ }
            }
        }
    };
}

columns! {
    Hotel = "hotel",
    IsCanceled = "is_canceled",
    LeadTime = "lead_time",
    Year = "arrival_date_year",
    Month = "arrival_date_month",
    Week = "arrival_date_week_number",
    Day = "arrival_date_day_of_month",
    WeekendNights = "stays_in_weekend_nights",
    WeekNights = "stays_in_week_nights",
    Adults = "adults",
    Children = "children",
    Babies = "babies",
    Meal = "meal",
    Country = "country",
    Segment = "market_segment",
    Channel = "distribution_channel",
    IsRepeatedGuest = "is_repeated_guest",
    PreviousCancellations = "previous_cancellations",
    PreviousBookings = "previous_bookings_not_canceled",
    ReservedRoom = "reserved_room_type",
    AssignedRoom = "assigned_room_type",
    BookingChanges = "booking_changes",
    Deposit = "deposit_type",
    Agent = "agent",
    Company = "company",
    WaitingDays = "days_in_waiting_list",
    CustomerType = "customer_type",
    Rate = "adr",
    ParkingSpaces = "required_car_parking_spaces",
    SpecialRequests = "total_of_special_requests",
    Status = "reservation_status",
    StatusDate = "reservation_status_date",
}

/// Where each column stands in this file.
#[derive(Clone, Debug)]
pub struct Columns {
    places: Vec<usize>,
    count: usize,
}

impl Columns {
    /// Finds every column in `header`; else says all that is wrong with it. Columns that nobody
    /// knows are passed over.
    pub fn find(header: &ByteRecord) -> Result<Self, String> {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name).trim().to_owned();
            places.entry(name).or_default().push(place);
        }
        let names = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            let count = |column: &&Column| places.get(column.name()).map_or(0, Vec::len);
            let found = Column::ALL.iter().filter(|column| wanted(count(column)));
            found.map(|column| format!("`{}`", column.name())).collect()
        };
        let (missing, doubled) = (names(&|count| count == 0), names(&|count| count > 1));
        let mut faults = Vec::new();
        if !missing.is_empty() {
            faults.push(format!("missing: {}", missing.join(", ")));
        }
        if !doubled.is_empty() {
            faults.push(format!("there more than once: {}", doubled.join(", ")));
        }
        if !faults.is_empty() {
            return Err(faults.join("; "));
        }
        let place = |column: &Column| places.get(column.name()).and_then(|p| p.first()).copied();
        let places = Column::ALL.iter().filter_map(place).collect();
        Ok(Self {
            places,
            count: header.len(),
        })
    }

    /// How many fields a row has to have.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The field of `column`, without the spaces around it.
    pub fn field<'a>(&self, column: Column, record: &'a ByteRecord) -> &'a [u8] {
        let place = self
            .places
            .get(column as usize)
            .copied()
            .unwrap_or(usize::MAX);
        record.get(place).unwrap_or_default().trim_ascii()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> ByteRecord {
        ByteRecord::from(names.to_vec())
    }

    fn all() -> Vec<&'static str> {
        Column::ALL.iter().map(|column| column.name()).collect()
    }

    #[test]
    fn columns_are_found_in_any_order_with_padding_and_strangers_between_them() {
        let mut names = all();
        names.reverse();
        names.insert(3, "a_stranger");
        names[0] = "  reservation_status_date ";
        let columns = Columns::find(&header(&names)).unwrap();

        let row = header(&names);
        for column in Column::ALL {
            assert_eq!(columns.field(*column, &row), column.name().as_bytes());
        }
        assert_eq!(columns.count(), 33);
    }

    #[test]
    fn every_missing_and_every_doubled_column_is_named_at_once() {
        let mut names = all();
        names.retain(|name| !["adr", "hotel"].contains(name));
        names.extend(["meal", "agent"]);

        let faults = Columns::find(&header(&names)).unwrap_err();

        assert_eq!(
            faults,
            "missing: `hotel`, `adr`; there more than once: `meal`, `agent`"
        );
    }
}
