//! Incidents on a real journal: their time is kept, once, whatever is killed in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use commands::incident::NewIncident;
use commands::processes::{Place, Runner, RunnerSettings};
use commands::{CommandError, Sandbox};
use domain::id::{BuildingId, IncidentId};
use domain::incident::{
    Case, ChangeIncident, ClockKind, IncidentEvent, IncidentState, Priority, Step,
};
use domain::permission::Role;
use domain::sla_policy::{Calendar, Target, Terms};
use domain::{AnyEvent, RefusalKind};
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::postgres::Settings;
use eventstore::{Clock, Journal, PostgresJournal, Readers, StreamName};
use projections::incidents::Incidents;
use projections::processes::Processes;
use projections::{Projector, Workplace};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::house::{House, Person, building_of, code, id};

/// A house on Postgres, with a building in it.
struct Street {
    house: House,
    journal: Arc<dyn Journal>,
    projections: projections::Runner,
    place: Place,
    manager: Person,
    tenant: Person,
    building: BuildingId,
    _database: TestDatabase,
}

/// The processes at work.
struct Working {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), String>>,
}

impl Working {
    async fn end(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap().unwrap();
    }
}

/// By day and by night: critical in 10 and 100 minutes, high in 20 and 200.
fn terms() -> Terms {
    let target = |minutes| Target {
        take_charge_minutes: minutes,
        resolve_minutes: 10 * minutes,
    };
    Terms {
        calendar: Calendar::always(Tz::UTC),
        targets: BTreeMap::from([
            (Priority::Critical, target(10)),
            (Priority::High, target(20)),
        ]),
        pauses: BTreeSet::from([IncidentState::Deferred]),
        escalate_at_percent: 75,
    }
}

fn leak(building: BuildingId, priority: Priority, details: &str) -> NewIncident {
    NewIncident {
        building,
        lot: None,
        equipment: None,
        category: "plumbing".to_owned(),
        priority,
        title: "Water".to_owned(),
        details: details.to_owned(),
        contact: None,
    }
}

impl Street {
    async fn new() -> Self {
        let database = database(&migrations::MIGRATOR).await;
        let clock = crate::house::clock();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let options = database.options.clone();
        let journal =
            PostgresJournal::open(options.clone(), Arc::clone(&shared), Settings::default());
        let journal: Arc<dyn Journal> = Arc::new(journal.await.unwrap());
        let pool = database.pool().await;
        let workplace = Workplace {
            options: options.clone(),
            journal: Arc::clone(&journal),
            clock: shared,
        };
        let projectors: [Arc<dyn Projector>; 2] = [Arc::new(Processes), Arc::new(Incidents)];
        let projections = projections::Runner::start(&workplace, pool.clone(), &projectors)
            .await
            .unwrap();
        let house = House::on(Arc::clone(&journal), clock);
        let manager = house.person("manager", Role::Manager).await;
        let tenant = house.person("tenant", Role::Member).await;
        let building = BuildingId(id());
        let (context, new) = (house.as_user(manager), building_of(manager, "1"));
        let registered = house.commands.register_building(&context, building, &new);
        registered.await.unwrap();
        let operator = house.operator();
        let set = house.commands.set_sla_policy(&operator, None, terms());
        set.await.unwrap();
        let readers = Readers::new(options.clone(), 2);
        Self {
            house,
            journal,
            projections,
            place: Place {
                options,
                pool,
                readers,
            },
            manager,
            tenant,
            building,
            _database: database,
        }
    }

    async fn work(&self) -> Working {
        let settings = RunnerSettings {
            sweep_every: Duration::from_millis(20),
            ask_again_after: TimeDelta::seconds(30),
            ..RunnerSettings::default()
        };
        let commands = Arc::clone(&self.house.commands);
        let runner = Runner::new(commands, Arc::new(Sandbox), self.place.clone(), settings);
        runner.establish().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        Working {
            stop,
            task: tokio::spawn(runner.run(stopped.into())),
        }
    }

    async fn report(&self, priority: Priority, details: &str) -> IncidentId {
        let incident = IncidentId(id());
        let new = leak(self.building, priority, details);
        let context = self.house.as_user(self.tenant);
        let reported = self
            .house
            .commands
            .report_incident(&context, incident, &new);
        reported.await.unwrap();
        incident
    }

    async fn go(&self, incident: IncidentId, step: Step) -> Result<(), CommandError> {
        let context = self.house.as_user(self.manager);
        let moved = self.house.commands.move_incident(&context, incident, step);
        moved.await.map(drop)
    }

    async fn case(&self, incident: IncidentId) -> Case {
        let state = self.house.commands.incident(incident).await.unwrap();
        state.case().unwrap().clone()
    }

    /// What was told of its clocks so far.
    async fn told(&self, incident: IncidentId) -> Vec<(ClockKind, &'static str)> {
        let stream = StreamName::of("incident", incident).unwrap();
        let events = self.journal.load(&stream, 0, 1_000).await.unwrap();
        let read = |event: &eventstore::Recorded| match AnyEvent::decode(
            &event.event_type,
            1,
            &event.data,
        )
        .unwrap()
        {
            AnyEvent::Incident(IncidentEvent::Escalated(body)) => Some((body.clock, "near")),
            AnyEvent::Incident(IncidentEvent::SlaBreached(body)) => Some((body.clock, "missed")),
            _ => None,
        };
        events.iter().filter_map(read).collect()
    }

    /// Waits until so much was told.
    async fn has_told(&self, incident: IncidentId, count: usize) -> Vec<(ClockKind, &'static str)> {
        for _ in 0..500 {
            let told = self.told(incident).await;
            if told.len() >= count {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("only {:?} was told", self.told(incident).await);
    }

    async fn is_in(&self, incident: IncidentId, state: IncidentState) {
        for _ in 0..500 {
            if self.case(incident).await.state() == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it is {:?}", self.case(incident).await.state());
    }

    /// Gives whatever would be done the time to be done.
    async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    fn passes(&self, minutes: i64) {
        self.house.clock.advance(TimeDelta::minutes(minutes));
    }
}

use ClockKind::{Resolve, TakeCharge};

#[tokio::test]
async fn a_deadline_survives_a_restart_and_is_told_once() {
    let street = Street::new().await;
    let working = street.work().await;
    let incident = street.report(Priority::Critical, "In the cellar.").await;
    street.settle().await;
    working.end().await;
    // Nobody is there when it is missed.
    street.passes(11);
    street.settle().await;
    assert!(street.told(incident).await.is_empty());
    let working = street.work().await;
    assert_eq!(street.has_told(incident, 1).await, [(TakeCharge, "missed")]);
    street.passes(70);
    street.has_told(incident, 2).await;
    working.end().await;
    let working = street.work().await;
    street.passes(20);
    street.has_told(incident, 3).await;
    street.passes(500);
    street.settle().await;
    assert_eq!(
        street.told(incident).await,
        [
            (TakeCharge, "missed"),
            (Resolve, "near"),
            (Resolve, "missed")
        ]
    );
    working.end().await;
    street.projections.stop().await;
}

#[tokio::test]
async fn a_change_of_priority_moves_the_deadline() {
    let street = Street::new().await;
    let working = street.work().await;
    let incident = street.report(Priority::Critical, "In the cellar.").await;
    street.go(incident, Step::Start).await.unwrap();
    street.settle().await;
    let change = ChangeIncident {
        category: None,
        priority: Some(Priority::High),
        title: None,
        details: None,
        due_by: None,
        at: street.house.clock.now(),
    };
    let context = street.house.as_user(street.manager);
    let changed = street
        .house
        .commands
        .change_incident(&context, incident, change);
    changed.await.unwrap();
    street.settle().await;
    // Critical would have been near at 75 and missed at 100; high is near at 150.
    street.passes(149);
    street.settle().await;
    assert!(street.told(incident).await.is_empty());
    street.passes(2);
    assert_eq!(street.has_told(incident, 1).await, [(Resolve, "near")]);
    working.end().await;
    street.projections.stop().await;
}

#[tokio::test]
async fn a_wait_ends_by_itself_after_a_restart_too() {
    let street = Street::new().await;
    let incident = street.report(Priority::Critical, "In the cellar.").await;
    let until = street.house.clock.now() + TimeDelta::minutes(60);
    let defer = Step::Defer {
        until: Some(until),
        reason: None,
    };
    let working = street.work().await;
    street.go(incident, defer).await.unwrap();
    street.settle().await;
    working.end().await;
    street.passes(61);
    let working = street.work().await;
    street.is_in(incident, IncidentState::Open).await;
    let case = street.case(incident).await;
    assert_eq!((case.assignee, case.deferred_until), (None, None));
    working.end().await;
    street.projections.stop().await;
}

#[tokio::test]
async fn an_assignee_who_cannot_act_any_more_is_dropped_at_a_reopening() {
    let street = Street::new().await;
    let commands = &street.house.commands;
    let other = street.house.person("other", Role::Manager).await;
    let incident = street.report(Priority::Critical, "In the cellar.").await;
    let assign = async |user| {
        let context = street.house.as_user(street.manager);
        let assigned = commands.assign_incident(&context, incident, Some(user));
        assigned.await
    };
    assert_eq!(code(&assign(street.tenant.user).await), "assignee_unfit");
    assign(other.user).await.unwrap();
    street.go(incident, Step::Start).await.unwrap();
    let resolution = "Done.".to_owned();
    street
        .go(incident, Step::Complete { resolution })
        .await
        .unwrap();
    let operator = street.house.operator();
    let suspended = commands.suspend_user(&operator, other.user, "Gone.".to_owned());
    suspended.await.unwrap();
    let reopen = Step::Reopen {
        window: TimeDelta::zero(),
        assignee_fit: true,
        reason: None,
    };
    street.go(incident, reopen).await.unwrap();
    let case = street.case(incident).await;
    assert_eq!((case.assignee, case.reopened), (None, 1));
    street.projections.stop().await;
}

#[tokio::test]
async fn racing_reports_do_not_slip_through_the_limit() {
    let (house, _journal) = House::in_memory();
    let manager = house.person("manager", Role::Manager).await;
    let tenant = house.person("tenant", Role::Member).await;
    let building = BuildingId(id());
    let (context, new) = (house.as_user(manager), building_of(manager, "1"));
    let registered = house.commands.register_building(&context, building, &new);
    registered.await.unwrap();
    let report = |number: usize| {
        let new = leak(building, Priority::High, &format!("Leak {number}."));
        let (context, commands) = (house.as_user(tenant), Arc::clone(&house.commands));
        async move {
            let incident = IncidentId(id());
            commands.report_incident(&context, incident, &new).await
        }
    };
    let answers = futures::future::join_all((0..25).map(report)).await;
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(taken, 10);
    for refusal in answers.into_iter().filter_map(Result::err) {
        let CommandError::Refused(refused) = refusal else {
            panic!("{refusal}")
        };
        let seconds = 86_400;
        assert_eq!(refused.kind, RefusalKind::TooSoon { seconds });
    }
}
