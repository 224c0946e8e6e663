//! The rules for a share table.

use super::{
    CloseShares, ShareTable, ShareTableClosed, ShareTableCommand, ShareTableDrawnUp,
    ShareTableEvent, ShareTablePartsRecorded, ShareTableRefusal, ShareTableWithdrawn,
};
use crate::building::KEY_CHARS_MAX;
use crate::text;

/// The most that a table's parts can add up to: every lot with the largest share.
pub const TOTAL_MAX: u64 = 100_000_000_000_000;
/// The parts that one event holds, so that none comes near the limit of its size.
pub const PARTS_PER_EVENT_MAX: usize = 5_000;

type Decision = Result<Vec<ShareTableEvent>, ShareTableRefusal>;

impl ShareTable {
    pub(super) fn decide_on(&self, command: &ShareTableCommand) -> Decision {
        match command {
            ShareTableCommand::Close(c) => self.close(c),
            ShareTableCommand::Withdraw => self.withdraw(),
        }
    }

    fn close(&self, c: &CloseShares) -> Decision {
        text::word("/key", &c.key, KEY_CHARS_MAX)?;
        if c.total == 0 || c.total > TOTAL_MAX {
            return Err(ShareTableRefusal::TotalOutOfRange);
        }
        let sum = c.parts.values().map(|part| u64::from(*part)).sum();
        if sum != c.total {
            let total = c.total;
            return Err(ShareTableRefusal::SumDiffers { sum, total });
        }
        if let Some(counts) = self.counting() {
            let is_same = counts.total == c.total && counts.parts == c.parts;
            let closed = ShareTableRefusal::Closed(c.from);
            return if is_same { Ok(vec![]) } else { Err(closed) };
        }
        let mut events = vec![ShareTableEvent::DrawnUp(ShareTableDrawnUp {
            building: c.building,
            key: c.key.clone(),
            from: c.from,
            total: c.total,
        })];
        let parts: Vec<_> = c.parts.iter().map(|(lot, part)| (*lot, *part)).collect();
        events.extend(parts.chunks(PARTS_PER_EVENT_MAX).map(|some| {
            let parts = some.iter().copied().collect();
            ShareTableEvent::PartsRecorded(ShareTablePartsRecorded { parts })
        }));
        events.push(ShareTableEvent::Closed(ShareTableClosed {}));
        Ok(events)
    }

    fn withdraw(&self) -> Decision {
        match self {
            Self::Absent => Err(ShareTableRefusal::Unknown),
            Self::Withdrawn(_) => Ok(vec![]),
            Self::Drawn(_) | Self::Counting(_) => {
                Ok(vec![ShareTableEvent::Withdrawn(ShareTableWithdrawn {})])
            }
        }
    }
}
