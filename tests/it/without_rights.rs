//! Without rights every route refuses. The routes are taken from the router: one that is new and
//! open by accident fails here.

use std::collections::BTreeMap;

use harness::{Client, House, Person};
use reqwest::Method;
use serde_json::{Value, json};

/// The routes that are open to everyone, each with its reason.
const PUBLIC: &[(&str, &str)] = &[
    ("GET /health", "a monitor asks whether the server is alive"),
    (
        "GET /ready",
        "a balancer asks whether to send requests here",
    ),
    ("GET /info", "says what the server is"),
    ("GET /metrics", "a collector reads it; it names nobody"),
    (
        "GET /.well-known/jwks.json",
        "other services verify tokens with these public keys",
    ),
    ("POST /api/v1/auth/signup", "one becomes a user here"),
    ("POST /api/v1/auth/login", "one gets a token here"),
    (
        "POST /api/v1/auth/refresh",
        "the refresh token in the body is the proof",
    ),
    (
        "POST /api/v1/auth/verify",
        "the token in the body is the question",
    ),
    (
        "GET /api/v1/listings",
        "whoever looks for a place to stay sees the published ones",
    ),
];

/// The routes at which anyone finds out only what is published; nothing about a draft.
const PUBLISHED: &[&str] = &[
    "GET /api/v1/listings/{id}",
    "GET /api/v1/listings/{id}/availability",
    "GET /api/v1/files/public/{id}",
    "GET /api/v1/files/public/{id}/thumbnail",
    "POST /api/v1/bookings/calculate-price",
];

/// The routes at which a user meets nothing but what is his own, each with its reason.
const OWN: &[(&str, &str)] = &[
    ("GET /api/v1/auth/me", "who asks"),
    ("GET /api/v1/auth/sessions", "the sessions of who asks"),
    ("POST /api/v1/auth/logout", "ends the session that asks"),
    (
        "POST /api/v1/auth/logout-all",
        "ends the sessions of who asks",
    ),
    (
        "POST /api/v1/auth/change-password",
        "the old password is the proof",
    ),
    ("GET /api/v1/users/me", "who asks"),
    ("PATCH /api/v1/users/me", "the profile of who asks"),
    (
        "GET /api/v1/permissions",
        "what each role may do, which the docs say as well",
    ),
    ("GET /api/v1/incidents", "those that one has reported"),
    (
        "POST /api/v1/incidents",
        "whoever sees that something is wrong may say so",
    ),
    ("GET /api/v1/files", "those that one has uploaded"),
    ("POST /api/v1/files", "a file of one's own"),
    ("GET /api/v1/bookings", "those that one has made"),
    ("GET /api/v1/payments", "those that one pays"),
    ("GET /api/v1/occupants", "where one lives, and what one owns"),
];

/// One way of asking: a method, a path as the router knows it, and the path that is asked for.
struct Route {
    method: Method,
    pattern: String,
    path: String,
}

impl Route {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.pattern)
    }

    fn is_among(&self, list: &[(&str, &str)]) -> bool {
        list.iter().any(|(name, _)| *name == self.name())
    }
}

/// What belongs to somebody else, and the ids of it.
struct Theirs {
    ids: BTreeMap<&'static str, String>,
}

/// Everything that there is to be had, in the hands of people who have nothing to do with a
/// stranger.
async fn theirs(house: &House) -> Theirs {
    let (bea, ann, admin) = (
        house.host("bea").await,
        house.guest("ann").await,
        house.admin().await,
    );
    let building = json!({"name": "The corner house", "address":
        {"lines": ["Rua do Ouro 1"], "city": "Lisboa", "country": "PT"}});
    let building = admin.post("/buildings", &building).await.expect(201).id();
    let lot = json!({"label": "A1", "kind": "flat"});
    let lots = format!("/buildings/{building}/lots");
    let lot = admin.post(&lots, &lot).await.expect(201);
    let lot_id = lot
        .header("location")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let occupants = format!("{lots}/{lot_id}/occupants");
    let tenant = json!({"kind": "tenant", "name": "Tom", "from": "2026-01-01"});
    let occupant = admin.post(&occupants, &tenant).await.expect(201).id();
    let shared = json!({"shares": {"general": 7}});
    admin.patch(&format!("{lots}/{lot_id}"), &shared).await.expect(200);
    let closing = json!({"key": "general", "from": "2026-01-01", "total": 7});
    let shares = format!("/buildings/{building}/shares");
    let table = admin.post(&shares, &closing).await.expect(201).id();
    let equipment = equipment(&admin, &building).await;
    let [incident, outage] = incident(&admin, &building).await;
    let file = "lot,kind,name,from\nA1,owner,Ann,2026-01-01\n";
    let path = format!("/imports?kind=occupants&building={building}");
    let sent = Client::send(admin.ask(Method::POST, &path).body(file)).await;
    let import = sent.expect(201).id();
    let listing = house.listing(&bea).await;
    let draft = house.listing(&bea).draft().await;
    let block = json!({"from": "2027-08-01", "until": "2027-08-03"});
    let blocks = format!("/listings/{draft}/block-dates");
    let block = bea.post(&blocks, &block).await.expect(201);
    let block_id = block
        .header("location")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let booking = ann.booked(&listing, "2027-06-10", 3).await;
    let payment = ann.pays(&booking).await;
    let session = ann.tokens["session"].as_str().unwrap().to_owned();
    let correlation = block.header("x-correlation-id").to_owned();
    let mut ids = BTreeMap::from([
        ("users", ann.id.clone()),
        ("sessions", session),
        ("buildings", building),
        ("{lot}", lot_id),
        ("{occupant}", occupant),
        ("imports", import),
        ("{table}", table),
        ("incidents", incident),
        ("outages", outage),
        ("sla-policies", "00000000-0000-0000-0000-000000000000".to_owned()),
        ("listings", draft),
        ("{block}", block_id),
        ("bookings", booking.clone()),
        ("payments", payment.clone()),
        ("processes", format!("payment_charge:{payment}")),
        ("{role}", "member".to_owned()),
        ("{noun}", "booking".to_owned()),
        ("{noun} id", booking),
        ("{correlation}", correlation),
    ]);
    ids.extend(equipment);
    let file = document(&admin, &ids).await;
    let wanted = json!({"list": "users", "format": "csv"});
    let export = admin.post("/exports", &wanted).await.expect(201).id();
    ids.insert("exports", export);
    ids.extend(["files", "public", "{file}"].map(|name| (name, file.clone())));
    house.settled().await;
    Theirs { ids }
}

/// An incident in the building and an outage, and the service level of all buildings.
async fn incident(admin: &Person, building: &str) -> [String; 2] {
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
    [
        admin.post("/incidents", &incident).await.expect(201).id(),
        admin.post("/outages", &outage).await.expect(201).id(),
    ]
}

/// A lift of the building, with all that belongs to it.
async fn equipment(admin: &Person, building: &str) -> [(&'static str, String); 4] {
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
    [
        ("equipment", id),
        ("{work_order}", order),
        ("{plan}", plan),
        ("{meter}", meter),
    ]
}

/// A document of the building.
async fn document(admin: &Person, ids: &BTreeMap<&'static str, String>) -> String {
    let form = "--cut\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\ndocument\r\n\
                --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n\
                %PDF-1.7\r\n--cut--\r\n";
    let request = admin.ask(Method::POST, "/files");
    let request = request.header("content-type", "multipart/form-data; boundary=cut");
    let file = Client::send(request.body(form)).await.expect(201).id();
    let documents = format!("/buildings/{}/documents", ids["buildings"]);
    let attached = admin.post(&documents, &json!({"file": file})).await;
    attached.expect(201);
    file
}

/// Every route of the router, with the ids of other people's things in its path.
fn routes(theirs: &Theirs) -> Vec<Route> {
    let described = serde_json::to_value(api::description()).unwrap();
    let mut routes = Vec::new();
    for (pattern, methods) in described["paths"].as_object().unwrap() {
        let mut path = Vec::new();
        let mut before = "";
        for part in pattern.split('/') {
            let key = match part {
                "{id}" if before == "{noun}" => "{noun} id",
                "{id}" => before,
                other => other,
            };
            let filled = match theirs.ids.get(key) {
                Some(id) if part.starts_with('{') => id.as_str(),
                _ => part,
            };
            assert!(
                !filled.starts_with('{'),
                "{pattern}: say in `theirs` what stands for {part}"
            );
            path.push(filled.to_owned());
            before = part;
        }
        for method in methods.as_object().unwrap().keys() {
            let Ok(method) = method.to_uppercase().parse() else {
                continue;
            };
            routes.push(Route {
                method,
                pattern: pattern.clone(),
                path: path.join("/"),
            });
        }
    }
    assert!(routes.len() > 60, "only {} routes", routes.len());
    routes
}

/// A body by which the rightful one would get what is asked for, so that only the rights refuse.
fn body(route: &Route, theirs: &Theirs) -> Option<Value> {
    let id = |noun: &str| theirs.ids[noun].clone();
    let amount = json!({"amount": 10_000, "currency": "EUR"});
    let guests = json!({"adults": 1});
    let address = json!({"lines": ["Rua do Ouro 2"], "city": "Lisboa", "country": "PT"});
    let stay = json!({"listing": id("listings"), "from": "2027-07-01", "until": "2027-07-03",
        "guests": guests});
    let listing = json!({"title": "Mine", "units": 1, "policy": "flexible", "time_zone": "UTC",
        "pricing": {"nightly_price": amount}});
    let nights = json!({"from": "2027-09-01", "until": "2027-09-03"});
    let body = match route.name().replace("/api/v1", "").as_str() {
        "POST /users" => json!({"email": "new@example.org", "name": "New"}),
        "POST /users/{id}/roles" => json!({"role": "host"}),
        "POST /users/{id}/suspend" | "POST /users/{id}/reactivate" => json!({"reason": "No."}),
        "PATCH /users/{id}" | "PATCH /users/me" => json!({"name": "Another"}),
        "POST /buildings" => json!({"name": "Mine", "address": address}),
        "PATCH /buildings/{id}" => json!({"name": "Mine"}),
        "POST /buildings/{id}/lots" => json!({"label": "A2", "kind": "flat"}),
        "PATCH /buildings/{id}/lots/{lot}" => json!({"label": "A3"}),
        "POST /buildings/{id}/lots/{lot}/occupants" => {
            json!({"kind": "owner", "name": "Me", "from": "2026-01-01"})
        }
        "PATCH /buildings/{id}/lots/{lot}/occupants/{occupant}" => json!({"name": "Me"}),
        "POST /buildings/{id}/lots/{lot}/occupants/{occupant}/move-out" => {
            json!({"until": "2027-01-01"})
        }
        "POST /buildings/{id}/shares" => json!({"key": "lift", "from": "2026-01-01", "total": 7}),
        "POST /exports" => json!({"list": "users", "format": "csv"}),
        "POST /buildings/{id}/documents"
        | "POST /incidents/{id}/attachments"
        | "POST /listings/{id}/photos" => {
            json!({"file": id("files")})
        }
        "PATCH /listings/{id}/photos" => json!({"photos": []}),
        "POST /equipment" => {
            json!({"building": id("buildings"), "name": "Mine", "category": "lift"})
        }
        "PATCH /equipment/{id}" => json!({"name": "Mine"}),
        "POST /equipment/{id}/down" | "POST /equipment/{id}/up" | "POST /equipment/{id}/move" => {
            json!({})
        }
        "POST /equipment/{id}/work-orders" => json!({"title": "Mine"}),
        "PATCH /equipment/{id}/work-orders/{work_order}" => json!({"title": "Mine"}),
        "POST /equipment/{id}/work-orders/{work_order}/tasks" => json!({"task": 0}),
        "POST /equipment/{id}/work-orders/{work_order}/parts" => {
            json!({"name": "Mine", "quantity": 1, "unit_cost": amount})
        }
        "POST /equipment/{id}/work-orders/{work_order}/sign" => json!({"name": "Me"}),
        "POST /equipment/{id}/plans" => json!({"title": "Mine",
            "trigger": {"kind": "calendar", "rhythm": "daily", "time": "08:00"}}),
        "PATCH /equipment/{id}/plans/{plan}" => json!({"title": "Mine"}),
        "POST /equipment/{id}/meters" => json!({"name": "Mine", "unit": "h", "kind": "gauge"}),
        "POST /equipment/{id}/meters/{meter}/readings" => json!({"value_e3": 1, "unit": "h"}),
        "POST /equipment/{id}/meters/{meter}/reset" => {
            json!({"reset": "replaced", "final_e3": 1, "start_e3": 0})
        }
        "POST /incidents" => json!({"building": id("buildings"), "category": "plumbing",
            "priority": "low", "title": "Mine", "details": "It drips."}),
        "PATCH /incidents/{id}" => json!({"priority": "low"}),
        "POST /incidents/{id}/assign" => json!({}),
        "POST /incidents/{id}/defer" => json!({"until": "2027-12-01T00:00:00Z"}),
        "POST /incidents/{id}/complete" => json!({"resolution": "Done."}),
        "POST /incidents/{id}/reopen" => json!({"reason": "It drips."}),
        "POST /incidents/{id}/decline" => json!({"reason": "No."}),
        "POST /incidents/{id}/comments" => json!({"text": "Well?"}),
        "PUT /sla-policies" => json!({"building": id("buildings"),
            "calendar": {"zone": "UTC", "openings": [{"weekday": 1, "from": 0, "until": 60}]},
            "targets": {"low": {"take_charge_minutes": 1, "resolve_minutes": 1}}}),
        "POST /outages" => json!({"title": "Mine", "details": "Now.", "kind": "emergency",
            "buildings": [id("buildings")], "starts_at": "2027-05-01T08:00:00Z"}),
        "PATCH /outages/{id}" => json!({"title": "Mine"}),
        "POST /outages/{id}/end" => json!({}),
        "POST /listings" => listing,
        "PATCH /listings/{id}" => json!({"title": "Mine"}),
        "PUT /listings/{id}/pricing" => json!({"nightly_price": amount}),
        "POST /listings/{id}/block-dates" => nights,
        "POST /bookings" | "POST /bookings/calculate-price" => stay,
        "POST /payments/intent" => json!({"booking": id("bookings")}),
        "POST /payments/{id}/confirm" => json!({"method": "sandbox"}),
        "POST /payments/refund" => json!({"payment": id("payments"), "reason": "I want it."}),
        "POST /auth/change-password" => json!({"current_password": "wrong wrong wrong",
            "new_password": "another horse battery"}),
        _ => return None,
    };
    Some(body)
}

/// What a needed parameter is.
fn query(route: &Route, theirs: &Theirs) -> String {
    match route.pattern.as_str() {
        "/api/v1/listings/{id}/availability" => "?from=2027-07-01&until=2027-07-03".to_owned(),
        "/api/v1/imports" => format!("?kind=occupants&building={}", theirs.ids["buildings"]),
        _ => String::new(),
    }
}

async fn ask(client: &Client, route: &Route, theirs: &Theirs) -> harness::Answer {
    let path = format!("{}{}", route.path, query(route, theirs));
    let request = client.ask(route.method.clone(), &path);
    Client::send(match body(route, theirs) {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_every_route_refuses() {
    let house = House::open().await;
    let theirs = theirs(&house).await;
    let (anyone, before) = (house.anyone(), house.head().await);
    let mut open = Vec::new();
    for route in routes(&theirs) {
        let answer = ask(&anyone, &route, &theirs).await;
        let fine = match answer.status {
            401 => true,
            404 => PUBLISHED.contains(&route.name().as_str()),
            _ => route.is_among(PUBLIC),
        };
        if !fine {
            open.push(format!(
                "{}: {} {}",
                route.name(),
                answer.status,
                answer.text
            ));
        }
    }
    assert!(open.is_empty(), "open to everyone: {open:#?}");
    assert_eq!(house.head().await, before, "something happened");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_nothing_that_belongs_to_others() {
    let house = House::open().await;
    let theirs = theirs(&house).await;
    let eve = house.guest("eve").await;
    let before = house.head().await;
    let mut open = Vec::new();
    let mut seen = Vec::new();
    for route in routes(&theirs) {
        if route.is_among(PUBLIC) || route.is_among(OWN) {
            seen.push(route.name());
            continue;
        }
        let answer = ask(&eve, &route, &theirs).await;
        if !matches!(answer.status, 403 | 404) {
            open.push(format!(
                "{}: {} {}",
                route.name(),
                answer.status,
                answer.text
            ));
        }
    }
    assert!(open.is_empty(), "open to a stranger: {open:#?}");
    assert_eq!(house.head().await, before, "something happened");
    for (name, _) in PUBLIC.iter().chain(OWN) {
        assert!(
            seen.iter().any(|seen| seen == name),
            "{name} is no route any more"
        );
    }
    nothing_of_theirs_is_listed(&eve).await;
    house.close().await;
}

/// The lists that everyone may ask for hold nothing for one who owns nothing.
async fn nothing_of_theirs_is_listed(eve: &Person) {
    for path in [
        "/bookings",
        "/payments",
        "/bookings?role=host",
        "/payments?role=host",
    ] {
        let listed = eve.get(path).await.expect(200);
        assert_eq!(listed.items().len(), 0, "{path}: {}", listed.text);
    }
    let sessions = eve.get("/auth/sessions").await.expect(200);
    assert_eq!(sessions.items().len(), 1, "{}", sessions.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_an_ended_session_opens_nothing() {
    let house = House::open().await;
    let theirs = theirs(&house).await;
    let eve = house.guest("eve").await;
    eve.act("/auth/logout").await.expect(204);
    let before = house.head().await;
    let mut open = Vec::new();
    for route in routes(&theirs) {
        let answer = ask(&eve, &route, &theirs).await;
        let fine = match (route.name().as_str(), answer.status) {
            // One who is out already is out.
            (_, 401) | ("POST /api/v1/auth/logout", 204) => true,
            // These look at no token.
            (name, _) => route.is_among(PUBLIC) && name != "GET /api/v1/listings",
        };
        if !fine {
            open.push(format!(
                "{}: {} {}",
                route.name(),
                answer.status,
                answer.text
            ));
        }
    }
    assert!(open.is_empty(), "open to one who has left: {open:#?}");
    assert_eq!(house.head().await, before, "something happened");
    house.close().await;
}
