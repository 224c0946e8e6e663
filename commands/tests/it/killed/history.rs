//! What a history must show, counted from its rows alone, without the platform's own code.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use eventstore::Recorded;
use serde_json::Value;
use uuid::Uuid;

/// What was acknowledged to those who asked.
#[derive(Default)]
pub struct Said {
    pub booked: Vec<Uuid>,
    pub cancelled: Vec<Uuid>,
}

impl Said {
    pub fn extend(&mut self, other: Self) {
        self.booked.extend(other.booked);
        self.cancelled.extend(other.cancelled);
    }
}

/// What is wrong with the history, all of it.
pub fn faults(events: &[Arc<Recorded>], said: &Said) -> Vec<String> {
    let mut faults = gaps(events);
    faults.extend(sold_twice(events));
    faults.extend(lost(events, said));
    faults.extend(charged_twice(events));
    faults
}

fn gaps(events: &[Arc<Recorded>]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut versions: HashMap<&str, i64> = HashMap::new();
    for (position, event) in (1..).zip(events) {
        let version = versions.entry(event.stream.as_str()).or_default();
        *version += 1;
        if event.position != position || event.version != *version {
            let (stream, at) = (&event.stream, event.position);
            faults.push(format!("a gap before {at} in {stream}"));
        }
    }
    faults
}

/// On no night more units are taken than there are, after any event. A hold that lapsed and is
/// claimed again takes the place of what it was.
fn sold_twice(events: &[Arc<Recorded>]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut units: HashMap<&str, i64> = HashMap::new();
    let mut holds: HashMap<(&str, String), Value> = HashMap::new();
    let mut taken: BTreeMap<(&str, NaiveDate), i64> = BTreeMap::new();
    for event in events {
        let listing = event.stream.as_str();
        let body: Value = serde_json::from_str(&event.data).unwrap();
        match event.event_type.as_str() {
            "inventory.opened" => {
                units.insert(listing, body["units"].as_i64().unwrap());
                continue;
            }
            "inventory.held" | "inventory.released" => {}
            _ => continue,
        }
        let hold = (listing, body["hold"].to_string());
        for (night, units) in holds.remove(&hold).iter().flat_map(nights) {
            *taken.entry((listing, night)).or_default() -= units;
        }
        if event.event_type == "inventory.released" {
            continue;
        }
        for (night, more) in nights(&body) {
            let count = taken.entry((listing, night)).or_default();
            *count += more;
            if *count > units[listing] {
                let at = event.position;
                faults.push(format!("sold twice: {night} of {listing} at {at}"));
            }
        }
        holds.insert(hold, body);
    }
    faults
}

/// The nights of a hold, with how many units it takes in each.
fn nights(hold: &Value) -> Vec<(NaiveDate, i64)> {
    let day = |name: &str| hold["span"][name].as_str().unwrap().parse().unwrap();
    let (from, until): (NaiveDate, NaiveDate) = (day("from"), day("until"));
    let units = hold["units"].as_i64().unwrap();
    let nights = from.iter_days().take_while(|night| *night < until);
    nights.map(|night| (night, units)).collect()
}

/// What was acknowledged stands there, once.
fn lost(events: &[Arc<Recorded>], said: &Said) -> Vec<String> {
    let mut counts: HashMap<(&str, String), usize> = HashMap::new();
    for event in events {
        let key = (event.event_type.as_str(), event.stream.id().to_owned());
        *counts.entry(key).or_default() += 1;
    }
    let acknowledged = [
        ("booking.requested", &said.booked),
        ("booking.cancelled", &said.cancelled),
    ];
    let mut faults = Vec::new();
    for (event_type, ids) in acknowledged {
        for id in ids.iter().collect::<HashSet<_>>() {
            let count = counts.get(&(event_type, id.to_string())).copied();
            match count.unwrap_or(0) {
                0 => faults.push(format!("lost: {event_type} of {id}")),
                1 => {}
                count => faults.push(format!("{count} times: {event_type} of {id}")),
            }
        }
    }
    faults
}

fn charged_twice(events: &[Arc<Recorded>]) -> Vec<String> {
    let mut paid = HashSet::new();
    let charged = |event: &&Arc<Recorded>| event.event_type == "payment.succeeded";
    events
        .iter()
        .filter(charged)
        .filter(|event| !paid.insert(event.stream.clone()))
        .map(|event| format!("charged twice: {}", event.stream))
        .collect()
}
