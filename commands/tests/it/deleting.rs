//! A building goes out of the books only when nothing is left in it, however many are at it at
//! once. No projector runs: every decision stands on streams.

use std::sync::Arc;

use chrono::TimeDelta;
use commands::incident::NewIncident;
use commands::{CommandError, Commands, Context, Done};
use domain::building::Building;
use domain::docket::Docket;
use domain::equipment::{EquipmentStatus, RegisterEquipment};
use domain::equipment_tree::EquipmentTree;
use domain::id::{BuildingId, EquipmentId, IncidentId};
use domain::incident::{Priority, Step};
use domain::permission::Role;
use eventstore::{Clock, MemoryJournal};

use crate::house::{House, Person, building_of, code, id};

/// How often two are let loose on one building.
const ROUNDS: usize = 20;

/// A house with one who manages buildings and one who tells of what is wrong.
struct Street {
    house: House,
    journal: MemoryJournal,
    manager: Person,
    tenant: Person,
}

impl Street {
    async fn new() -> Self {
        let (house, journal) = House::in_memory();
        let manager = house.person("manager", Role::Manager).await;
        let tenant = house.person("tenant", Role::Member).await;
        Self {
            house,
            journal,
            manager,
            tenant,
        }
    }

    /// The commands as another process has them.
    fn neighbour(&self) -> Arc<Commands> {
        House::on(Arc::new(self.journal.clone()), self.house.clock.clone()).commands
    }

    async fn building(&self) -> BuildingId {
        let building = BuildingId(id());
        let register = building_of(self.manager, &building.to_string());
        let context = self.house.as_user(self.manager);
        let commands = &self.house.commands;
        let registered = commands.register_building(&context, building, &register);
        registered.await.unwrap();
        building
    }

    async fn delete(&self, building: BuildingId) -> Result<Done, CommandError> {
        let context = self.house.as_user(self.manager);
        let commands = &self.house.commands;
        commands.delete_building(&context, building).await
    }

    async fn report(&self, building: BuildingId) -> IncidentId {
        let context = self.house.as_user(self.tenant);
        let (incident, new) = (IncidentId(id()), leak(building));
        let commands = &self.house.commands;
        let reported = commands.report_incident(&context, incident, &new);
        reported.await.unwrap();
        incident
    }

    async fn go(&self, who: Person, incident: IncidentId, step: Step) {
        let context = self.house.as_user(who);
        let commands = &self.house.commands;
        let moved = commands.move_incident(&context, incident, step);
        moved.await.unwrap();
    }

    /// Takes an incident to its end by the steps.
    async fn ends_by(&self, steps: Vec<(Person, Step)>) {
        let building = self.building().await;
        let incident = self.report(building).await;
        for (who, step) in steps {
            let refused = self.delete(building).await;
            assert_eq!(code(&refused), "building_has_incidents", "before {step:?}");
            let said = refused.unwrap_err().to_string();
            assert!(said.contains(&incident.to_string()), "{said}");
            self.go(who, incident, step).await;
        }
        assert_eq!(code(&self.delete(building).await), "done");
    }
}

fn leak(building: BuildingId) -> NewIncident {
    NewIncident {
        building,
        lot: None,
        equipment: None,
        category: "plumbing".to_owned(),
        priority: Priority::High,
        title: "Water".to_owned(),
        details: "In the cellar.".to_owned(),
        contact: None,
    }
}

fn lift(
    manager: Person,
    building: BuildingId,
    at: chrono::DateTime<chrono::Utc>,
) -> RegisterEquipment {
    RegisterEquipment {
        building,
        owner: manager.user,
        lot: None,
        parent: None,
        name: "Lift".to_owned(),
        category: "lift".to_owned(),
        model: None,
        serial: None,
        status: EquipmentStatus::Operational,
        in_service_since: None,
        at,
    }
}

#[tokio::test]
async fn an_incident_keeps_its_building_until_it_is_closed_declined_or_withdrawn() {
    let street = Street::new().await;
    let (manager, tenant) = (street.manager, street.tenant);
    let complete = || Step::Complete {
        resolution: "Mended.".to_owned(),
    };
    let reopen = || Step::Reopen {
        window: TimeDelta::zero(),
        assignee_fit: false,
        reason: None,
    };
    let closed = [
        (manager, Step::Start),
        (manager, complete()),
        (tenant, reopen()),
        (manager, Step::Start),
        (manager, complete()),
        (tenant, Step::Close),
    ];
    street.ends_by(closed.into()).await;
    let declined = Step::Decline {
        reason: "It is the rain.".to_owned(),
    };
    street.ends_by(vec![(manager, declined)]).await;
    street.ends_by(vec![(tenant, Step::Withdraw)]).await;
}

#[tokio::test]
async fn equipment_keeps_its_building_until_it_is_deleted() {
    let street = Street::new().await;
    let building = street.building().await;
    let (piece, commands) = (EquipmentId(id()), &street.house.commands);
    let context = street.house.as_user(street.manager);
    let register = lift(street.manager, building, street.house.clock.now());
    let registered = commands.register_equipment(&context, piece, &register);
    registered.await.unwrap();
    let refused = street.delete(building).await;
    assert_eq!(code(&refused), "building_has_equipment");
    let said = refused.unwrap_err().to_string();
    assert!(said.contains(&piece.to_string()), "{said}");
    let context = street.house.as_user(street.manager);
    commands.delete_equipment(&context, piece).await.unwrap();
    assert_eq!(code(&street.delete(building).await), "done");
}

/// Whether the building was deleted; of the two who were at it at once, one was.
fn winner(
    deleted: &Result<Done, CommandError>,
    other: &Result<Done, CommandError>,
    keeps: &str,
) -> bool {
    match (code(deleted), code(other)) {
        ("done", "building_unknown") => true,
        (refused, "done") if refused == keeps => false,
        both => panic!("{both:?}"),
    }
}

#[tokio::test]
async fn of_a_deletion_and_a_report_at_once_one_wins() {
    let street = Street::new().await;
    let other = street.neighbour();
    for round in 0..ROUNDS {
        let building = street.building().await;
        // Each of the two processes is the first one now and then.
        let (one, two) = if round % 2 == 0 {
            (&street.house.commands, &other)
        } else {
            (&other, &street.house.commands)
        };
        let (mine, theirs) = contexts(&street);
        let (incident, new) = (IncidentId(id()), leak(building));
        let (deleted, reported) = tokio::join!(
            one.delete_building(&mine, building),
            two.report_incident(&theirs, incident, &new)
        );
        let is_gone = winner(&deleted, &reported, "building_has_incidents");
        let dispatch = street.neighbour();
        let dispatch = dispatch.dispatch();
        let (state, _) = dispatch.peek::<Building>(building).await.unwrap();
        let (docket, _) = dispatch.peek::<Docket>(building).await.unwrap();
        assert_eq!(state.standing().is_none(), is_gone);
        assert_eq!(docket.incidents.is_empty(), is_gone);
    }
}

#[tokio::test]
async fn of_a_deletion_and_a_registration_of_equipment_at_once_one_wins() {
    let street = Street::new().await;
    let other = street.neighbour();
    for _ in 0..ROUNDS {
        let building = street.building().await;
        let (mine, _) = contexts(&street);
        let (theirs, _) = contexts(&street);
        let register = lift(street.manager, building, street.house.clock.now());
        let (deleted, registered) = tokio::join!(
            street.house.commands.delete_building(&mine, building),
            other.register_equipment(&theirs, EquipmentId(id()), &register)
        );
        let is_gone = winner(&deleted, &registered, "building_has_equipment");
        let dispatch = street.neighbour();
        let dispatch = dispatch.dispatch();
        let (state, _) = dispatch.peek::<Building>(building).await.unwrap();
        let (tree, _) = dispatch.peek::<EquipmentTree>(building).await.unwrap();
        assert_eq!(state.standing().is_none(), is_gone);
        assert_eq!(tree.parents.is_empty(), is_gone);
    }
}

fn contexts(street: &Street) -> (Context, Context) {
    let house = &street.house;
    (house.as_user(street.manager), house.as_user(street.tenant))
}
