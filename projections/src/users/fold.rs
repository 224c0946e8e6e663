//! How the events of users and sessions become rows.

use domain::id::SessionId;
use domain::session::{EndReason, SessionEvent};
use domain::user::{UserChanged, UserEvent};

use super::{CredentialChange, Profile, Session};
use crate::decoded::Decoded;
use crate::fold::{id, plain, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn user(
    rows: &mut Rows<Profile>,
    changes: &mut Rows<CredentialChange>,
    event: &Decoded,
    what: &UserEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    if let UserEvent::Created(body) = what {
        let at = event.recorded.occurred_at;
        rows.put(Profile {
            id,
            email: body.email.value.clone(),
            name: body.name.value.clone(),
            roles: body.roles.iter().map(word).collect::<Result<_, _>>()?,
            status: "active".to_owned(),
            has_password: body.password_hash.is_some(),
            locale: None,
            time_zone: None,
            currency: None,
            credential_epoch: 0,
            created_at: at,
            changed_at: at,
            version: event.recorded.version,
        });
        return rows.expect(&id).map(|row| row.roles.sort());
    }
    let row = rows.expect(&id)?;
    match what {
        UserEvent::Created(_) | UserEvent::LoggedOutEverywhere(_) => {}
        UserEvent::Changed(body) => change(row, body),
        UserEvent::PasswordChanged(_) => row.has_password = true,
        UserEvent::RoleGranted(body) => {
            row.roles.push(word(&body.role)?);
            row.roles.sort();
            row.roles.dedup();
        }
        UserEvent::RoleRevoked(body) => {
            let role = word(&body.role)?;
            row.roles.retain(|held| *held != role);
        }
        UserEvent::Suspended(_) => "suspended".clone_into(&mut row.status),
        UserEvent::Reactivated(_) => "active".clone_into(&mut row.status),
        UserEvent::Deactivated(_) => "deactivated".clone_into(&mut row.status),
    }
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    if let Some((reason, kept)) = ends_sessions(what) {
        row.credential_epoch += 1;
        changes.put(CredentialChange {
            user_id: id,
            epoch: row.credential_epoch,
            at: event.recorded.occurred_at,
            reason: word(&reason)?,
            kept_session: kept.map(|session| session.0),
        });
    }
    Ok(())
}

/// What ends all sessions at once: why, and which goes on.
fn ends_sessions(what: &UserEvent) -> Option<(EndReason, Option<SessionId>)> {
    match what {
        UserEvent::PasswordChanged(body) => Some((EndReason::PasswordChanged, body.kept_session)),
        UserEvent::LoggedOutEverywhere(_) => Some((EndReason::LoggedOutEverywhere, None)),
        UserEvent::Suspended(_) => Some((EndReason::Suspended, None)),
        _ => None,
    }
}

fn change(row: &mut Profile, body: &UserChanged) {
    if let Some(name) = &body.name {
        row.name.clone_from(&name.value);
    }
    if let Some(locale) = &body.locale {
        row.locale = Some(locale.clone());
    }
    if let Some(zone) = body.time_zone {
        row.time_zone = Some(zone.name().to_owned());
    }
    if let Some(currency) = body.currency {
        row.currency = Some(currency.code().to_owned());
    }
}

pub(super) fn session(
    rows: &mut Rows<Session>,
    event: &Decoded,
    what: &SessionEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    let at = event.recorded.occurred_at;
    if let SessionEvent::Started(body) = what {
        rows.put(Session {
            id,
            user_id: body.user.0,
            status: "live".to_owned(),
            device: plain(body.device.as_ref()),
            ip: plain(body.ip.as_ref()),
            user_agent: plain(body.user_agent.as_ref()),
            started_at: at,
            refreshed_at: None,
            credential_epoch: i64::try_from(body.credential_epoch).unwrap_or(i64::MAX),
            expires_at: body.expires_at,
            ended_at: None,
            end_reason: None,
            version: event.recorded.version,
        });
        return Ok(());
    }
    let row = rows.expect(&id)?;
    match what {
        SessionEvent::Started(_) | SessionEvent::Confirmed(_) => {}
        SessionEvent::Refreshed(body) => {
            row.refreshed_at = Some(body.refreshed_at);
            row.expires_at = body.expires_at;
        }
        SessionEvent::Ended(body) => {
            "ended".clone_into(&mut row.status);
            row.ended_at = Some(at);
            row.end_reason = Some(word(&body.reason)?);
        }
    }
    row.version = event.recorded.version;
    Ok(())
}
