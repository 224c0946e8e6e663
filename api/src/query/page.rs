//! Lists: how much, in which order, from where on.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{FromParams, Params};
use crate::problem::Problem;

const LIMIT_MAX: u32 = 100;
const LIMIT_DEFAULT: u32 = 20;

/// How much of a list, in which order, from where on.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many items, 1 to 100.
    #[param(default = 20, minimum = 1, maximum = 100)]
    pub limit: u32,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Waits until everything up to this position is in the answer.
    pub min_position: Option<i64>,
}

super::params::parameters! {
    /// How fresh an answer has to be.
    pub struct Least {
        /// Waits until everything up to this position is in the answer.
        pub min_position: Option<i64>,
    }
}

/// A list without filters.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

impl FromParams for Whole {
    fn from_params(_: &mut Params) -> Option<Self> {
        Some(Self)
    }
}

/// A page of a list with the filters `T`.
#[derive(Debug)]
pub struct Paged<T> {
    /// Which part of the list.
    pub page: Page,
    /// Which items.
    pub filter: T,
    /// The filters and the order as they were sent, which a cursor is bound to.
    pub asked: String,
}

/// A page of a list.
#[expect(
    clippy::struct_field_names,
    reason = "`items` is what clients are promised"
)]
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where to go on; `null` at the end.
    pub next_cursor: Option<String>,
    /// Whether some of the items are known not to be up to date.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
}

impl FromParams for Page {
    fn from_params(params: &mut Params) -> Option<Self> {
        let limit = params.take::<i64>("limit");
        let cursor = params.take("cursor");
        let min_position = params.take::<i64>("min_position");
        let limit = match limit? {
            None => Some(LIMIT_DEFAULT),
            Some(count) => u32::try_from(count)
                .ok()
                .filter(|n| (1..=LIMIT_MAX).contains(n)),
        };
        let limit =
            limit.or_else(|| params.wrong("limit", "out_of_range", "A limit is from 1 to 100."));
        let min_position = match min_position? {
            Some(position) if position < 0 => {
                params.wrong("min_position", "out_of_range", "A position is 0 or more.")
            }
            other => Some(other),
        };
        Some(Self {
            limit: limit?,
            cursor: cursor?,
            min_position: min_position?,
        })
    }
}

impl<T: FromParams, S: Send + Sync> FromRequestParts<S> for Paged<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut params = Params::of(parts)?;
        let asked = params.asked(&["cursor", "limit", "min_position"]);
        let page = Page::from_params(&mut params);
        let filter = T::from_params(&mut params);
        let (page, filter) = params.finish(page.zip(filter))?;
        Ok(Self {
            page,
            filter,
            asked,
        })
    }
}
