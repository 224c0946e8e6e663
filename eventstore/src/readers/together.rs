//! Questions for single rows that travel together.
//!
//! A question of its own costs Postgres and the connection more than the row that it is for. So
//! those that are asked while others are under way go with the next, in one statement; one that
//! comes alone waits for nobody.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sqlx::Row;
use sqlx::postgres::PgRow;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Readers;

/// So many statements for the same question are under way at a time.
const UNDER_WAY_MAX: usize = 2;
/// So many questions travel in one statement.
const TOGETHER_MAX: usize = 64;

/// What is asked for: a row by a key and an id.
struct Asked {
    key: String,
    id: Uuid,
    answer: oneshot::Sender<PgRow>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Asked>,
    under_way: usize,
}

/// What is asked for at the moment, by the name of the question.
#[derive(Default)]
pub(super) struct Together(Mutex<HashMap<&'static str, Queue>>);

impl Together {
    fn queues(&self) -> MutexGuard<'_, HashMap<&'static str, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one wait; answers whether another carrier is to come.
    fn wait(&self, name: &'static str, asked: Asked) -> bool {
        let mut queues = self.queues();
        let queue = queues.entry(name).or_default();
        queue.waiting.push(asked);
        let comes = queue.under_way < UNDER_WAY_MAX;
        queue.under_way += usize::from(comes);
        comes
    }
}

/// One who carries questions until none is left.
struct Carrier {
    readers: Readers,
    name: &'static str,
    is_done: bool,
}

impl Carrier {
    /// Takes what waits; with nothing left, the work is done.
    fn take(&mut self) -> Option<Vec<Asked>> {
        let mut queues = self.readers.0.together.queues();
        let queue = queues.get_mut(self.name)?;
        if queue.waiting.is_empty() {
            queue.under_way -= 1;
            self.is_done = true;
            return None;
        }
        let some = queue.waiting.len().min(TOGETHER_MAX);
        Some(queue.waiting.drain(..some).collect())
    }

    async fn carry(mut self, statement: String) {
        while let Some(asked) = self.take() {
            let keys: Vec<&str> = asked.iter().map(|one| one.key.as_str()).collect();
            let ids: Vec<Uuid> = asked.iter().map(|one| one.id).collect();
            let rows = self.readers.rows(&statement, &keys, &ids).await;
            // Those who get no answer ask by themselves, and learn why.
            hand_out(asked, rows.unwrap_or_default());
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        if !self.is_done {
            // Ended in the middle: nobody waits for one who will not come.
            if let Some(queue) = self.readers.0.together.queues().get_mut(self.name) {
                queue.under_way -= 1;
                queue.waiting.clear();
            }
        }
    }
}

fn hand_out(asked: Vec<Asked>, rows: Vec<PgRow>) {
    let mut asked: Vec<_> = asked.into_iter().map(Some).collect();
    for row in rows {
        let place = row.try_get::<i64, _>(0).map(usize::try_from);
        if let Ok(Ok(place)) = place
            && let Some(one) = asked.get_mut(place.wrapping_sub(1)).and_then(Option::take)
        {
            // Who asked may have left.
            drop(one.answer.send(row));
        }
    }
}

impl Readers {
    /// The one row that `statement` answers for `key` and `id`. `name` stands for the statement,
    /// of which there is one; it selects from
    /// `unnest($1::text[], $2::uuid[]) with ordinality one (key, id, place)` a row for each, with
    /// the place as its first column.
    pub async fn row(
        &self,
        name: &'static str,
        statement: impl Fn() -> String,
        key: String,
        id: Uuid,
    ) -> sqlx::Result<PgRow> {
        let answered = self.ask(name, &statement, key.clone(), id);
        if let Ok(row) = answered.await {
            return Ok(row);
        }
        let rows = self.rows(&statement(), &[&key], &[id]).await?;
        rows.into_iter().next().ok_or(sqlx::Error::RowNotFound)
    }

    fn ask(
        &self,
        name: &'static str,
        statement: impl Fn() -> String,
        key: String,
        id: Uuid,
    ) -> oneshot::Receiver<PgRow> {
        let (answer, answered) = oneshot::channel();
        if self.0.together.wait(name, Asked { key, id, answer }) {
            let carrier = Carrier {
                readers: self.clone(),
                name,
                is_done: false,
            };
            // In a task of its own, since who asked first may leave while the others wait.
            tokio::spawn(carrier.carry(statement()));
        }
        answered
    }

    async fn rows(&self, statement: &str, keys: &[&str], ids: &[Uuid]) -> sqlx::Result<Vec<PgRow>> {
        // Names come from the code, values are bound.
        sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
            .bind(keys)
            .bind(ids)
            .fetch_all(self)
            .await
    }
}
