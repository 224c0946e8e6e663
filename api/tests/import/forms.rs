//! Files that other programs have saved again: the same values in other forms.

use api::import::sheet::as_csv;
use api::import::{
    Failures, IncidentLog, Machines, Occupants, Outcome, Report, Rowwise, SOUGHT, Stop,
};
use commands::{Context, Who};
use domain::building::{Building, Lot, LotKind};
use domain::id::{BuildingId, LotId};
use domain::occupancy::Occupancy;
use eventstore::{Clock, Mint, SystemClock};

use crate::house::{House, SAMPLE, sample_with};
use crate::occupants::building_at;

/// A building with flats of these labels.
async fn flats(house: &House, labels: &[&str]) -> (BuildingId, Rowwise<Occupants>) {
    let id = BuildingId(Mint.id());
    building_at(house, id, 0).await;
    for label in labels {
        let lot = Lot {
            label: (*label).to_owned(),
            kind: LotKind::Flat,
            section: None,
            floor: None,
            surface_dm2: None,
            shares: std::collections::BTreeMap::new(),
        };
        let context = Context::new(Who::Operator, SystemClock.now(), Mint.id());
        let commands = house.commands();
        commands
            .add_lot(&context, id, LotId(Mint.id()), lot)
            .await
            .unwrap();
    }
    let (state, _) = house
        .commands()
        .dispatch()
        .peek::<Building>(id)
        .await
        .unwrap();
    (
        id,
        Rowwise::new(Occupants::of(id, state.standing().unwrap())),
    )
}

/// The label of each flat, the name of who is in it, and the part of it, in millionths.
async fn there(house: &House, id: BuildingId) -> Vec<(String, String, Option<u32>)> {
    let (state, _) = house
        .commands()
        .dispatch()
        .peek::<Building>(id)
        .await
        .unwrap();
    let mut found = Vec::new();
    for (lot_id, lot) in &state.standing().unwrap().lots {
        let (state, _) = house
            .commands()
            .dispatch()
            .peek::<Occupancy>(*lot_id)
            .await
            .unwrap();
        for occupant in state.occupants.values() {
            found.push((
                lot.label.clone(),
                occupant.name.value.clone(),
                occupant.part,
            ));
        }
    }
    found.sort();
    found
}

async fn table(house: &House, way: &Rowwise<Occupants>, text: &str) -> Report {
    let csv = as_csv(text.as_bytes(), SOUGHT, &std::collections::BTreeMap::new()).unwrap();
    house.finish(way, csv).await
}

fn reasons(report: &Report) -> Vec<(&str, i64)> {
    let reasons = report.figures.reasons.iter();
    reasons
        .map(|reason| (reason.code.as_str(), reason.rows))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_by_what_they_say() {
    let house = House::new().await;
    let (id, way) = flats(&house, &["\u{c9}-1", "B  1", "Straße 2"]).await;
    let text = "lot,kind,name,from\nE\u{301}-1,tenant,Rene\u{301},2026-01-01\n\
                b 1,tenant,Ann,2026-01-01\nSTRASSE\u{a0}2,tenant,\u{feff}Eve\u{202f},2026-01-01\n";
    let report = table(&house, &way, text).await;
    assert_eq!((report.figures.accepted(), reasons(&report)), (3, vec![]));
    let named = |label: &str, name: &str| (label.to_owned(), name.to_owned(), None);
    let mut expected = vec![
        named("B 1", "Ann"),
        named("Straße 2", "Eve"),
        named("\u{c9}-1", "Ren\u{e9}"),
    ];
    expected.sort();
    assert_eq!(there(&house, id).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_what_a_spreadsheet_shows_and_errors_are_none() {
    let house = House::new().await;
    let (id, way) = flats(&house, &["1", "2", "3", "4", "5", "6"]).await;
    let text = "lot;kind;name;from;part;note\n1;owner;A;2026-01-01;50%;\n\
                2;owner;B;2026-01-01;33,3333\u{202f}%;#NV\n\
                3;owner;C;2026-01-01;3.3000000000000003;\n\
                4;owner;#N/A;2026-01-01;;\n5;owner;E;2026-01-01;#DIV/0!;\n\
                6;owner;F;2026-01-01;33.3333333333333;\n";
    let report = table(&house, &way, text).await;
    assert_eq!(reasons(&report), [("error_value", 2), ("number", 1)]);
    let parts: Vec<_> = there(&house, id)
        .await
        .into_iter()
        .map(|(_, _, part)| part)
        .collect();
    assert_eq!(parts, [Some(500_000), Some(333_333), Some(33_000)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_never_read_in_another_order_than_its_header() {
    let house = House::new().await;
    let (id, way) = flats(&house, &["A1", "A2", "A3"]).await;
    let text = "name;;kind;lot;email;from;until;part;exclusive;;;\n\
                Ann;;tenant;A1;;2026-01-01;2027-01-01;;;;;\n\
                A2;;tenant;A3;;2026-01-01;2027-01-01;;\n";
    let report = table(&house, &way, text).await;
    assert_eq!(reasons(&report), [("field_count", 1)]);
    let folder = house.folder.path().join("report");
    report.write(&house.pool, &folder).await.unwrap();
    let rows = std::fs::read_to_string(folder.join("unreadable.csv")).unwrap();
    assert!(
        rows.contains("the row has 9 fields, the header has 12"),
        "{rows}"
    );
    let there = there(&house, id).await;
    assert_eq!(there, [("A1".to_owned(), "Ann".to_owned(), None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hotel_bookings_saved_by_a_spreadsheet_or_by_pandas_are_the_same() {
    let house = House::new().await;
    let american = sample_with(|line| {
        let (rest, date) = line.rsplit_once(',').unwrap();
        let mut parts = date.trim().splitn(3, '-');
        match [parts.next(), parts.next(), parts.next()] {
            [Some(y), Some(m), Some(d)] => {
                let short = |part: &str| part.trim_start_matches('0').to_owned();
                format!("{rest},{}/{}/{y}", short(m), short(d))
            }
            _ => line.to_owned(),
        }
    });
    let report = house.import(american).await;
    assert_eq!(
        (report.figures.accepted(), report.figures.unreadable()),
        (22, 0)
    );
    assert!(
        report.to_string().contains("dates       M/D/YYYY"),
        "{report}"
    );
    let header = SAMPLE.lines().next().unwrap();
    let row = SAMPLE.lines().nth(1).unwrap();
    for nothing in ["", "NaN", "nan", "NA", "NULL", "<NA>"] {
        let mut fields: Vec<&str> = row.split(',').collect();
        fields[10] = nothing;
        let report = house
            .import(format!("{header}\n{}\n", fields.join(",")))
            .await;
        assert_eq!(report.figures.unreadable(), 0, "{nothing}");
    }
}

const LOG: &str = include_str!("../samples/incident-log.csv");

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_log_saved_by_excel_is_the_same() {
    let house = House::new().await;
    let way = || Rowwise::new(IncidentLog::default());
    let plain = house.finish(&way(), LOG).await;
    assert!(
        plain.to_string().contains("dates       D/M/YYYY"),
        "{plain}"
    );
    let words = |text: &str| {
        text.replace(",true,", ",TRUE,")
            .replace(",false,", ",False,")
    };
    let (header, rows) = LOG.split_once('\n').unwrap();
    let excel = format!("{header}\n{}", words(&words(&rows.replace('/', "-"))));
    let house = House::new().await;
    let saved = house.finish(&way(), excel).await;
    assert_eq!(saved.figures, plain.figures);
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_can_be_read_in_two_ways_are_refused_unless_somebody_says_how() {
    let mut house = House::new().await;
    let machines = "machineID,model,age\n1,model3,18\n";
    house.finish(&Rowwise::new(Machines), machines).await;
    let spaced = "datetime,machineID,failure\n2015-02-01 06:00:00,1,\"comp2\"\n";
    let report = house.finish(&Rowwise::new(Failures), spaced).await;
    assert_eq!(report.figures.accepted(), 1);
    assert!(!report.to_string().contains("dates "), "{report}");

    let path = house.file(
        "us.csv",
        "datetime,machineID,failure\n2/3/2015 6:00:00 AM,1,comp1\n",
    );
    let failures = Rowwise::new(Failures);
    let fault = house
        .try_to(&failures, &path, &Stop::default())
        .await
        .unwrap_err();
    assert!(fault.to_string().contains("--dates month-first"), "{fault}");
    house.say_dates("month_first");
    let Outcome::Finished(report) = house
        .try_to(&failures, &path, &Stop::default())
        .await
        .unwrap()
    else {
        panic!("not finished");
    };
    assert!(
        report.to_string().contains("dates       M/D/YYYY"),
        "{report}"
    );
    assert_eq!(report.figures.accepted(), 1);
    house.say_dates("day_first");
    let fault = house
        .try_to(&failures, &path, &Stop::default())
        .await
        .unwrap_err();
    assert!(
        fault
            .to_string()
            .contains("read before with its dates as M/D/YYYY"),
        "{fault}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_in_which_nothing_was_accepted_has_failed() {
    let house = House::new().await;
    let nothing = house
        .bring_in(&Rowwise::new(Machines), "machineID,model,age\nx,y,z\n")
        .await;
    assert_eq!(nothing.exit_code(), 1);
    let some = house
        .bring_in(
            &Rowwise::new(Machines),
            "machineID,model,age\n1,y,2\nx,y,z\n",
        )
        .await;
    assert_eq!(some.exit_code(), 0);
    let stopped = Outcome::Stopped { done: 1, steps: 2 };
    assert_eq!(stopped.exit_code(), 130);
}
