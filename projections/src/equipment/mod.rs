//! The equipment of the buildings: its tree, down times, work orders, plans and meters.
//!
//! One key is one building, because a part that is down takes down all that it is a part of.

mod fold;
mod load;
mod orders;
mod query;
mod rows;
mod tree;
mod whole;

use std::sync::Arc;

use domain::AnyEvent;
use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::decoded::Decoded;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};

pub use query::{
    EquipmentFilter, HISTORY_MAX, OrderFilter, downtimes, failures, fleet, last_readings, list,
    meter, meters, order, orders, plan, plans, readings, show,
};
pub use rows::{
    DowntimeRow, EquipmentRow, MeterRow, PartLine, PlanRow, ReadingRow, TaskLine, WorkOrderRow,
};
pub use whole::{PlacementRow, WholeRow, whole};

/// The name of the projection.
pub const NAME: &str = "equipment";

/// Projects equipment and its work orders.
#[derive(Clone, Copy, Debug)]
pub struct Equipment;

impl Projector for Equipment {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const {
            &[
                EquipmentRow::TABLE,
                PlacementRow::TABLE,
                DowntimeRow::TABLE,
                WorkOrderRow::TABLE,
                PlanRow::TABLE,
                MeterRow::TABLE,
                ReadingRow::TABLE,
            ]
        }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        match &event.event {
            AnyEvent::Equipment(what) => Some(what.building().to_string()),
            AnyEvent::WorkOrder(what) => Some(what.building().to_string()),
            _ => None,
        }
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let mut tables = load::Tables::of(conn, batch).await?;
            for event in batch {
                match &event.event {
                    AnyEvent::Equipment(what) => tables.fold(event, what)?,
                    AnyEvent::WorkOrder(what) => orders::fold(&mut tables.orders, event, what)?,
                    _ => {}
                }
            }
            if tables.whole_tree {
                tree::derive(&mut tables.pieces)?;
            }
            tables.store(conn).await
        })
    }
}
