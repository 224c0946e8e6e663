//! This house: the program `cadastre`, and what is in it before it is measured.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::try_join_all;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::server::Server;
use crate::database::Database;
use crate::fault::Fault;

/// How many guests ask in turn.
pub const GUESTS: usize = 16;
/// How many listings they book in turn.
pub const LISTINGS: usize = 1_000;
/// How many bookings are asked for by id.
const BOOKINGS: i64 = 10_000;
const AT_ONCE: usize = 16;

/// The administrator of the house that is measured, who is nobody's anywhere else.
pub const ADMIN_EMAIL: &str = "admin@cadastre.local";
/// Their password, which opens nothing but that house.
pub const ADMIN_PASSWORD: &str = "a house that is measured and thrown away";

/// The program beside this one, from the same build.
fn program() -> Result<PathBuf, Fault> {
    let program = std::env::current_exe()?.with_file_name("cadastre");
    if program.is_file() {
        Ok(program)
    } else {
        Err("build the server first: cargo build --release -p api".into())
    }
}

/// Starts the server with guests, and listings to book.
pub async fn open(database: &Database, folder: &Path) -> Result<Server, Fault> {
    let server = Server::start((&program()?, &["serve"]), database, folder).await?;
    let visitor = Visitor::new(&server.address);
    visitor.let_guests_ask_for_more().await?;
    let host = visitor.sign_up("host", json!(["member", "host"])).await?;
    let mut listings = Vec::with_capacity(LISTINGS);
    while listings.len() < LISTINGS {
        let some = (0..AT_ONCE.min(LISTINGS - listings.len())).map(|_| visitor.offer(&host));
        listings.extend(try_join_all(some).await?);
    }
    let mut tokens = Vec::with_capacity(GUESTS);
    for guest in 0..GUESTS {
        // So that their order as texts is that of their tokens.
        let name = format!("guest{guest:02}");
        tokens.push(visitor.sign_up(&name, json!(["member"])).await?);
    }
    std::fs::write(folder.join("listings"), listings.join("\n"))?;
    std::fs::write(folder.join("tokens"), tokens.join("\n"))?;
    Ok(server)
}

/// Someone with a browser.
struct Visitor {
    client: Client,
    address: String,
}

impl Visitor {
    fn new(address: &str) -> Self {
        Self {
            client: Client::new(),
            address: address.to_owned(),
        }
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> Result<Value, Fault> {
        let asked = self.client.post(format!("{}/api/v1/{path}", self.address));
        let asked = match token {
            "" => asked,
            token => asked.bearer_auth(token),
        };
        let answer = asked.json(body).send().await?;
        let (status, said) = (answer.status(), answer.text().await?);
        if status.is_success() {
            Ok(serde_json::from_str(&said).unwrap_or_default())
        } else {
            Err(format!("{path} was answered {status}: {said}").into())
        }
    }

    /// Lets a few guests stand for many: each asks for far more than one is allowed to.
    async fn let_guests_ask_for_more(&self) -> Result<(), Fault> {
        let body = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
        let token = text(&self.post("", "auth/login", &body).await?, "access_token")?;
        let url = format!("{}/api/v1/admin/config", self.address);
        let asked = self.client.patch(url).bearer_auth(token);
        let body = json!({"open_requests_max": 10_000});
        asked.json(&body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Signs up and logs in; answers the token.
    async fn sign_up(&self, name: &str, roles: Value) -> Result<String, Fault> {
        let (email, password) = (format!("{name}@example.org"), "a house with nine windows");
        let body = json!({"email": email, "name": name, "password": password, "roles": roles});
        self.post("", "auth/signup", &body).await?;
        let body = json!({"email": email, "password": password});
        let token = self.post("", "auth/login", &body).await?;
        text(&token, "access_token")
    }

    /// Offers a room and answers its id.
    async fn offer(&self, host: &str) -> Result<String, Fault> {
        let body = json!({
            "title": "Harbour room", "description": "Two windows, one of them round.",
            "units": 2, "max_guests": 4, "time_zone": "Europe/Lisbon", "policy": "moderate",
            "instant": true,
            "pricing": {"nightly_price": {"amount": 12_550, "currency": "EUR"},
                        "cleaning_fee": {"amount": 3_000, "currency": "EUR"},
                        "weekly_discount_basis_points": 1_000},
        });
        let listing = text(&self.post(host, "listings", &body).await?, "id")?;
        let path = format!("listings/{listing}/publish");
        self.post(host, &path, &json!({})).await?;
        Ok(listing)
    }
}

fn text(answer: &Value, field: &str) -> Result<String, Fault> {
    let text = answer.get(field).and_then(Value::as_str);
    Ok(text
        .ok_or_else(|| format!("`{field}` is missing"))?
        .to_owned())
}

/// Waits until every read model has seen everything, and writes down bookings to ask for, each
/// with the number of its guest's token.
pub async fn settle(server: &Server, database: &Database) -> Result<(), Fault> {
    let client = database.raw().await?;
    let schemas = "select table_schema::text from information_schema.tables
         where table_name = 'checkpoint' and table_schema <> 'journal'";
    for row in client.query(schemas, &[]).await? {
        let behind = format!(
            "select position < (select max(position) from journal.event) from {}.checkpoint",
            row.get::<_, String>(0)
        );
        while client.query_one(&behind, &[]).await?.get(0) {
            sleep(Duration::from_millis(50)).await;
        }
    }
    client
        .batch_execute("vacuum analyze bookings.booking")
        .await?;
    let bookings = client
        .query(
            "select dense_rank() over (order by u.email), b.id::text
             from (select * from bookings.booking order by id limit $1) b
             join users.profile u on u.id = b.guest",
            &[&BOOKINGS],
        )
        .await?;
    let lines = bookings.iter().map(|row| {
        let (guest, id): (i64, String) = (row.get(0), row.get(1));
        format!("{guest} {id}")
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    Ok(std::fs::write(server.folder.join("bookings"), lines)?)
}
