//! The first administrator, and the way back in for one who lost the password.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use commands::user::NewUser;
use commands::{Context, Who};
use domain::id::{SessionId, UserId};
use domain::permission::Role;
use domain::roster::Roster;
use domain::secret::Secret as Kept;
use domain::session::EndReason;
use eventstore::cluster::DataDir;
use eventstore::{Clock, Journal, Mint};
use projections::{Page, Runner, Workplace, users};
use rand::RngExt;

use crate::auth::{Passwords, weakness};
use crate::config::{Identity, Secret, Store};
use crate::house::{House, StartError};

/// Letters and digits that nobody takes for one another.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_CHARS: usize = 24;
/// How long the read models may take to come up to the present.
const PATIENCE: Duration = Duration::from_mins(1);
const SESSIONS_A_PAGE: u32 = 100;
const KEY_DAYS: u32 = 7;

/// What has to be told about the first administrator.
pub struct FirstAdministrator {
    /// The e-mail address.
    pub email: String,
    /// The password, where it was made here and nobody knows it yet.
    pub password: Option<String>,
}

/// Makes the first administrator, unless there is one.
pub async fn first(
    house: &House,
    identity: &Identity,
) -> Result<Option<FirstAdministrator>, StartError> {
    let (roster, _) = house
        .commands
        .dispatch()
        .peek::<Roster>("administrators")
        .await?;
    if !roster.users.is_empty() {
        return Ok(None);
    }
    let email = identity.admin_email.clone();
    let made = identity.admin_password.is_none().then(random_password);
    let password = identity
        .admin_password
        .clone()
        .or(made.clone().map(Secret::from));
    let password = password.unwrap_or_else(|| Secret::from(random_password()));
    if let Some((_, fault)) = weakness(password.reveal(), &email) {
        return Err(StartError::Setting(format!(
            "CADASTRE_ADMIN_PASSWORD: {fault}"
        )));
    }
    let new = NewUser {
        user: UserId(Mint.id()),
        email: email.clone(),
        name: "Administrator".to_owned(),
        roles: BTreeSet::from([Role::SuperAdmin]),
        password_hash: Some(hashed(password).await?),
    };
    house
        .commands
        .sign_up(&operator(&*house.clock), &new)
        .await?;
    Ok(Some(FirstAdministrator {
        email,
        password: made,
    }))
}

/// Gives the user with `email` a new password, ends all his sessions, and answers the password.
pub async fn reset_password(store: &Store, email: &str) -> Result<String, StartError> {
    let folder = DataDir::open(&store.data)?;
    let house = House::open(store, &folder, KEY_DAYS).await?;
    let done = reset_in(&house, email).await;
    let closed = house.close().await;
    let password = done?;
    closed?;
    Ok(password)
}

async fn reset_in(house: &House, email: &str) -> Result<String, StartError> {
    let user = house.commands.user_by_email(email).await?;
    let user = user.ok_or_else(|| StartError::NoSuchUser(email.to_owned()))?;
    let password = random_password();
    let hash = hashed(Secret::from(password.clone())).await?;
    house
        .commands
        .change_password(&operator(&*house.clock), user, hash)
        .await?;
    let workplace = Workplace {
        options: house.options.clone(),
        journal: Arc::clone(&house.journal) as Arc<dyn Journal>,
        clock: Arc::clone(&house.clock),
    };
    let pool = house.journal.pool().clone();
    let runner = Runner::start(&workplace, pool, &projections::all()).await?;
    let ended = end_sessions(house, &runner, user).await;
    runner.stop().await;
    ended.map(|()| password)
}

async fn end_sessions(house: &House, runner: &Runner, user: UserId) -> Result<(), StartError> {
    let head = house.journal.head().await?;
    runner
        .handle()
        .wait_for(&[users::NAME], head, PATIENCE)
        .await?;
    let mut page = Page::first(SESSIONS_A_PAGE);
    loop {
        let now = Some(house.clock.now());
        let found = users::sessions(house.journal.readers(), user, now, &page).await?;
        for session in found.items {
            let (context, id) = (operator(&*house.clock), SessionId(session.id));
            house
                .commands
                .end_session(&context, id, EndReason::PasswordChanged)
                .await?;
        }
        match found.next {
            Some(after) => page = Page::following(SESSIONS_A_PAGE, after),
            None => return Ok(()),
        }
    }
}

fn operator(clock: &dyn Clock) -> Context {
    Context::new(Who::Operator, clock.now(), Mint.id())
}

async fn hashed(password: Secret) -> Result<Kept<String>, StartError> {
    let hash = Passwords::new().hash(password).await;
    hash.map(Kept::new)
        .map_err(|error| StartError::Setting(error.to_string()))
}

fn random_password() -> String {
    let mut random = rand::rng();
    (0..PASSWORD_CHARS)
        .map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]))
        .collect()
}
