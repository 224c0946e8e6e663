//! The columns of the hotel bookings.

use crate::import::columns::columns;

columns! {
    /// A column of the hotel bookings.
    pub enum Column {
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
}
