//! The import of a list of occupants.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

use api::import::sheet::as_csv;
use api::import::{KEPT, Occupants, Outcome, Purge, Purged, Rowwise, SOUGHT};
use chrono::TimeDelta;
use commands::{Context, Who};
use domain::building::{Address, Building, Lot, LotKind, RegisterBuilding};
use domain::id::{BuildingId, LotId, UserId};
use eventstore::{Clock, ManualClock, Mint, SystemClock};
use uuid::Uuid;

use crate::house::House;

fn operator() -> Context {
    Context::new(Who::Operator, SystemClock.now(), Mint.id())
}

/// A building with so many flats, `0001` and so on.
async fn building(house: &House, flats: usize) -> (BuildingId, Rowwise<Occupants>) {
    let id = BuildingId(Mint.id());
    (id, building_at(house, id, flats).await)
}

/// The same under an id, from which those of its flats follow.
pub async fn building_at(house: &House, id: BuildingId, flats: usize) -> Rowwise<Occupants> {
    let register = RegisterBuilding {
        owner: UserId(Uuid::new_v5(&id.0, b"owner")),
        name: "The tower".to_owned(),
        address: Address {
            lines: vec!["Rua do Ouro 1".to_owned()],
            city: "Lisboa".to_owned(),
            postal_code: None,
            country: "PT".to_owned(),
            point: None,
        },
        time_zone: None,
        sections: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
    };
    let commands = house.commands();
    commands
        .register_building(&operator(), id, &register)
        .await
        .unwrap();
    for number in 1..=flats {
        let lot = Lot {
            label: format!("{number:04}"),
            kind: LotKind::Flat,
            section: None,
            floor: None,
            surface_dm2: None,
            shares: std::collections::BTreeMap::new(),
        };
        let lot_id = LotId(Uuid::new_v5(&id.0, lot.label.as_bytes()));
        commands
            .add_lot(&operator(), id, lot_id, lot)
            .await
            .unwrap();
    }
    let (state, _) = commands.dispatch().peek::<Building>(id).await.unwrap();
    Rowwise::new(Occupants::of(id, state.standing().unwrap()))
}

/// An owner and two tenants, one after the other, of every flat; the last flat's second tenant
/// comes before the first has left.
pub fn list(flats: usize) -> Vec<u8> {
    let mapping = [("lot".to_owned(), "einheit".to_owned())].into();
    as_csv(table(flats).as_bytes(), SOUGHT, &mapping).unwrap()
}

/// The same with a heading of its own for the lots.
pub fn table(flats: usize) -> String {
    let mut text = "Einheit;kind;name;from;until\n".to_owned();
    for number in 1..=flats {
        let comes = if number == flats {
            "30.06.2025"
        } else {
            "01.07.2025"
        };
        let _ = writeln!(text, "{number:04};owner;Owner {number};2020-01-01;");
        let _ = writeln!(
            text,
            "{number:04};tenant;First {number};2024-01-01;2025-07-01"
        );
        let _ = writeln!(text, "{number:04};tenant;Second {number};{comes};");
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn occupants_are_brought_in_once_and_the_lots_keep_their_rules() {
    // More by hand: how long it takes is printed, and judged by nobody.
    let flats = std::env::var("CADASTRE_FLATS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(40);
    let house = House::new().await;
    let began = Instant::now();
    let (_, way) = building(&house, flats).await;
    println!("{flats} flats in {:.1} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    let report = house.finish(&way, list(flats)).await;
    println!(
        "{} rows in {:.1} s",
        report.figures.rows,
        began.elapsed().as_secs_f64()
    );
    let rows = i64::try_from(flats * 3).unwrap();
    assert_eq!(
        (report.figures.rows, report.figures.accepted()),
        (rows, rows - 1)
    );
    assert_eq!(report.figures.reasons[0].code, "tenancy_overlaps");

    let head = house.head().await;
    assert!(matches!(
        house.bring_in(&way, list(flats)).await,
        Outcome::Before(_)
    ));
    for table in ["note", "refusal", "staged_row", "file"] {
        let sql = format!("delete from import.{table}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&house.pool)
            .await
            .unwrap();
    }
    let again = house.finish(&way, list(flats)).await;
    assert_eq!(house.head().await, head, "something happened twice");
    assert_eq!(again.figures, report.figures);

    let began = Instant::now();
    house.project().await;
    println!("projected in {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(house.count("occupants.occupant").await, rows - 1);
    let labelled = house
        .count("occupants.occupant where label is not null")
        .await;
    assert_eq!(labelled, rows - 1);
    // Another building is another import of the same list.
    let (_, other) = building(&house, 1).await;
    let other = house.finish(&other, list(1)).await;
    assert_eq!(other.figures.accepted(), 2);
}

/// What lets go of staged rows, with a clock of its own.
async fn purge(house: &House) -> (Purge, ManualClock) {
    let clock = ManualClock::at(SystemClock.now());
    let purge = Purge {
        commands: house.neighbour().await.commands,
        pool: house.pool.clone(),
        clock: Arc::new(clock.clone()),
    };
    (purge, clock)
}

/// The rows that are staged with what they say.
async fn said(house: &House) -> Vec<String> {
    sqlx::query_scalar("select record from import.staged_row where record <> '' order by row")
        .fetch_all(&house.pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rows_say_is_kept_no_longer_than_somebody_needs_it() {
    let house = House::new().await;
    let (_, way) = building(&house, 3).await;
    let (purge, clock) = purge(&house).await;
    let mut table = String::from_utf8(list(3)).unwrap();
    let repeated = table.lines().nth(1).unwrap().to_owned();
    table.push_str(&repeated);
    let report = house.finish(&way, &table).await;
    assert_eq!(
        (report.figures.refused(), report.figures.unreadable()),
        (1, 1)
    );
    // Of those that were accepted nothing is left; the two others can be looked at.
    let left = said(&house).await;
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(
        left[0].contains("Second 3") && left[1] == repeated,
        "{left:?}"
    );
    assert_eq!(house.count("import.staged_row").await, 10);

    clock.advance(KEPT - TimeDelta::hours(1));
    assert_eq!(purge.sweep().await.unwrap(), Purged::default());
    assert_eq!(said(&house).await, left);
    clock.advance(TimeDelta::hours(2));
    let emptied = Purged {
        emptied: 1,
        forgotten: 0,
    };
    assert_eq!(purge.sweep().await.unwrap(), emptied);
    assert_eq!(purge.sweep().await.unwrap(), Purged::default());
    assert!(said(&house).await.is_empty());
    let names: i64 = sqlx::query_scalar(
        "select count(*) from (
             select fault_detail as text from import.staged_row
             union all select detail from import.refusal
         ) t where text ~* 'owner|first|second'",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    assert_eq!(names, 0, "a sentence names somebody");

    // The same file is known all the same, and its figures are what they were.
    let head = house.head().await;
    let Outcome::Before(before) = house.bring_in(&way, &table).await else {
        panic!("it was brought in twice");
    };
    assert_eq!((before.figures, house.head().await), (report.figures, head));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nobody_carries_out_is_forgotten_and_may_come_again() {
    let house = House::new().await;
    let (_, way) = building(&house, 2).await;
    let (purge, clock) = purge(&house).await;
    let importer = house.neighbour().await;
    importer.receive(&way, &list(2)).await.unwrap();
    clock.advance(KEPT - TimeDelta::hours(1));
    assert_eq!(purge.sweep().await.unwrap(), Purged::default());
    assert_eq!(said(&house).await.len(), 6);
    clock.advance(TimeDelta::hours(2));
    let forgotten = Purged {
        emptied: 0,
        forgotten: 1,
    };
    assert_eq!(purge.sweep().await.unwrap(), forgotten);
    assert_eq!(house.count("import.staged_row").await, 0);
    assert_eq!(house.count("import.file").await, 0);
    assert_eq!(house.finish(&way, list(2)).await.figures.accepted(), 5);
}
