//! Why there is no answer, and the exit codes.

use std::fmt::Write as _;

use commands::CommandError;
use domain::RefusalKind;
use eventstore::JournalError;
use eventstore::cluster::ClusterError;
use projections::{MaintenanceError, QueryError};
use serde_json::json;

use crate::table::plain;

/// How the process ends. Scripts rest on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and all is well.
    Well,
    /// Something was found to be wrong, or could not be done.
    Wrong,
    /// What was asked for is not there, or cannot be asked.
    Unknown,
    /// There is no database to ask, or none of this version.
    Unreachable,
    /// Stopped by Ctrl-C or SIGTERM.
    Interrupted,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Wrong => 1,
            Self::Unknown => 2,
            Self::Unreachable => 3,
            Self::Interrupted => 130,
        }
    }

    /// `Well`, unless something is wrong.
    pub fn well_if(well: bool) -> Self {
        if well { Self::Well } else { Self::Wrong }
    }
}

/// Why there is no answer: a sentence that names the fault and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How the process ends.
    pub exit: Exit,
    sentence: String,
    /// What may have been meant.
    suggestions: Vec<String>,
}

impl Fault {
    fn new(exit: Exit, sentence: impl Into<String>) -> Self {
        Self {
            exit,
            sentence: visible(&sentence.into()),
            suggestions: Vec::new(),
        }
    }

    /// It could not be done.
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self::new(Exit::Wrong, sentence)
    }

    /// What was asked for is not there, or cannot be asked.
    pub fn unknown(sentence: impl Into<String>) -> Self {
        Self::new(Exit::Unknown, sentence)
    }

    /// There is no database to ask, or none of this version.
    pub fn unreachable(sentence: impl Into<String>) -> Self {
        Self::new(Exit::Unreachable, sentence)
    }

    /// Somebody stopped it; `what` says what became of the work.
    pub fn interrupted(what: &str) -> Self {
        Self::new(Exit::Interrupted, format!("stopped: {what}"))
    }

    /// With what may have been meant.
    #[must_use]
    pub fn suggest(mut self, suggestions: impl IntoIterator<Item = String>) -> Self {
        self.suggestions.extend(suggestions);
        self
    }

    /// The sentence, and what may have been meant.
    pub fn text(&self) -> String {
        let mut text = self.sentence.clone();
        if let [one] = &*self.suggestions {
            let _ = write!(text, "; did you mean `{one}`?");
        } else if !self.suggestions.is_empty() {
            let _ = write!(text, "; did you mean one of these?");
            for suggestion in &self.suggestions {
                let _ = write!(text, "\n  {suggestion}");
            }
        }
        text
    }

    /// Writes it to standard error.
    pub fn tell(&self, as_json: bool) {
        use std::io::Write as _;
        let text = if as_json {
            let fault = json!({
                "exit": self.exit.code(),
                "detail": self.sentence,
                "suggestions": self.suggestions,
            });
            json!({ "error": fault }).to_string()
        } else {
            format!("replay: {}", self.text())
        };
        // Nobody is left to be told if even this cannot be written.
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// What was typed is repeated in a fault, and must not give orders to the terminal.
fn visible(sentence: &str) -> String {
    let lines: Vec<String> = sentence.lines().map(plain).collect();
    lines.join("\n")
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Self {
        let exit = match error {
            JournalError::StreamName(_) => Exit::Unknown,
            JournalError::Unavailable(_) | JournalError::Unfit(_) => Exit::Unreachable,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<ClusterError> for Fault {
    fn from(error: ClusterError) -> Self {
        Self::unreachable(error.to_string())
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let exit = match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => Exit::Unreachable,
            _ => Exit::Wrong,
        };
        Self::new(exit, format!("the database cannot be worked with: {error}"))
    }
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unavailable(error) => error.into(),
            other => Self::failed(other.to_string()),
        }
    }
}

impl From<MaintenanceError> for Fault {
    fn from(error: MaintenanceError) -> Self {
        match error {
            MaintenanceError::Sql(error) => error.into(),
            MaintenanceError::Journal(error) => error.into(),
            other => Self::failed(other.to_string()),
        }
    }
}

impl From<CommandError> for Fault {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refused) if refused.kind == RefusalKind::Unknown => {
                Self::unknown(refused.detail)
            }
            CommandError::Unavailable(why) => Self::unreachable(why),
            CommandError::Broken(why) => Self::failed(why),
            other => Self::failed(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_as_a_sentence_with_what_may_have_been_meant() {
        let fault = Fault::unknown("there is no projection `user`");
        assert_eq!(fault.text(), "there is no projection `user`");
        let one = fault.clone().suggest(["users".to_owned()]);
        assert_eq!(
            one.text(),
            "there is no projection `user`; did you mean `users`?"
        );
        let two = one.suggest(["audit".to_owned()]);
        assert!(two.text().ends_with("one of these?\n  users\n  audit"));
        assert_eq!(two.exit.code(), 2);
    }

    #[test]
    fn a_database_that_is_away_is_told_from_one_that_says_no() {
        assert_eq!(Fault::from(sqlx::Error::PoolTimedOut).exit.code(), 3);
        assert_eq!(Fault::from(sqlx::Error::RowNotFound).exit.code(), 1);
        let no_name = eventstore::StreamName::parse("x").unwrap_err();
        assert_eq!(Fault::from(no_name).exit.code(), 2);
    }
}
