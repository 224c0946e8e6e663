//! A command as it was asked for: its body, and all that goes with it.

use axum::extract::{FromRef, FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::Method;
use commands::{Caller, ClientKey, Context, Who};
use domain::id::{SessionId, UserId};

use super::{Actor, Bearer, Entrant, IfMatch, Key, NoKey, Trail, request_hash};
use crate::app::App;
use crate::edge::Edge;
use crate::json::{FromJson, collect, parse};
use crate::problem::Problem;

/// A command of a user.
#[derive(Debug)]
pub struct Asked<T> {
    /// What is asked.
    pub body: T,
    /// Who asks.
    pub caller: Caller,
    /// What goes with it: when, from where, by which key.
    pub context: Context,
}

/// A command of nobody known: signing up, logging in, refreshing. It takes no key.
#[derive(Debug)]
pub struct Anonymous<T> {
    /// What is asked.
    pub body: T,
    /// What goes with it.
    pub context: Context,
}

/// A command below `/auth` of a user, also of one who has to change the password first. It takes no
/// key.
#[derive(Debug)]
pub struct Entering<T> {
    /// What is asked.
    pub body: T,
    /// Who asks.
    pub caller: Caller,
    /// What goes with it.
    pub context: Context,
}

/// A command below `/auth` of a user whose session may be over. It takes no key.
#[derive(Debug)]
pub struct Leaving {
    /// The session of the token.
    pub session: SessionId,
    /// What goes with it.
    pub context: Context,
}

/// What goes with a command of `who`.
pub fn context(trail: Trail, who: Who, edge: &Edge) -> Context {
    Context {
        correlation_id: trail.correlation_id,
        request_id: Some(trail.request_id),
        ip: trail.ip.map(|ip| ip.to_string()),
        user_agent: trail.user_agent,
        ..Context::new(who, edge.clock.now(), edge.mint.id())
    }
}

impl<T: FromJson, S> FromRequest<S> for Asked<T>
where
    App: FromRef<S>,
    Edge: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let edge = Edge::from_ref(state);
        let (mut parts, body) = request.into_parts();
        let Actor(caller) = Actor::from_request_parts(&mut parts, state).await?;
        let Key(key) = Key::from_request_parts(&mut parts, state).await?;
        let IfMatch(if_match) = IfMatch::from_request_parts(&mut parts, state).await?;
        let trail = Trail::from_request_parts(&mut parts, state).await?;
        let bytes = collect(&parts.headers, body, edge.limits.body_limit).await?;
        let body = parse(&parts.headers, &bytes)?;
        let path = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |uri| &uri.0);
        let path = path.path_and_query().map_or("/", |path| path.as_str());
        let hash = |method: &Method| request_hash(method, path, if_match, &bytes);
        let request_hash = hash(&parts.method);
        let who = Who::User {
            user: caller.user,
            session: caller.session,
        };
        let mut context = context(trail, who, &edge);
        context.key = key.map(|key| ClientKey { key, request_hash });
        context.if_match = if_match;
        Ok(Self {
            body,
            caller,
            context,
        })
    }
}

impl<T: FromJson, S> FromRequest<S> for Entering<T>
where
    App: FromRef<S>,
    Edge: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let edge = Edge::from_ref(state);
        let (mut parts, body) = request.into_parts();
        let Entrant(caller) = Entrant::from_request_parts(&mut parts, state).await?;
        NoKey::from_request_parts(&mut parts, state).await?;
        let trail = Trail::from_request_parts(&mut parts, state).await?;
        let bytes = collect(&parts.headers, body, edge.limits.body_limit).await?;
        let body = parse(&parts.headers, &bytes)?;
        let who = Who::User {
            user: caller.user,
            session: caller.session,
        };
        let context = context(trail, who, &edge);
        Ok(Self {
            body,
            caller,
            context,
        })
    }
}

impl<T: FromJson, S> FromRequest<S> for Anonymous<T>
where
    Edge: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let edge = Edge::from_ref(state);
        let (mut parts, body) = request.into_parts();
        NoKey::from_request_parts(&mut parts, state).await?;
        let trail = Trail::from_request_parts(&mut parts, state).await?;
        let bytes = collect(&parts.headers, body, edge.limits.body_limit).await?;
        let body = parse(&parts.headers, &bytes)?;
        Ok(Self {
            body,
            context: context(trail, Who::Anonymous, &edge),
        })
    }
}

impl<S> FromRequestParts<S> for Leaving
where
    Edge: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        state: &S,
    ) -> Result<Self, Problem> {
        let Bearer(claims) = Bearer::from_request_parts(parts, state).await?;
        NoKey::from_request_parts(parts, state).await?;
        let trail = Trail::from_request_parts(parts, state).await?;
        let session = SessionId(claims.sid);
        let who = Who::User {
            user: UserId(claims.sub),
            session,
        };
        Ok(Self {
            session,
            context: context(trail, who, &Edge::from_ref(state)),
        })
    }
}
