//! No question reads a big table from first to last: each is explained by Postgres on tables that
//! are full.

mod explained;
mod generated;
mod questions;

use projections::all;

use self::explained::{Explained, explaining, scanned};
use self::generated::fill;
use crate::story;
use crate::world::World;

/// So many rows a table has.
const ROWS: u32 = 20_000;
/// How a projection stands, and what of it is parked: 1,000 keys at most.
const SMALL: [&str; 2] = ["checkpoint", "parked"];

#[tokio::test]
async fn no_question_reads_a_big_table_from_first_to_last() {
    let world = World::new().await;
    story::tell(&world, 16, 10).await;
    world.project(&all()).await;
    for projector in all() {
        fill(&world.pool, &*projector, ROWS).await;
    }
    let explained = Explained::default();
    let _listening = explained.listen();
    let readers = explaining(world.database.admin_options());
    // It is seen where one does.
    sqlx::query("select max(t.nights) from bookings.booking t")
        .execute(&readers)
        .await
        .unwrap();
    assert_eq!(scanned(&explained.take()), ["booking"]);

    let mut found = Vec::new();
    for (name, question) in questions::all(&readers) {
        question.await;
        let plans = explained.take();
        assert!(plans.contains("Query Text"), "{name} was not explained");
        for table in scanned(&plans) {
            if !SMALL.contains(&table) {
                found.push(format!("{name} reads all of {table}:\n{plans}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
