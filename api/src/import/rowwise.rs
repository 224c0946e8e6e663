//! Both passes of any kind of file whose rows are taken in the order of the file.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use commands::CommandError;
use csv::{ByteRecord, ReaderBuilder};
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use projections::staging::{self, Contents, Fault, Order, Refusal};
use uuid::Uuid;

use super::columns::{Column, Columns};
use super::fields::Fields;
use super::kind::{Hand, Kind, Line};
use super::reader::Form;
use super::{Ids, ImportError, Job, Progress, Stop, Walked, Way, date_order};

/// Groups under way at once.
const UNDER_WAY_MAX: usize = 256;
/// Rows read at a time.
const PAGE_ROWS: i64 = 2_000;
/// The most rows that are taken for one group.
const GROUP_ROWS_MAX: usize = 2_000;
/// How many groups may be done before that is noted down.
const SAVE_EVERY_GROUPS: usize = 1_000;

/// A kind of file whose rows are taken in the order of the file.
pub struct Rowwise<K>(Arc<K>);

impl<K: Kind> Rowwise<K> {
    /// The way to bring in files of `kind`.
    pub fn new(kind: K) -> Self {
        Self(Arc::new(kind))
    }
}

impl<K: Kind> Way for Rowwise<K> {
    fn kind(&self) -> &'static str {
        K::NAME
    }

    fn ids(&self, sha256: [u8; 32]) -> Ids {
        Ids::of_kind(&format!("{}{}", K::NAME, self.0.scope()), sha256)
    }

    fn form(&self) -> Form {
        let kind = Arc::clone(&self.0);
        let mut keys = HashSet::new();
        Form {
            what: K::WHAT,
            names: K::Column::NAMES,
            dates: K::DATES,
            read: Box::new(move |columns, record| {
                let said = kind.read(&Fields::of(columns, record)?)?;
                match kind.key(&said) {
                    // Sixteen bytes for each, whatever the length of the keys.
                    Some(key)
                        if !keys.insert(Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes())) =>
                    {
                        Err(Fault {
                            code: "key_twice",
                            detail: format!("an earlier row of the file is `{key}` too"),
                        })
                    }
                    _ => Ok(None),
                }
            }),
        }
    }

    fn contents(&self) -> Contents {
        K::CONTENTS
    }

    fn order(&self) -> Order {
        Order::OfTheFile
    }

    fn carry_out<'a>(
        &'a self,
        job: &'a Job<'a>,
        progress: &'a mut Progress,
        stop: &'a Stop,
    ) -> BoxFuture<'a, Result<Walked, ImportError>> {
        Box::pin(async move {
            let mut walk = Walk::new(&self.0, job)?;
            let walked = walk.run(progress, stop).await;
            // Whatever became of the rest, what is done is done.
            let saved = walk.save().await;
            let walked = walked?;
            saved?;
            Ok(walked)
        })
    }
}

/// A group on its way: the number of its last row, and whether it is done.
struct Begun {
    number: u64,
    last_row: i64,
    done: bool,
}

struct Answer {
    number: u64,
    group: Option<String>,
    rows: Vec<(i64, Result<(), CommandError>)>,
}

/// The second pass over one file.
struct Walk<'a, K: Kind> {
    kind: &'a Arc<K>,
    job: &'a Job<'a>,
    hand: Arc<Hand>,
    columns: Columns,
    under_way: FuturesUnordered<BoxFuture<'static, Answer>>,
    /// The groups that are under way, so that none is begun twice at once.
    busy: HashSet<String>,
    begun: VecDeque<Begun>,
    count: u64,
    done: i64,
    unsaved: usize,
    refusals: Vec<Refusal>,
    notes: Vec<(i64, String)>,
}

impl<'a, K: Kind> Walk<'a, K> {
    fn new(kind: &'a Arc<K>, job: &'a Job<'a>) -> Result<Self, ImportError> {
        let header = parse(&job.file.header);
        let mut columns = Columns::find(&header, K::Column::NAMES).map_err(|faults| {
            let (name, what) = (job.file.name.clone(), K::WHAT);
            ImportError::Columns { name, what, faults }
        })?;
        columns.order = date_order(job.file).unwrap_or_default();
        let hand = Hand {
            commands: Arc::clone(&job.importer.commands),
            ids: job.ids,
            owner: job.importer.owner.unwrap_or_else(|| job.ids.nobody()),
            who: job.importer.who.clone(),
        };
        Ok(Self {
            kind,
            job,
            hand: Arc::new(hand),
            columns,
            under_way: FuturesUnordered::new(),
            busy: HashSet::new(),
            begun: VecDeque::new(),
            count: 0,
            done: job.file.done,
            unsaved: 0,
            refusals: Vec::new(),
            notes: Vec::new(),
        })
    }

    async fn run(&mut self, progress: &mut Progress, stop: &Stop) -> Result<Walked, ImportError> {
        let pool = &self.job.importer.pool;
        let (mut last, mut group) = (self.done, Vec::<Line<K::Said>>::new());
        loop {
            let page = staging::lines(pool, self.job.ids.import, last, PAGE_ROWS).await?;
            let is_end = page.is_empty();
            for line in page {
                last = line.row;
                let said = self.read(&line.record);
                let Ok(said) = said else { continue };
                if !self.belongs_to(&group, &said) && !group.is_empty() {
                    self.begin(std::mem::take(&mut group)).await?;
                }
                if stop.is_asked() {
                    self.wait_for(0).await?;
                    return Ok(Walked::InPart);
                }
                group.push(Line {
                    row: line.row,
                    said,
                });
                progress.set(self.done.unsigned_abs());
            }
            if is_end {
                if !group.is_empty() {
                    self.begin(std::mem::take(&mut group)).await?;
                }
                self.wait_for(0).await?;
                progress.set(self.job.file.steps.unsigned_abs());
                return Ok(Walked::Whole);
            }
        }
    }

    /// A row that could be read when it was staged can be read again.
    fn read(&self, record: &str) -> Result<K::Said, Fault> {
        self.kind.read(&Fields::of(&self.columns, &parse(record))?)
    }

    fn belongs_to(&self, group: &[Line<K::Said>], said: &K::Said) -> bool {
        let before = group.last().and_then(|line| self.kind.group(&line.said));
        before.is_some() && before == self.kind.group(said) && group.len() < GROUP_ROWS_MAX
    }

    /// Begins a group. It is polled once here, by which its first command lines up at its streams.
    async fn begin(&mut self, lines: Vec<Line<K::Said>>) -> Result<(), ImportError> {
        let Some(last_row) = lines.last().map(|line| line.row) else {
            return Ok(());
        };
        let group = lines.first().and_then(|line| self.kind.group(&line.said));
        self.wait_for(UNDER_WAY_MAX - 1).await?;
        while group.as_ref().is_some_and(|name| self.busy.contains(name)) {
            self.wait_for(self.under_way.len().saturating_sub(1))
                .await?;
        }
        self.busy.extend(group.clone());
        for line in &lines {
            let note = self.kind.note(&line.said);
            self.notes.extend(note.map(|note| (line.row, note)));
        }
        self.count += 1;
        let number = self.count;
        self.begun.push_back(Begun {
            number,
            last_row,
            done: false,
        });
        let (kind, hand) = (Arc::clone(self.kind), Arc::clone(&self.hand));
        let mut future: BoxFuture<'static, Answer> = Box::pin(async move {
            let rows = carry_out(&*kind, &hand, &lines).await;
            Answer {
                number,
                group,
                rows,
            }
        });
        match futures::poll!(future.as_mut()) {
            std::task::Poll::Ready(answer) => self.take(answer)?,
            std::task::Poll::Pending => self.under_way.push(future),
        }
        if self.unsaved >= SAVE_EVERY_GROUPS {
            self.save().await?;
        }
        Ok(())
    }

    async fn wait_for(&mut self, at_most: usize) -> Result<(), ImportError> {
        while self.under_way.len() > at_most {
            let Some(answer) = self.under_way.next().await else {
                break;
            };
            self.take(answer)?;
        }
        Ok(())
    }

    fn take(&mut self, answer: Answer) -> Result<(), ImportError> {
        for (row, answer) in answer.rows {
            match answer {
                Ok(()) => {}
                Err(CommandError::Refused(refused)) => {
                    let (code, detail) = (refused.code.into_owned(), refused.detail);
                    self.refusals.push(Refusal { row, code, detail });
                }
                Err(source) => return Err(ImportError::Row { row, source }),
            }
        }
        if let Some(group) = &answer.group {
            self.busy.remove(group);
        }
        let mut begun = self.begun.iter_mut();
        if let Some(begun) = begun.find(|begun| begun.number == answer.number) {
            begun.done = true;
        }
        while self.begun.front().is_some_and(|begun| begun.done) {
            self.done = self.begun.pop_front().map_or(self.done, |b| b.last_row);
            self.unsaved += 1;
        }
        Ok(())
    }

    /// The refusals first: a row that is noted as done is not tried again.
    async fn save(&mut self) -> Result<(), ImportError> {
        let (pool, import) = (&self.job.importer.pool, self.job.ids.import);
        let refusals = std::mem::take(&mut self.refusals);
        if !refusals.is_empty() {
            staging::refuse(pool, import, &refusals).await?;
        }
        let notes = std::mem::take(&mut self.notes);
        if !notes.is_empty() {
            staging::note(pool, import, &notes).await?;
        }
        if self.unsaved > 0 {
            staging::save_done(pool, import, self.done).await?;
            self.unsaved = 0;
        }
        Ok(())
    }
}

/// Carries out the rows of a group, one after the other; a refused row does not keep the next ones
/// out, anything else does.
async fn carry_out<K: Kind>(
    kind: &K,
    hand: &Hand,
    lines: &[Line<K::Said>],
) -> Vec<(i64, Result<(), CommandError>)> {
    let mut rows = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let answer = kind.carry_out(hand, lines, place).await;
        let is_over = !matches!(answer, Ok(()) | Err(CommandError::Refused(_)));
        rows.push((line.row, answer));
        if is_over {
            break;
        }
    }
    rows
}

/// The fields of a line of CSV.
pub(super) fn parse(line: &str) -> ByteRecord {
    let mut record = ByteRecord::new();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(line.as_bytes());
    // Reading from memory cannot fail, and what was written by us is one record.
    let _ = reader.read_byte_record(&mut record);
    record
}
