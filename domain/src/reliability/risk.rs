//! The risk that a piece fails within the month ahead.

use super::{Degenerate, History, Weibull, days};

/// How far ahead is looked.
pub const HORIZON_DAYS: f64 = 30.0;
/// From so many failures of its own on, a piece is told by them alone.
pub const SINGLE_FROM: usize = 5;
/// From so many on, by those of all pieces of its model; below, nothing is told.
pub const POOLED_FROM: usize = 2;

/// How long a piece lived from one failure to the next, in days. Failures of several components at
/// once are one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lives {
    /// How many failures there were.
    pub failures: usize,
    /// Those that ended in a failure.
    pub ended: Vec<f64>,
    /// The one that goes on; none while the piece is down.
    pub going_on: Option<f64>,
}

/// Whose failures the fit rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Those of the piece alone.
    Own,
    /// Those of all pieces of its model.
    Model,
}

/// A risk, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Risk {
    /// The chance of a failure within the horizon.
    pub probability: f64,
    /// Whose failures it rests on.
    pub basis: Basis,
    /// How many lives that ended it rests on.
    pub failures: usize,
    /// How many lives that still go on.
    pub survivors: usize,
    /// The distribution, in days.
    pub fit: Weibull,
    /// How long the piece has lived since its last failure, in days.
    pub age_days: f64,
}

/// Why there is no risk to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRisk {
    /// Fewer than two failures.
    TooFewFailures,
    /// Too few of its own, and there is no model to ask others of.
    ModelUnknown,
    /// It is down at this moment.
    IsDown,
    /// The lives do not tell a distribution, as when all are equal.
    FitDegenerate,
}

impl NoRisk {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewFailures => "too_few_failures",
            Self::ModelUnknown => "model_unknown",
            Self::IsDown => "equipment_is_down",
            Self::FitDegenerate => "fit_degenerate",
        }
    }
}

impl From<Degenerate> for NoRisk {
    fn from(_: Degenerate) -> Self {
        Self::FitDegenerate
    }
}

impl Lives {
    /// The lives of a piece.
    pub fn of(history: &History) -> Self {
        // Where its service began before we looked, its first life is longer than we know: the
        // end of it tells nothing of its length. As long as it goes on, it is at least so long.
        let is_new = history.in_service_since >= history.observed_since;
        let mut from = is_new.then_some(history.in_service_since);
        let mut lives = Self::default();
        let mut last_end = None;
        for failure in history.failures() {
            // What fails again at the very end of a failure has failed once.
            if last_end.is_none_or(|end| failure.since > end) {
                lives.failures += 1;
                lives
                    .ended
                    .extend(from.map(|from| days(failure.since - from)));
            }
            from = failure.until;
            last_end = failure.until;
        }
        lives.ended.retain(|life| *life > 0.0);
        let from = last_end.unwrap_or(history.in_service_since.max(history.observed_since));
        let going_on = (!history.is_down()).then(|| days(history.now - from));
        lives.going_on = going_on.filter(|life| *life > 0.0);
        lives
    }
}

/// The risk of the piece with the lives `own`, whose model has the lives `model`, its own among
/// them; none where its model is not known.
pub fn risk(own: &Lives, model: &[Lives]) -> Result<Risk, NoRisk> {
    let (basis, lives) = match own.failures {
        few if few < POOLED_FROM => return Err(NoRisk::TooFewFailures),
        some if some < SINGLE_FROM && model.is_empty() => return Err(NoRisk::ModelUnknown),
        some if some < SINGLE_FROM => (Basis::Model, model),
        _ => (Basis::Own, std::slice::from_ref(own)),
    };
    let age_days = own.going_on.ok_or(NoRisk::IsDown)?;
    let ended: Vec<f64> = lives.iter().flat_map(|l| l.ended.iter().copied()).collect();
    let going_on: Vec<f64> = lives.iter().filter_map(|l| l.going_on).collect();
    let fit = Weibull::fit(&ended, &going_on)?;
    Ok(Risk {
        probability: fit.fails_within(age_days, HORIZON_DAYS),
        basis,
        failures: ended.len(),
        survivors: going_on.len(),
        fit,
        age_days,
    })
}
