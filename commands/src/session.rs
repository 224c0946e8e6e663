//! Commands on sessions: logging in, refreshing, logging out.

use chrono::{DateTime, Utc};
use domain::Personal;
use domain::id::{SessionId, UserId};
use domain::permission::Permission;
use domain::secret::Secret;
use domain::session::{
    ConfirmSession, EndReason, EndSession, RefreshSession, Session, SessionCommand, StartSession,
};
use domain::user::User;

use crate::Commands;
use crate::authorize::Owners;
use crate::context::{Context, Who};
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{fresh, want};

/// A log-in of a user whose password was found right.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// The id of the new session.
    pub session: SessionId,
    /// Who logs in.
    pub user: UserId,
    /// The hash that the password was held against; a password that was changed since proves
    /// nothing.
    pub proved: Option<Secret<String>>,
    /// The SHA-256 of the first refresh token, in lower-case hex.
    pub refresh_hash: Secret<String>,
    /// From when on it cannot be refreshed.
    pub expires_at: DateTime<Utc>,
    /// What the user calls the device.
    pub device: Option<String>,
}

impl Commands {
    /// Starts a session for a user whose password was found right and who may act.
    pub async fn log_in(&self, context: &Context, new: &LogIn) -> Result<Done, CommandError> {
        let person =
            |value: &Option<String>| value.clone().map(|value| Personal::new(new.user, value));
        let start = |credential_epoch| {
            SessionCommand::Start(StartSession {
                user: new.user,
                credential_epoch,
                refresh_hash: new.refresh_hash.clone(),
                expires_at: new.expires_at,
                device: person(&new.device),
                ip: person(&context.ip),
                user_agent: person(&context.user_agent),
                at: context.at,
            })
        };
        let decide = |d: &mut Decision<'_>| match d.state::<User>(new.user)? {
            User::Active(account) if account.password_hash == new.proved => {
                let start = start(account.credentials.epoch);
                d.decide::<Session>(new.session, &start).map(drop)
            }
            _ => Err(CommandError::Unauthenticated),
        };
        let streams = vec![fresh::<Session>(new.session)?, want::<User>(new.user)?];
        let id = new.session.to_string();
        let context = &context.about(new.user);
        self.dispatch
            .command(context, "session.start", id, streams, &decide)
            .await
    }

    /// Replaces the refresh token of a session. A token that was used before ends the session, for
    /// the thief as for the rightful one.
    pub async fn refresh_session(
        &self,
        context: &Context,
        id: SessionId,
        refresh: &RefreshSession,
    ) -> Result<(Done, UserId), CommandError> {
        let (session, _) = self.dispatch.peek::<Session>(id).await?;
        let user = session.user().ok_or(CommandError::Unauthenticated)?;
        let command = SessionCommand::Refresh(refresh.clone());
        let decide = |d: &mut Decision<'_>| {
            d.admitted(user, id)?;
            d.decide::<Session>(id, &command).map(drop)
        };
        let streams = vec![want::<Session>(id)?, want::<User>(user)?];
        let context = &context.about(user);
        let done =
            self.dispatch
                .command(context, "session.refresh", id.to_string(), streams, &decide);
        let done = done.await?;
        let (session, _) = self.dispatch.peek::<Session>(id).await?;
        match &*session {
            Session::Live(_) => Ok((done, user)),
            Session::Absent | Session::Ended { .. } => Err(CommandError::Unauthenticated),
        }
    }

    /// Takes note that a token which came with the refresh token of this hash was used, so that an
    /// earlier one that comes back is known for what it is, by every process and after a restart.
    pub async fn confirm_session(
        &self,
        context: &Context,
        id: SessionId,
        refresh_hash: Secret<String>,
    ) -> Result<Done, CommandError> {
        let command = SessionCommand::Confirm(ConfirmSession { refresh_hash });
        let decide = |d: &mut Decision<'_>| d.decide::<Session>(id, &command).map(drop);
        let streams = vec![want::<Session>(id)?];
        self.dispatch
            .command(context, "session.confirm", id.to_string(), streams, &decide)
            .await
    }

    /// Ends a session, one's own or, with the right to it, anyone's.
    pub async fn end_session(
        &self,
        context: &Context,
        id: SessionId,
        reason: EndReason,
    ) -> Result<Done, CommandError> {
        let (session, _) = self.dispatch.peek::<Session>(id).await?;
        // Whose it is never changes.
        let user = session
            .user()
            .ok_or_else(|| CommandError::unknown("session"))?;
        let decide = |d: &mut Decision<'_>| {
            // One who logs out of a session that has ended already is not told off for it.
            let logs_out = matches!(d.context.who, Who::User { session, .. } if session == id);
            if !logs_out {
                let owners = [user];
                let (end, list) = (Permission::SessionEnd, Permission::SessionList);
                d.require_over("session", end, list, Owners::of(&owners))?;
                d.require_rank_of(user)?;
            }
            let end = SessionCommand::End(EndSession { reason });
            d.decide::<Session>(id, &end).map(drop)
        };
        let streams = vec![want::<Session>(id)?, want::<User>(user)?];
        self.dispatch
            .command(context, "session.end", id.to_string(), streams, &decide)
            .await
    }
}
