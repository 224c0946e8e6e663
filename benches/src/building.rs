//! What every side is asked to do: register buildings and change them, by the house's own rules,
//! with events of about 300 bytes and as much metadata.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::building::{
    Address, Building, BuildingCommand, BuildingEvent, ChangeBuilding, Point, RegisterBuilding,
    Section, SectionKind,
};
use domain::id::{BuildingId, UserId};
use domain::{Actor, Aggregate, Metadata, Origin, Personal};
use eventstore::{Clock, Mint, SystemClock};
use uuid::Uuid;

use crate::fault::Fault;

/// Whom the commands come from.
pub const WHO: &str = "bench";
/// The address of the client.
pub const IP: &str = "203.0.113.7";
/// What the client calls itself.
pub const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
/// The name of the command that changes.
pub const CHANGE: &str = "building.change";

/// A building to register.
pub fn register() -> RegisterBuilding {
    RegisterBuilding {
        owner: UserId(Uuid::from_u128(0x0190_b8f0_0000_7000_8000_0000_0000_0001)),
        name: "Residência das Flores".to_owned(),
        address: Address {
            lines: vec!["Rua das Flores 112".to_owned()],
            city: "Porto".to_owned(),
            postal_code: Some("4050-265".to_owned()),
            country: "PT".to_owned(),
            point: Some(Point {
                latitude_e7: 411_445_000,
                longitude_e7: -86_153_000,
            }),
        },
        time_zone: Some("Europe/Lisbon".to_owned()),
        sections: vec![Section {
            label: "A".to_owned(),
            kind: SectionKind::Section,
            lowest_floor: 0,
            highest_floor: 7,
        }],
        attributes: BTreeMap::new(),
    }
}

/// A change that no other `note` makes, so that it is never already so.
pub fn change(note: &str) -> ChangeBuilding {
    let attributes = [
        ("energy_class", "B-"),
        ("heating", "central, natural gas, one boiler per staircase"),
        ("lift", "two, 8 persons each, last inspected in spring"),
        ("roof", "tiles, renewed, with thermal insulation underneath"),
        ("inspection", note),
    ];
    ChangeBuilding {
        attributes: Some(
            attributes
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        ),
        ..ChangeBuilding::default()
    }
}

/// A note that no other call gives.
pub fn note() -> String {
    format!("report {} filed without remarks", Mint.id())
}

/// The id of a new building.
pub fn new_id() -> BuildingId {
    BuildingId(Mint.id())
}

/// The same building in the hands of somebody new: nobody has two at one address.
pub fn register_anew() -> RegisterBuilding {
    RegisterBuilding {
        owner: UserId(Mint.id()),
        ..register()
    }
}

/// The event of a new building, decided by the rules.
pub fn registered() -> Result<BuildingEvent, Fault> {
    only(&Building::default(), &BuildingCommand::Register(register()))
}

/// The event of a change of `building`, decided by the rules.
pub fn changed(building: &Building, note: &str) -> Result<BuildingEvent, Fault> {
    only(building, &BuildingCommand::Change(change(note)))
}

fn only(building: &Building, command: &BuildingCommand) -> Result<BuildingEvent, Fault> {
    let events = building.decide(command)?;
    let one = events.into_iter().next();
    one.ok_or_else(|| "the command was already so, and must not be".into())
}

/// What stands beside an event of a command.
pub fn metadata(command: &str) -> Metadata {
    let correlation_id = Mint.id();
    Metadata {
        actor: Actor::Process(WHO.to_owned()),
        on_behalf_of: None,
        command: command.to_owned(),
        correlation_id,
        causation_id: Mint.id(),
        request_id: Some(Mint.id().to_string()),
        ip: Some(Personal::new(correlation_id, IP.to_owned())),
        user_agent: Some(Personal::new(correlation_id, AGENT.to_owned())),
        origin: Origin::Live,
    }
}

/// The same as a map of texts, for sides that keep such.
pub fn metadata_map(command: &str) -> HashMap<String, String> {
    let correlation_id = Mint.id().to_string();
    [
        ("actor", format!("process:{WHO}")),
        ("command", command.to_owned()),
        ("causation_id", Mint.id().to_string()),
        ("request_id", Mint.id().to_string()),
        ("ip", format!("{correlation_id}:{IP}")),
        ("user_agent", format!("{correlation_id}:{AGENT}")),
        ("correlation_id", correlation_id),
        ("origin", "live".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The present instant.
pub fn now() -> DateTime<Utc> {
    SystemClock.now()
}
