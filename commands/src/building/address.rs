//! One building at one address, among those of one owner: a claim stream per address.

use std::sync::Arc;

use domain::building::{Address, Building, BuildingRefusal};
use domain::claim::{Claim, ClaimCommand, ClaimKind, ReleaseClaim, TakeClaim};
use domain::id::{BuildingId, UserId};
use uuid::Uuid;

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{Wanted, want};

/// Decides with the claim on the address that the building has, and that on the one it gets.
pub(super) type Decide<'a> =
    dyn Fn(&mut Decision<'_>, &str, &str) -> Result<(), CommandError> + Send + Sync + 'a;

/// A building, and the address that it gets, if it gets another.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) id: BuildingId,
    pub(super) next: Option<&'a Address>,
}

impl Commands {
    /// The id of the claim on `address` among the buildings of `owner`.
    pub(crate) fn address_claim(&self, owner: UserId, address: &Address) -> String {
        self.secret.claim_id("address", &value(owner, address))
    }

    /// Runs `decide` with the building, the claims on its address and on the next one, where that
    /// is named, and the `others`; looked up again when the building has got another address in the
    /// meantime.
    pub(super) async fn on_address(
        &self,
        context: &Context,
        name: &'static str,
        Place { id, next }: Place<'_>,
        others: &[Wanted],
        decide: &Decide<'_>,
    ) -> Result<Done, CommandError> {
        let attempt = |state: Arc<Building>| async move {
            let claims = state.standing().map(|standing| {
                let claim = |address| self.address_claim(standing.owner, address);
                let before = claim(&standing.address);
                let after = next.map_or_else(|| before.clone(), claim);
                (before, after)
            });
            let guarded = |d: &mut Decision<'_>| match &claims {
                Some((before, after)) if self.claims(d, id, before)? => decide(d, before, after),
                // Nothing was there; that this is still so has to be asked of the journal.
                None if d.state::<Building>(id)?.standing().is_none() => decide(d, "", ""),
                _ => Err(CommandError::Moved),
            };
            let mut streams = vec![want::<Building>(id)?];
            if let Some((before, after)) = &claims {
                streams.push(want::<Claim>(before)?);
                if after != before {
                    streams.push(want::<Claim>(after)?);
                }
            }
            streams.extend(others.iter().cloned());
            let answer_id = id.to_string();
            self.dispatch
                .command(context, name, answer_id, streams, &guarded)
                .await
        };
        self.dispatch.as_looked_up(id, attempt).await
    }

    /// Whether `claim` is that of the building's address, or there is no building any more.
    fn claims(&self, d: &Decision<'_>, id: BuildingId, claim: &str) -> Result<bool, CommandError> {
        let standing = d.state::<Building>(id)?.standing();
        Ok(standing.is_none_or(|s| self.address_claim(s.owner, &s.address) == *claim))
    }
}

/// Takes the address for `building`.
pub(crate) fn take(
    d: &mut Decision<'_>,
    claim: &str,
    building: BuildingId,
) -> Result<(), CommandError> {
    if let Some(other) = d
        .state::<Claim>(claim)?
        .owner()
        .filter(|id| *id != building.0)
    {
        return Err(BuildingRefusal::AddressTaken(other.into()).into());
    }
    let take = TakeClaim {
        owner: building.0,
        kind: ClaimKind::Address,
    };
    d.decide::<Claim>(claim, &ClaimCommand::Take(take))
        .map(drop)
}

/// Lets the address go, unless it is another's: addresses were not claimed from the first day on.
pub(super) fn release(
    d: &mut Decision<'_>,
    claim: &str,
    building: BuildingId,
) -> Result<(), CommandError> {
    if claim.is_empty() || d.state::<Claim>(claim)?.owner() != Some(building.0) {
        return Ok(());
    }
    let release = ReleaseClaim { owner: building.0 };
    d.decide::<Claim>(claim, &ClaimCommand::Release(release))
        .map(drop)
}

/// What is claimed: equal however the address is typed.
fn value(UserId(owner): UserId, address: &Address) -> String {
    let Address {
        lines,
        city,
        postal_code,
        country,
        point: _,
    } = address;
    let lines = lines.join(" ");
    let code = postal_code.as_deref().unwrap_or_default();
    let parts = [lines.as_str(), city, code, country].map(folded);
    written(owner, &parts)
}

fn written(owner: Uuid, parts: &[String; 4]) -> String {
    format!("{owner}\n{}", parts.join("\n"))
}

/// Without regard to case or to the number of spaces.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(lines: &[&str], city: &str) -> Address {
        Address {
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            city: city.to_owned(),
            postal_code: Some("1200-195".to_owned()),
            country: "PT".to_owned(),
            point: None,
        }
    }

    #[test]
    fn an_address_is_one_however_it_is_typed() {
        let owner = UserId(Uuid::from_u128(1));
        let one = value(owner, &address(&["12 Rua das Flores"], "Lisboa"));
        for other in [
            address(&["12  RUA das flores "], "lisboa"),
            address(&["12 Rua", "das Flores"], " Lisboa"),
        ] {
            assert_eq!(value(owner, &other), one);
        }
        assert_ne!(
            value(owner, &address(&["13 Rua das Flores"], "Lisboa")),
            one
        );
        assert_ne!(
            value(owner, &address(&["12 Rua das"], "Flores Lisboa")),
            one
        );
        let other = UserId(Uuid::from_u128(2));
        assert_ne!(
            value(other, &address(&["12 Rua das Flores"], "Lisboa")),
            one
        );
    }
}
