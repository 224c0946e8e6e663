//! Who are you: passwords, access tokens, refresh tokens.

mod attempt;
mod password;
mod refresh;
mod rules;
mod token;

pub use attempt::Attempt;
pub use password::{PasswordError, Passwords};
pub use refresh::{Refresh, RefreshToken, token_id};
pub use rules::{normalised, weakness};
pub use token::{Claims, TokenFault, Tokens};
