//! One thing that is wrong with a request, and all of them.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::Pointer;

/// The most faults that are told: a body of a mebibyte can hold a hundred thousand.
const FAULTS_MAX: usize = 256;

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
            pointer: Some(pointer.to_string()),
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
            parameter: Some(name.into()),
            code: code.into(),
            detail: detail.into(),
        }
    }
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
        if self.0.len() < FAULTS_MAX {
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
