//! Without rights every route refuses. The routes are taken from the router: one that is new and
//! open by accident fails here.

mod bodies;
mod theirs;

use harness::{Client, House, Person};
use reqwest::Method;

use self::bodies::body;
use self::theirs::{Theirs, theirs};

/// The routes that are open to everyone, each with its reason.
const PUBLIC: &[(&str, &str)] = &[
    ("GET /health", "a monitor asks whether the server is alive"),
    (
        "GET /ready",
        "a balancer asks whether to send requests here",
    ),
    ("GET /info", "says what the server is"),
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
    (
        "GET /api/v1/occupants",
        "where one lives, and what one owns",
    ),
    (
        "GET /api/v1/outages",
        "whoever lives somewhere sees what is out there",
    ),
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

/// What a needed parameter is.
fn query(route: &Route, theirs: &Theirs) -> String {
    match route.pattern.as_str() {
        "/api/v1/listings/{id}/availability" => "?from=2027-07-01&until=2027-07-03".to_owned(),
        "/api/v1/imports" => format!("?kind=occupants&building={}", theirs.ids["buildings"]),
        _ => String::new(),
    }
}

async fn ask(client: &Client, route: &Route, theirs: &Theirs) -> harness::Answer {
    ask_with(client, route, theirs, None).await
}

/// The same, where the client says which version it saw.
async fn ask_with(
    client: &Client,
    route: &Route,
    theirs: &Theirs,
    if_match: Option<&str>,
) -> harness::Answer {
    let path = format!("{}{}", route.path, query(route, theirs));
    let mut request = client.ask(route.method.clone(), &path);
    if let Some(version) = if_match {
        request = request.header("if-match", version);
    }
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
        // Not even whether a version is the present one.
        for if_match in [None, Some("\"999\"")] {
            let answer = ask_with(&eve, &route, &theirs, if_match).await;
            if !matches!(answer.status, 403 | 404) {
                open.push(format!(
                    "{} {if_match:?}: {} {}",
                    route.name(),
                    answer.status,
                    answer.text
                ));
            }
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
