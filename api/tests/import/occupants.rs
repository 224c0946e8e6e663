//! The import of a list of occupants.

use std::fmt::Write;
use std::time::Instant;

use api::import::sheet::as_csv;
use api::import::{Occupants, Outcome, Rowwise, SOUGHT};
use commands::{Context, Who};
use domain::building::{Address, Building, Lot, LotKind, RegisterBuilding};
use domain::id::{BuildingId, LotId, UserId};
use eventstore::{Clock, Mint, SystemClock};

use crate::house::House;

fn operator() -> Context {
    Context::new(Who::Operator, SystemClock.now(), Mint.id())
}

/// A building with so many flats, `0001` and so on.
async fn building(house: &House, flats: usize) -> (BuildingId, Rowwise<Occupants>) {
    let id = BuildingId(Mint.id());
    let register = RegisterBuilding {
        owner: UserId(Mint.id()),
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
        let lot_id = LotId(Mint.id());
        commands
            .add_lot(&operator(), id, lot_id, lot)
            .await
            .unwrap();
    }
    let (state, _) = commands.dispatch().peek::<Building>(id).await.unwrap();
    let way = Rowwise::new(Occupants::of(id, state.standing().unwrap()));
    (id, way)
}

/// An owner and two tenants, one after the other, of every flat; the last flat's second tenant
/// comes before the first has left.
fn list(flats: usize) -> Vec<u8> {
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
    let mapping = [("lot".to_owned(), "einheit".to_owned())].into();
    as_csv(text.as_bytes(), SOUGHT, &mapping).unwrap()
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
