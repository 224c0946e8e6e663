//! Reporting an incident.

use domain::Personal;
use domain::building::Building;
use domain::docket::Docket;
use domain::equipment::Equipment;
use domain::flood::{CountReport, Flood, FloodCommand};
use domain::id::{BuildingId, ContactId, EquipmentId, IncidentId, LotId, UserId};
use domain::incident::{
    Contact, Incident, IncidentCommand, Place, Priority, ReportIncident, Reporter,
};
use domain::permission::Permission;
use domain::user::User;

use super::docket::enter_docket;
use super::rules::{policies, service};
use crate::Commands;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{fresh, want};

/// What somebody tells of.
#[derive(Clone, Debug)]
pub struct NewIncident {
    /// In which building.
    pub building: BuildingId,
    /// In which lot of it.
    pub lot: Option<LotId>,
    /// At which piece of equipment in it.
    pub equipment: Option<EquipmentId>,
    /// Of which kind it is, as a word.
    pub category: String,
    /// How urgent it is.
    pub priority: Priority,
    /// In a few words.
    pub title: String,
    /// In as many as it takes.
    pub details: String,
    /// How to reach somebody; the one who reports it, where nothing is said.
    pub contact: Option<NewContact>,
}

/// How to reach somebody who need not be the one who reports.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// Under which id his data stand.
    pub id: ContactId,
    /// What he is called.
    pub name: Option<String>,
    /// Where he gets mail.
    pub email: Option<String>,
    /// Where he can be called.
    pub phone: Option<String>,
}

impl Commands {
    /// Reports an incident in a building that exists.
    pub async fn report_incident(
        &self,
        context: &Context,
        id: IncidentId,
        new: &NewIncident,
    ) -> Result<Done, CommandError> {
        let user = context.user()?;
        let flood = format!("{user}:{}", new.building);
        let count = FloodCommand::Count(CountReport {
            digest: self.secret.claim_id("report", &folded(new)),
            at: context.at,
        });
        let decide = |d: &mut Decision<'_>| {
            d.require(Permission::IncidentReport)?;
            let command = report(d, user, new)?;
            d.decide::<Incident>(id, &command)?;
            enter_docket(d, new.building, id)?;
            d.decide::<Flood>(&flood, &count).map(drop)
        };
        let mut streams = vec![
            fresh::<Incident>(id)?,
            want::<Building>(new.building)?,
            want::<Docket>(new.building)?,
            want::<Flood>(&flood)?,
        ];
        streams.extend(policies(Some(new.building))?);
        if let Some(equipment) = new.equipment {
            streams.push(want::<Equipment>(equipment)?);
        }
        self.dispatch
            .command(context, "incident.report", id.to_string(), streams, &decide)
            .await
    }
}

fn report(
    d: &Decision<'_>,
    user: UserId,
    new: &NewIncident,
) -> Result<IncidentCommand, CommandError> {
    let standing = d.state::<Building>(new.building)?.standing();
    let standing = standing.ok_or_else(|| {
        CommandError::invalid("building_unknown", "/building", "there is no such building")
    })?;
    if new.lot.is_some_and(|lot| !standing.lots.contains_key(&lot)) {
        let detail = "the building has no such lot; check the lot's id";
        return Err(CommandError::invalid("lot_unknown", "/lot", detail));
    }
    if let Some(equipment) = new.equipment {
        let piece = d.state::<Equipment>(equipment)?.standing();
        if piece.is_none_or(|piece| piece.building != new.building) {
            let detail = "there is no such equipment in the building; check its id";
            return Err(CommandError::invalid(
                "equipment_unknown",
                "/equipment",
                detail,
            ));
        }
    }
    Ok(IncidentCommand::Report(Box::new(ReportIncident {
        place: Place {
            building: Some(new.building),
            lot: new.lot,
            equipment: new.equipment,
            location: None,
        },
        manager: Some(standing.owner),
        category: new.category.clone(),
        priority: new.priority,
        title: new.title.clone(),
        details: new.details.clone(),
        reporter: Reporter::User { user },
        contact: contact(d, user, new.contact.as_ref())?,
        service: service(d, Some(new.building))?,
        source: None,
        at: d.context.at,
    })))
}

/// What was said, or what is known of the one who reports, as it is now.
fn contact(
    d: &Decision<'_>,
    user: UserId,
    said: Option<&NewContact>,
) -> Result<Contact, CommandError> {
    let Some(said) = said else {
        let account = d.state::<User>(user)?.account();
        return Ok(account.map_or_else(Contact::default, |account| Contact {
            name: Some(account.name.clone()),
            email: Some(account.email.clone()),
            phone: None,
        }));
    };
    let of = |value: &Option<String>| value.clone().map(|value| Personal::new(said.id, value));
    Ok(Contact {
        name: of(&said.name),
        email: of(&said.email),
        phone: of(&said.phone),
    })
}

/// Equal for words that say the same, whatever their case and their spaces.
fn folded(new: &NewIncident) -> String {
    let fold = domain::text::folded;
    format!("{}\n{}", fold(&new.title), fold(&new.details))
}
