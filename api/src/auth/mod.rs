//! Who are you: passwords, access tokens, refresh tokens.

mod keys;
mod password;
mod refresh;
mod rules;
mod token;

pub use keys::derive;
pub use password::Passwords;
pub use refresh::{Refresh, RefreshToken};
pub use rules::{PASSWORD_CHARS_MIN, weakness};
pub use token::{Claims, TokenFault, Tokens};
