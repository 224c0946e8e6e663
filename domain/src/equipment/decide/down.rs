//! When a piece goes down, and when it comes up. Its down times never overlap.

use chrono::{DateTime, Utc};

use super::{Decision, passed};
use crate::equipment::{
    ComeUp, DownKind, EquipmentCameUp, EquipmentEvent, EquipmentRefusal, EquipmentStatus,
    EquipmentWentDown, GoDown, Piece, REASON_CHARS_MAX,
};
use crate::id::WorkOrderId;
use crate::text;

impl Piece {
    pub(super) fn report_down(&self, c: &GoDown) -> Decision {
        if !c.status.is_down() {
            return Err(EquipmentRefusal::StatusNotDown);
        }
        if let Some(reason) = &c.reason {
            text::lines("/reason", &reason.value, REASON_CHARS_MAX)?;
        }
        if self.down.is_some() {
            return Err(EquipmentRefusal::IsDown);
        }
        let since = passed("/since", c.since, c.at)?;
        if since < self.may_go_down_from() {
            return Err(EquipmentRefusal::TooEarly("/since"));
        }
        Ok(vec![EquipmentEvent::WentDown(EquipmentWentDown {
            building: self.building,
            status: c.status,
            kind: c.kind,
            since,
            work_order: None,
            reason: c.reason.clone(),
        })])
    }

    pub(super) fn report_up(&self, c: &ComeUp) -> Decision {
        let down = self.down.as_ref().ok_or(EquipmentRefusal::NotDown)?;
        if c.status.is_some_and(EquipmentStatus::is_down) {
            return Err(EquipmentRefusal::StatusIsDown);
        }
        if !down.kept_by.is_empty() {
            return Err(EquipmentRefusal::KeptDown(down.kept_by.len()));
        }
        let until = passed("/until", c.until, c.at)?;
        if until < down.since {
            return Err(EquipmentRefusal::TooEarly("/until"));
        }
        Ok(self.up(until, c.status, None).into_iter().collect())
    }

    /// The piece goes down for work, now or when it may again.
    pub(super) fn down_for(
        &self,
        work_order: WorkOrderId,
        kind: DownKind,
        at: DateTime<Utc>,
    ) -> EquipmentEvent {
        EquipmentEvent::WentDown(EquipmentWentDown {
            building: self.building,
            status: EquipmentStatus::Down,
            kind,
            since: at.max(self.may_go_down_from()),
            work_order: Some(work_order),
            reason: None,
        })
    }

    /// The piece comes up, if it is down.
    pub(super) fn up(
        &self,
        until: DateTime<Utc>,
        status: Option<EquipmentStatus>,
        work_order: Option<WorkOrderId>,
    ) -> Option<EquipmentEvent> {
        let down = self.down.as_ref()?;
        Some(EquipmentEvent::CameUp(EquipmentCameUp {
            building: self.building,
            since: down.since,
            until: until.max(down.since),
            status: status.unwrap_or(down.before),
            work_order,
        }))
    }

    /// No down time begins before the last one has ended, nor before the piece served.
    fn may_go_down_from(&self) -> DateTime<Utc> {
        self.last_up
            .map_or(self.in_service_since, |up| up.max(self.in_service_since))
    }
}
