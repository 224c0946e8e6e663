//! Occupants brought in from a file: tried first, carried out when somebody says so.

use domain::permission::Role;
use harness::{Answer, Client, House, Person};
use reqwest::Method;
use serde_json::json;

/// A workbook that a program made which people use; see `scripts/make-occupants-sample`.
const WORKBOOK: &[u8] = include_bytes!("../../api/tests/samples/occupants-libreoffice.xlsx");

const TABLE: &str = "\
lot,kind,name,email,from,until,part
001,owner,Zoë,zoe@example.org,2026-01-01,,60
001,owner,Bob,,01.03.2026,,40.0001
001,tenant,Tom,,2026-01-01,2026-07-01,
001,tenant,Tim,,2026-06-30,,
7,owner,Eve,,2026-01-01,,
B-02,lodger,Ida,,2026-01-01,,
B-02,owner,Max,,2026-02-30,,
B-02,owner,Max,,1 March 2026,,
B-02,owner,Mia,,2026-03-01,,33.3333
b-02,owner, mia ,,2026-03-01,,
";

/// A building of `who` with the flats `001` and `B-02`, as an id.
async fn building(who: &Person) -> String {
    let building = json!({"name": "The corner house", "address":
        {"lines": ["Rua do Ouro 1"], "city": "Lisboa", "country": "PT"}});
    let building = who.post("/buildings", &building).await.expect(201).id();
    for label in ["001", "B-02"] {
        let flat = json!({"label": label, "kind": "flat"});
        let lots = format!("/buildings/{building}/lots");
        who.post(&lots, &flat).await.expect(201);
    }
    building
}

async fn send(who: &Client, query: &str, body: impl Into<Vec<u8>>) -> Answer {
    let path = format!("/imports?{query}");
    Client::send(who.ask(Method::POST, &path).body(body.into())).await
}

/// The reason and the outcome of each row.
fn outcomes(rows: &Answer) -> Vec<(&str, &str)> {
    let items = rows.items().iter();
    items
        .map(|row| {
            let code = row["code"].as_str().unwrap_or_default();
            (row["outcome"].as_str().unwrap(), code)
        })
        .collect()
}

/// What becomes of each row of the table.
fn expected(accepted: &str) -> [(&str, &str); 10] {
    [
        (accepted, ""),
        ("refused", "parts_exceed"),
        (accepted, ""),
        ("refused", "tenancy_overlaps"),
        ("refused", "lot_unknown"),
        ("unreadable", "word"),
        ("unreadable", "date"),
        ("unreadable", "date"),
        (accepted, ""),
        ("unreadable", "key_twice"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_tried_row_by_row_and_carried_out_once() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let building = building(&mia).await;
    let query = format!("kind=occupants&building={building}");

    let before = house.head().await;
    let sent = send(&mia, &query, TABLE).await.expect(201);
    assert_eq!(house.head().await, before + 1, "only that it was received");
    let import = format!("/imports/{}", sent.id());
    let rows = mia.get(&format!("{import}/rows")).await.expect(200);
    assert_eq!(outcomes(&rows), expected("ready"));
    assert_eq!(rows.items()[1]["said"]["name"], "Bob");
    assert_eq!(rows.items()[1]["line"], 3);
    let kept_out = format!("{import}/rows?only=kept_out&limit=3");
    let kept_out = mia.get(&kept_out).await.expect(200);
    assert_eq!(kept_out.items().len(), 3);
    assert!(kept_out.json["next_cursor"].is_string());

    // The same file is the same import.
    assert_eq!(send(&mia, &query, TABLE).await.expect(201).id(), sent.id());
    mia.act(&format!("{import}/commit")).await.expect(200);
    let done = mia.until_status(&import, "finished").await;
    assert_eq!(
        (&done["refused"], &done["unreadable"]),
        (&json!(3), &json!(4))
    );
    let rows = mia.get(&format!("{import}/rows")).await.expect(200);
    assert_eq!(outcomes(&rows), expected("accepted"));
    house.settled().await;
    let all = mia
        .get(&format!("/buildings/{building}/occupants"))
        .await
        .expect(200);
    let mut names: Vec<&str> = all
        .items()
        .iter()
        .map(|o| o["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Mia", "Tom", "Zoë"]);
    let zoe = all.items().iter().find(|o| o["name"] == "Zoë").unwrap();
    assert_eq!(
        (&zoe["part"], &zoe["label"]),
        (&json!(600_000), &json!("001"))
    );

    let head = house.head().await;
    mia.act(&format!("{import}/commit")).await.expect(200);
    assert_eq!(send(&mia, &query, TABLE).await.expect(201).id(), sent.id());
    mia.act(&format!("{import}/cancel"))
        .await
        .refused(409, "import_finished");
    assert_eq!(house.head().await, head, "something happened twice");
    house.compare_all().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_of_libreoffice_is_brought_in_by_a_mapping() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let building = building(&mia).await;
    let query = format!("kind=occupants&building={building}");
    let missing = send(&mia, &query, WORKBOOK).await;
    missing.refused(422, "columns_invalid");
    assert_eq!(missing.faults().len(), 2, "{}", missing.text);

    let mapping = "{\"lot\":\"wohnung\",\"kind\":\"ART\",\"email\":\"E-Mail\"}";
    let mapping = mapping
        .replace('"', "%22")
        .replace('{', "%7B")
        .replace('}', "%7D");
    let query = format!("{query}&mapping={mapping}");
    let sent = send(&mia, &query, WORKBOOK).await.expect(201);
    let import = format!("/imports/{}", sent.id());
    let rows = mia.get(&format!("{import}/rows")).await.expect(200);
    assert_eq!(outcomes(&rows), [("ready", ""); 3], "{}", rows.text);
    let said = |row: usize, name: &str| rows.items()[row]["said"][name].clone();
    assert_eq!(said(0, "lot"), "001", "a zero in front is not lost");
    assert_eq!(
        (said(0, "from"), said(0, "name")),
        (json!("2020-02-29"), json!("Zoë Ægir"))
    );
    assert_eq!(
        (said(1, "until"), said(1, "name")),
        (json!("2026-06-30"), json!("Łukasz Ñandú"))
    );
    assert_eq!(
        (said(2, "from"), said(2, "name")),
        (json!("1900-03-01"), json!("Müller; Söhne"))
    );
    assert_eq!(said(0, "Bemerkung"), "bezahlt");

    mia.act(&format!("{import}/cancel")).await.expect(200);
    mia.act(&format!("{import}/commit"))
        .await
        .refused(409, "import_cancelled");
    assert!(mia.get(&format!("{import}/rows")).await.items().is_empty());
    let again = send(&mia, &query, WORKBOOK).await.expect(201);
    assert_eq!(again.id(), sent.id());
    mia.act(&format!("{import}/commit")).await.expect(200);
    mia.until_status(&import, "finished").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_and_what_is_not_ones_own_is_refused() {
    let house = House::open().await;
    let mia = house.holder_of(Role::Manager, "mia").await;
    let max = house.holder_of(Role::Manager, "max").await;
    let building = building(&mia).await;
    let query = format!("kind=occupants&building={building}");
    send(&mia, &query, &b"\x89PNG\r\n\x1a\n\0"[..])
        .await
        .refused(415, "media_type_unsupported");
    send(&mia, &query, "").await.refused(422, "table_empty");
    let wrong = send(&mia, "kind=pets&mapping=7", TABLE).await;
    wrong.refused(422, "parameter_invalid");
    assert_eq!(wrong.faults().len(), 3, "{}", wrong.text);
    let mut long = TABLE.lines().next().unwrap().to_owned() + "\n";
    for _ in 0..=100_000 {
        long.push_str("1,owner,a,,b,,\n");
    }
    send(&mia, &query, long)
        .await
        .refused(413, "table_too_large");

    send(&max, &query, TABLE)
        .await
        .refused(404, "building_unknown");
    let import = send(&mia, &query, TABLE).await.expect(201).id();
    let import = format!("/imports/{import}");
    for path in [import.clone(), format!("{import}/rows")] {
        max.get(&path).await.refused(404, "import_unknown");
    }
    for verb in ["commit", "cancel"] {
        let answer = max.act(&format!("{import}/{verb}")).await;
        assert_eq!(answer.status, 404, "{}", answer.text);
    }
    house.close().await;
}
