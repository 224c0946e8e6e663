//! Imports through the real thing: a Postgres of its own for each test.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "import/house.rs"]
mod house;

#[path = "import/buildings.rs"]
mod buildings;
#[path = "import/figures.rs"]
mod figures;
#[path = "import/forms.rs"]
mod forms;
#[path = "import/going_on.rs"]
mod going_on;
#[path = "import/incidents.rs"]
mod incidents;
#[path = "import/killed.rs"]
mod killed;
#[path = "import/machines.rs"]
mod machines;
#[path = "import/occupants.rs"]
mod occupants;
#[path = "import/traps.rs"]
mod traps;
