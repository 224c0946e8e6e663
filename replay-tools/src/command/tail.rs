//! `replay tail`: events in the order in which they were recorded.

use std::time::Duration;

use clap::Args;
use eventstore::scan::{self, Row};
use eventstore::{FeedError, Position};

use crate::event::Shown;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::out::Out;

/// Rows read at a time.
const PAGE: i64 = 1_000;
/// How many of the last events are shown when nothing is said.
const LAST: i64 = 20;
/// How often it is looked whether something has happened.
const POLL: Duration = Duration::from_millis(100);

/// Shows the last events, or those from a position on.
#[derive(Args, Clone, Debug)]
pub struct Tail {
    /// Begins at this position; without it, with the last events.
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    from: Option<Position>,
    /// Goes on as events are recorded, until Ctrl-C.
    #[arg(long, short)]
    pub follow: bool,
    /// With --from: ends after so many events. Without: begins with so many of the last 20.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(i64).range(0..))]
    limit: Option<i64>,
}

/// Shows the events.
pub async fn run(args: &Tail, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let head = scan::head(&house.pool).await?;
    let (mut after, mut left) = span(args, head)?;
    while left > 0 && !out.is_closed() {
        let rows = scan::page(&house.pool, after, left.min(PAGE)).await?;
        for row in &rows {
            check_next(after, row)?;
            show(row, out);
            after = row.position;
            left -= 1;
        }
        if !rows.is_empty() {
            continue;
        }
        if !args.follow {
            break;
        }
        out.flush();
        refuse_beyond_end(house, after).await?;
        tokio::time::sleep(POLL).await;
    }
    Ok(Exit::Well)
}

/// After which position to begin, and how many events to show.
fn span(args: &Tail, head: Position) -> Result<(Position, i64), Fault> {
    match args.from {
        None => {
            let last = args.limit.unwrap_or(LAST).min(head);
            Ok((head - last, if args.follow { i64::MAX } else { last }))
        }
        Some(from) if from > head + i64::from(args.follow) && from > 1 => Err(Fault::unknown(
            format!("there is no position {from} yet: the journal ends at {head}"),
        )),
        Some(from) => Ok((from - 1, args.limit.unwrap_or(i64::MAX))),
    }
}

/// History without a piece of it would look whole; so it is not shown.
fn check_next(after: Position, row: &Row) -> Result<(), Fault> {
    if row.position == after + 1 {
        return Ok(());
    }
    Err(Fault::failed(format!(
        "position {} is missing from the journal, though {} is there: rows were removed from it; \
         `replay verify` tells all that is wrong",
        after + 1,
        row.position
    )))
}

async fn refuse_beyond_end(house: &House, asked: Position) -> Result<(), Fault> {
    let head = scan::head(&house.pool).await?;
    if asked > head {
        return Err(Fault::failed(
            FeedError::BeyondEnd { asked, head }.to_string(),
        ));
    }
    Ok(())
}

fn show(row: &Row, out: &mut Out) {
    let shown = Shown::of(row);
    if out.json {
        out.json_line(&shown);
    } else {
        out.line(&shown.line());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(from: Option<i64>, follow: bool, limit: Option<i64>) -> Tail {
        Tail {
            from,
            follow,
            limit,
        }
    }

    #[test]
    fn it_begins_where_it_was_told_to() {
        assert_eq!(span(&tail(None, false, None), 100), Ok((80, 20)));
        assert_eq!(span(&tail(None, false, Some(5)), 3), Ok((0, 3)));
        assert_eq!(span(&tail(None, true, Some(5)), 9), Ok((4, i64::MAX)));
        assert_eq!(span(&tail(Some(1), false, None), 0), Ok((0, i64::MAX)));
        assert_eq!(span(&tail(Some(7), false, Some(2)), 9), Ok((6, 2)));
    }

    #[test]
    fn a_position_that_is_still_to_come_is_refused_unless_it_is_the_next_and_waited_for() {
        assert!(span(&tail(Some(10), false, None), 9).is_err());
        assert_eq!(span(&tail(Some(10), true, None), 9), Ok((9, i64::MAX)));
        assert!(span(&tail(Some(11), true, None), 9).is_err());
    }
}
