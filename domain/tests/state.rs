//! States are kept as snapshots, and a snapshot is believed as long as its `STATE_VERSION` is that
//! of the build. So no state may change its shape, nor `evolve` its mind, without a raised version.
//!
//! `golden/<noun>.state` pins what the golden events of a noun make of its state: the version, how
//! many states can be reached, a fingerprint over all of them as they are written, and the names of
//! the golden events. `UPDATE_SNAPSHOTS=1` writes it anew, but never covers up a change: with the
//! same version, the events that were pinned have to give the same fingerprint.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use domain::{Aggregate, Event};
use sha2::{Digest, Sha256};

/// States are looked for until so many are found.
const STATES_MAX: usize = 1_000;

/// What is pinned of an aggregate.
#[derive(Clone, Debug, PartialEq)]
struct Pin {
    version: u32,
    states: usize,
    fingerprint: String,
    events: Vec<String>,
}

impl Pin {
    /// What the golden events of these names make of an `A`.
    fn of<A: Aggregate>(events: &[String]) -> Self {
        let states = reachable::<A>(events);
        let mut hash = Sha256::new();
        for state in &states {
            hash.update(state);
            hash.update("\n");
        }
        Self {
            version: A::STATE_VERSION,
            states: states.len(),
            fingerprint: hex(&hash.finalize()),
            events: events.to_vec(),
        }
    }

    fn write(&self) -> String {
        let events = self.events.join("\n");
        format!(
            "version {}\nstates {}\nfingerprint {}\n{events}\n",
            self.version, self.states, self.fingerprint
        )
    }

    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let mut field = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("a pin has a line `{name}…`"))
                .trim()
                .to_owned()
        };
        Self {
            version: field("version").parse().unwrap(),
            states: field("states").parse().unwrap(),
            fingerprint: field("fingerprint"),
            events: lines.map(str::to_owned).collect(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// The names of the golden events of a noun, in order.
fn golden_events(noun: &str) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            name.split('.').next() == Some(noun)
                && Path::new(name).extension().is_some_and(|e| e == "json")
        })
        .collect();
    names.sort();
    names
}

fn read_event<E: Event>(name: &str) -> E {
    let parts: Vec<&str> = name.split('.').collect();
    let event_type = format!("{}.{}", parts[0], parts[1]);
    let version = parts[2].trim_start_matches('v').parse().unwrap();
    let text = fs::read_to_string(folder().join(name))
        .unwrap_or_else(|error| panic!("golden/{name}, which is kept for ever: {error}"));
    E::decode(&event_type, version, text.trim_end()).unwrap()
}

/// Every state that the events lead to in whatever order, as it is written; breadth first, and no
/// more than [`STATES_MAX`].
fn reachable<A: Aggregate>(events: &[String]) -> Vec<String> {
    let events: Vec<A::Event> = events.iter().map(|name| read_event(name)).collect();
    let mut found = vec![serde_json::to_string(&A::default()).unwrap()];
    let mut known: BTreeSet<String> = found.iter().cloned().collect();
    let mut ahead = VecDeque::from([A::default()]);
    while let Some(state) = ahead.pop_front() {
        for event in &events {
            let mut next = state.clone();
            next.evolve(event);
            let json = serde_json::to_string(&next).unwrap();
            if found.len() < STATES_MAX && known.insert(json.clone()) {
                found.push(json);
                ahead.push_back(next);
            }
        }
    }
    found
}

/// What is wrong with what is pinned, if anything; `true` where writing it anew mends that.
fn fault<A: Aggregate>(pinned: &Pin, events: &[String]) -> Option<(String, bool)> {
    let (noun, pinned_at, now) = (A::NOUN, pinned.version, A::STATE_VERSION);
    if now < pinned_at {
        let text = format!("the state of `{noun}` was at version {pinned_at}; it never goes back");
        return Some((text, false));
    }
    if now == pinned_at && Pin::of::<A>(&pinned.events) != *pinned {
        let text = format!(
            "what the events of `{noun}` make of its state has changed: raise its STATE_VERSION \
             above {pinned_at}, so that no snapshot of before is taken up"
        );
        return Some((text, false));
    }
    (Pin::of::<A>(events) != *pinned).then(|| {
        let text = format!(
            "golden/{noun}.state is not up to date: run this test with UPDATE_SNAPSHOTS=1 and \
             commit the file"
        );
        (text, true)
    })
}

fn is_pinned<A: Aggregate>() {
    let path = folder().join(format!("{}.state", A::NOUN));
    let events = golden_events(A::NOUN);
    let updates = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let fault = match fs::read_to_string(&path) {
        Ok(text) => fault::<A>(&Pin::read(&text), &events),
        Err(error) => Some((format!("golden/{}.state: {error}", A::NOUN), true)),
    };
    match fault {
        None => {}
        Some((_, true)) if updates => fs::write(path, Pin::of::<A>(&events).write()).unwrap(),
        Some((text, _)) => panic!("{text}"),
    }
}

#[test]
fn no_state_changes_its_shape_or_its_making_without_a_raised_version() {
    is_pinned::<domain::booking::Booking>();
    is_pinned::<domain::building::Building>();
    is_pinned::<domain::claim::Claim>();
    is_pinned::<domain::docket::Docket>();
    is_pinned::<domain::export::Export>();
    is_pinned::<domain::file::File>();
    is_pinned::<domain::equipment::Equipment>();
    is_pinned::<domain::equipment_tree::EquipmentTree>();
    is_pinned::<domain::flood::Flood>();
    is_pinned::<domain::incident::Incident>();
    is_pinned::<domain::import::Import>();
    is_pinned::<domain::inventory::Inventory>();
    is_pinned::<domain::listing::Listing>();
    is_pinned::<domain::occupancy::Occupancy>();
    is_pinned::<domain::outage::Outage>();
    is_pinned::<domain::payment::Payment>();
    is_pinned::<domain::process::Process>();
    is_pinned::<domain::quota::Quota>();
    is_pinned::<domain::roster::Roster>();
    is_pinned::<domain::session::Session>();
    is_pinned::<domain::share_table::ShareTable>();
    is_pinned::<domain::sla_policy::SlaPolicy>();
    is_pinned::<domain::commitments::Commitments>();
    is_pinned::<domain::settings::Settings>();
    is_pinned::<domain::user::User>();
    is_pinned::<domain::work_order::WorkOrder>();
}

#[test]
fn every_noun_that_has_golden_events_is_pinned() {
    let of = |extension: &str| -> BTreeSet<String> {
        fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| Path::new(name).extension().is_some_and(|e| e == extension))
            .map(|name| name.split('.').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(of("json"), of("state"));
}

#[test]
fn a_change_that_somebody_forgot_to_raise_the_version_for_is_found_and_not_covered_up() {
    use domain::claim::Claim;
    let events = golden_events("claim");
    let pinned = Pin::of::<Claim>(&events);
    assert!(fault::<Claim>(&pinned, &events).is_none());
    assert_eq!(Pin::read(&pinned.write()), pinned);
    // A build with another shape or another `evolve` has written another fingerprint.
    let other = Pin {
        fingerprint: "00".repeat(32),
        ..pinned.clone()
    };
    assert!(!fault::<Claim>(&other, &events).unwrap().1);
    let raised = Pin {
        version: 0,
        ..other.clone()
    };
    assert!(fault::<Claim>(&raised, &events).unwrap().1);
    let later = Pin {
        version: Claim::STATE_VERSION + 1,
        ..pinned
    };
    assert!(!fault::<Claim>(&later, &events).unwrap().1);
    // A golden event that is new is taken in, as long as the others say what they said.
    let fewer = Pin::of::<Claim>(&events[..1]);
    assert!(fault::<Claim>(&fewer, &events).unwrap().1);
}
