//! What a row of the log says.

use chrono::{DateTime, Utc};
use domain::incident::{IncidentState, Priority};

use super::columns::Column;
use crate::import::fields::{Fields, Read, fault};

/// What stands where something is not known.
const UNKNOWN: &[&str] = &["?"];
const WORD_CHARS_MAX: usize = 40;

/// One update of an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the incident is called.
    pub number: String,
    /// How far it is, in our words; none where the log gives a number in place of a state.
    pub state: Option<IncidentState>,
    /// Whether the service level of the log is kept so far.
    pub made_sla: bool,
    /// Who called.
    pub caller: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When this was so.
    pub at: DateTime<Utc>,
    /// Where.
    pub location: Option<String>,
    /// Of which kind, as a word.
    pub category: String,
    /// The same as the log says it.
    pub title: String,
    /// What else it says.
    pub details: String,
    /// How urgent.
    pub priority: Priority,
    /// Who is to do something about it.
    pub assigned_to: Option<String>,
}

impl Entry {
    /// Reads a row.
    pub fn read(fields: &Fields<'_, Column>) -> Read<Self> {
        let known = |column| fields.known(column, UNKNOWN);
        let category = known(Column::Category);
        let details = [
            ("subcategory", known(Column::Subcategory)),
            ("symptom", known(Column::Symptom)),
        ];
        let details: Vec<String> = details
            .into_iter()
            .filter_map(|(name, said)| said.map(|said| format!("{name}: {said}")))
            .collect();
        Ok(Self {
            number: fields.text(Column::Number, WORD_CHARS_MAX)?,
            state: state(fields)?,
            made_sla: fields.truth(Column::MadeSla)?,
            caller: known(Column::Caller),
            opened_at: fields.instant(Column::OpenedAt)?,
            at: fields.instant(Column::UpdatedAt)?,
            location: known(Column::Location),
            category: word(category.as_deref())?,
            title: category.unwrap_or_else(|| "no category".to_owned()),
            details: if details.is_empty() {
                "nothing else is said".to_owned()
            } else {
                details.join("\n")
            },
            priority: priority(fields)?,
            assigned_to: known(Column::AssignedTo),
        })
    }

    /// What somebody should look at.
    pub fn note(&self) -> Option<String> {
        if self.at < self.opened_at {
            return Some("updated before it was opened".to_owned());
        }
        let unknown = self.state.is_none();
        unknown.then(|| "in no state that has a name".to_owned())
    }
}

fn state(fields: &Fields<'_, Column>) -> Read<Option<IncidentState>> {
    Ok(Some(match fields.field(Column::State) {
        "New" => IncidentState::Open,
        "Active" => IncidentState::InProgress,
        "Awaiting User Info" | "Awaiting Problem" | "Awaiting Vendor" | "Awaiting Evidence" => {
            IncidentState::Deferred
        }
        "Resolved" => IncidentState::Completed,
        "Closed" => IncidentState::Closed,
        "-100" => return Ok(None),
        other => {
            let what = format!("`{other}` is no state that the log knows");
            return Err(fault("word", Column::State, &what));
        }
    }))
}

fn priority(fields: &Fields<'_, Column>) -> Read<Priority> {
    Ok(match fields.field(Column::Priority) {
        "1 - Critical" => Priority::Critical,
        "2 - High" => Priority::High,
        "3 - Moderate" => Priority::Medium,
        "4 - Low" => Priority::Low,
        other => {
            let what = format!("`{other}` is no priority that the log knows");
            return Err(fault("word", Column::Priority, &what));
        }
    })
}

/// `Category 55` as `category_55`.
fn word(category: Option<&str>) -> Read<String> {
    let Some(category) = category else {
        return Ok("unknown".to_owned());
    };
    let word = category.to_lowercase().replace(' ', "_");
    if domain::text::word("/category", &word, WORD_CHARS_MAX).is_err() {
        let what = format!("`{category}` makes no word");
        return Err(fault("word", Column::Category, &what));
    }
    Ok(word)
}
