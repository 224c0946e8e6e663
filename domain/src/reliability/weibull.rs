//! A two-parameter Weibull distribution, fitted by maximum likelihood to lives that ended and to
//! lives that still go on.

/// Beyond this shape nothing is left of chance: all lives are as good as equal.
pub const SHAPE_MAX: f64 = 1_000.0;
const SHAPE_MIN: f64 = 1e-3;
/// Each step halves the interval, so this is as exact as the numbers are.
const STEPS: u32 = 200;

/// The distribution of a life: `R(t) = exp(-(t / scale)^shape)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weibull {
    /// Below 1 it fails early, at 1 by chance, above 1 by wear.
    pub shape: f64,
    /// The age at which 63.2 % have failed, in the unit of the lives.
    pub scale: f64,
}

/// The lives do not tell a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Degenerate;

impl Weibull {
    /// The likeliest distribution of lives that `ended` and of lives that are `censored`: still
    /// going on, or ended for another reason. All have to be above zero.
    ///
    /// The shape is where the derivative of the profile likelihood is zero:
    /// `Σ t^k ln t / Σ t^k - 1/k - mean(ln ended) = 0` over all lives in the sums. It rises with
    /// `k`, so there is one such `k` or, where nobody outlived those that ended at the same age,
    /// none.
    pub fn fit(ended: &[f64], censored: &[f64]) -> Result<Self, Degenerate> {
        let all = || ended.iter().chain(censored).copied();
        if ended.len() < 2 || all().any(|life| !life.is_finite() || life <= 0.0) {
            return Err(Degenerate);
        }
        // In parts of the longest life no power overflows.
        let longest = all().fold(0.0, f64::max);
        let logs: Vec<f64> = all().map(|life| (life / longest).ln()).collect();
        let count = count(ended.len());
        let mean_log = logs[..ended.len()].iter().sum::<f64>() / count;
        let slope = |shape: f64| {
            let (powers, weighted) = sums(&logs, shape);
            weighted / powers - 1.0 / shape - mean_log
        };
        if slope(SHAPE_MAX) <= 0.0 {
            return Err(Degenerate);
        }
        let (mut low, mut high) = (SHAPE_MIN, SHAPE_MAX);
        for _ in 0..STEPS {
            let middle = f64::midpoint(low, high);
            if slope(middle) < 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        let shape = f64::midpoint(low, high);
        let (powers, _) = sums(&logs, shape);
        let scale = longest * (powers / count).powf(1.0 / shape);
        let fit = Self { shape, scale };
        if fit.scale.is_finite() && fit.scale > 0.0 {
            Ok(fit)
        } else {
            Err(Degenerate)
        }
    }

    /// The chance that who has come to `age` does not come to `age + more`:
    /// `1 - R(age + more) / R(age)`.
    pub fn fails_within(&self, age: f64, more: f64) -> f64 {
        let hazard = |age: f64| (age / self.scale).powf(self.shape);
        let chance = -(hazard(age) - hazard(age + more)).exp_m1();
        // Both hazards can be too large to be told apart only where nothing is left to hope for.
        if chance.is_finite() {
            chance.clamp(0.0, 1.0)
        } else {
            1.0
        }
    }
}

/// `Σ t^k` and `Σ t^k ln t`, of logarithms of lives.
fn sums(logs: &[f64], shape: f64) -> (f64, f64) {
    logs.iter().fold((0.0, 0.0), |(powers, weighted), log| {
        let power = (shape * log).exp();
        (powers + power, weighted + power * log)
    })
}

fn count(of: usize) -> f64 {
    u32::try_from(of).map_or(f64::from(u32::MAX), f64::from)
}
