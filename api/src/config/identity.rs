//! Who may come in, and for how long.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use clap::Args;
use projections::security::Allowance;

use super::secret::secrets;
use super::{Period, Secret};
use crate::security::Lives;

/// The shortest `JWT_SECRET`: a shorter one can be guessed from a single token.
const JWT_SECRET_BYTES_MIN: usize = 32;

/// The first administrator, and how long tokens live.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Identity")]
pub struct Identity {
    /// The e-mail address of the first administrator, who is made at first start.
    #[arg(
        long,
        env = "CADASTRE_ADMIN_EMAIL",
        value_name = "ADDRESS",
        default_value = "admin@cadastre.local"
    )]
    pub admin_email: String,
    /// How long an access token lives.
    #[arg(
        long,
        env = "CADASTRE_ACCESS_TOKEN_LIFE",
        value_name = "PERIOD",
        default_value_t = Period::HOUR
    )]
    pub access_token_life: Period,
    /// How long a refresh token lives.
    #[arg(
        long,
        env = "CADASTRE_REFRESH_TOKEN_LIFE",
        value_name = "PERIOD",
        default_value_t = Period::MONTH
    )]
    pub refresh_token_life: Period,
    /// Who says that a token is genuine: its `iss`.
    #[arg(
        long,
        env = "CADASTRE_TOKEN_ISSUER",
        value_name = "TEXT",
        default_value = "cadastre"
    )]
    pub token_issuer: String,
    /// Whom a token is meant for: its `aud`.
    #[arg(
        long,
        env = "CADASTRE_TOKEN_AUDIENCE",
        value_name = "TEXT",
        default_value = "cadastre-api"
    )]
    pub token_audience: String,
    /// What nobody else may know.
    #[command(flatten)]
    pub secrets: IdentitySecrets,
    /// How many wrong passwords may come from one address at once, over all processes. Good ones
    /// do not count.
    #[arg(
        long,
        env = "CADASTRE_LOGIN_BURST_ADDRESS",
        value_name = "COUNT",
        default_value = "10"
    )]
    pub login_burst_address: NonZeroU32,
    /// How many attempts an address gets back in a minute.
    #[arg(
        long,
        env = "CADASTRE_LOGIN_RATE_ADDRESS",
        value_name = "COUNT",
        default_value = "3"
    )]
    pub login_rate_address: NonZeroU32,
    /// How many wrong passwords may be tried on one account at once, from wherever. It is so high
    /// that nobody can lock a stranger out in passing.
    #[arg(
        long,
        env = "CADASTRE_LOGIN_BURST_ACCOUNT",
        value_name = "COUNT",
        default_value = "1800"
    )]
    pub login_burst_account: NonZeroU32,
    /// How many attempts an account gets back in a minute.
    #[arg(
        long,
        env = "CADASTRE_LOGIN_RATE_ACCOUNT",
        value_name = "COUNT",
        default_value = "30"
    )]
    pub login_rate_account: NonZeroU32,
    /// For how long failed log-ins and refused access stay on record.
    #[arg(
        long,
        env = "CADASTRE_SECURITY_EVENTS_LIFE",
        value_name = "PERIOD",
        default_value_t = Period::seconds_of(90 * 86_400)
    )]
    pub security_events_life: Period,
}

secrets! {
    /// What the first administrator and tokens rest on.
    pub struct IdentitySecrets {
        /// The password of the first administrator. Unset, one is made and printed once, to be
        /// changed at first use; `cadastre admin reset-password` makes another.
        pub admin_password: env = "CADASTRE_ADMIN_PASSWORD",
        /// At least 32 bytes shared with your other services: tokens are then signed with HS256.
        /// Unset, they are signed with `EdDSA` and verified with the key at
        /// /.well-known/jwks.json.
        pub jwt_secret: env = "JWT_SECRET",
    }
}

/// How often a password may be tried.
#[derive(Clone, Copy, Debug)]
pub struct Attempts {
    /// From one address, on whichever accounts.
    pub by_address: Allowance,
    /// On one account, from whichever addresses.
    pub on_account: Allowance,
}

impl Period {
    const HOUR: Self = Self::seconds_of(3_600);
    const MONTH: Self = Self::seconds_of(30 * 86_400);
}

impl Identity {
    /// How often a password may be tried.
    pub fn attempts(&self) -> Attempts {
        let allowance = |burst: NonZeroU32, per_minute: NonZeroU32| Allowance {
            burst: burst.get(),
            per_minute: per_minute.get(),
        };
        Attempts {
            by_address: allowance(self.login_burst_address, self.login_rate_address),
            on_account: allowance(self.login_burst_account, self.login_rate_account),
        }
    }

    /// For how long what is refused, and what may still be tried, stays on record.
    pub fn lives(&self) -> Lives {
        let Attempts {
            by_address,
            on_account,
        } = self.attempts();
        let full = by_address
            .seconds_to_full()
            .max(on_account.seconds_to_full());
        Lives {
            event: self.security_events_life.delta(),
            allowance: TimeDelta::seconds(i64::try_from(full).unwrap_or(i64::MAX / 1_000)),
        }
    }

    /// Finds what no single flag can know to be wrong.
    pub fn check(&self) -> Result<(), String> {
        let short = |secret: &Secret| secret.reveal().len() < JWT_SECRET_BYTES_MIN;
        if self.secrets.jwt_secret.as_ref().is_some_and(short) {
            return Err(format!(
                "JWT_SECRET is shorter than {JWT_SECRET_BYTES_MIN} bytes: choose a longer one \
                 (`openssl rand -base64 48`), or unset it to sign tokens with EdDSA"
            ));
        }
        if self.access_token_life.seconds() > self.refresh_token_life.seconds() {
            return Err(
                "CADASTRE_ACCESS_TOKEN_LIFE is longer than CADASTRE_REFRESH_TOKEN_LIFE: a \
                 refresh token must outlive the access token that it renews"
                    .to_owned(),
            );
        }
        Ok(())
    }
}
