//! The first administrator, and the way back in for one who lost the password.

use std::collections::BTreeSet;

use commands::user::NewUser;
use commands::{Context, Who};
use domain::id::UserId;
use domain::permission::Role;
use domain::roster::Roster;
use domain::secret::Secret as Kept;
use eventstore::cluster::DataDir;
use eventstore::{Clock, Mint};
use rand::RngExt;

use crate::auth::{Passwords, weakness};
use crate::config::{Identity, Secret, Store};
use crate::house::{House, StartError};

/// Letters and digits that nobody takes for one another.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_CHARS: usize = 24;
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
    let made = identity
        .secrets
        .admin_password
        .is_none()
        .then(random_password);
    let password = identity
        .secrets
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
        // It is printed, and whatever reads the output of services reads it too.
        password_temporary: made.is_some(),
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

/// Gives the user with `email` a new password, which they have to change at first use, ends all
/// their sessions, and answers the password.
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
        .change_password(&operator(&*house.clock), user, None, hash)
        .await?;
    Ok(password)
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
