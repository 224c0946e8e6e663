//! What a work order consists of.

use serde::{Deserialize, Serialize};

use super::WorkOrderRefusal;
use crate::text;

/// The most tasks of an order.
pub const TASKS_MAX: usize = 100;
/// The longest line of an order.
pub const LINE_CHARS_MAX: usize = 200;
/// The longest text of an order.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// The most answers that one can choose from.
pub const CHOICES_MAX: usize = 20;

/// How urgent it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Not urgent at all.
    #[default]
    None,
    /// It can wait.
    Low,
    /// Soon.
    Medium,
    /// Now.
    High,
}

/// What it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// To mend what has failed.
    Corrective,
    /// To keep it from failing.
    Preventive,
}

/// How a task is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// By being done.
    Subtask,
    /// By a number.
    Number,
    /// By a text.
    Text,
    /// By `pass`, `flag` or `fail`.
    Inspection,
    /// By one of its choices.
    Multiple,
}

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What is to be done.
    pub label: String,
    /// How it is answered.
    pub kind: TaskKind,
    /// What one can choose from, where one chooses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

impl Task {
    /// Whether `answer` is one to this task.
    pub fn takes(&self, answer: Option<&str>) -> bool {
        match (self.kind, answer) {
            (TaskKind::Subtask, answer) => answer.is_none(),
            (_, None) => false,
            (TaskKind::Number, Some(answer)) => is_number(answer),
            (TaskKind::Text, Some(answer)) => {
                text::lines("/answer", answer, TEXT_CHARS_MAX).is_ok()
            }
            (TaskKind::Inspection, Some(answer)) => matches!(answer, "pass" | "flag" | "fail"),
            (TaskKind::Multiple, Some(answer)) => self.choices.iter().any(|c| c == answer),
        }
    }
}

/// Digits, with a sign before and a fraction behind if need be.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| {
        !part.is_empty() && part.len() <= 18 && part.bytes().all(|b| b.is_ascii_digit())
    };
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}

/// What is asked of tasks before they may enter an event.
pub fn tasks(tasks: &[Task]) -> Result<(), WorkOrderRefusal> {
    if tasks.len() > TASKS_MAX {
        return Err(WorkOrderRefusal::TooMany {
            what: "tasks",
            max: TASKS_MAX,
            pointer: "/tasks",
        });
    }
    for task in tasks {
        text::line("/tasks", &task.label, LINE_CHARS_MAX)?;
        for choice in &task.choices {
            text::line("/tasks", choice, LINE_CHARS_MAX)?;
        }
        let count = task.choices.len();
        let fits = match task.kind {
            TaskKind::Multiple => (2..=CHOICES_MAX).contains(&count),
            _ => count == 0,
        };
        if !fits {
            return Err(WorkOrderRefusal::Choices);
        }
    }
    Ok(())
}
