//! The second pass: the steps of all rows, in order of time, each once.

use std::collections::BTreeSet;
use std::sync::Arc;

use commands::import::{ImportedBooking, ImportedStep};
use commands::{CommandError, Commands, Done};
use domain::booking::{CancellationPolicy, Guests, Party, PaymentTerms, Source};
use domain::{Currency, Money, Span};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use projections::staging::{self, Deposit, Ending, Refusal, StagedFile, Step, StepKind};
use sqlx::PgPool;
use tokio::task::JoinHandle;

use crate::import::ids::Ids;
use crate::import::progress::Progress;
use crate::import::{ImportError, Stop, Walked};

/// Steps under way at once: so many that a commit always finds the next batch waiting.
const UNDER_WAY_MAX: usize = 1_024;
/// Steps read at a time.
const PAGE_STEPS: i64 = 2_000;
/// How many steps may be done before that is noted down.
const SAVE_EVERY_STEPS: i64 = 5_000;
/// No step further than this above the last note is ever begun; so after a crash, none above it
/// can have been tried.
const AHEAD_STEPS_MAX: i64 = 20_000;

/// Does the steps of one file.
pub struct Walk {
    commands: Arc<Commands>,
    pool: PgPool,
    ids: Ids,
    /// The last number that may have been tried by an earlier run.
    tried: i64,
    done: i64,
    saved: i64,
    begun: i64,
    ahead: BTreeSet<i64>,
    refusals: Vec<Refusal>,
}

type Answer = (i64, i64, Result<Done, CommandError>);
type UnderWay = FuturesUnordered<BoxFuture<'static, Answer>>;
type Page = JoinHandle<Result<Vec<Step>, sqlx::Error>>;

impl Walk {
    /// Goes on where `file` was left. `resumed` says whether another run may have been at it.
    pub fn new(
        commands: Arc<Commands>,
        pool: PgPool,
        ids: Ids,
        file: &StagedFile,
        resumed: bool,
    ) -> Self {
        let done = file.done;
        let tried = if resumed {
            done.saturating_add(AHEAD_STEPS_MAX)
        } else {
            0
        };
        Self {
            commands,
            pool,
            ids,
            tried,
            done,
            saved: done,
            begun: done,
            ahead: BTreeSet::new(),
            refusals: Vec::new(),
        }
    }

    /// Does all steps, or as many as are begun before it is told to stop.
    pub async fn run(
        mut self,
        progress: &mut Progress,
        stop: &Stop,
    ) -> Result<Walked, ImportError> {
        let walked = self.walk(progress, stop).await;
        // Whatever became of the rest, what is done is done.
        let saved = self.save().await;
        progress.set(self.done.unsigned_abs());
        let finished = walked?;
        saved?;
        Ok(if finished {
            Walked::Whole
        } else {
            Walked::InPart
        })
    }

    async fn walk(&mut self, progress: &mut Progress, stop: &Stop) -> Result<bool, ImportError> {
        let mut under_way = UnderWay::new();
        let mut next = self.page(self.begun);
        loop {
            let page = match next.await {
                Ok(page) => page?,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            };
            let Some(last) = page.last().map(|step| step.number) else {
                self.wait_for(&mut under_way, 0).await?;
                return Ok(true);
            };
            next = self.page(last);
            for step in page {
                if stop.is_asked() {
                    self.wait_for(&mut under_way, 0).await?;
                    return Ok(false);
                }
                self.wait_for(&mut under_way, UNDER_WAY_MAX - 1).await?;
                self.make_room(&mut under_way, step.number).await?;
                self.begin(&mut under_way, step).await?;
                progress.set(self.done.unsigned_abs());
            }
        }
    }

    fn page(&self, after: i64) -> Page {
        let (pool, import) = (self.pool.clone(), self.ids.import);
        tokio::spawn(async move { staging::steps(&pool, import, after, PAGE_STEPS).await })
    }

    /// Notes down what is done, and waits for it where `number` would be too far ahead.
    async fn make_room(
        &mut self,
        under_way: &mut UnderWay,
        number: i64,
    ) -> Result<(), ImportError> {
        if self.done - self.saved >= SAVE_EVERY_STEPS {
            self.save().await?;
        }
        while number - self.saved > AHEAD_STEPS_MAX {
            self.wait_for(under_way, under_way.len().saturating_sub(1))
                .await?;
            self.save().await?;
        }
        Ok(())
    }

    /// Begins a step. It is polled once here, by which it lines up at its streams, so that the
    /// steps are decided in the order in which they are begun.
    async fn begin(&mut self, under_way: &mut UnderWay, step: Step) -> Result<(), ImportError> {
        self.begun = step.number;
        let (commands, ids) = (Arc::clone(&self.commands), self.ids);
        let new = step.number > self.tried;
        let mut future: BoxFuture<'static, Answer> = Box::pin(async move {
            let (number, row) = (step.number, step.row);
            (number, row, carry_out(&commands, ids, &step, new).await)
        });
        match futures::poll!(future.as_mut()) {
            std::task::Poll::Ready(answer) => self.take(answer),
            std::task::Poll::Pending => {
                under_way.push(future);
                Ok(())
            }
        }
    }

    async fn wait_for(
        &mut self,
        under_way: &mut UnderWay,
        at_most: usize,
    ) -> Result<(), ImportError> {
        while under_way.len() > at_most {
            let Some(answer) = under_way.next().await else {
                break;
            };
            self.take(answer)?;
        }
        Ok(())
    }

    fn take(&mut self, (number, row, answer): Answer) -> Result<(), ImportError> {
        match answer {
            Ok(_) => {}
            Err(CommandError::Refused(refused)) => {
                let (code, detail) = (refused.code.into_owned(), refused.detail);
                self.refusals.push(Refusal { row, code, detail });
            }
            Err(source) => {
                return Err(ImportError::Step {
                    number,
                    row,
                    source,
                });
            }
        }
        self.ahead.insert(number);
        while self.ahead.remove(&(self.done + 1)) {
            self.done += 1;
        }
        Ok(())
    }

    /// The refusals first: a step that is noted as done is not tried again.
    async fn save(&mut self) -> Result<(), ImportError> {
        let refusals = std::mem::take(&mut self.refusals);
        if !refusals.is_empty() {
            staging::refuse(&self.pool, self.ids.import, &refusals).await?;
        }
        if self.done > self.saved {
            staging::save_done(&self.pool, self.ids.import, self.done).await?;
            self.saved = self.done;
        }
        Ok(())
    }
}

async fn carry_out(
    commands: &Commands,
    ids: Ids,
    step: &Step,
    new: bool,
) -> Result<Done, CommandError> {
    let context = ids.context(ids.command(step.number), step.at);
    let booking = booking(ids, step);
    let kind = kind(step);
    match commands.import_step(&context, &booking, kind, new).await {
        // What was taken for new was there: somebody else has been at it.
        Err(CommandError::Contended) if new => {
            commands.import_step(&context, &booking, kind, false).await
        }
        answer => answer,
    }
}

fn kind(step: &Step) -> ImportedStep {
    match (step.kind, step.stay.ending) {
        (StepKind::Book, _) => ImportedStep::Book,
        (StepKind::Pay, _) => ImportedStep::Pay,
        (StepKind::Settle, _) => ImportedStep::Settle,
        (StepKind::End, Ending::Cancelled) => ImportedStep::Cancel,
        (StepKind::End, Ending::CheckedOut) => ImportedStep::Complete,
        (StepKind::End, Ending::NoShow) => ImportedStep::NoShow,
    }
}

fn booking(ids: Ids, step: &Step) -> ImportedBooking {
    let stay = &step.stay;
    let nights = chrono::Days::new(u64::from(stay.nights.unsigned_abs()));
    let until = stay
        .arrival
        .checked_add_days(nights)
        .unwrap_or(stay.arrival);
    let (policy, terms) = match stay.deposit {
        Deposit::NonRefund => (CancellationPolicy::NonRefundable, PaymentTerms::AtBooking),
        Deposit::Refundable => (CancellationPolicy::FullyRefundable, PaymentTerms::AtBooking),
        Deposit::None => (
            CancellationPolicy::FullyRefundable,
            PaymentTerms::AtCheckOut,
        ),
    };
    ImportedBooking {
        id: ids.booking(step.row),
        payment: ids.payment(step.row),
        refund: ids.refund(step.row),
        listing: ids.listing(&stay.hotel, &stay.room),
        party: Party::Contact {
            contact: ids.contact(step.row),
            name: None,
            email: None,
        },
        span: Span::new(stay.arrival, until),
        guests: Guests {
            adults: stay.adults.unsigned_abs(),
            children: stay.children.unsigned_abs(),
            babies: stay.babies.unsigned_abs(),
        },
        nightly_price: Money::new(stay.rate_cents, Currency::EUR),
        policy,
        terms,
        source: Source {
            country: stay.country.clone(),
            channel: stay.channel.clone(),
            segment: stay.segment.clone(),
            reference: Some(format!("row {} of {}", step.row, ids.import)),
        },
    }
}
