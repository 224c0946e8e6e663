//! Ids in a path. What is no id names nothing, hence 404.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use uuid::Uuid;

use crate::problem::Problem;

/// The one id of a path.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

/// The three ids of a path.
#[derive(Clone, Copy, Debug)]
pub struct Ids3<A, B, C>(pub A, pub B, pub C);

/// The two ids of a path.
#[derive(Clone, Copy, Debug)]
pub struct Ids<A, B>(pub A, pub B);

fn unknown() -> Problem {
    Problem::not_found("There is nothing with this id.")
}

async fn ids<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Vec<Uuid>, Problem> {
    let path = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
    let Path(path) = path.map_err(|_| unknown())?;
    path.iter()
        .map(|(_, text)| text.parse().map_err(|_| unknown()))
        .collect()
}

impl<T: From<Uuid>, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match ids(parts, state).await?.as_slice() {
            [id] => Ok(Self((*id).into())),
            _ => Err(unknown()),
        }
    }
}

impl<A: From<Uuid>, B: From<Uuid>, S: Send + Sync> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match ids(parts, state).await?.as_slice() {
            [a, b] => Ok(Self((*a).into(), (*b).into())),
            _ => Err(unknown()),
        }
    }
}

impl<A, B, C, S> FromRequestParts<S> for Ids3<A, B, C>
where
    A: From<Uuid>,
    B: From<Uuid>,
    C: From<Uuid>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match ids(parts, state).await?.as_slice() {
            [a, b, c] => Ok(Self((*a).into(), (*b).into(), (*c).into())),
            _ => Err(unknown()),
        }
    }
}
