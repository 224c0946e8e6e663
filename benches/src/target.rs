//! What is asked of the figures.

use crate::row::{Row, ratio};

/// A bound that a figure is held against.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// It must be as large.
    AtLeast(f64),
    /// It may not be larger.
    AtMost(f64),
}

impl Bound {
    /// Whether the figure keeps to it.
    pub fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(least) => figure >= least,
            Self::AtMost(most) => figure <= most,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::AtMost(most) => write!(f, "≤ {most}"),
        }
    }
}

/// How a figure is drawn from the rows of a workload; `None` where a side was not measured.
#[derive(Clone, Copy)]
pub enum Figure {
    /// The rate of the first side over that of the second in a setting.
    Ratio(&'static str, &'static str, &'static str),
    /// Anything else.
    Of(fn(&[Row]) -> Option<f64>),
}

/// What is asked of one figure of a workload.
#[derive(Clone, Copy)]
pub struct Target {
    /// What the figure is.
    pub what: &'static str,
    /// How it is drawn from the rows.
    pub figure: Figure,
    /// What must hold.
    pub floor: Option<Bound>,
    /// What we are here for.
    pub goal: Option<Bound>,
}

impl Target {
    /// A figure that is to be large.
    pub const fn least(what: &'static str, figure: Figure, floor: f64, goal: f64) -> Self {
        Self {
            what,
            figure,
            floor: Some(Bound::AtLeast(floor)),
            goal: Some(Bound::AtLeast(goal)),
        }
    }

    /// A figure that is to be small.
    pub const fn most(what: &'static str, figure: Figure, floor: f64, goal: f64) -> Self {
        Self {
            what,
            figure,
            floor: Some(Bound::AtMost(floor)),
            goal: Some(Bound::AtMost(goal)),
        }
    }

    /// A figure of which only a goal is asked.
    pub const fn goal(what: &'static str, figure: Figure, goal: Bound) -> Self {
        Self {
            what,
            figure,
            floor: None,
            goal: Some(goal),
        }
    }

    /// The figure, where it was measured.
    pub fn measured(&self, rows: &[Row]) -> Option<f64> {
        match self.figure {
            Figure::Ratio(setting, side, other) => ratio(rows, setting, side, other),
            Figure::Of(draw) => draw(rows),
        }
    }
}
