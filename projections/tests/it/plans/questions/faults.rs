//! Of what is wrong in buildings: incidents, service levels and outages.

use domain::id::{BuildingId, EquipmentId, IncidentId, LotId, OutageId, SlaPolicyId, UserId};
use eventstore::Readers;
use futures::FutureExt;
use projections::incidents::{self, IncidentFilter, OutageFilter};

use super::{ID, MIDDLE, Question, pages, word};
use crate::world::id;

pub fn ask<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (user, building) = (UserId(id(7)), BuildingId(id(7)));
    list!(into, readers, incidents, IncidentFilter, [MIDDLE, ID], {
        reporter: user, manager: user, assignee: user, building: building, lot: LotId(id(7)),
        equipment: EquipmentId(id(7)), state: word(), priority: word(), category: word(),
        open: true, breached: true, reference: word(), search: word(),
    });
    for page in pages([MIDDLE, ID]) {
        let of = |filter: IncidentFilter, name: &str| (filter, format!("due by {name} {page:?}"));
        let filters = [
            of(IncidentFilter::default(), "all"),
            of(
                IncidentFilter {
                    building: Some(building),
                    ..IncidentFilter::default()
                },
                "building",
            ),
            of(
                IncidentFilter {
                    manager: Some(user),
                    open: Some(true),
                    ..IncidentFilter::default()
                },
                "manager",
            ),
            of(
                IncidentFilter {
                    assignee: Some(user),
                    ..IncidentFilter::default()
                },
                "assignee",
            ),
        ];
        for (filter, name) in filters {
            let page = page.clone();
            let asked = async move { drop(incidents::list_due(readers, &filter, &page).await) };
            into.push((name, asked.boxed()));
        }
    }
    outages(into, readers);
    ask!(into,
        "an incident": incidents::show(readers, IncidentId(id(7))),
        "a service level": incidents::show_policy(readers, SlaPolicyId(id(7))),
        "an outage": incidents::show_outage(readers, OutageId(id(7))),
        "what waits": incidents::waiting(readers, None, Some(id(7)), 20),
        "what waits in a building": incidents::waiting(readers, Some(building), None, 20),
    );
}

fn outages<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (user, building) = (UserId(id(7)), BuildingId(id(7)));
    for page in pages([MIDDLE, ID]) {
        let filters = [
            OutageFilter::default(),
            OutageFilter {
                concerned: Some((user, vec![])),
                ..OutageFilter::default()
            },
            OutageFilter {
                building: Some(building),
                ..OutageFilter::default()
            },
            OutageFilter {
                over: Some(true),
                ..OutageFilter::default()
            },
            OutageFilter {
                kind: Some(word()),
                ..OutageFilter::default()
            },
        ];
        for filter in filters {
            let (name, page) = (format!("outages by {filter:?} {page:?}"), page.clone());
            let asked = async move { drop(incidents::list_outages(readers, &filter, &page).await) };
            into.push((name, asked.boxed()));
        }
        let (one, next) = (page.clone(), page.clone());
        let incident = IncidentId(id(7));
        ask!(into,
            "service levels": async move { incidents::policies(readers, None, &one).await },
            "that of a building": async move {
                incidents::policies(readers, Some(building), &next).await
            },
        );
        for internal in [true, false] {
            let page = page.clone();
            let asked = async move {
                drop(incidents::comments(readers, incident, internal, &page).await);
            };
            into.push((format!("comments {internal}"), asked.boxed()));
        }
    }
}
