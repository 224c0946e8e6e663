//! A lift, its motor and the motor's brake: they go down and come up, and are looked after.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Aggregate;
use domain::equipment::{
    AddMeter, AddPlan, ComeUp, DownKind, Equipment, EquipmentCommand, EquipmentStatus, GoDown,
    Limit, Meter, MeterKind, MoveEquipment, NoteEnd, NoteOrder, NoteWork, Plan, ReadMeter,
    RegisterEquipment, Side, Trigger,
};
use domain::id::{BuildingId, EquipmentId, MeterId, PlanId, UserId, WorkOrderId};
use domain::work_order::{
    Act, OpenWorkOrder, Priority, Task, TaskKind, UsePart, WorkKind, WorkOrder, WorkOrderCommand,
};

use super::{BUILDING, HOST, eur, words};
use crate::world::{World, id};

pub const LIFT: u64 = 60;
pub const MOTOR: u64 = 61;
pub const BRAKE: u64 = 62;
pub const ORDER: u64 = 70;
pub const METER: u64 = 90;

/// A thing whose commands are told.
pub struct Told<'a, A> {
    world: &'a World,
    stream: String,
    pub state: A,
}

impl<'a, A: Aggregate> Told<'a, A> {
    pub fn new(world: &'a World, number: u64) -> Self {
        Self {
            world,
            stream: format!("{}-{}", A::NOUN, id(number)),
            state: A::default(),
        }
    }

    pub async fn tell(&mut self, command: A::Command) {
        for event in self.state.decide(&command).unwrap() {
            self.world.record(&self.stream, &event).await;
            self.state.evolve(&event);
        }
    }
}

pub fn register(name: &str, parent: Option<u64>, at: DateTime<Utc>) -> EquipmentCommand {
    EquipmentCommand::Register(Box::new(RegisterEquipment {
        owner: UserId(id(HOST)),
        building: BuildingId(id(BUILDING)),
        lot: None,
        parent: parent.map(|parent| EquipmentId(id(parent))),
        name: name.to_owned(),
        category: "lift".to_owned(),
        model: Some("GX-200".to_owned()),
        serial: None,
        status: EquipmentStatus::Operational,
        in_service_since: None,
        at,
    }))
}

pub fn down(at: DateTime<Utc>) -> EquipmentCommand {
    EquipmentCommand::GoDown(GoDown {
        status: EquipmentStatus::EmergencyShutdown,
        kind: DownKind::Failure,
        since: None,
        reason: Some(words("smoke")),
        at,
    })
}

pub fn up(at: DateTime<Utc>) -> EquipmentCommand {
    let (until, status) = (None, None);
    EquipmentCommand::ComeUp(ComeUp { until, status, at })
}

/// The three pieces, each part of the one before.
pub async fn three(world: &World) -> [Told<'_, Equipment>; 3] {
    let start = eventstore::Clock::now(&world.clock);
    let mut lift = Told::new(world, LIFT);
    lift.tell(register("Lift", None, start)).await;
    let mut motor = Told::new(world, MOTOR);
    motor.tell(register("Motor", Some(LIFT), start)).await;
    let mut brake = Told::new(world, BRAKE);
    brake.tell(register("Brake", Some(MOTOR), start)).await;
    [lift, motor, brake]
}

/// All of it.
pub async fn tell(world: &World) {
    let start = eventstore::Clock::now(&world.clock);
    let hour = |hours| start + TimeDelta::hours(hours);
    let [mut lift, mut motor, mut brake] = three(world).await;
    brake.tell(down(hour(1))).await;
    motor.tell(down(hour(2))).await;
    mend(world, &mut motor, hour(3)).await;
    watch(&mut lift, start).await;
    brake.tell(up(hour(6))).await;
    brake.tell(down(hour(7))).await;
    let (parent, lot) = (Some(EquipmentId(id(LIFT))), None);
    let moved = EquipmentCommand::Move(MoveEquipment { parent, lot });
    brake.tell(moved).await;
    let mut old = Told::<Equipment>::new(world, BRAKE + 1);
    old.tell(register("Old brake", Some(MOTOR), start)).await;
    old.tell(down(hour(8))).await;
    old.tell(EquipmentCommand::Delete).await;
}

/// The motor is mended, which ends its down time.
async fn mend(world: &World, motor: &mut Told<'_, Equipment>, at: DateTime<Utc>) {
    let work_order = WorkOrderId(id(ORDER));
    let act = Act {
        by: UserId(id(HOST)),
        at,
    };
    let mut order = Told::<WorkOrder>::new(world, ORDER);
    let open = OpenWorkOrder {
        building: BuildingId(id(BUILDING)),
        equipment: EquipmentId(id(MOTOR)),
        title: "Mend it".to_owned(),
        description: Some(words("it smokes")),
        kind: WorkKind::Corrective,
        priority: Priority::High,
        takes_down: true,
        needs_signature: false,
        tasks: vec![Task {
            label: "Look".to_owned(),
            kind: TaskKind::Subtask,
            choices: vec![],
        }],
        due_at: None,
        assignee: None,
        plan: None,
    };
    order.tell(WorkOrderCommand::Open(Box::new(open))).await;
    let note = NoteOrder { work_order };
    motor.tell(EquipmentCommand::NoteOrder(note)).await;
    order.tell(WorkOrderCommand::Start(act)).await;
    let (takes_down, completed) = (Some(DownKind::Failure), true);
    let work = NoteWork {
        work_order,
        takes_down,
        at,
    };
    motor.tell(EquipmentCommand::NoteWork(work)).await;
    let part = UsePart {
        name: "Coil".to_owned(),
        quantity: 2,
        unit_cost: eur(4_550),
        act,
    };
    order.tell(WorkOrderCommand::UsePart(part)).await;
    order.tell(WorkOrderCommand::Complete(act)).await;
    let end = NoteEnd {
        work_order,
        completed,
        at,
    };
    motor.tell(EquipmentCommand::NoteEnd(end)).await;
}

/// The lift has a meter, and a plan that looks at it.
async fn watch(lift: &mut Told<'_, Equipment>, start: DateTime<Utc>) {
    let meter_id = MeterId(id(METER));
    let meter = Meter {
        name: "Oil".to_owned(),
        unit: "°C".to_owned(),
        kind: MeterKind::Gauge,
    };
    lift.tell(EquipmentCommand::AddMeter(AddMeter { meter_id, meter }))
        .await;
    let limit = Limit {
        meter: meter_id,
        side: Side::Above,
        limit_e3: 80_000,
    };
    let plan = Plan {
        title: "Change the oil".to_owned(),
        priority: Priority::Low,
        takes_down: false,
        needs_signature: true,
        tasks: vec![],
        trigger: Trigger::Limit(limit),
    };
    let plan_id = PlanId(id(80));
    let add = AddPlan {
        plan_id,
        plan,
        at: start,
    };
    lift.tell(EquipmentCommand::AddPlan(Box::new(add))).await;
    for (minute, value_e3) in [(1, 75_000), (2, 81_000), (3, 82_000)] {
        let at = start + TimeDelta::minutes(minute);
        lift.tell(EquipmentCommand::ReadMeter(ReadMeter {
            meter_id,
            value_e3,
            unit: "°C".to_owned(),
            read_at: None,
            at,
        }))
        .await;
    }
}
