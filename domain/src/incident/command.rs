//! What can be asked of an incident.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Assignee, Contact, Place, Priority, Reporter, Service, Source, Verb, Visibility};
use crate::id::{CommentId, FileId, UserId};

/// Tell of what is wrong.
#[derive(Clone, Debug)]
pub struct ReportIncident {
    /// Where.
    pub place: Place,
    /// Who manages the building.
    pub manager: Option<UserId>,
    /// Of which kind it is, as a word.
    pub category: String,
    /// How urgent it is.
    pub priority: Priority,
    /// In a few words.
    pub title: String,
    /// In as many as it takes.
    pub details: String,
    /// Who tells of it.
    pub reporter: Reporter,
    /// How to reach him.
    pub contact: Contact,
    /// What is promised, if anything is.
    pub service: Option<Service>,
    /// Where it was known before, if it was.
    pub source: Option<Source>,
    /// When it is told.
    pub at: DateTime<Utc>,
}

/// When it has to be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBy {
    /// At this instant, which no pause moves.
    Hand(DateTime<Utc>),
    /// When the service level says.
    Policy,
}

/// Change named fields; what is absent stays.
#[derive(Clone, Debug)]
pub struct ChangeIncident {
    /// Of which kind it is.
    pub category: Option<String>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// In a few words.
    pub title: Option<String>,
    /// In as many as it takes.
    pub details: Option<String>,
    /// When it has to be resolved.
    pub due_by: Option<DueBy>,
    /// When it is changed.
    pub at: DateTime<Utc>,
}

/// Let somebody do something about it, or nobody.
#[derive(Clone, Debug)]
pub struct AssignIncident {
    /// Who, found fit to do so; nobody where there is none.
    pub assignee: Option<Assignee>,
}

/// A step along the table, with what has to be said of it.
#[derive(Clone, Debug)]
pub enum Step {
    /// Take it in charge.
    Start,
    /// Let it go.
    Release,
    /// Put it off.
    Defer {
        /// Until when. Only another system puts off without an end.
        until: Option<DateTime<Utc>>,
        /// Why.
        reason: Option<String>,
    },
    /// End the wait.
    Resume,
    /// Say that it is done.
    Complete {
        /// What was done.
        resolution: String,
    },
    /// Say that it is over.
    Close,
    /// Say that it was not done after all.
    Reopen {
        /// For how long after its completion that can be said.
        window: TimeDelta,
        /// Whether the one who was at it can go on.
        assignee_fit: bool,
        /// Why.
        reason: Option<String>,
    },
    /// Say that nothing will be done.
    Decline {
        /// Why.
        reason: String,
    },
    /// Take it back.
    Withdraw,
}

impl Step {
    /// What is done.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Start => Verb::Start,
            Self::Release => Verb::Release,
            Self::Defer { .. } => Verb::Defer,
            Self::Resume => Verb::Resume,
            Self::Complete { .. } => Verb::Complete,
            Self::Close => Verb::Close,
            Self::Reopen { .. } => Verb::Reopen,
            Self::Decline { .. } => Verb::Decline,
            Self::Withdraw => Verb::Withdraw,
        }
    }
}

/// Go a step along the table.
#[derive(Clone, Debug)]
pub struct MoveIncident {
    /// Which.
    pub step: Step,
    /// Whose data the words of the step are.
    pub by: uuid::Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

/// Say something about it.
#[derive(Clone, Debug)]
pub struct CommentIncident {
    /// The id of the new comment.
    pub comment: CommentId,
    /// Who says it.
    pub by: UserId,
    /// Whether he works on it.
    pub staff: bool,
    /// What.
    pub text: String,
    /// Who may read it.
    pub visibility: Visibility,
}

/// Put a file to it.
#[derive(Clone, Debug)]
pub struct AddAttachment {
    /// Which file, found to be there and the caller's.
    pub file: FileId,
    /// Whether the one who asks works on it.
    pub staff: bool,
}

/// Take a file away from it.
#[derive(Clone, Debug)]
pub struct RemoveAttachment {
    /// Which file.
    pub file: FileId,
}

/// Hold it to another service level.
#[derive(Clone, Debug)]
pub struct SetService {
    /// Which, if any.
    pub service: Option<Service>,
    /// From when on that is known.
    pub at: DateTime<Utc>,
}

/// Do what the time asks for: end a wait, warn, tell of a breach.
#[derive(Clone, Debug)]
pub struct KeepTime {
    /// The time.
    pub at: DateTime<Utc>,
}

/// Note what another system says of its own service level.
#[derive(Clone, Debug)]
pub struct StateSla {
    /// Whether it says that it was kept.
    pub kept: bool,
}

/// What can be asked of an incident.
#[derive(Clone, Debug)]
pub enum IncidentCommand {
    /// Tell of what is wrong.
    Report(Box<ReportIncident>),
    /// Change named fields.
    Change(ChangeIncident),
    /// Let somebody do something about it.
    Assign(AssignIncident),
    /// Go a step along the table.
    Move(MoveIncident),
    /// Say something about it.
    Comment(CommentIncident),
    /// Put a file to it.
    AddAttachment(AddAttachment),
    /// Take a file away from it.
    RemoveAttachment(RemoveAttachment),
    /// Hold it to another service level.
    SetService(Box<SetService>),
    /// Do what the time asks for.
    KeepTime(KeepTime),
    /// Note what another system says of its own service level.
    StateSla(StateSla),
}
