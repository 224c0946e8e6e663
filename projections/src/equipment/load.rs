//! The rows that a batch touches. The whole tree of a building is looked at only where something
//! goes down, comes up, comes, goes or moves: readings and work orders leave it alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::AnyEvent;
use domain::equipment::EquipmentEvent;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::rows::{DowntimeRow, EquipmentRow, MeterRow, PlanRow, ReadingRow, WorkOrderRow};
use super::whole::PlacementRow;
use crate::decoded::Decoded;
use crate::fold::id;
use crate::projector::ApplyError;
use crate::row::Row;
use crate::rows::Rows;

pub(super) struct Tables {
    pub(super) whole_tree: bool,
    pub(super) pieces: Rows<EquipmentRow>,
    pub(super) placements: Rows<PlacementRow>,
    pub(super) downtimes: Rows<DowntimeRow>,
    pub(super) orders: Rows<WorkOrderRow>,
    pub(super) plans: Rows<PlanRow>,
    pub(super) meters: Rows<MeterRow>,
    pub(super) readings: Rows<ReadingRow>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct ById {
    id: Uuid,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct OfPiece {
    equipment: Uuid,
    id: Uuid,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Numbered {
    equipment: Uuid,
    number: i64,
}

/// What a batch speaks of.
#[derive(Default)]
struct Spoken {
    buildings: BTreeSet<String>,
    pieces: BTreeSet<ById>,
    orders: BTreeSet<ById>,
    plans: BTreeSet<OfPiece>,
    meters: BTreeSet<OfPiece>,
    tree: bool,
    gone: bool,
}

impl Tables {
    pub(super) async fn of(
        conn: &mut PgConnection,
        batch: &[Arc<Decoded>],
    ) -> Result<Self, ApplyError> {
        let spoken = Spoken::of(batch)?;
        let buildings: Vec<String> = spoken.buildings.iter().cloned().collect();
        let pieces: Rows<EquipmentRow> =
            load(conn, spoken.tree, &buildings, &spoken.pieces).await?;
        let down = spoken.numbered(&pieces, |row| row.down_number);
        let placed = spoken.numbered(&pieces, |row| row.placement_number);
        Ok(Self {
            whole_tree: spoken.tree,
            placements: load(conn, false, &buildings, &placed).await?,
            downtimes: load(conn, false, &buildings, &down).await?,
            orders: load(conn, false, &buildings, &spoken.orders).await?,
            plans: load(conn, spoken.gone, &buildings, &spoken.plans).await?,
            meters: load(conn, spoken.gone, &buildings, &spoken.meters).await?,
            readings: Rows::default(),
            pieces,
        })
    }

    pub(super) async fn store(&self, conn: &mut PgConnection) -> Result<(), ApplyError> {
        self.pieces.store(conn).await?;
        self.placements.store(conn).await?;
        self.downtimes.store(conn).await?;
        self.orders.store(conn).await?;
        self.plans.store(conn).await?;
        self.meters.store(conn).await?;
        self.readings.store(conn).await
    }
}

/// All rows of the buildings, or those with the keys.
async fn load<R: Row, K: Serialize + Sync>(
    conn: &mut PgConnection,
    whole: bool,
    buildings: &[String],
    keys: &BTreeSet<K>,
) -> Result<Rows<R>, ApplyError> {
    if whole {
        return Rows::load(conn, buildings).await;
    }
    let keys: Vec<&K> = keys.iter().collect();
    Rows::load_keys(conn, &keys).await
}

impl Spoken {
    fn of(batch: &[Arc<Decoded>]) -> Result<Self, ApplyError> {
        let mut spoken = Self::default();
        for event in batch {
            match &event.event {
                AnyEvent::Equipment(what) => spoken.hear(id(event)?, what),
                AnyEvent::WorkOrder(what) => {
                    spoken.buildings.insert(what.building().to_string());
                    spoken.orders.insert(ById { id: id(event)? });
                }
                _ => {}
            }
        }
        Ok(spoken)
    }

    /// The rows that are open for the pieces spoken of.
    fn numbered(
        &self,
        pieces: &Rows<EquipmentRow>,
        open: impl Fn(&EquipmentRow) -> Option<i64>,
    ) -> BTreeSet<Numbered> {
        let numbered = pieces.range(..).filter_map(|row| {
            let (equipment, number) = (row.id, open(row)?);
            let is_spoken_of = self.pieces.contains(&ById { id: equipment });
            is_spoken_of.then_some(Numbered { equipment, number })
        });
        numbered.collect()
    }

    fn hear(&mut self, equipment: Uuid, what: &EquipmentEvent) {
        self.buildings.insert(what.building().to_string());
        self.pieces.insert(ById { id: equipment });
        let of = |id: Uuid| OfPiece { equipment, id };
        match what {
            EquipmentEvent::Registered(_)
            | EquipmentEvent::Moved(_)
            | EquipmentEvent::Changed(_)
            | EquipmentEvent::WentDown(_)
            | EquipmentEvent::CameUp(_) => self.tree = true,
            EquipmentEvent::Deleted(_) => (self.tree, self.gone) = (true, true),
            EquipmentEvent::OrderTouched(body) => {
                self.plans.insert(of(body.plan.0));
            }
            EquipmentEvent::OrderEnded(body) => self.plans.extend(body.plan.map(|p| of(p.0))),
            EquipmentEvent::PlanAdded(body) => {
                self.plans.insert(of(body.plan_id.0));
            }
            EquipmentEvent::PlanChanged(body) => {
                self.plans.insert(of(body.plan_id.0));
            }
            EquipmentEvent::PlanRemoved(body) => {
                self.plans.insert(of(body.plan_id.0));
            }
            EquipmentEvent::PlanFired(body) => {
                self.plans.insert(of(body.plan_id.0));
            }
            EquipmentEvent::PlanSwitchedOff(body) => {
                self.plans.insert(of(body.plan_id.0));
            }
            EquipmentEvent::MeterAdded(body) => {
                self.meters.insert(of(body.meter_id.0));
            }
            EquipmentEvent::MeterRead(body) => {
                self.meters.insert(of(body.meter_id.0));
            }
            EquipmentEvent::MeterReset(body) => {
                self.meters.insert(of(body.meter_id.0));
            }
            EquipmentEvent::MeterRemoved(body) => {
                self.meters.insert(of(body.meter_id.0));
            }
            EquipmentEvent::KeptDown(_)
            | EquipmentEvent::LetGo(_)
            | EquipmentEvent::OrderNoted(_)
            | EquipmentEvent::OrderReopened(_) => {}
        }
    }
}
