//! Files that are brought in: their rows and the steps of those, before and while they become
//! events. No read model: nothing here is derived from events, and no query of the API reads it.

mod contents;
mod file;
mod line;
mod lock;
mod outcome;
mod plan;
mod refusal;
mod row;
mod step;

pub use contents::{Contents, Unfinished, empty_finished, undone, unfinished};
pub use file::{Order, StagedFile, Staging, find, finish, save_done};
pub use line::{Line, lines};
pub use lock::ImportLock;
pub use outcome::{RowOutcome, forget, forget_trial, outcomes};
pub use plan::{FirstInstant, Room, first_booked_at, rooms};
pub use refusal::{
    Figures, Note, Reason, Refusal, RefusedRow, figures, note, refuse, refused_rows,
};
pub use row::{Deposit, Ending, Fault, StagedRow, Stay};
pub use step::{Step, StepKind, steps};
