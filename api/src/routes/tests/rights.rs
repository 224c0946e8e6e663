//! Without rights, every route refuses. The routes are taken from the router's own description.

use serde_json::{Value, json};

use super::{Client, Platform, picture};
use crate::routes::description;

/// What anyone may ask, with the reason.
const OPEN: &[(&str, &str)] = &[
    ("GET /health", "a monitor has no account"),
    ("GET /info", "a monitor has no account"),
    ("GET /ready", "a monitor has no account"),
    ("GET /.well-known/jwks.json", "public keys are public"),
    ("POST /api/v1/auth/signup", "it makes the account"),
    ("POST /api/v1/auth/login", "it gives the token"),
    (
        "POST /api/v1/auth/refresh",
        "the refresh token is the proof",
    ),
    (
        "POST /api/v1/auth/verify",
        "the token that is asked about is the proof",
    ),
    (
        "GET /api/v1/listings",
        "published listings are for all to see",
    ),
    (
        "GET /api/v1/listings/{id}",
        "published listings are for all to see",
    ),
    (
        "GET /api/v1/listings/{id}/availability",
        "published listings are for all to see",
    ),
    (
        "GET /api/v1/files/public/{id}",
        "public files are for all to see",
    ),
    (
        "GET /api/v1/files/public/{id}/thumbnail",
        "public files are for all to see",
    ),
    (
        "POST /api/v1/bookings/calculate-price",
        "prices of published listings, too",
    ),
];

/// What a user without any relation to a thing may ask, because it is about himself alone.
const ABOUT_ONESELF: &[&str] = &[
    "GET /api/v1/auth/me",
    "GET /api/v1/auth/sessions",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/logout-all",
    "POST /api/v1/auth/change-password",
    "GET /api/v1/users/me",
    "PATCH /api/v1/users/me",
    "GET /api/v1/permissions",
    "GET /api/v1/bookings",
    "GET /api/v1/payments",
    "GET /api/v1/incidents",
    "POST /api/v1/incidents",
    "GET /api/v1/occupants",
    "GET /api/v1/outages",
    "GET /api/v1/files",
    "POST /api/v1/files",
];

/// Every route: method and pattern.
fn routes() -> Vec<(String, String)> {
    let description = serde_json::to_value(description()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().keys();
        methods
            .map(|m| (m.to_uppercase(), path.clone()))
            .collect::<Vec<_>>()
    };
    paths
        .iter()
        .flat_map(of)
        .filter(|(method, _)| method != "PARAMETERS")
        .collect()
}

fn is_open(method: &str, path: &str) -> bool {
    let route = format!("{method} {path}");
    OPEN.iter().any(|(open, _)| *open == route)
}

/// A body that would do, so that nothing but the missing right stands in the way.
fn body(method: &str, path: &str, listing: &str, payment: &str) -> Value {
    let last = path.rsplit('/').next().unwrap_or_default();
    match (method, last) {
        ("GET" | "DELETE", _) => Value::Null,
        ("POST", "users") => json!({"email": "x@example.org", "name": "X"}),
        ("POST", "roles") => json!({"role": "admin"}),
        ("POST", "suspend" | "reactivate" | "decline") => json!({"reason": "because"}),
        ("POST", "equipment") => json!({"building": listing, "name": "L", "category": "lift"}),
        ("POST", "work-orders") => json!({"title": "Mend it"}),
        ("POST", "tasks") => json!({"task": 0}),
        ("POST", "parts") => json!({
            "name": "P", "quantity": 1, "unit_cost": {"amount": 1, "currency": "EUR"},
        }),
        ("POST", "sign") => json!({"name": "S"}),
        ("POST", "plans") => json!({
            "title": "Look", "trigger": {"kind": "calendar", "rhythm": "daily", "time": "08:00"},
        }),
        ("POST", "meters") => json!({"name": "M", "unit": "h", "kind": "gauge"}),
        ("POST", "readings") => json!({"value_e3": 1, "unit": "h"}),
        ("POST", "reset") => json!({"reset": "replaced", "final_e3": 1, "start_e3": 0}),
        ("POST", "defer") => json!({"until": "2027-06-01T00:00:00Z"}),
        ("POST", "complete") if path.contains("incidents") => json!({"resolution": "done"}),
        ("POST", "comments") => json!({"text": "Well?"}),
        ("PUT", "sla-policies") => super::new_policy(),
        ("POST", "outages") => json!({
            "title": "No water", "details": "Until noon.", "kind": "planned",
            "buildings": [listing], "starts_at": "2027-05-01T08:00:00Z",
        }),
        ("POST", "buildings") => json!({
            "name": "B", "address": {"lines": ["1"], "city": "Lisbon", "country": "PT"},
        }),
        ("POST", "occupants") => json!({"kind": "owner", "name": "X", "from": "2026-01-01"}),
        ("PATCH", "config") => json!({"open_requests_max": 9}),
        ("PATCH", "{occupant}") => json!({"name": "X"}),
        ("POST", "move-out") => json!({"until": "2027-01-01"}),
        ("POST", "shares") => json!({"key": "lift", "from": "2026-01-01", "total": 7}),
        ("POST", "lots") => json!({"label": "1", "kind": "flat"}),
        ("POST", "listings") => super::new_listing(),
        ("PUT", "pricing") => json!({"nightly_price": {"amount": 1, "currency": "EUR"}}),
        ("POST", "block-dates") => json!({"from": "2027-05-01", "until": "2027-05-02"}),
        ("POST", "bookings") => json!({
            "listing": listing, "from": "2027-05-01", "until": "2027-05-02",
            "guests": {"adults": 1}, "terms": "at_check_out",
        }),
        ("POST", "exports") => json!({"list": "users", "format": "csv"}),
        ("POST", "photos" | "documents" | "attachments") => {
            json!({"file": "0190f1a0-0000-7000-8000-000000000001"})
        }
        ("PATCH", "photos") => json!({"photos": []}),
        ("POST", "intent") => json!({"booking": "0190f1a0-0000-7000-8000-000000000001"}),
        ("POST", "confirm") => json!({"method": "sandbox"}),
        ("POST", "refund") => json!({"payment": payment, "reason": "because"}),
        _ => json!({}),
    }
}

#[tokio::test]
async fn without_a_token_every_route_refuses() {
    let platform = Platform::start().await;
    let nobody = Client::default();
    let id = "0190f1a0-0000-7000-8000-000000000001";
    let mut walked = 0;

    for (method, pattern) in routes() {
        let path = fill(&pattern, id);
        let answer = platform
            .ask(&nobody, &method, &path, body(&method, &pattern, id, id))
            .await;
        let refused = answer.status.as_u16() == 401;
        assert_eq!(
            refused,
            !is_open(&method, &pattern),
            "{method} {pattern}: {answer:?}"
        );
        walked += 1;
    }

    assert!(walked > 60, "only {walked} routes were walked");
    platform.stop().await;
}

fn fill(pattern: &str, id: &str) -> String {
    [
        "{id}",
        "{lot}",
        "{block}",
        "{correlation}",
        "{file}",
        "{work_order}",
        "{plan}",
        "{meter}",
        "{occupant}",
        "{table}",
    ]
    .iter()
    .fold(pattern.to_owned(), |path, name| path.replace(name, id))
    .replace("{role}", "member")
    .replace("{noun}", "user")
}

#[tokio::test]
async fn as_the_wrong_owner_every_route_refuses() {
    let platform = Platform::start().await;
    let admin = platform.admin().await;
    let host = platform.user("host", &["member", "host"]).await;
    let guest = platform.user("guest", &["member"]).await;
    let stranger = platform.user("stranger", &["member"]).await;
    let things = Things::make(&platform, &admin, &host, &guest).await;

    for (method, pattern) in routes() {
        let route = format!("{method} {pattern}");
        if is_open(&method, &pattern) || ABOUT_ONESELF.contains(&route.as_str()) {
            continue;
        }
        let path = things.fill(&pattern);
        let body = body(&method, &pattern, &things.listing, &things.payment);
        let answer = platform.ask(&stranger, &method, &path, body).await;
        let status = answer.status.as_u16();
        assert!(matches!(status, 403 | 404), "{route}: {answer:?}");
        // 404 must be because of who asks: the owner or the administrator is not told so.
        if method == "GET" {
            let owner = platform.get(&admin, &path).await;
            assert_eq!(
                owner.status.as_u16(),
                200,
                "{route} as administrator: {owner:?}"
            );
        }
    }
    platform.stop().await;
}

/// One thing of each noun, none of which is the stranger's.
pub struct Things {
    user: String,
    building: String,
    lot: String,
    occupant: String,
    table: String,
    listing: String,
    booking: String,
    payment: String,
    block: String,
    equipment: Equipment,
    incident: String,
    outage: String,
    /// A photo of a listing that only its host sees.
    file: String,
    /// An export of the administrator.
    export: String,
    /// A list of occupants that waits to be carried out.
    import: String,
}

impl Things {
    pub async fn make(p: &Platform, admin: &Client, host: &Client, guest: &Client) -> Self {
        let id = |done: Value| done["id"].as_str().unwrap().to_owned();
        let address = json!({"lines": ["Rua 1"], "city": "Lisbon", "country": "PT"});
        let building = json!({"name": "B", "address": address});
        let building = id(p.done(admin, "POST", "buildings", building).await);
        let lots = format!("buildings/{building}/lots");
        let lot = id(p
            .done(admin, "POST", &lots, json!({"label": "1", "kind": "flat"}))
            .await);
        let (occupant, table) = occupied(p, admin, &building, &lot).await;
        let equipment = Equipment::make(p, admin, &building).await;
        let listing = p.listing(host).await;
        let booking = json!({
            "listing": listing, "from": "2027-05-01", "until": "2027-05-03",
            "guests": {"adults": 1},
        });
        let booking = id(p.done(guest, "POST", "bookings", booking).await);
        let intent = json!({"booking": booking});
        let payment = id(p.done(guest, "POST", "payments/intent", intent).await);
        let confirm = format!("payments/{payment}/confirm");
        p.done(guest, "POST", &confirm, json!({"method": "sandbox"}))
            .await;
        let blocks = format!("listings/{listing}/block-dates");
        let nights = json!({"from": "2027-06-01", "until": "2027-06-03"});
        let done = p.done(host, "POST", &blocks, nights).await;
        let least = format!("users?min_position={}", done["position"]);
        p.done(admin, "GET", &least, Value::Null).await;
        let block = id(done);
        let draft = id(p.done(host, "POST", "listings", super::new_listing()).await);
        let picture = picture(4, 3, image::ImageFormat::Png);
        let file = p.upload(host, "photo", &picture).await;
        let photos = format!("listings/{draft}/photos");
        let done = p.done(host, "POST", &photos, json!({"file": file})).await;
        let least = format!("users?min_position={}", done["position"]);
        p.done(admin, "GET", &least, Value::Null).await;
        let [incident, outage] = super::incidents::one_of_each(p, admin, &building).await;
        let wanted = json!({"list": "users", "format": "csv"});
        let export = id(p.done(admin, "POST", "exports", wanted).await);
        Self {
            file,
            export,
            import: to_bring_in(p, admin, &building).await,
            incident,
            outage,
            user: guest.id.clone(),
            building,
            lot,
            occupant,
            table,
            listing,
            booking,
            payment,
            block,
            equipment,
        }
    }

    pub fn fill(&self, pattern: &str) -> String {
        let noun = pattern
            .trim_start_matches("/api/v1/")
            .split('/')
            .next()
            .unwrap_or_default();
        let process = format!("payment_charge:{}", self.payment);
        let everything = uuid::Uuid::nil().to_string();
        let id = match noun {
            "buildings" => &self.building,
            "listings" => &self.listing,
            "bookings" => &self.booking,
            "payments" => &self.payment,
            "files" => &self.file,
            "exports" => &self.export,
            "imports" => &self.import,
            "equipment" => &self.equipment.id,
            "incidents" => &self.incident,
            "outages" => &self.outage,
            // The service level of all buildings.
            "sla-policies" => &everything,
            "processes" => &process,
            // Users and their audit; a session of someone else is never told, so any id will do.
            _ => &self.user,
        };
        let path = pattern
            .replace("{lot}", &self.lot)
            .replace("{occupant}", &self.occupant)
            .replace("{table}", &self.table)
            .replace("{block}", &self.block)
            .replace("{work_order}", &self.equipment.work_order)
            .replace("{plan}", &self.equipment.plan)
            .replace("{meter}", &self.equipment.meter);
        match pattern {
            "/api/v1/imports" => format!("{path}?kind=occupants&building={}", self.building),
            _ => fill(&path, id),
        }
    }
}

/// A list of occupants that waits to be carried out.
async fn to_bring_in(p: &Platform, admin: &Client, building: &str) -> String {
    let list = b"lot,kind,name,from\n1,owner,Ann,2026-01-01\n".to_vec();
    let to = format!("imports?kind=occupants&building={building}");
    let sent = p
        .send_bytes(admin, &to, ("text/csv".to_owned(), list))
        .await;
    sent.json["id"].as_str().unwrap().to_owned()
}

/// Someone who lives in a lot, and the shares of its building.
async fn occupied(p: &Platform, admin: &Client, building: &str, lot: &str) -> (String, String) {
    let id = |done: Value| done["id"].as_str().unwrap().to_owned();
    let place = format!("buildings/{building}/lots/{lot}");
    let tenant = json!({"kind": "tenant", "name": "Tom", "from": "2026-01-01"});
    let occupants = format!("{place}/occupants");
    let occupant = id(p.done(admin, "POST", &occupants, tenant).await);
    let of_lot = json!({"shares": {"general": 7}});
    p.done(admin, "PATCH", &place, of_lot).await;
    let whole = json!({"key": "general", "from": "2026-01-01", "total": 7});
    let tables = format!("buildings/{building}/shares");
    (occupant, id(p.done(admin, "POST", &tables, whole).await))
}

/// A piece of equipment and what belongs to it.
struct Equipment {
    id: String,
    work_order: String,
    plan: String,
    meter: String,
}

impl Equipment {
    async fn make(p: &Platform, admin: &Client, building: &str) -> Self {
        let made = async |path: &str, body: Value| {
            let done = p.done(admin, "POST", path, body).await;
            done["id"].as_str().unwrap().to_owned()
        };
        let piece = json!({"building": building, "name": "Lift", "category": "lift"});
        let id = made("equipment", piece).await;
        let of = |part: &str| format!("equipment/{id}/{part}");
        let meter = json!({"name": "Hours", "unit": "h", "kind": "cumulative"});
        let trigger = json!({"kind": "calendar", "rhythm": "daily", "time": "08:00"});
        let plan = json!({"title": "Look", "trigger": trigger});
        Self {
            work_order: made(&of("work-orders"), json!({"title": "Mend it"})).await,
            plan: made(&of("plans"), plan).await,
            meter: made(&of("meters"), meter).await,
            id,
        }
    }
}
