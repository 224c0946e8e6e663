//! A fleet of machines: the machines themselves, their errors, their failures, and what was
//! replaced. Four files, brought in one after the other.
//!
//! What the files have in common is the number of the machine, so its ids follow from that and not
//! from the content of a file: a file of more machines adds to the fleet.

mod columns;
mod row;

use commands::CommandError;
use domain::building::{Address, RegisterBuilding};
use domain::equipment::{EquipmentStatus, RegisterEquipment};
use domain::id::{BuildingId, EquipmentId, MeterId, UserId, WorkOrderId};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::fields::{Fields, Read};
use super::kind::{Hand, Kind, Line};
use columns::{ErrorColumn, FailureColumn, MachineColumn, ReplacementColumn};
use row::{Happened, Machine, began};

/// The space of the ids of the fleet; never changed.
const FLEET: Uuid = Uuid::from_u128(0x2c8d_0d0b_6a5f_4b61_8f0e_91f3_57c2_a4de);

fn id(what: &str, which: impl std::fmt::Display) -> Uuid {
    Uuid::new_v5(&FLEET, format!("{what}:{which}").as_bytes())
}

fn machine_id(number: i64) -> EquipmentId {
    EquipmentId(id("machine", number))
}

/// The order to replace a component of a machine at one time, whether it had failed or not.
fn order_id(happened: &Happened) -> WorkOrderId {
    let Happened { machine, at, what } = happened;
    WorkOrderId(id("order", format_args!("{machine} {at} {what}")))
}

fn meter_id(happened: &Happened) -> MeterId {
    let Happened { machine, what, .. } = happened;
    MeterId(id("meter", format_args!("{machine} {what}")))
}

/// The hall that the machines stand in: the files tell of none.
fn hall(owner: UserId) -> RegisterBuilding {
    RegisterBuilding {
        owner,
        name: "Machine hall".to_owned(),
        address: Address {
            lines: vec!["Machine hall".to_owned()],
            city: "Unknown".to_owned(),
            postal_code: None,
            country: "US".to_owned(),
            point: None,
        },
        time_zone: Some("UTC".to_owned()),
        sections: vec![],
        attributes: [("origin".to_owned(), "imported machines".to_owned())].into(),
    }
}

/// The machines: number, model and age.
#[derive(Clone, Copy, Debug)]
pub struct Machines;

impl Kind for Machines {
    const NAME: &'static str = "machines";
    const WHAT: &'static str = "the list of machines";
    type Column = MachineColumn;
    type Said = Machine;

    fn read(&self, fields: &Fields<'_, MachineColumn>) -> Read<Machine> {
        Machine::read(fields)
    }

    fn key(&self, machine: &Machine) -> Option<String> {
        Some(machine.number.to_string())
    }

    fn carry_out<'a>(
        &'a self,
        hand: &'a Hand,
        group: &'a [Line<Machine>],
        place: usize,
    ) -> BoxFuture<'a, Result<(), CommandError>> {
        Box::pin(async move {
            let Some(Line { said: machine, .. }) = group.get(place) else {
                return Ok(());
            };
            let at = began()?;
            let building = BuildingId(id("building", "hall"));
            let context = hand.context(hand.ids.set_up(building.0), at);
            let hall = hall(hand.owner);
            hand.commands
                .import_building(&context, building, &hall)
                .await?;
            let equipment = machine_id(machine.number);
            let context = hand.context(hand.ids.set_up(equipment.0), at);
            let register = RegisterEquipment {
                owner: hand.owner,
                building,
                lot: None,
                parent: None,
                name: format!("Machine {}", machine.number),
                category: "machine".to_owned(),
                model: Some(machine.model.clone()),
                serial: Some(machine.number.to_string()),
                status: EquipmentStatus::Operational,
                in_service_since: Some(machine.in_service_since),
                at,
            };
            let done = hand
                .commands
                .import_equipment(&context, equipment, &register);
            done.await.map(drop)
        })
    }
}

/// Declares the kinds of file in which each row is something that happened to a machine.
macro_rules! happenings {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident($column:ident) = $kind:literal, $what:literal, $command:ident, $id:ident;
    )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Kind for $name {
            const NAME: &'static str = $kind;
            const WHAT: &'static str = $what;
            const DATES: &'static [&'static str] = &["datetime"];
            type Column = $column;
            type Said = Happened;

            fn read(&self, fields: &Fields<'_, $column>) -> Read<Happened> {
                let of = [$column::At, $column::Machine, $column::What];
                Happened::read(fields, of)
            }

            fn key(&self, happened: &Happened) -> Option<String> {
                let Happened { machine, at, what } = happened;
                Some(format!("{machine} {at} {what}"))
            }

            /// What happened to one machine is told in its order.
            fn group(&self, happened: &Happened) -> Option<String> {
                Some(happened.machine.to_string())
            }

            fn carry_out<'a>(
                &'a self,
                hand: &'a Hand,
                group: &'a [Line<Happened>],
                place: usize,
            ) -> BoxFuture<'a, Result<(), CommandError>> {
                Box::pin(async move {
                    let Some(Line { row, said }) = group.get(place) else {
                        return Ok(());
                    };
                    let context = hand.context(hand.ids.command(*row), said.at);
                    let machine = machine_id(said.machine);
                    let done = hand.commands.$command(&context, machine, $id(said), &said.what);
                    done.await.map(drop)
                })
            }
        }
    )+ };
}

happenings! {
    /// The failures of components. Several components may fail at once.
    pub struct Failures(FailureColumn) =
        "machine-failures", "the list of failures", import_failure, order_id;

    /// What was replaced, after a failure or by plan. To be brought in after the failures.
    pub struct Replacements(ReplacementColumn) =
        "machine-maintenance", "the list of replacements", import_replacement, order_id;

    /// The errors that machines reported and that did not stop them.
    pub struct Errors(ErrorColumn) =
        "machine-errors", "the list of errors", import_error, meter_id;
}
