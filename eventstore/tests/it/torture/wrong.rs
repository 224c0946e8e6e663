//! Journals that are wrong on purpose, to show that the harness would see it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventstore::{Append, AppendError, Appended, Expected, Mismatch, Position, Version};
use futures::FutureExt;
use futures::future::BoxFuture;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};
use tokio::time::sleep;

use super::ledger::Ledger;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It answers, and commits then.
    AcksBeforeCommit,
    /// It draws positions from a sequence, so that they are committed out of order.
    DrawsFromSequence,
    /// When another writer was first, it takes the next position without deciding again.
    ChecksBeforeFence,
}

#[derive(Clone)]
pub struct Wrong {
    fault: Fault,
    pool: PgPool,
    chance: Arc<Mutex<StdRng>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Wrong {
    pub async fn open(fault: Fault, options: PgConnectOptions, seed: u64) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .connect_with(options)
            .await
            .unwrap();
        let chance = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
        sqlx::query("create sequence if not exists journal.wrong")
            .execute(&pool)
            .await
            .ok();
        Self {
            fault,
            pool,
            chance,
            turn: Arc::default(),
        }
    }

    async fn append_wrongly(self, append: Append) -> Result<Appended, AppendError> {
        let broken = |error: sqlx::Error| match error.as_database_error() {
            Some(error) if error.is_unique_violation() => AppendError::Conflict(Vec::new()),
            _ => AppendError::Unavailable(error.to_string()),
        };
        match self.fault {
            Fault::AcksBeforeCommit => self.acks_before_commit(&append).await.map_err(broken)?,
            Fault::DrawsFromSequence => self.draws_from_sequence(&append).await.map_err(broken)?,
            Fault::ChecksBeforeFence => self.checks_before_fence(&append).await.map_err(broken)?,
        }
    }

    async fn acks_before_commit(
        &self,
        append: &Append,
    ) -> sqlx::Result<Result<Appended, AppendError>> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let mut transaction = self.pool.begin().await?;
        let versions = match check(&mut transaction, append).await? {
            Ok(versions) => versions,
            Err(conflict) => return Ok(Err(conflict)),
        };
        let head = head(&mut transaction).await?;
        let appended = write(
            &mut transaction,
            append,
            versions,
            (head + 1..).collect_for(append),
        )
        .await?;
        let delay = self.delay(20);
        tokio::spawn(async move {
            sleep(delay).await;
            drop(transaction.commit().await);
            drop(turn);
        });
        Ok(Ok(appended))
    }

    async fn draws_from_sequence(
        &self,
        append: &Append,
    ) -> sqlx::Result<Result<Appended, AppendError>> {
        let mut transaction = self.pool.begin().await?;
        let versions = match check(&mut transaction, append).await? {
            Ok(versions) => versions,
            Err(conflict) => return Ok(Err(conflict)),
        };
        let mut positions = Vec::new();
        for _ in 0..events(append) {
            let drawn = sqlx::query_scalar("select nextval('journal.wrong')");
            positions.push(drawn.fetch_one(&mut *transaction).await?);
        }
        let appended = write(&mut transaction, append, versions, positions).await?;
        sleep(self.delay(4)).await;
        transaction.commit().await?;
        Ok(Ok(appended))
    }

    async fn checks_before_fence(
        &self,
        append: &Append,
    ) -> sqlx::Result<Result<Appended, AppendError>> {
        let mut connection = self.pool.acquire().await?;
        let versions = match check(&mut connection, append).await? {
            Ok(versions) => versions,
            Err(conflict) => return Ok(Err(conflict)),
        };
        sleep(self.delay(4)).await;
        loop {
            let mut transaction: Transaction<'_, Postgres> = self.pool.begin().await?;
            let positions = (head(&mut transaction).await? + 1..).collect_for(append);
            match write(&mut transaction, append, versions.clone(), positions).await {
                Ok(appended) => {
                    transaction.commit().await?;
                    return Ok(Ok(appended));
                }
                Err(error) if is_fence(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn delay(&self, millis_max: u64) -> Duration {
        Duration::from_millis(self.chance.lock().unwrap().random_range(0..=millis_max))
    }
}

impl Ledger for Wrong {
    fn offer(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        self.clone().append_wrongly(append).boxed()
    }
}

trait CollectFor {
    fn collect_for(self, append: &Append) -> Vec<Position>;
}

impl<I: Iterator<Item = Position>> CollectFor for I {
    fn collect_for(self, append: &Append) -> Vec<Position> {
        self.take(events(append)).collect()
    }
}

fn events(append: &Append) -> usize {
    append.streams.iter().map(|part| part.events.len()).sum()
}

fn is_fence(error: &sqlx::Error) -> bool {
    let constraint = error
        .as_database_error()
        .and_then(|error| error.constraint());
    constraint.is_some_and(|name| name.ends_with("_position"))
}

async fn head(connection: &mut PgConnection) -> sqlx::Result<Position> {
    sqlx::query_scalar("select coalesce(max(position), 0) from journal.event")
        .fetch_one(connection)
        .await
}

async fn check(
    connection: &mut PgConnection,
    append: &Append,
) -> sqlx::Result<Result<Vec<Version>, AppendError>> {
    let (mut versions, mut mismatches) = (Vec::new(), Vec::new());
    for part in &append.streams {
        let actual = sqlx::query_scalar(
            "select coalesce(max(version), 0) from journal.event where stream = $1",
        )
        .bind(part.stream.as_str())
        .fetch_one(&mut *connection)
        .await?;
        versions.push(actual);
        let holds = match part.expected {
            Expected::NoStream => actual == 0,
            Expected::Exactly(version) => actual == version,
            Expected::Any => true,
        };
        if !holds {
            let (stream, expected) = (part.stream.clone(), part.expected);
            mismatches.push(Mismatch {
                stream,
                expected,
                actual,
                last: None,
            });
        }
    }
    Ok(if mismatches.is_empty() {
        Ok(versions)
    } else {
        Err(AppendError::Conflict(mismatches))
    })
}

async fn write(
    connection: &mut PgConnection,
    append: &Append,
    mut versions: Vec<Version>,
    positions: Vec<Position>,
) -> sqlx::Result<Appended> {
    let mut places = positions.iter();
    for (part, version) in append.streams.iter().zip(&mut versions) {
        for event in &part.events {
            *version += 1;
            sqlx::query(
                "insert into journal.event (position, stream, version, event_id, type,
                    schema_version, data, metadata, occurred_at, recorded_at)
                values ($1, $2, $3, $4, $5, 1, $6::json, $7::json, $8, clock_timestamp())",
            )
            .bind(places.next())
            .bind(part.stream.as_str())
            .bind(*version)
            .bind(event.event_id)
            .bind(&*event.event_type)
            .bind(&*event.data)
            .bind(&*event.metadata)
            .bind(event.occurred_at)
            .execute(&mut *connection)
            .await?;
        }
    }
    let streams = append.streams.iter().map(|part| part.stream.clone());
    Ok(Appended {
        answer_id: append.key.answer_id.clone(),
        version: versions.first().copied().unwrap_or(0),
        position: positions.last().copied().unwrap_or(0),
        versions: streams.zip(versions).collect(),
        repeated: false,
    })
}
