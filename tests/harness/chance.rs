//! Chance that can be had again.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub use eventstore::cluster::testing::rounds;

/// Chance from the seed in `CADASTRE_SEED`, else from a new one, which is printed.
pub fn chance() -> StdRng {
    let given = std::env::var("CADASTRE_SEED").ok();
    let seed = match given {
        Some(text) => text.parse().expect("CADASTRE_SEED is a number"),
        None => rand::rng().random::<u64>(),
    };
    println!("CADASTRE_SEED={seed}");
    StdRng::seed_from_u64(seed)
}
