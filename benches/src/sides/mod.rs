//! Who is measured. Each side takes the same decisions on the same aggregate and keeps the same
//! events and metadata, in the way that it was made for.

pub mod disintegrate;
pub mod ours;
pub mod postgres_es;
pub mod raw;
#[cfg(feature = "umadb")]
pub mod umadb;

use domain::id::BuildingId;

use crate::fault::Fault;
use crate::seed::Seed;
use crate::stage::Stage;

/// What a side starts with.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// Where it plays.
    pub stage: &'a Stage,
    /// How many clients will come.
    pub clients: usize,
    /// How many connections it may take, where it has a pool.
    pub pool: usize,
    /// What is there already.
    pub seed: &'a Seed,
}

impl<'a> Start<'a> {
    /// On nothing, with a connection for each client.
    pub fn new(stage: &'a Stage, clients: usize, seed: &'a Seed) -> Self {
        Self {
            stage,
            clients,
            pool: clients,
            seed,
        }
    }
}

/// One of those who are measured.
pub trait Side: Sized + Send + Sync + 'static {
    /// What it is called in the report.
    const NAME: &'static str;

    /// Opens it on a database or a server of its own.
    fn open(start: Start<'_>) -> impl Future<Output = Result<Self, Fault>> + Send;

    /// Asks for a list as a file: a new aggregate with one event.
    fn request(&self, client: usize) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Changes a building; repeats that until it is done.
    fn change(
        &self,
        client: usize,
        id: BuildingId,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// How often a command had to be done again because another one was first.
    fn repeats(&self) -> u64;

    /// The first process of the server that it plays on.
    fn server(&self) -> i32;

    /// Ends it and removes what it kept.
    fn close(&self) -> impl Future<Output = Result<(), Fault>> + Send;
}
