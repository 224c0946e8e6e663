//! Where a meter is going, and whether its last reading is out of the ordinary.

/// A modified z-score beyond this is out of the ordinary.
pub const SCORE_MAX: f64 = 3.5;
/// Fewer values than this say nothing of what is ordinary.
pub const VALUES_MIN: usize = 6;
/// The median absolute deviation of a normal distribution, in standard deviations.
const NORMAL: f64 = 0.674_5;

/// How far a value is from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// `0.6745 (x - median) / MAD`.
    pub score: f64,
    /// Whether that is out of the ordinary.
    pub is_anomaly: bool,
}

/// Why there is no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoScore {
    /// Too few values.
    TooFewValues,
    /// Half of the values are equal, so that none is far from them or near.
    NoSpread,
}

impl NoScore {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewValues => "too_few_values",
            Self::NoSpread => "no_spread",
        }
    }
}

/// The middle of `values`; of two in the middle, their mean. None of nothing.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

/// The slope of Theil and Sen: the median of the slopes of all pairs of points with different `x`.
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let pairs = points
        .iter()
        .enumerate()
        .flat_map(|(n, one)| points[n + 1..].iter().map(move |other| (one, other)));
    let slopes = pairs.filter_map(|((x0, y0), (x1, y1))| {
        let run = x1 - x0;
        (run != 0.0).then(|| (y1 - y0) / run)
    });
    median(slopes.collect())
}

/// How far the last of `values` is from all of them.
pub fn score(values: &[f64]) -> Result<Score, NoScore> {
    let (Some(last), true) = (values.last(), values.len() >= VALUES_MIN) else {
        return Err(NoScore::TooFewValues);
    };
    let middle = median(values.to_vec()).ok_or(NoScore::TooFewValues)?;
    let deviations = values.iter().map(|value| (value - middle).abs());
    let spread = median(deviations.collect()).ok_or(NoScore::TooFewValues)?;
    if spread == 0.0 {
        return Err(NoScore::NoSpread);
    }
    let score = NORMAL * (last - middle) / spread;
    Ok(Score {
        score,
        is_anomaly: score.abs() > SCORE_MAX,
    })
}
