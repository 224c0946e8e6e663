//! One thing that is wrong with a request, and all of them.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::Pointer;

/// The most faults that are told: a body of a mebibyte can hold a hundred thousand.
const FAULTS_MAX: usize = 100;
/// The most bytes of a pointer or of a parameter's name: each fault repeats it, and the body chose
/// how long it is.
const PLACE_BYTES_MAX: usize = 256;

/// One thing that is wrong with a body or with a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Where in the body it is (RFC 6901); empty for the body itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which parameter it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// A stable word for programs.
    pub code: Cow<'static, str>,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl Fault {
    /// Something wrong at `pointer` in the body.
    pub fn at(
        pointer: &(impl ToString + ?Sized),
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            pointer: Some(cut(pointer.to_string())),
            parameter: None,
            code: code.into(),
            detail: detail.into(),
        }
    }

    /// Something wrong with the parameter `name`.
    pub fn of(
        name: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            pointer: None,
            parameter: Some(cut(name.into())),
            code: code.into(),
            detail: detail.into(),
        }
    }
}

/// At most so much of a place as is of use; a place that was cut ends with `…`.
fn cut(mut place: String) -> String {
    if place.len() > PLACE_BYTES_MAX {
        place.truncate(place.floor_char_boundary(PLACE_BYTES_MAX));
        place.push('…');
    }
    place
}

/// So many of `faults` as are told, and a last one that says so where there are more.
pub fn bounded(mut faults: Vec<Fault>) -> Vec<Fault> {
    if faults.len() > FAULTS_MAX {
        faults.truncate(FAULTS_MAX);
        faults.push(Fault {
            pointer: None,
            parameter: None,
            code: "more_faults".into(),
            detail: format!("There are more than these {FAULTS_MAX} faults; correct them first."),
        });
    }
    faults
}

/// What was found so far.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault at `at`, unless there are already more than anyone reads.
    pub fn add(&mut self, at: &Pointer<'_>, code: &'static str, detail: impl Into<String>) {
        self.push(Fault::at(at, code, detail));
    }

    /// Adds a fault, unless there are already more than anyone reads.
    pub fn push(&mut self, fault: Fault) {
        // One more than is told, by which it is seen that there are more.
        if self.0.len() <= FAULTS_MAX {
            self.0.push(fault);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
