//! Files that come in through the API: staged at once, tried, and carried out when somebody says
//! so.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use commands::CommandError;
use domain::id::LotId;
use domain::occupancy::Occupancy;
use projections::staging::{self, Figures, ImportLock, Refusal, StagedFile};
use uuid::Uuid;

use super::columns::Columns;
use super::fields::Fields;
use super::occupants::Occupants;
use super::rowwise::parse;
use super::source::Source;
use super::stage::blocking;
use super::{
    Column as _, Ids, ImportError, Importer, Job, Kind, Progress, Stop, Walked, Way, date_order,
};

/// Rows read at a time.
const PAGE_ROWS: i64 = 2_000;

impl Importer {
    /// Stages `csv` in its `way`, unless that was done before; answers the file and its sum.
    pub async fn receive(
        &self,
        way: &dyn Way,
        csv: &[u8],
    ) -> Result<(StagedFile, [u8; 32]), ImportError> {
        let name = "what was sent";
        let full = |source| ImportError::Read {
            name: name.to_owned(),
            source,
        };
        let mut file = tempfile::tempfile().map_err(full)?;
        file.write_all(csv).map_err(full)?;
        let source = Arc::new(Source::of(name.to_owned(), file)?);
        let sha256 = blocking(&source, Source::sha256).await?;
        let ids = way.ids(sha256);
        let lock = self.lock(ids.import).await?;
        let found = staging::find(&self.pool, ids.import).await?;
        self.require_same_order(found.as_ref())?;
        let file = match found {
            Some(file) => Ok(file),
            None => {
                self.stage(way, &source, ids.import, sha256, &Stop::default())
                    .await
            }
        };
        lock.release().await?;
        Ok((file?, sha256))
    }

    /// Carries out what was staged as `id`, as far as it was not; `None` where it was told to stop.
    pub async fn carry_out(
        &self,
        way: &dyn Way,
        ids: Ids,
        stop: &Stop,
    ) -> Result<Option<Figures>, ImportError> {
        let lock = self.lock(ids.import).await?;
        let done = self.carry_out_locked(way, ids, stop).await;
        lock.release().await?;
        done
    }

    async fn carry_out_locked(
        &self,
        way: &dyn Way,
        ids: Ids,
        stop: &Stop,
    ) -> Result<Option<Figures>, ImportError> {
        let file = staging::find(&self.pool, ids.import).await?;
        let file = file.ok_or(ImportError::Database(sqlx::Error::RowNotFound))?;
        if file.finished_at.is_none() {
            staging::forget_trial(&self.pool, ids.import).await?;
            let job = Job {
                importer: self,
                ids,
                file: &file,
                resumed: file.done > 0,
            };
            if way.carry_out(&job, &mut Progress::Silent, stop).await? == Walked::InPart {
                return Ok(None);
            }
            let now = self.commands.clock().now();
            staging::finish(&self.pool, ids.import, now, way.contents()).await?;
        }
        Ok(Some(staging::figures(&self.pool, ids.import).await?))
    }

    /// Forgets what was staged as `id`, unless it is at work.
    pub async fn forget(&self, id: Uuid) -> Result<(), ImportError> {
        let lock = self.lock(id).await?;
        let done = staging::forget(&self.pool, id).await;
        lock.release().await?;
        Ok(done?)
    }

    async fn lock(&self, import: Uuid) -> Result<ImportLock, ImportError> {
        let lock = ImportLock::take(&self.options, import.as_bytes()).await?;
        lock.ok_or(ImportError::Busy)
    }

    /// Notes which rows of `file` would be refused as things stand; nothing happens.
    pub async fn try_out(
        &self,
        kind: &Occupants,
        ids: Ids,
        file: &StagedFile,
    ) -> Result<(), ImportError> {
        let columns = Columns::find(&parse(&file.header), <Occupants as Kind>::Column::NAMES);
        let mut columns = columns.map_err(|faults| ImportError::Columns {
            name: file.name.clone(),
            what: Occupants::WHAT,
            faults,
        })?;
        columns.order = date_order(file).unwrap_or_default();
        let mut lots = HashMap::<LotId, Occupancy>::new();
        let mut after = 0;
        loop {
            let page = staging::lines(&self.pool, ids.import, after, PAGE_ROWS).await?;
            let Some(last) = page.last().map(|line| line.row) else {
                return Ok(());
            };
            after = last;
            let mut refusals = Vec::new();
            for line in &page {
                let record = parse(&line.record);
                let said = Fields::of(&columns, &record).and_then(|fields| kind.read(&fields));
                let Ok(said) = said else { continue };
                let tried = match kind.move_in(ids, line.row, &said) {
                    Ok(move_in) => {
                        let lot = move_in.lot;
                        if let std::collections::hash_map::Entry::Vacant(slot) = lots.entry(lot) {
                            let now = self.commands.dispatch().peek::<Occupancy>(lot).await?;
                            slot.insert((*now.0).clone());
                        }
                        let there = lots.entry(lot).or_default();
                        kind.try_on(move_in, there)
                    }
                    Err(error) => Err(error),
                };
                match tried {
                    Ok(()) => {}
                    Err(CommandError::Refused(refused)) => refusals.push(Refusal {
                        row: line.row,
                        code: refused.code.into_owned(),
                        detail: refused.detail,
                    }),
                    Err(error) => return Err(error.into()),
                }
            }
            staging::refuse(&self.pool, ids.import, &refusals).await?;
        }
    }
}

/// The fields of a staged row, by the names of the header.
pub fn fields_of(header: &str, record: &str) -> Vec<(String, String)> {
    let (header, record) = (parse(header), parse(record));
    let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
    let pairs = header.iter().zip(record.iter());
    let said = pairs.filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| (text(name), text(value)))
        .collect()
}
