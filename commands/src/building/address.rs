//! One building at one address, among those of one owner: a claim stream per address.

use std::sync::Arc;

use domain::building::{Address, Building, BuildingRefusal};
use domain::claim::{Claim, ClaimCommand, ClaimKind, ReleaseClaim, TakeClaim};
use domain::id::{BuildingId, UserId};
use domain::text::folded;
use uuid::Uuid;

use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{Wanted, want};

/// The claims on one address: one, or two where texts were compared otherwise before.
pub(crate) type Claims = Vec<String>;

/// Decides with the claims on the address that the building has, and those on the one it gets.
pub(super) type Decide<'a> =
    dyn Fn(&mut Decision<'_>, &[String], &[String]) -> Result<(), CommandError> + Send + Sync + 'a;

/// A building, and the address that it gets, if it gets another.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) id: BuildingId,
    pub(super) next: Option<&'a Address>,
}

impl Commands {
    /// The ids of the claims on `address` among the buildings of `owner`: by how texts are compared
    /// now, and by how they were compared before, where that differs. Both are taken, so that a
    /// building which was registered before is found by its own spelling.
    pub(crate) fn address_claims(&self, owner: UserId, address: &Address) -> Claims {
        let values =
            [folded as fn(&str) -> String, lower_case].map(|fold| value(owner, address, fold));
        let values = if values[0] == values[1] {
            &values[..1]
        } else {
            &values[..]
        };
        values
            .iter()
            .map(|value| self.secret.claim_id("address", value))
            .collect()
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
                let claims = |address| self.address_claims(standing.owner, address);
                let before = claims(&standing.address);
                let after = next.map_or_else(|| before.clone(), claims);
                (before, after)
            });
            let guarded = |d: &mut Decision<'_>| match &claims {
                Some((before, after)) if self.claims(d, id, before)? => decide(d, before, after),
                // Nothing was there; that this is still so has to be asked of the journal.
                None if d.state::<Building>(id)?.standing().is_none() => decide(d, &[], &[]),
                _ => Err(CommandError::Moved),
            };
            let mut streams = vec![want::<Building>(id)?];
            if let Some((before, after)) = &claims {
                let new = after.iter().filter(|claim| !before.contains(claim));
                for claim in before.iter().chain(new) {
                    streams.push(want::<Claim>(claim)?);
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

    /// Whether `claims` are those of the building's address, or there is no building any more.
    fn claims(
        &self,
        d: &Decision<'_>,
        id: BuildingId,
        claims: &[String],
    ) -> Result<bool, CommandError> {
        let standing = d.state::<Building>(id)?.standing();
        Ok(standing.is_none_or(|s| self.address_claims(s.owner, &s.address) == claims))
    }
}

/// Takes the address for `building`.
pub(crate) fn take(
    d: &mut Decision<'_>,
    claims: &[String],
    building: BuildingId,
) -> Result<(), CommandError> {
    for claim in claims {
        let owner = d.state::<Claim>(claim)?.owner();
        if let Some(other) = owner.filter(|id| *id != building.0) {
            return Err(BuildingRefusal::AddressTaken(other.into()).into());
        }
        let take = TakeClaim {
            owner: building.0,
            kind: ClaimKind::Address,
        };
        d.decide::<Claim>(claim, &ClaimCommand::Take(take))?;
    }
    Ok(())
}

/// Lets the address go, unless it is another's: addresses were not claimed from the first day on,
/// and not by every claim.
pub(super) fn release(
    d: &mut Decision<'_>,
    claims: &[String],
    building: BuildingId,
) -> Result<(), CommandError> {
    for claim in claims {
        if d.state::<Claim>(claim)?.owner() == Some(building.0) {
            let release = ReleaseClaim { owner: building.0 };
            d.decide::<Claim>(claim, &ClaimCommand::Release(release))?;
        }
    }
    Ok(())
}

/// What is claimed: equal however the address is typed, as far as `fold` makes texts equal.
fn value(UserId(owner): UserId, address: &Address, fold: fn(&str) -> String) -> String {
    let Address {
        lines,
        city,
        postal_code,
        country,
        point: _,
    } = address;
    let lines = lines.join(" ");
    let code = postal_code.as_deref().unwrap_or_default();
    let parts = [lines.as_str(), city, code, country].map(fold);
    written(owner, &parts)
}

fn written(owner: Uuid, parts: &[String; 4]) -> String {
    format!("{owner}\n{}", parts.join("\n"))
}

/// How texts were compared first: what was claimed then is claimed by this. Never changed.
fn lower_case(text: &str) -> String {
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

    fn folded_value(owner: UserId, address: &Address) -> String {
        value(owner, address, folded)
    }

    #[test]
    fn an_address_is_claimed_by_both_comparisons_where_they_differ() {
        let owner = UserId(Uuid::from_u128(1));
        let both = |line| {
            let address = address(&[line], "Wien");
            [folded as fn(&str) -> String, lower_case].map(|fold| value(owner, &address, fold))
        };
        let [plain, before] = both("Hauptstrasse 1");
        assert_eq!(plain, before, "a claim of before is found");
        let [sharp, before] = both("HAUPTSTRAßE  1");
        assert_eq!(sharp, plain);
        assert_ne!(before, plain);
        assert_eq!(both("Caf\u{e9} 1")[0], both("Cafe\u{301} 1")[0]);
    }

    #[test]
    fn an_address_is_one_however_it_is_typed() {
        let owner = UserId(Uuid::from_u128(1));
        let one = folded_value(owner, &address(&["12 Rua das Flores"], "Lisboa"));
        for other in [
            address(&["12  RUA das flores "], "lisboa"),
            address(&["12 Rua", "das Flores"], " Lisboa"),
        ] {
            assert_eq!(folded_value(owner, &other), one);
        }
        assert_ne!(
            folded_value(owner, &address(&["13 Rua das Flores"], "Lisboa")),
            one
        );
        assert_ne!(
            folded_value(owner, &address(&["12 Rua das"], "Flores Lisboa")),
            one
        );
        let other = UserId(Uuid::from_u128(2));
        assert_ne!(
            folded_value(other, &address(&["12 Rua das Flores"], "Lisboa")),
            one
        );
    }
}
