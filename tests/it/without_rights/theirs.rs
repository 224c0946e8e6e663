//! What belongs to somebody else.

use std::collections::BTreeMap;

use harness::{Client, House, Person};
use reqwest::Method;
use serde_json::{Value, json};

/// What belongs to somebody else, and the ids of it.
pub struct Theirs {
    pub ids: BTreeMap<&'static str, String>,
}

type Ids = Vec<(&'static str, String)>;

/// Everything that there is to be had, in the hands of people who have nothing to do with a
/// stranger.
pub async fn theirs(house: &House) -> Theirs {
    let admin = house.admin().await;
    let mut ids = BTreeMap::from([
        ("{role}", "member".to_owned()),
        ("{noun}", "booking".to_owned()),
        (
            "sla-policies",
            "00000000-0000-0000-0000-000000000000".to_owned(),
        ),
    ]);
    let premises = premises(&admin).await;
    let building = premises[0].1.clone();
    ids.extend(premises);
    ids.extend(equipment(&admin, &building).await);
    ids.extend(incident(&admin, &building).await);
    ids.extend(stay(house).await);
    let file = document(&admin, &building).await;
    ids.extend(["files", "public", "{file}"].map(|name| (name, file.clone())));
    let wanted = json!({"list": "users", "format": "csv"});
    let export = admin.post("/exports", &wanted).await.expect(201).id();
    ids.insert("exports", export);
    house.settled().await;
    Theirs { ids }
}

/// The last part of where something new is to be seen.
fn shown(answer: &harness::Answer) -> String {
    let location = answer.header("location");
    location.rsplit('/').next().unwrap().to_owned()
}

/// A building first of all, with a lot, an occupant, its shares and a list to be brought in.
async fn premises(admin: &Person) -> Ids {
    let building = json!({"name": "The corner house", "address":
        {"lines": ["Rua do Ouro 1"], "city": "Lisboa", "country": "PT"}});
    let building = admin.post("/buildings", &building).await.expect(201).id();
    let lots = format!("/buildings/{building}/lots");
    let lot = json!({"label": "A1", "kind": "flat", "shares": {"general": 7}});
    let lot = shown(&admin.post(&lots, &lot).await.expect(201));
    let occupants = format!("{lots}/{lot}/occupants");
    let tenant = json!({"kind": "tenant", "name": "Tom", "from": "2026-01-01"});
    let occupant = admin.post(&occupants, &tenant).await.expect(201).id();
    let closing = json!({"key": "general", "from": "2026-01-01", "total": 7});
    let shares = format!("/buildings/{building}/shares");
    let table = admin.post(&shares, &closing).await.expect(201).id();
    let file = "lot,kind,name,from\nA1,owner,Ann,2026-01-01\n";
    let path = format!("/imports?kind=occupants&building={building}");
    let sent = Client::send(admin.ask(Method::POST, &path).body(file)).await;
    vec![
        ("buildings", building),
        ("{lot}", lot),
        ("{occupant}", occupant),
        ("{table}", table),
        ("imports", sent.expect(201).id()),
    ]
}

/// A draft with blocked nights, and a booking that is paid.
async fn stay(house: &House) -> Ids {
    let (bea, ann) = (house.host("bea").await, house.guest("ann").await);
    let listing = house.listing(&bea).await;
    let draft = house.listing(&bea).draft().await;
    let block = json!({"from": "2027-08-01", "until": "2027-08-03"});
    let blocks = format!("/listings/{draft}/block-dates");
    let block = bea.post(&blocks, &block).await.expect(201);
    let booking = ann.booked(&listing, "2027-06-10", 3).await;
    let payment = ann.pays(&booking).await;
    let session = ann.tokens["session"].as_str().unwrap().to_owned();
    vec![
        ("users", ann.id.clone()),
        ("sessions", session),
        ("listings", draft),
        ("{block}", shown(&block)),
        ("{correlation}", block.header("x-correlation-id").to_owned()),
        ("bookings", booking.clone()),
        ("{noun} id", booking),
        ("processes", format!("payment_charge:{payment}")),
        ("payments", payment),
    ]
}

/// An incident in the building and an outage, and the service level of all buildings.
async fn incident(admin: &Person, building: &str) -> Ids {
    let always: Vec<Value> = (1..=7)
        .map(|weekday| json!({"weekday": weekday, "from": 0, "until": 1440}))
        .collect();
    let policy = json!({"calendar": {"zone": "UTC", "openings": always},
        "targets": {"high": {"take_charge_minutes": 60, "resolve_minutes": 600}}});
    let policies = admin.ask(Method::PUT, "/sla-policies").json(&policy);
    Client::send(policies).await.expect(200);
    let incident = json!({"building": building, "category": "plumbing", "priority": "high",
        "title": "Water", "details": "In the cellar."});
    let outage = json!({"title": "No water", "details": "Until noon.", "kind": "planned",
        "buildings": [building], "starts_at": "2027-05-01T08:00:00Z"});
    let incident = admin.post("/incidents", &incident).await.expect(201).id();
    let outage = admin.post("/outages", &outage).await.expect(201).id();
    vec![("incidents", incident), ("outages", outage)]
}

/// A lift of the building, with all that belongs to it.
async fn equipment(admin: &Person, building: &str) -> Ids {
    let piece = json!({"building": building, "name": "Lift", "category": "lift"});
    let id = admin.post("/equipment", &piece).await.expect(201).id();
    let made = async |part: &str, body: Value| {
        let path = format!("/equipment/{id}/{part}");
        admin.post(&path, &body).await.expect(201).id()
    };
    let meter = json!({"name": "Hours", "unit": "h", "kind": "cumulative"});
    let trigger = json!({"kind": "calendar", "rhythm": "daily", "time": "08:00"});
    let order = made("work-orders", json!({"title": "Mend it"})).await;
    let plan = made("plans", json!({"title": "Look", "trigger": trigger})).await;
    let meter = made("meters", meter).await;
    vec![
        ("equipment", id),
        ("{work_order}", order),
        ("{plan}", plan),
        ("{meter}", meter),
    ]
}

/// A document of the building.
async fn document(admin: &Person, building: &str) -> String {
    let form = "--cut\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\ndocument\r\n\
                --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n\
                %PDF-1.7\r\n--cut--\r\n";
    let request = admin.ask(Method::POST, "/files");
    let request = request.header("content-type", "multipart/form-data; boundary=cut");
    let file = Client::send(request.body(form)).await.expect(201).id();
    let documents = format!("/buildings/{building}/documents");
    let attached = admin.post(&documents, &json!({"file": file})).await;
    attached.expect(201);
    file
}
