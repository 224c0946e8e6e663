//! A whole platform for a test: a database of its own, everything at work on it, its routes.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use commands::{Commands, Settings};
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{Clock, Journal, ManualClock, PostgresJournal};
use serde_json::{Value, json};

use super::works::{Works, cleanup, purge};
use super::{app, operations};
use crate::admin;
use crate::app::App;
use crate::config::Serve;
use crate::files::Files;
use crate::files::cleanup::Cleanup;
use crate::house::House;
use crate::import::Purge;
use crate::testing::{Answer, now, secret, send, settings};

/// The password of everyone in a test.
pub const PASSWORD: &str = "seven lazy herons";

/// A platform at work.
pub struct Platform {
    router: Router,
    operators: Router,
    works: Option<Works>,
    /// Stands still until it is moved.
    pub clock: ManualClock,
    /// What its routes stand on.
    pub app: App,
    /// Sweeps the store of files when it is told to.
    pub cleanup: Cleanup,
    /// Lets go of what staged rows say when it is told to.
    pub purge: Purge,
    /// Where files lie.
    pub folder: tempfile::TempDir,
    _database: TestDatabase,
}

/// One who asks: an access token, or none.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The user.
    pub id: String,
    /// The tokens of the log-in.
    pub tokens: Value,
    /// More headers.
    pub headers: Vec<(&'static str, String)>,
    /// The address it asks from, where that matters.
    pub peer: Option<IpAddr>,
}

impl Client {
    /// The same with one more header.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.to_owned()));
        client
    }

    /// The same from another address.
    pub fn from(&self, ip: &str) -> Self {
        let mut client = self.clone();
        client.peer = Some(ip.parse().unwrap());
        client
    }
}

impl Platform {
    /// A platform with an administrator and nothing else.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, with some settings changed.
    pub async fn start_with(change: impl FnOnce(&mut Serve)) -> Self {
        let database = database(&migrations::MIGRATOR).await;
        let hands = ManualClock::at(now());
        let clock: Arc<dyn Clock> = Arc::new(hands.clone());
        let limits = eventstore::postgres::Settings::default();
        let options = database.options.clone();
        let journal = PostgresJournal::open(options.clone(), Arc::clone(&clock), limits);
        let journal = Arc::new(journal.await.unwrap());
        let on: Arc<dyn Journal> = Arc::clone(&journal) as Arc<dyn Journal>;
        let commands = Commands::new(on, Arc::clone(&clock), secret(), Settings::default());
        let commands = Arc::new(commands);
        let house = House {
            cluster: None,
            options,
            journal,
            commands,
            secret: secret(),
            clock,
        };
        let mut settings = settings();
        settings.identity.secrets.admin_password = Some(PASSWORD.parse().unwrap());
        for rate in [
            &mut settings.limits.rate_auth,
            &mut settings.limits.burst_auth,
        ] {
            *rate = 10_000.try_into().unwrap();
        }
        change(&mut settings);
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(&settings.files, folder.path()).await.unwrap();
        let files = Arc::new(files);
        let works = Works::start(&house, &files).await.unwrap();
        admin::first(&house, &settings.identity).await.unwrap();
        let app = app(&settings, &house, &works, &files);
        app.readiness.look().await;
        let router = crate::routes::router(app.clone());
        Self {
            router,
            operators: operations::router(app.clone()),
            works: Some(works),
            clock: hands,
            app,
            cleanup: cleanup(&house, &files),
            purge: purge(&house),
            folder,
            _database: database,
        }
    }

    /// Stops everything that works beside the requests.
    pub async fn stop(mut self) {
        if let Some(works) = self.works.take() {
            works.stop().await;
        }
    }

    /// Asks the listener for operators.
    pub async fn operator(&self, path: &str) -> Answer {
        let request = Request::get(path).body(Body::empty()).unwrap();
        send(&self.operators, request).await
    }

    /// Sends `body` as `client`.
    pub async fn ask(&self, client: &Client, method: &str, path: &str, body: Value) -> Answer {
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/api/v1/{path}")
        };
        let mut request = Request::builder()
            .method(method.parse::<Method>().unwrap())
            .uri(path);
        if let Some(token) = client.tokens["access_token"].as_str() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(peer) = client.peer {
            request = request.extension(ConnectInfo(SocketAddr::new(peer, 4711)));
        }
        for (name, value) in &client.headers {
            request = request.header(*name, value);
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
        };
        send(&self.router, request.body(body).unwrap()).await
    }

    /// Asks for `path` as `client`.
    pub async fn get(&self, client: &Client, path: &str) -> Answer {
        self.ask(client, "GET", path, Value::Null).await
    }

    /// Sends `body` as `client` and expects it to be done, and to be seen by whatever is asked
    /// next; answers what was said.
    pub async fn done(&self, client: &Client, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(client, method, path, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {answer:?}");
        if method != "GET" {
            self.seen(answer.json["position"].as_i64()).await;
        }
        answer.json
    }

    /// Waits until every read model has what happened up to `position`.
    async fn seen(&self, position: Option<i64>) {
        let statuses = self.app.projections.statuses();
        let names: Vec<&str> = statuses.iter().map(|status| status.name).collect();
        self.app.reach(&names, position).await.unwrap();
    }

    /// Logs in.
    pub async fn log_in(&self, email: &str) -> Client {
        let body = json!({"email": email, "password": PASSWORD});
        let tokens = self
            .done(&Client::default(), "POST", "auth/login", body)
            .await;
        let id = tokens["user"].as_str().unwrap().to_owned();
        Client {
            id,
            tokens,
            headers: Vec::new(),
            peer: None,
        }
    }

    /// The administrator.
    pub async fn admin(&self) -> Client {
        self.log_in("admin@cadastre.local").await
    }

    /// A new user with `roles`, logged in.
    pub async fn user(&self, name: &str, roles: &[&str]) -> Client {
        let email = format!("{name}@example.org");
        let body = json!({"email": email, "name": name, "password": PASSWORD, "roles": roles});
        let nobody = Client::default();
        self.done(&nobody, "POST", "auth/signup", body).await;
        self.log_in(&email).await
    }

    /// A published listing of `host` with one unit; answers its id.
    pub async fn listing(&self, host: &Client) -> String {
        let done = self.done(host, "POST", "listings", new_listing()).await;
        let id = done["id"].as_str().unwrap().to_owned();
        self.done(host, "POST", &format!("listings/{id}/publish"), Value::Null)
            .await;
        id
    }
}

/// A listing of one unit at 100.00 EUR a night.
pub fn new_listing() -> Value {
    json!({
        "title": "Room with a view", "description": "Quiet.", "units": 1, "instant": true,
        "pricing": {"nightly_price": {"amount": 10_000, "currency": "EUR"}},
        "policy": "moderate", "time_zone": "Europe/Lisbon",
    })
}

/// A form with a file, and the type that names where its parts are cut.
pub fn form(file: &[u8], kind: &str, words: &[(&str, &str)]) -> (String, Vec<u8>) {
    static FORMS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let number = FORMS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let cut = format!("here-{number}");
    let mut body = Vec::new();
    for (name, word) in words {
        let part =
            format!("--{cut}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{word}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{cut}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"my été.jpg\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{cut}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={cut}"), body)
}

/// A picture of this size in which every pixel is another.
pub fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).to_be_bytes();
        image::Rgb([noise[0], noise[1], noise[2]])
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(width, height, pixel));
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

impl Platform {
    /// Sends a form as `client`.
    pub async fn send_form(&self, client: &Client, (kind, body): (String, Vec<u8>)) -> Answer {
        self.send_bytes(client, "files", (kind, body)).await
    }

    /// Sends a body that is no JSON to `path`.
    pub async fn send_bytes(
        &self,
        client: &Client,
        path: &str,
        (kind, body): (String, Vec<u8>),
    ) -> Answer {
        let path = format!("/api/v1/{path}");
        let mut request = Request::builder().method("POST").uri(path);
        if let Some(token) = client.tokens["access_token"].as_str() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &client.headers {
            request = request.header(*name, value);
        }
        let request = request.header(header::CONTENT_TYPE, kind);
        send(&self.router, request.body(Body::from(body)).unwrap()).await
    }

    /// Uploads a file for `purpose`; answers its id.
    pub async fn upload(&self, client: &Client, purpose: &str, file: &[u8]) -> String {
        let form = form(file, "application/octet-stream", &[("purpose", purpose)]);
        let answer = self.send_form(client, form).await;
        assert!(answer.status.is_success(), "{answer:?}");
        answer.json["id"].as_str().unwrap().to_owned()
    }

    /// Ten photos at `photos`, those of one listing, each of another size; answers their ids.
    pub async fn ten_photos(&self, client: &Client, photos: &str) -> Vec<String> {
        let mut shown = Vec::new();
        for number in 0..10 {
            let bytes = picture(10 + number, 8, image::ImageFormat::Jpeg);
            let id = self.upload(client, "photo", &bytes).await;
            self.done(client, "POST", photos, json!({"file": id})).await;
            shown.push(id);
        }
        shown
    }

    /// `client` as routes meet one.
    pub async fn actor(&self, client: &Client) -> crate::extract::Actor {
        let user = client.id.parse().unwrap();
        let session = client.tokens["session"].as_str().unwrap().parse().unwrap();
        let now = eventstore::Clock::now(&self.clock);
        let caller = self.app.commands.authenticate(user, session, now).await;
        crate::extract::Actor(caller.unwrap())
    }
}
