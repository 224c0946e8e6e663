//! Who are you: passwords, access tokens, refresh tokens.

mod password;
mod refresh;
mod rules;
mod token;
mod used;

pub use password::{PasswordError, Passwords};
pub use refresh::{Refresh, RefreshToken};
pub use rules::weakness;
pub use token::{Claims, TokenFault, Tokens};
pub use used::{UsedTokens, token_id};
