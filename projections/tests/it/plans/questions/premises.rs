//! Of what buildings hold: occupants, shares, equipment and files.

use domain::file::FileOwner;
use domain::id::{
    BuildingId, EquipmentId, FileId, LotId, MeterId, OccupantId, PlanId, ShareTableId, UserId,
    WorkOrderId,
};
use eventstore::Readers;
use futures::FutureExt;
use projections::{equipment, files, occupants, shares};

use super::{ID, MIDDLE, Question, middle, pages, word};
use crate::story::date;
use crate::world::{at, id};

/// A day in the middle.
const DAY: &str = "2021-01-01";

pub fn ask<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    lots(into, readers);
    machines(into, readers);
    parts_of_machines(into, readers);
    papers(into, readers);
}

fn lots<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (building, lot, user) = (BuildingId(id(7)), LotId(id(7)), UserId(id(7)));
    list!(into, readers, occupants, OccupantFilter, [DAY, ID], {
        building: building, lot: lot, user: user, kind: word(), at: date(DAY), label: word(),
    });
    list!(into, readers, shares, ShareTableFilter, [DAY, ID], {
        building: building, key: word(), status: word(), at: date(DAY),
    });
    let table = ShareTableId(id(7));
    for page in pages([ID, ID]) {
        ask!(into, "parts": async move { shares::parts(readers, table, &page).await },);
    }
    ask!(into,
        "an occupant": occupants::show(readers, lot, OccupantId(id(7))),
        "a table of shares": shares::show(readers, table),
    );
}

fn machines<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (one, building) = (EquipmentId(id(7)), BuildingId(id(7)));
    list!(into, readers, equipment, EquipmentFilter, [MIDDLE, ID], {
        owner: UserId(id(7)), building: building, parent: one, category: word(), model: word(),
        status: word(), search: word(),
    });
    ask!(into,
        "a piece": equipment::show(readers, building, one),
        "failures": async move { equipment::failures(readers, &[id(7), id(8)]).await },
        "a whole": equipment::whole(readers, one, at(MIDDLE), at("2027-01-01T00:00:00Z")),
        "a fleet": equipment::fleet(readers, UserId(id(7)), "word 7"),
        "a work order": equipment::order(readers, building, WorkOrderId(id(7))),
        "a plan": equipment::plan(readers, one, PlanId(id(7))),
        "a meter": equipment::meter(readers, one, MeterId(id(7))),
        "last readings": equipment::last_readings(readers, MeterId(id(7)), 100),
    );
}

fn parts_of_machines<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    let (one, meter) = (EquipmentId(id(7)), MeterId(id(7)));
    let numbered = pages([MIDDLE, "7"]).into_iter().zip(pages(["word 7", ID]));
    for ((by_time, by_name), page) in numbered.zip(pages([MIDDLE, ID])) {
        let (by_time_too, by_name_too) = (by_time.clone(), by_name.clone());
        let filter = equipment::OrderFilter::default();
        ask!(into,
            "down times": async move { equipment::downtimes(readers, one, &by_time).await },
            "readings": async move { equipment::readings(readers, meter, &by_time_too).await },
            "plans": async move { equipment::plans(readers, one, &by_name).await },
            "meters": async move { equipment::meters(readers, one, &by_name_too).await },
            "work orders": async move { equipment::orders(readers, one, &filter, &page).await },
        );
    }
}

fn papers<'a>(into: &mut Vec<Question<'a>>, readers: &'a Readers) {
    list!(into, readers, files, FileFilter, [MIDDLE, ID], {
        owner: FileOwner::Building(BuildingId(id(7))), uploader: UserId(id(7)), purpose: word(),
    });
    ask!(into,
        "a file": files::show(readers, FileId(id(7))),
        "loose files": files::loose(readers, middle(), 100),
        "kept files": async move { files::kept_among(readers, &[FileId(id(7))]).await },
    );
}
