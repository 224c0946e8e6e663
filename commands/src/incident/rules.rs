//! What the commands on incidents have in common: who may, and what is promised.

use domain::id::{BuildingId, IncidentId, SlaPolicyId, UserId};
use domain::incident::{Assignee, Case, Incident, Service};
use domain::permission::{Permission, Permissions, Scope};
use domain::sla_policy::SlaPolicy;
use domain::user::User;

use crate::authorize::Owners;
use crate::decision::Decision;
use crate::error::CommandError;
use crate::wanted::{Wanted, want};

/// The incident, which was reported.
pub(super) fn case<'a>(d: &'a Decision<'_>, id: IncidentId) -> Result<&'a Case, CommandError> {
    let case = d.state::<Incident>(id)?.case();
    case.ok_or_else(|| CommandError::unknown("incident"))
}

/// Those whose business it is to do something about it.
fn workers(case: &Case) -> Vec<UserId> {
    let assignee = case.assignee.as_ref().and_then(Assignee::user);
    case.manager.into_iter().chain(assignee).collect()
}

/// Those who may see it.
fn seers(case: &Case) -> Vec<UserId> {
    let reporter = case.reporter.user();
    workers(case).into_iter().chain(reporter).collect()
}

/// Asks that the caller works on the incident, or else lets him see none.
pub(crate) fn authorize(d: &Decision<'_>, id: IncidentId) -> Result<(), CommandError> {
    let case = case(d, id)?;
    let (may_act, may_see) = (workers(case), seers(case));
    let owners = Owners {
        may_act: &may_act,
        may_see: &may_see,
    };
    let (work, show) = (Permission::IncidentWork, Permission::IncidentShow);
    d.require_over("incident", work, show, owners)
}

/// Lets one who may not see the incident see none. Answers whether he works on it.
pub(crate) fn require_to_see(d: &Decision<'_>, id: IncidentId) -> Result<bool, CommandError> {
    let case = case(d, id)?;
    let show = Permission::IncidentShow;
    d.require_over("incident", show, show, Owners::of(&seers(case)))?;
    let is_worker = d.context.user().is_ok_and(|me| workers(case).contains(&me));
    let permissions = d.permissions()?;
    Ok(permissions.allows_over(Permission::IncidentWork, is_worker))
}

/// Asks that the caller is the one who reported it.
pub(super) fn require_reporter(d: &Decision<'_>, id: IncidentId) -> Result<(), CommandError> {
    require_to_see(d, id)?;
    if is_reporter(d, id)? {
        Ok(())
    } else {
        Err(CommandError::refused(
            domain::RefusalKind::Forbidden,
            "not_the_reporter",
            "only the one who reported an incident can take it back; decline it instead",
        ))
    }
}

pub(super) fn is_reporter(d: &Decision<'_>, id: IncidentId) -> Result<bool, CommandError> {
    let reporter = case(d, id)?.reporter.user();
    Ok(reporter.is_some() && d.context.user().ok() == reporter)
}

/// Whether `user` may act, and work on incidents.
pub(super) fn is_fit(d: &Decision<'_>, user: UserId) -> Result<bool, CommandError> {
    Ok(match d.state::<User>(user)? {
        User::Active(account) => {
            Permissions::of(&account.roles).allows(Permission::IncidentWork(Scope::Own))
        }
        _ => false,
    })
}

/// The streams that say what is promised in `building`.
pub(crate) fn policies(building: Option<BuildingId>) -> Result<Vec<Wanted>, CommandError> {
    let own = building.map(SlaPolicyId::of);
    let ids = own.into_iter().chain([SlaPolicyId::EVERYTHING]);
    ids.map(want::<SlaPolicy>).collect()
}

/// What is promised in `building`: by its own service level, else by that of everything.
pub(crate) fn service(
    d: &Decision<'_>,
    building: Option<BuildingId>,
) -> Result<Option<Service>, CommandError> {
    let own = building.map(SlaPolicyId::of);
    for policy in own.into_iter().chain([SlaPolicyId::EVERYTHING]) {
        if let Some(terms) = &d.state::<SlaPolicy>(policy)?.terms {
            return Ok(Some(Service {
                policy,
                version: d.version::<SlaPolicy>(policy)?,
                terms: terms.clone(),
            }));
        }
    }
    Ok(None)
}
