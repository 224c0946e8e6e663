//! Closing an account: for good, and not while a confirmed booking binds its user.

use domain::RefusalKind;
use domain::booking::Booking;
use domain::claim::{Claim, ClaimCommand, ReleaseClaim};
use domain::commitments::Commitments;
use domain::id::{BookingId, UserId};
use domain::permission::Permission;
use domain::roster::Roster;
use domain::user::{DeactivateUser, User, UserCommand};

use super::{ADMINISTRATORS, authorize_own, keep_roster};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::want;

/// The most bookings that are looked at beside the stream of commitments.
const CANDIDATES_MAX: usize = 40;

impl Commands {
    /// Closes an account for good and frees its address, unless a confirmed booking binds its user.
    ///
    /// `candidates` are bookings that may do so and were confirmed before there were streams of
    /// commitments; each is asked of its own stream.
    pub async fn deactivate_user(
        &self,
        context: &Context,
        id: UserId,
        candidates: &[BookingId],
    ) -> Result<Done, CommandError> {
        let (user, _) = self.dispatch.peek::<User>(id).await?;
        let account = user
            .account()
            .ok_or_else(|| CommandError::unknown("user"))?;
        let claim = self.secret.claim_id("email", &account.email.value);
        let mut streams = vec![
            want::<User>(id)?,
            want::<Claim>(&claim)?,
            want::<Roster>(ADMINISTRATORS)?,
            want::<Commitments>(id)?,
        ];
        let candidates = &candidates[..candidates.len().min(CANDIDATES_MAX)];
        for booking in candidates {
            streams.push(want::<Booking>(*booking)?);
        }
        let decide = |d: &mut Decision<'_>| {
            authorize_own(d, id, Permission::UserDeactivate)?;
            require_free(d, id, candidates)?;
            let was = d.state::<User>(id)?.is_administrator();
            if d.decide::<User>(id, &UserCommand::Deactivate(DeactivateUser {}))? {
                let release = ClaimCommand::Release(ReleaseClaim { owner: id.0 });
                d.decide::<Claim>(&claim, &release)?;
            }
            keep_roster(d, id, was)
        };
        self.dispatch
            .command(context, "user.deactivate", id.to_string(), streams, &decide)
            .await
    }
}

/// Nobody leaves while guests, or a host, rely on them.
fn require_free(
    d: &Decision<'_>,
    id: UserId,
    candidates: &[BookingId],
) -> Result<(), CommandError> {
    if matches!(d.state::<User>(id)?, User::Deactivated(_)) {
        return Ok(());
    }
    let mut open = d.state::<Commitments>(id)?.bookings.clone();
    for booking in candidates {
        let made = d.state::<Booking>(*booking)?.reservation();
        let binds = made.is_some_and(|made| {
            let is_party = made.request.host == id || made.request.party.user() == Some(id);
            is_party && made.is_confirmed()
        });
        if binds {
            open.insert(*booking);
        }
    }
    let Some(first) = open.first() else {
        return Ok(());
    };
    let more = match open.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let detail = format!(
        "the account still has the confirmed booking {first}{more}; cancel or complete it, and let \
         it be paid, before the account is closed"
    );
    Err(CommandError::refused(
        RefusalKind::Conflict,
        "account_has_bookings",
        detail,
    ))
}
