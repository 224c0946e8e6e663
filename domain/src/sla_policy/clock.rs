//! A clock that is read, never moved: what it shows follows from the segments alone.
//!
//! Nothing is ever added to a stored date. A change of the target, of the calendar or of what
//! pauses is a new reading of the same segments, so that no pause is lost and none counted twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::Calendar;

/// What a clock does for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// It runs, in the hours of the calendar.
    Running,
    /// It stands still, because nothing can be done.
    Paused,
    /// It stands still, because what it measures is done.
    Stopped,
}

/// A stretch of time in which a clock did one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What it did.
    pub motion: Motion,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; still, where there is none.
    pub to: Option<DateTime<Utc>>,
}

/// What a clock shows at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// How long it may run.
    pub target: TimeDelta,
    /// How long it has run, in the hours of the calendar.
    pub elapsed: TimeDelta,
    /// How long it was paused, in the hours of the calendar.
    pub paused: TimeDelta,
    /// What it does at that instant.
    pub motion: Motion,
    /// When the target is or was reached, if it goes on as it does: none while it stands still
    /// below its target.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the target was missed.
    pub breached: bool,
    /// By how much, in the hours of the calendar.
    pub late_by: TimeDelta,
}

/// What a clock shows at `now` that may run for `target`, or, where a deadline was set by hand,
/// until `by_hand`, which no pause moves.
///
/// Nothing is breached while it is paused: what ran out meanwhile is breached when the pause ends.
pub fn read(
    calendar: &Calendar,
    target: TimeDelta,
    segments: &[Segment],
    by_hand: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Clock {
    let mut clock = Clock {
        target,
        elapsed: TimeDelta::zero(),
        paused: TimeDelta::zero(),
        motion: segments.last().map_or(Motion::Stopped, |last| last.motion),
        due_at: by_hand,
        breached: false,
        late_by: TimeDelta::zero(),
    };
    let mut after_deadline = TimeDelta::zero();
    for segment in segments {
        let to = segment.to.unwrap_or(now).max(segment.from);
        match segment.motion {
            // What is done may have been so for years: its hours are not looked at.
            Motion::Stopped => {}
            Motion::Paused => clock.paused += calendar.between(segment.from, to),
            Motion::Running => {
                let counts = calendar.between(segment.from, to);
                let left = target - clock.elapsed;
                let reached = counts >= left || segment.to.is_none();
                if clock.due_at.is_none() && left >= TimeDelta::zero() && reached {
                    clock.due_at = calendar.after(segment.from, left);
                }
                clock.elapsed += counts;
                if let Some(deadline) = by_hand.filter(|deadline| *deadline < to) {
                    clock.breached = true;
                    after_deadline += calendar.between(segment.from.max(deadline), to);
                }
            }
        }
    }
    let runs = clock.motion == Motion::Running;
    if let Some(deadline) = by_hand {
        clock.breached |= runs && now >= deadline;
        clock.late_by = after_deadline;
    } else {
        clock.breached = clock.elapsed > target || (runs && clock.elapsed >= target);
        clock.late_by = (clock.elapsed - target).max(TimeDelta::zero());
    }
    clock
}
