//! Chance that can be repeated.

use eventstore::{Clock, SystemClock};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Chance from the seed of this run, which is printed; `CADASTRE_SEED` repeats a run.
pub fn chance() -> StdRng {
    StdRng::seed_from_u64(seed())
}

pub fn seed() -> u64 {
    let given = std::env::var("CADASTRE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| SystemClock.now().timestamp_micros().unsigned_abs());
    println!("CADASTRE_SEED={seed}");
    seed
}

/// How many rounds: `suite`, or as many as `CADASTRE_TORTURE` says.
pub fn rounds(suite: usize) -> usize {
    match std::env::var("CADASTRE_TORTURE") {
        Ok(rounds) => rounds.parse().unwrap_or(1_000),
        Err(_) => suite,
    }
}
