//! People, and what they do most.

use std::ops::Deref;

use commands::{Context, Who};
use domain::id::UserId;
use domain::permission::Role;
use eventstore::{Clock, Mint};
use serde_json::{Value, json};

use crate::{Answer, Client, House, days_after};

/// The password of everyone.
pub const PASSWORD: &str = "correct horse battery";

/// Someone with an account and a session.
#[derive(Clone, Debug)]
pub struct Person {
    /// The id of the user.
    pub id: String,
    /// The address.
    pub email: String,
    /// What logging in answered.
    pub tokens: Value,
    client: Client,
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl House {
    /// Someone who books.
    pub async fn guest(&self, name: &str) -> Person {
        Person::sign_up(&self.anyone(), name, &["member"]).await
    }

    /// Someone who has listings.
    pub async fn host(&self, name: &str) -> Person {
        Person::sign_up(&self.anyone(), name, &["member", "host"]).await
    }

    /// Someone with a role that others give.
    pub async fn holder_of(&self, role: Role, name: &str) -> Person {
        let person = self.guest(name).await;
        let context = Context::new(Who::Operator, self.clock.now(), Mint.id());
        let user = UserId(person.id.parse().unwrap());
        let granted = self.commands.grant_role(&context, user, role).await;
        granted.unwrap();
        person
    }

    /// Someone who may do everything.
    pub async fn admin(&self) -> Person {
        self.holder_of(Role::SuperAdmin, "root").await
    }
}

impl Person {
    /// Signs up and logs in.
    pub async fn sign_up(anyone: &Client, name: &str, roles: &[&str]) -> Self {
        let email = format!("{name}@example.org");
        let body = json!({"email": email, "password": PASSWORD, "name": name, "roles": roles});
        anyone.post("/auth/signup", &body).await.expect(202);
        Self::log_in(anyone, &email, PASSWORD).await
    }

    /// Logs in.
    pub async fn log_in(anyone: &Client, email: &str, password: &str) -> Self {
        let body = json!({"email": email, "password": password});
        let tokens = anyone.post("/auth/login", &body).await.expect(200).json;
        let text = |key: &str| tokens[key].as_str().unwrap().to_owned();
        Self {
            id: text("user"),
            email: email.to_owned(),
            client: anyone.with_token(&text("access_token")),
            tokens,
        }
    }

    /// The same person in another session.
    pub async fn again(&self) -> Self {
        let anyone = Client::of(format!("http://{}", self.authority()));
        Self::log_in(&anyone, &self.email, PASSWORD).await
    }

    /// Asks for `nights` nights from `from` on.
    pub async fn books(&self, listing: &str, from: &str, nights: u64) -> Answer {
        self.post("/bookings", &ask(listing, from, nights)).await
    }

    /// The booking of `nights` nights from `from` on.
    pub async fn booked(&self, listing: &str, from: &str, nights: u64) -> String {
        self.books(listing, from, nights).await.expect(201).id()
    }

    /// The payment that is asked for a booking.
    pub async fn intends_to_pay(&self, booking: &str) -> String {
        let body = json!({"booking": booking});
        self.post("/payments/intent", &body).await.expect(201).id()
    }

    /// Pays a booking, waits until it is confirmed, and answers the payment.
    pub async fn pays(&self, booking: &str) -> String {
        let payment = self.intends_to_pay(booking).await;
        self.pays_with(&payment, "sandbox").await.expect(200);
        self.until_status(&format!("/bookings/{booking}"), "confirmed")
            .await;
        payment
    }

    /// Lets the provider take the money of a payment by `method`.
    pub async fn pays_with(&self, payment: &str, method: &str) -> Answer {
        let body = json!({"method": method});
        self.post(&format!("/payments/{payment}/confirm"), &body)
            .await
    }

    /// What a booking is at the position of `answer`.
    pub async fn booking_after(&self, booking: &str, answer: &Answer) -> Value {
        let path = format!("/bookings/{booking}");
        self.see(&path, answer.position()).await.expect(200).json
    }
}

/// The body of a request for nights for two.
pub(crate) fn ask(listing: &str, from: &str, nights: u64) -> Value {
    json!({
        "listing": listing,
        "from": from,
        "until": days_after(from, nights),
        "guests": {"adults": 2},
    })
}
