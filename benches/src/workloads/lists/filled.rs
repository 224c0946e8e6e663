//! Read models that are full, and questions to them.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use domain::Aggregate;
use domain::id::{BuildingId, LotId, UserId};
use domain::incident::{
    Contact, Incident, IncidentCommand, Place, Priority, ReportIncident, Reporter,
};
use eventstore::{Readers, SystemClock};
use projections::incidents::{self, IncidentFilter, Incidents};
use projections::occupants::{self, OccupantFilter, Occupants};
use projections::{Page, Projector, Runner, Workplace};
use sqlx::PgPool;
use uuid::Uuid;

use crate::building;
use crate::database::Database;
use crate::fault::Fault;
use crate::seed::Seed;
use crate::sides::ours::Ours;
use crate::sides::{Side, Start};
use crate::stage::Stage;

const INCIDENTS: i64 = 100_000;
const OCCUPANTS: i64 = 1_000_000;
/// Occupants that one statement writes.
const PART: i64 = 100_000;
const LISTED: u32 = 20;
const READERS_MAX: u32 = 8;
const PATIENCE: Duration = Duration::from_mins(1);
/// The kinds of `lists.sql`.
const LOT: u128 = 2;
const BUILDING: u128 = 3;
const PERSON: u128 = 4;
const STAFF: u128 = 5;
const MANAGER: u128 = 6;
const CATEGORIES: [&str; 5] = ["water", "heating", "lift", "noise", "light"];

/// Read models that are full.
pub struct Filled {
    database: Arc<Ours>,
    readers: Readers,
}

impl Filled {
    /// Makes and fills them.
    pub async fn open(stage: &Stage) -> Result<Self, Fault> {
        let house = Ours::open(Start::new(stage, 1, &Seed::none())).await?;
        project(&house).await?;
        fill(house.database()).await?;
        Ok(Self {
            readers: Readers::new(house.database().options.clone(), READERS_MAX),
            database: Arc::new(house),
        })
    }

    /// The first process of Postgres.
    pub fn server(&self) -> i32 {
        self.database.server()
    }

    /// Asks the question with this number.
    pub async fn ask(&self, number: u64) -> Result<(), Fault> {
        let n = scattered(number);
        match number % 6 {
            4 | 5 => {
                self.occupants(occupants_asked_for(number % 6 == 4, n))
                    .await
            }
            2 => self.due(incidents_asked_for(2, n)).await,
            question => self.incidents(incidents_asked_for(question, n)).await,
        }
    }

    async fn incidents(&self, filter: IncidentFilter) -> Result<(), Fault> {
        let found = incidents::list(&self.readers, &filter, &Page::first(LISTED)).await?;
        not_empty(found.items.len())
    }

    async fn due(&self, filter: IncidentFilter) -> Result<(), Fault> {
        let found = incidents::list_due(&self.readers, &filter, &Page::first(LISTED)).await?;
        not_empty(found.items.len())
    }

    async fn occupants(&self, filter: OccupantFilter) -> Result<(), Fault> {
        let found = occupants::list(&self.readers, &filter, &Page::first(LISTED)).await?;
        not_empty(found.items.len())
    }

    /// Takes all away.
    pub async fn remove(&self) -> Result<(), Fault> {
        self.readers.close().await;
        self.database.close().await
    }
}

fn incidents_asked_for(question: u64, n: u64) -> IncidentFilter {
    let mut filter = IncidentFilter::default();
    match question {
        0 => filter.building = Some(BuildingId(nth(BUILDING, n % 1_000))),
        1 => {
            filter.manager = Some(UserId(nth(MANAGER, n % 20)));
            filter.open = Some(true);
        }
        2 => filter.assignee = Some(UserId(nth(STAFF, n % 50))),
        _ => {
            let category = usize::try_from(n % 5).map_or("water", |place| CATEGORIES[place]);
            filter.category = Some(category.to_owned());
            filter.search = Some("ceiling".to_owned());
        }
    }
    filter
}

/// Those of one lot, or those of a building on a day.
fn occupants_asked_for(of_lot: bool, n: u64) -> OccupantFilter {
    let mut filter = OccupantFilter::default();
    if of_lot {
        filter.lot = Some(LotId(nth(LOT, n % 100_000)));
    } else {
        filter.building = Some(BuildingId(nth(BUILDING, n % 1_000)));
        filter.at = NaiveDate::from_ymd_opt(2021, 6, 1);
    }
    filter
}

fn not_empty(count: usize) -> Result<(), Fault> {
    if count == 0 {
        return Err("a list that should have items is empty".into());
    }
    Ok(())
}

/// Numbers that follow each other, far from each other.
fn scattered(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// The id that `nth` of `lists.sql` makes.
fn nth(kind: u128, n: u64) -> Uuid {
    Uuid::from_u128((kind << 96) | (0x4000_8000 << 48) | u128::from(n))
}

/// Lets the projections make their tables.
async fn project(house: &Ours) -> Result<(), Fault> {
    house.request(0).await?;
    let workplace = Workplace {
        options: house.database().options.clone(),
        journal: Arc::clone(house.journal()),
        clock: Arc::new(SystemClock),
    };
    let pool = PgPool::connect_lazy_with(house.database().options.clone());
    let projectors: [Arc<dyn Projector>; 2] = [Arc::new(Incidents), Arc::new(Occupants)];
    let runner = Runner::start(&workplace, pool, &projectors).await?;
    let head = house.journal().head().await?;
    let names = [incidents::NAME, occupants::NAME];
    runner.handle().wait_for(&names, head, PATIENCE).await?;
    runner.stop().await;
    Ok(())
}

async fn fill(database: &Database) -> Result<(), Fault> {
    database.run(include_str!("../../../sql/lists.sql")).await?;
    let client = database.raw().await?;
    let facts = serde_json::to_string(&facts()?)?;
    let incidents = "select grow_incidents($1::text::jsonb, $2)";
    client.execute(incidents, &[&facts, &INCIDENTS]).await?;
    for start in (0..OCCUPANTS / PART).map(|part| part * PART) {
        let occupants = "select grow_occupants($1, $2)";
        client
            .execute(occupants, &[&start, &(start + PART)])
            .await?;
    }
    // As autovacuum would, but not in the midst of a measurement.
    for table in ["incidents.incident", "occupants.occupant"] {
        client
            .batch_execute(&format!("vacuum (analyze) {table}"))
            .await?;
    }
    Ok(())
}

/// What is so of an incident that was just reported.
fn facts() -> Result<domain::incident::Case, Fault> {
    let report = ReportIncident {
        place: Place {
            building: Some(BuildingId(nth(BUILDING, 1))),
            lot: None,
            equipment: None,
            location: None,
        },
        manager: None,
        category: "water".to_owned(),
        priority: Priority::High,
        title: "Water drips from the ceiling".to_owned(),
        details: "It comes from above the second floor, and has done so since the night."
            .to_owned(),
        reporter: Reporter::User {
            user: UserId(nth(PERSON, 1)),
        },
        contact: Contact {
            name: None,
            email: None,
            phone: None,
        },
        service: None,
        source: None,
        at: building::now(),
    };
    let events = Incident::default().decide(&IncidentCommand::Report(report.into()))?;
    let incident = Incident::fold(&events);
    Ok(incident
        .case()
        .ok_or("an incident that was reported is there")?
        .clone())
}
