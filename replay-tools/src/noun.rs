//! The nouns of the house, and how the state of each is folded from its events.

use domain::booking::Booking;
use domain::building::Building;
use domain::claim::Claim;
use domain::commitments::Commitments;
use domain::docket::Docket;
use domain::equipment::Equipment;
use domain::equipment_tree::EquipmentTree;
use domain::export::Export;
use domain::file::File;
use domain::flood::Flood;
use domain::import::Import;
use domain::incident::Incident;
use domain::inventory::Inventory;
use domain::listing::Listing;
use domain::occupancy::Occupancy;
use domain::outage::Outage;
use domain::payment::Payment;
use domain::process::Process;
use domain::quota::Quota;
use domain::roster::Roster;
use domain::session::Session;
use domain::settings::Settings;
use domain::share_table::ShareTable;
use domain::sla_policy::SlaPolicy;
use domain::user::User;
use domain::work_order::WorkOrder;
use domain::{Aggregate, CodecError, Event, secret};
use eventstore::scan::Row;
use serde_json::Value;

/// A state that grows event by event.
pub trait State: Send {
    /// Takes one event in.
    fn evolve(&mut self, row: &Row) -> Result<(), CodecError>;

    /// What is so now, without secrets.
    fn json(&self) -> Result<Value, serde_json::Error>;
}

struct Of<A>(A);

impl<A: Aggregate> State for Of<A> {
    fn evolve(&mut self, row: &Row) -> Result<(), CodecError> {
        let version = u16::try_from(row.schema_version).unwrap_or(u16::MAX);
        let event = A::Event::decode(&row.event_type, version, &row.data)?;
        self.0.evolve(&event);
        Ok(())
    }

    fn json(&self) -> Result<Value, serde_json::Error> {
        let mut json = serde_json::to_value(&self.0)?;
        secret::redact(&mut json);
        Ok(json)
    }
}

fn nothing<A: Aggregate>() -> (&'static str, Box<dyn State>) {
    (A::NOUN, Box::new(Of(A::default())))
}

/// Every noun, with the state of one to which nothing has happened.
fn all() -> [(&'static str, Box<dyn State>); 26] {
    [
        nothing::<User>(),
        nothing::<Session>(),
        nothing::<Claim>(),
        nothing::<Roster>(),
        nothing::<Building>(),
        nothing::<Occupancy>(),
        nothing::<ShareTable>(),
        nothing::<Import>(),
        nothing::<Listing>(),
        nothing::<Inventory>(),
        nothing::<Booking>(),
        nothing::<Commitments>(),
        nothing::<Payment>(),
        nothing::<Export>(),
        nothing::<File>(),
        nothing::<Quota>(),
        nothing::<Equipment>(),
        nothing::<EquipmentTree>(),
        nothing::<WorkOrder>(),
        nothing::<Docket>(),
        nothing::<Flood>(),
        nothing::<Incident>(),
        nothing::<SlaPolicy>(),
        nothing::<Settings>(),
        nothing::<Outage>(),
        nothing::<Process>(),
    ]
}

/// The state of a `noun` to which nothing has happened.
pub fn state(noun: &str) -> Option<Box<dyn State>> {
    let mut all = all().into_iter();
    all.find(|(known, _)| *known == noun)
        .map(|(_, state)| state)
}

/// Every noun.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|(noun, _)| *noun).collect()
}

#[cfg(test)]
mod tests {
    use domain::AnyEvent;

    use super::*;

    #[test]
    fn every_noun_that_events_speak_of_has_a_state() {
        for (event_type, _) in AnyEvent::types() {
            let noun = event_type.split('.').next().unwrap();
            assert!(state(noun).is_some(), "{noun}");
        }
        assert!(state("zebra").is_none());
    }
}
