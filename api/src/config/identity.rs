//! Who may come in, and for how long.

use clap::Args;

use super::{Period, Secret};

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
    /// The password of the first administrator. Unset, one is made and printed once;
    /// `cadastre admin reset-password` makes another.
    #[arg(
        long,
        env = "CADASTRE_ADMIN_PASSWORD",
        value_name = "TEXT",
        hide_env_values = true
    )]
    pub admin_password: Option<Secret>,
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
    /// At least 32 bytes shared with your other services: tokens are then signed with HS256.
    /// Unset, they are signed with `EdDSA` and verified with the key at /.well-known/jwks.json.
    #[arg(long, env = "JWT_SECRET", value_name = "TEXT", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,
}

impl Period {
    const HOUR: Self = Self::seconds_of(3_600);
    const MONTH: Self = Self::seconds_of(30 * 86_400);
}

impl Identity {
    /// Finds what no single flag can know to be wrong.
    pub fn check(&self) -> Result<(), String> {
        let short = |secret: &Secret| secret.reveal().len() < JWT_SECRET_BYTES_MIN;
        if self.jwt_secret.as_ref().is_some_and(short) {
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
