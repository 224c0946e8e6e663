//! All parameters of a request, taken out one by one; what is left at the end is unknown.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use domain::text::composed;

use super::FromText;
use crate::json::Fault;
use crate::problem::Problem;

/// The parameters that nobody has taken yet, and what was found wrong so far.
#[derive(Debug)]
pub struct Params {
    left: Vec<(String, String)>,
    faults: Vec<Fault>,
}

/// A set of parameters that a route asks for.
pub trait FromParams: Sized {
    /// Takes its parameters. `None` when at least one fault was added.
    fn from_params(params: &mut Params) -> Option<Self>;
}

/// The filters of a route, and nothing else.
#[derive(Debug)]
pub struct Filter<T>(pub T);

impl Params {
    /// The parameters of a request.
    pub fn of(parts: &Parts) -> Result<Self, Problem> {
        let Query(left) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::unreadable("query_unreadable", "The query cannot be read."))?;
        Ok(Self {
            left,
            faults: Vec::new(),
        })
    }

    /// Parameters that were said elsewhere than in a path.
    pub fn given(parameters: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            left: parameters.into_iter().collect(),
            faults: Vec::new(),
        }
    }

    /// The parameters as they were sent, but in one order and without those named.
    pub fn asked(&self, without: &[&str]) -> String {
        let mut rest: Vec<_> = self
            .left
            .iter()
            .filter(|(name, _)| !without.contains(&name.as_str()))
            .collect();
        rest.sort();
        format!("{rest:?}")
    }

    /// Whether `name` is there and was not taken yet.
    pub fn has(&self, name: &str) -> bool {
        self.left.iter().any(|(key, _)| key == name)
    }

    /// Takes `name`; `Some(None)` when it is not there, `None` when it is wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are two things")]
    pub fn take<T: FromText>(&mut self, name: &str) -> Option<Option<T>> {
        let Some(found) = self.left.iter().position(|(key, _)| key == name) else {
            return Some(None);
        };
        let (_, text) = self.left.remove(found);
        if self.has(name) {
            self.left.retain(|(key, _)| key != name);
            return self.wrong(
                name,
                "duplicate_parameter",
                "It stands there twice; send one.",
            );
        }
        match T::from_text(&composed(&text)) {
            Ok(value) => Some(Some(value)),
            Err((code, detail)) => self.wrong(name, code, detail),
        }
    }

    /// Takes `name`, which has to be there; `None` when it is not, or is wrong.
    pub fn require<T: FromText>(&mut self, name: &str) -> Option<T> {
        match self.take(name)? {
            Some(value) => Some(value),
            None => self.wrong(name, "missing_parameter", format!("Send the `{name}`.")),
        }
    }

    /// Adds a fault of the parameter `name`.
    pub fn wrong<T>(
        &mut self,
        name: &str,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Option<T> {
        self.faults.push(Fault::of(name, code, detail));
        None
    }

    /// The refusal of what was found wrong so far.
    pub fn refused(self) -> Problem {
        Problem::faults("parameter_invalid", self.faults)
    }

    /// What was read, if nothing is wrong and nothing is left.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, Problem> {
        let shown = |name: &str| name.chars().filter(|c| !c.is_control()).take(64).collect();
        let left = std::mem::take(&mut self.left);
        for (name, _) in &left {
            let name: String = shown(name);
            let detail = format!("There is no parameter `{name}` here.");
            self.faults
                .push(Fault::of(name, "unknown_parameter", detail));
        }
        match read {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(self.refused()),
        }
    }
}

impl<T: FromParams, S: Send + Sync> FromRequestParts<S> for Filter<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut params = Params::of(parts)?;
        let read = T::from_params(&mut params);
        params.finish(read).map(Self)
    }
}

/// Declares parameters: structs of optional fields, described in the API's documentation.
macro_rules! parameters {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$fmeta:meta])* $fvis:vis $field:ident: Option<$type:ty> ),* $(,)?
        }
    )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, ::utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        $vis struct $name {
            $( $(#[$fmeta])* $fvis $field: Option<$type> ),*
        }

        impl $crate::query::FromParams for $name {
            fn from_params(params: &mut $crate::query::Params) -> Option<Self> {
                $( let $field = params.take::<$type>(stringify!($field)); )*
                Some(Self { $( $field: $field? ),* })
            }
        }
    )+ };
}
pub(crate) use parameters;
