//! How often somebody may try to prove a password: so many times from one address, and so many
//! times on one account, whoever tries. Only what fails counts.

use chrono::{DateTime, Utc};
use commands::Context;
use projections::security::{Allowance, give_back, take};
use uuid::Uuid;

use crate::app::App;
use crate::middleware::network;
use crate::problem::Problem;
use crate::security::{Kind, Refusal};

/// One attempt, taken out of both allowances until it turns out to be a good one.
pub struct Attempt {
    address: String,
    account: String,
    limits: [Allowance; 2],
    route: &'static str,
}

impl Attempt {
    /// Takes an attempt on the account of `email`, or says how long to wait. Whether there is such
    /// an account makes no difference.
    pub async fn take(
        app: &App,
        context: &Context,
        email: &str,
        route: &'static str,
    ) -> Result<Self, Problem> {
        let ip = context.ip.as_deref().and_then(|ip| ip.parse().ok());
        let attempt = Self {
            address: ip.map_or_else(|| "unknown".to_owned(), |ip| network(ip).to_string()),
            account: app.commands.account_key(email),
            limits: [app.edge.attempts.by_address, app.edge.attempts.on_account],
            route,
        };
        let keys = attempt.keys();
        for (taken, (key, allowance)) in keys.iter().zip(attempt.limits).enumerate() {
            if !has_one(app, key, allowance, context.at).await? {
                // What the other gave is not used.
                attempt.put_back(app, taken).await?;
                attempt.note(app, context, Kind::LoginHeldBack, None, "too_many_attempts");
                let seconds = allowance.seconds_to_next();
                let detail = format!("Too many attempts have failed: try again in {seconds} s.");
                return Err(Problem::too_soon("too_many_attempts", detail, seconds));
            }
        }
        Ok(attempt)
    }

    /// The password was the right one: the attempt does not count.
    pub async fn succeeded(&self, app: &App) -> Result<(), Problem> {
        self.put_back(app, self.limits.len()).await
    }

    /// Takes note that the password opened nothing, with the `code` that is answered.
    pub fn failed(&self, app: &App, context: &Context, user: Option<Uuid>, code: &str) {
        self.note(app, context, Kind::LoginFailed, user, code);
    }

    fn keys(&self) -> [String; 2] {
        [
            format!("address {}", self.address),
            format!("account {}", self.account),
        ]
    }

    async fn put_back(&self, app: &App, taken: usize) -> Result<(), Problem> {
        let keys = self.keys();
        let buckets: Vec<(&str, Allowance)> = keys
            .iter()
            .map(String::as_str)
            .zip(self.limits)
            .take(taken)
            .collect();
        if buckets.is_empty() {
            return Ok(());
        }
        let given = give_back(app.journal.pool(), &buckets).await;
        given.map_err(|error| Problem::away(&error))
    }

    fn note(&self, app: &App, context: &Context, kind: Kind, user: Option<Uuid>, code: &str) {
        let refusal = Refusal {
            kind,
            code: code.to_owned(),
            user,
            account: Some(self.account.clone()),
            method: "POST".to_owned(),
            route: self.route.to_owned(),
        };
        app.edge.security.note(refusal, context.into());
    }
}

async fn has_one(
    app: &App,
    key: &str,
    allowance: Allowance,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let taken = take(app.journal.pool(), key, allowance, now).await;
    taken.map_err(|error| Problem::away(&error))
}
