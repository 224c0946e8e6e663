//! The columns of the log that have a place in the platform.
//!
//! When an incident was resolved and closed, by whom and with which code stands on every row of it
//! from the first on: whoever read it there would know the future, so nobody does.

use crate::import::columns::columns;

columns! {
    /// A column of the log of incidents.
    pub enum Column {
        Number = "number",
        State = "incident_state",
        MadeSla = "made_sla",
        Caller = "caller_id",
        OpenedAt = "opened_at",
        UpdatedAt = "sys_updated_at",
        Location = "location",
        Category = "category",
        Subcategory = "subcategory",
        Symptom = "u_symptom",
        Priority = "priority",
        AssignedTo = "assigned_to",
    }
}
