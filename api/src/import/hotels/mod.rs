//! Hotel bookings: each row is a booking, and its steps are carried out in the order of time of the
//! whole file, because bookings of one room type compete for its nights.

mod columns;
mod row;
mod set_up;
mod steps;
mod times;

use std::sync::Arc;

use futures::future::BoxFuture;
use projections::staging::Order;

use super::columns::Column as _;
use super::reader::Form;
use super::{Ids, ImportError, Job, Progress, Stop, Walked, Way};
use steps::Walk;

/// The hotel bookings of the public data set.
#[derive(Clone, Copy, Debug)]
pub struct Hotels;

impl Way for Hotels {
    fn kind(&self) -> &'static str {
        "hotel-bookings"
    }

    fn ids(&self, sha256: [u8; 32]) -> Ids {
        Ids::of(sha256)
    }

    fn form(&self) -> Form {
        Form {
            what: "the hotel bookings",
            names: columns::Column::NAMES,
            dates: &["reservation_status_date"],
            read: Box::new(|columns, record| row::read(columns, record).map(Some)),
        }
    }

    fn order(&self) -> Order {
        Order::OfTime
    }

    fn carry_out<'a>(
        &'a self,
        job: &'a Job<'a>,
        progress: &'a mut Progress,
        stop: &'a Stop,
    ) -> BoxFuture<'a, Result<Walked, ImportError>> {
        Box::pin(async move {
            set_up::hotels(job.importer, job.ids).await?;
            let commands = Arc::clone(&job.importer.commands);
            let pool = job.importer.pool.clone();
            let walk = Walk::new(commands, pool, job.ids, job.file, job.resumed);
            let walked = walk.run(progress, stop).await?;
            if walked == Walked::Whole {
                set_up::open_to_all(job.importer, job.ids).await?;
            }
            Ok(walked)
        })
    }
}
