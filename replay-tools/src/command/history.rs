//! `replay history`: every event of one stream.

use clap::Args;

use crate::event::{self, Shown};
use crate::fault::{Exit, Fault};
use crate::history::Reader;
use crate::house::House;
use crate::out::Out;

/// Shows every event of one stream.
#[derive(Args, Clone, Debug)]
pub struct History {
    /// The stream: a noun, a hyphen and an id, such as `booking-0190f1…`.
    stream: String,
}

/// Shows the events.
pub async fn run(args: &History, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let mut reader = Reader::open(&house.pool, &args.stream).await?;
    if !out.json {
        out.line(&event::story_heads());
    }
    loop {
        let rows = reader.next().await?;
        if rows.is_empty() || out.is_closed() {
            return Ok(Exit::Well);
        }
        for row in &rows {
            let shown = Shown::of(row);
            if out.json {
                out.json_line(&shown);
            } else {
                out.line(&shown.story_line());
            }
        }
    }
}
