//! The import of a fleet of machines: four files, one after the other.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use api::import::{Errors, Failures, Machines, Outcome, Replacements, Report, Rowwise};
use serde_json::Value;

use crate::house::{House, gzipped};

const MACHINES: &str = "machineID,model,age\n1,model3,18\n2,model4,7\n3,model3,0\n3,model1,1\n";
/// Two components of machine 1 fail at once, one of machine 2 that nobody mends, one of a machine
/// that is not there, one twice, and one at no time.
const FAILURES: &str = "datetime,machineID,failure
2015-02-01T06:00:00.000000,1,comp1
2015-02-01T06:00:00.000000,1,comp2
2015-03-03T06:00:00.000000,1,comp1
2015-03-05T03:00:00.000000,2,comp4
2015-03-05T03:00:00.000000,2,comp4
2015-03-05T03:00:00.000000,9,comp4
yesterday,2,comp1
";
const REPLACED: &str = "datetime,machineID,comp
2014-06-01T06:00:00.000000,1,comp2
2015-02-01T06:00:00.000000,1,comp1
2015-02-01T06:00:00.000000,1,comp2
2015-03-03T06:00:00.000000,1,comp1
2015-04-01T06:00:00.000000,2,comp3
";
const ERRORS: &str = "datetime,machineID,errorID
2015-01-03T07:00:00.000000,1,error1
2015-01-04T07:00:00.000000,1,error1
2015-01-04T07:00:00.000000,1,error2
2015-01-03T07:00:00.000000,2,error1
";

/// What is counted of a fleet.
#[derive(Debug, Default, PartialEq)]
struct Figures {
    machines: i64,
    models: BTreeMap<String, i64>,
    failures: i64,
    failed_components: i64,
    mended_after_failure: i64,
    not_mended: i64,
    replaced_by_plan: i64,
    errors: BTreeMap<String, i64>,
    never_failed: Vec<i64>,
    gaps: i64,
    gap_seconds: i64,
}

async fn counts(house: &House, sql: &'static str) -> BTreeMap<String, i64> {
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&house.pool).await.unwrap();
    rows.into_iter().collect()
}

/// What the read model has.
async fn read(house: &House) -> Figures {
    let models = counts(
        house,
        "select model, count(*) from equipment.equipment group by 1",
    )
    .await;
    let orders = counts(
        house,
        "select kind || ' ' || status, count(*) from equipment.work_order group by 1",
    )
    .await;
    let of = |word: &str| orders.get(word).copied().unwrap_or(0);
    let never: Vec<String> = sqlx::query_scalar(
        "select serial from equipment.equipment e where not exists
             (select from equipment.downtime d where d.equipment = e.id)
         order by serial::bigint",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    let (failures, gaps, gap_seconds): (i64, i64, i64) = sqlx::query_as(
        "select count(*), count(gap), coalesce(sum(gap), 0)::bigint from
             (select extract(epoch from since - lag(until) over
                 (partition by equipment order by since))::bigint as gap
              from equipment.downtime where kind = 'failure') failure",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    Figures {
        machines: models.values().sum(),
        models,
        failures,
        failed_components: of("corrective complete") + of("corrective open"),
        mended_after_failure: of("corrective complete"),
        not_mended: of("corrective open"),
        replaced_by_plan: of("preventive complete"),
        errors: counts(
            house,
            "select name, sum(value_e3 / 1000)::bigint from equipment.meter group by 1",
        )
        .await,
        never_failed: never.iter().map(|serial| serial.parse().unwrap()).collect(),
        gaps,
        gap_seconds,
    }
}

/// What `scripts/count-machines.py` counts, which shares no code with us.
fn counted(folder: &Path) -> Figures {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/count-machines.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(folder)
        .output()
        .unwrap();
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{faults}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |name: &str| json[name].as_i64().unwrap();
    let numbers = |name: &str| -> BTreeMap<String, i64> {
        let pairs = json[name].as_object().unwrap().iter();
        pairs
            .map(|(key, n)| (key.clone(), n.as_i64().unwrap()))
            .collect()
    };
    let never = json["never_failed"].as_array().unwrap().iter();
    Figures {
        machines: number("machines"),
        models: numbers("models"),
        failures: number("failures"),
        failed_components: number("failed_components"),
        mended_after_failure: number("mended_after_failure"),
        not_mended: number("not_mended"),
        replaced_by_plan: number("replaced_by_plan"),
        errors: numbers("errors_by_kind"),
        never_failed: never.map(|n| n.as_i64().unwrap()).collect(),
        gaps: number("gaps"),
        gap_seconds: number("gap_seconds"),
    }
}

fn refused(report: &Report) -> BTreeMap<String, i64> {
    let reasons = report.figures.reasons.iter();
    reasons
        .map(|reason| (reason.code.clone(), reason.rows))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_trap_of_the_fleet_is_met() {
    let house = House::new().await;
    let machines = house
        .finish(&Rowwise::new(Machines), gzipped(MACHINES))
        .await;
    assert_eq!(refused(&machines), [("key_twice".to_owned(), 1)].into());
    let failures = house
        .finish(&Rowwise::new(Failures), gzipped(FAILURES))
        .await;
    let reasons = [("date", 1), ("equipment_unknown", 1), ("key_twice", 1)];
    assert_eq!(
        refused(&failures),
        reasons.map(|(code, rows)| (code.to_owned(), rows)).into()
    );
    let replaced = Rowwise::new(Replacements);
    house.finish(&replaced, gzipped(REPLACED)).await;
    house.finish(&Rowwise::new(Errors), gzipped(ERRORS)).await;
    house.project().await;

    let month = 30 * 86_400;
    let expected = Figures {
        machines: 3,
        models: [("model3".to_owned(), 2), ("model4".to_owned(), 1)].into(),
        // Two components at once are one failure of machine 1.
        failures: 3,
        failed_components: 4,
        mended_after_failure: 3,
        not_mended: 1,
        replaced_by_plan: 2,
        errors: [("error1".to_owned(), 3), ("error2".to_owned(), 1)].into(),
        never_failed: vec![3],
        gaps: 1,
        gap_seconds: month,
    };
    assert_eq!(read(&house).await, expected);
    let since: String = sqlx::query_scalar(
        "select to_char(in_service_since at time zone 'UTC', 'YYYY-MM-DD')
         from equipment.equipment where serial = '1'",
    )
    .fetch_one(&house.pool)
    .await
    .unwrap();
    assert_eq!(since, "1997-01-01", "18 years before 2015");

    // Again, and in a file that says more: what was there changes nothing.
    let head = house.head().await;
    let again = house.bring_in(&replaced, gzipped(REPLACED)).await;
    assert!(matches!(again, Outcome::Before(_)), "{again:?}");
    assert_eq!(house.head().await, head);
    let more = format!("{ERRORS}2015-01-09T07:00:00.000000,3,error5\n");
    house.finish(&Rowwise::new(Errors), gzipped(&more)).await;
    house.project().await;
    let errors = read(&house).await.errors;
    assert_eq!((errors["error1"], errors["error5"]), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_fleet_is_as_the_independent_count_says() {
    let Some(folder) = std::env::var_os("CADASTRE_DATASETS") else {
        eprintln!("CADASTRE_DATASETS does not name the folder of the data sets; nothing to count");
        return;
    };
    let folder = Path::new(&folder).join("azure_pdm");
    let house = House::new().await;
    let file = |name: &str| std::fs::read(folder.join(format!("PdM_{name}.csv.gz"))).unwrap();
    let mut events = BTreeMap::new();
    let machines = Rowwise::new(Machines);
    let report = house.finish(&machines, file("machines")).await;
    events.insert("machines", report.speed.map(|speed| speed.events));
    let failures = Rowwise::new(Failures);
    let report = house.finish(&failures, file("failures")).await;
    events.insert("failures", report.speed.map(|speed| speed.events));
    let report = house
        .finish(&Rowwise::new(Replacements), file("maintenance"))
        .await;
    events.insert("maintenance", report.speed.map(|speed| speed.events));
    let report = house.finish(&Rowwise::new(Errors), file("errors")).await;
    events.insert("errors", report.speed.map(|speed| speed.events));
    house.project().await;

    let found = read(&house).await;
    println!("{found:#?}\nevents: {events:?}");
    assert_eq!(found, counted(&folder));
    let again = house.bring_in(&failures, file("failures")).await;
    assert!(matches!(again, Outcome::Before(_)), "{again:?}");
}
