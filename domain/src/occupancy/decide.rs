//! The rules for a lot's occupancy.

use chrono::NaiveDate;

use super::check::{self, OCCUPANTS_MAX};
use super::{
    CorrectOccupant, MoveIn, Occupancy, OccupancyCommand, OccupancyCorrected, OccupancyEvent,
    OccupancyMovedIn, OccupancyMovedOut, OccupancyRefusal, Occupant, Period,
};
use crate::Personal;
use crate::id::OccupantId;

type Decision = Result<Vec<OccupancyEvent>, OccupancyRefusal>;

impl Occupancy {
    pub(super) fn decide_on(&self, command: &OccupancyCommand) -> Decision {
        match command {
            OccupancyCommand::MoveIn(c) => self.move_in(c),
            OccupancyCommand::Correct(occupant, c) => self.correct(*occupant, c),
            OccupancyCommand::MoveOut(occupant, until) => self.move_out(*occupant, *until),
        }
    }

    fn known(&self, occupant: OccupantId) -> Result<&Occupant, OccupancyRefusal> {
        self.occupants
            .get(&occupant)
            .ok_or(OccupancyRefusal::Unknown)
    }

    fn move_in(&self, c: &MoveIn) -> Decision {
        let moved = OccupancyMovedIn {
            occupant: c.occupant,
            building: c.building,
            lot: c.lot,
            kind: c.kind,
            user: c.user,
            name: c.name.clone(),
            email: c.email.clone(),
            period: c.period,
            part: c.part,
            exclusive: c.exclusive,
        };
        if self.occupants.contains_key(&c.occupant) {
            return Err(OccupancyRefusal::Exists);
        }
        if self.occupants.len() >= OCCUPANTS_MAX {
            return Err(OccupancyRefusal::TooMany);
        }
        let one = Occupant::from(moved.clone());
        check::alone(&one)?;
        self.beside(c.occupant, &one)?;
        Ok(vec![OccupancyEvent::MovedIn(moved)])
    }

    fn correct(&self, occupant: OccupantId, c: &CorrectOccupant) -> Decision {
        let before = self.known(occupant)?;
        let period = Period {
            from: c.from.unwrap_or(before.period.from),
            until: c.until.unwrap_or(before.period.until),
        };
        let of = |value: &String| Personal::new(before.name.subject, value.clone());
        // Only what differs is told, so that a correction to the same values is none.
        let corrected = OccupancyCorrected {
            occupant,
            name: c.name.as_ref().map(of).filter(|name| *name != before.name),
            email: c
                .email
                .as_ref()
                .map(of)
                .filter(|email| before.email.as_ref() != Some(email)),
            period: Some(period).filter(|period| *period != before.period),
            part: c.part.filter(|part| before.part != Some(*part)),
            exclusive: c
                .exclusive
                .filter(|exclusive| before.exclusive != *exclusive),
        };
        let mut after = before.clone();
        after.correct(&corrected);
        if after == *before {
            return Ok(vec![]);
        }
        check::alone(&after)?;
        self.beside(occupant, &after)?;
        Ok(vec![OccupancyEvent::Corrected(corrected)])
    }

    fn move_out(&self, occupant: OccupantId, until: NaiveDate) -> Decision {
        let period = self.known(occupant)?.period;
        match period.until {
            Some(end) if end == until => return Ok(vec![]),
            Some(end) if end < until => return Err(OccupancyRefusal::MovedOut(end)),
            _ if until <= period.from => return Err(OccupancyRefusal::PeriodEmpty),
            _ => {}
        }
        let moved = OccupancyMovedOut { occupant, until };
        Ok(vec![OccupancyEvent::MovedOut(moved)])
    }
}
