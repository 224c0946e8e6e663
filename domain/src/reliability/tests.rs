use serde::Deserialize;

use super::trend::{NoScore, VALUES_MIN, median, score, slope};
use super::*;

/// What scipy has found; `scripts/reference-reliability.py` made it.
#[derive(Deserialize)]
struct Reference {
    weibull: Vec<Case>,
    trend: Points,
    score: Values,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    ended: Vec<f64>,
    going_on: Vec<f64>,
    shape: f64,
    scale: f64,
    risks: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Points {
    points: Vec<(f64, f64)>,
    slope: f64,
}

#[derive(Deserialize)]
struct Values {
    values: Vec<f64>,
    score: f64,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("reference.json")).unwrap()
}

fn close(found: f64, expected: f64, within: f64, what: &str) {
    let off = (found - expected).abs() / expected.abs().max(1e-12);
    assert!(off < within, "{what}: {found}, not {expected}");
}

fn at(hours: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
}

fn spell(since: i64, until: Option<i64>, is_failure: bool) -> Spell {
    Spell {
        since: at(since),
        until: until.map(at),
        is_failure,
    }
}

fn history(now: i64, spells: Vec<Spell>) -> History {
    History {
        in_service_since: at(0),
        observed_since: at(0),
        now: at(now),
        spells,
    }
}

#[test]
fn fits_and_risks_are_those_of_scipy() {
    for case in reference().weibull {
        let fit = Weibull::fit(&case.ended, &case.going_on).unwrap();
        close(fit.shape, case.shape, 1e-6, &case.name);
        close(fit.scale, case.scale, 1e-6, &case.name);
        for (age, risk) in case.risks {
            close(fit.fails_within(age, HORIZON_DAYS), risk, 1e-5, &case.name);
        }
    }
}

#[test]
fn trend_and_score_are_those_of_scipy() {
    let Reference {
        trend, score: of, ..
    } = reference();
    close(slope(&trend.points).unwrap(), trend.slope, 1e-12, "slope");
    let found = score(&of.values).unwrap();
    close(found.score, of.score, 1e-12, "score");
    assert!(found.is_anomaly);
}

#[test]
fn lives_that_tell_nothing_are_told_apart_from_numbers() {
    let degenerate = Err(Degenerate);
    assert_eq!(Weibull::fit(&[10.0, 10.0, 10.0], &[]), degenerate);
    assert_eq!(Weibull::fit(&[10.0, 10.0, 10.0], &[9.0]), degenerate);
    assert_eq!(Weibull::fit(&[10.0], &[20.0]), degenerate);
    assert_eq!(Weibull::fit(&[10.0, 0.0], &[]), degenerate);
    assert_eq!(Weibull::fit(&[10.0, f64::NAN], &[]), degenerate);
    assert_eq!(Weibull::fit(&[], &[1.0]), degenerate);
    // Somebody outlived those who ended at the same age: that is a distribution again.
    assert!(Weibull::fit(&[10.0, 10.0], &[40.0]).is_ok());
    let wild = Weibull {
        shape: 900.0,
        scale: 1e-3,
    };
    for age in [0.0, 1.0, 1e9] {
        let chance = wild.fails_within(age, 30.0);
        assert!((0.0..=1.0).contains(&chance), "{age}: {chance}");
    }
}

#[test]
fn a_life_by_chance_has_no_memory() {
    let exponential = Weibull {
        shape: 1.0,
        scale: 100.0,
    };
    let expected = 1.0 - (-0.3_f64).exp();
    for age in [0.0, 50.0, 1_000.0] {
        close(
            exponential.fails_within(age, 30.0),
            expected,
            1e-9,
            "by chance",
        );
    }
}

/// Failures from hour 100 to 104 and 204 to 206, planned work from 300 to 310, a failure from 406
/// that goes on; now is hour 416.
#[test]
fn the_figures_of_the_past_are_those_counted_by_hand() {
    let figures = history(
        416,
        vec![
            spell(100, Some(104), true),
            spell(204, Some(206), true),
            spell(300, Some(310), false),
            spell(406, None, true),
        ],
    )
    .figures();
    // 104 to 204 and 206 to 406: (100 + 200) / 2 hours.
    assert_eq!((figures.gaps, figures.mtbf_seconds), (2, Some(150 * 3_600)));
    // 4 and 2 hours; the planned work is none, and what goes on is not mended.
    assert_eq!(
        (figures.repairs, figures.mttr_seconds),
        (2, Some(3 * 3_600))
    );
    // 4 + 2 + 10 + 10 of 416 hours.
    assert_eq!(figures.shares.down_seconds, 26 * 3_600);
    assert_eq!(figures.shares.up_seconds, 390 * 3_600);
    close(
        figures.shares.availability.unwrap(),
        390.0 / 416.0,
        1e-12,
        "availability",
    );
    assert_eq!(figures.failures, 3);
}

#[test]
fn what_rests_on_nothing_is_none() {
    let one = history(50, vec![spell(10, Some(20), true)]).figures();
    assert_eq!(
        (one.mtbf_seconds, one.mttr_seconds),
        (None, Some(10 * 3_600))
    );
    let never = history(50, vec![]).figures();
    assert_eq!((never.mtbf_seconds, never.mttr_seconds), (None, None));
    assert_eq!(never.shares.availability, Some(1.0));
    assert_eq!(history(0, vec![]).figures().shares.availability, None);
    // Only what lies between the beginning and now counts.
    let clipped = history(
        50,
        vec![spell(-10, Some(10), true), spell(45, Some(60), true)],
    );
    assert_eq!(clipped.figures().shares.down_seconds, 15 * 3_600);
}

#[test]
fn several_components_at_once_are_one_failure() {
    let lives = Lives::of(&history(
        1_000,
        vec![
            spell(240, Some(240), true),
            spell(240, Some(240), true),
            spell(480, Some(492), true),
        ],
    ));
    assert_eq!(lives.ended, [10.0, 10.0]);
    assert_eq!(lives.going_on, Some(days(at(1_000) - at(492))));
    assert_eq!(lives.failures, 2);
    let down = Lives::of(&history(100, vec![spell(24, None, true)]));
    assert_eq!((down.ended, down.going_on), (vec![1.0], None));
}

#[test]
fn a_risk_rests_on_the_piece_from_five_failures_on_and_on_the_model_from_two() {
    let lives = |ended: &[f64]| Lives {
        failures: ended.len(),
        ended: ended.to_vec(),
        going_on: Some(12.0),
    };
    let others = [lives(&[30.0, 55.0, 70.0]), lives(&[])];
    let pool = |own: &Lives| [std::slice::from_ref(own), &others[..]].concat();
    for (few, why) in [
        (lives(&[]), NoRisk::TooFewFailures),
        (lives(&[10.0]), NoRisk::TooFewFailures),
    ] {
        assert_eq!(risk(&few, &pool(&few)), Err(why));
    }
    let two = lives(&[20.0, 45.0]);
    let pooled = risk(&two, &pool(&two)).unwrap();
    assert_eq!(
        (pooled.basis, pooled.failures, pooled.survivors),
        (Basis::Model, 5, 3)
    );
    assert_eq!(risk(&two, &[]), Err(NoRisk::ModelUnknown));
    let five = lives(&[20.0, 45.0, 33.0, 28.0, 51.0]);
    let own = risk(&five, &pool(&five)).unwrap();
    assert_eq!((own.basis, own.failures, own.survivors), (Basis::Own, 5, 1));
    let down = Lives {
        going_on: None,
        ..five
    };
    assert_eq!(risk(&down, &[]), Err(NoRisk::IsDown));
    let equal = lives(&[12.0; 6]);
    assert_eq!(risk(&equal, &[]), Err(NoRisk::FitDegenerate));
}

#[test]
fn medians_and_scores_know_what_they_cannot_say() {
    assert_eq!(median(vec![]), None);
    assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    assert_eq!(slope(&[(1.0, 1.0)]), None);
    assert_eq!(slope(&[(1.0, 1.0), (1.0, 2.0)]), None);
    assert_eq!(score(&[1.0; VALUES_MIN - 1]), Err(NoScore::TooFewValues));
    assert_eq!(score(&[1.0; VALUES_MIN]), Err(NoScore::NoSpread));
}

#[test]
fn a_life_whose_beginning_nobody_saw_tells_nothing_by_its_end() {
    let seen_from = |hours, spells| History {
        in_service_since: at(-10_000),
        observed_since: at(0),
        ..history(hours, spells)
    };
    let spells = vec![spell(24, Some(24), true), spell(72, Some(72), true)];
    let lives = Lives::of(&seen_from(96, spells));
    assert_eq!((lives.failures, lives.ended), (2, vec![2.0]));
    // It has lived as long as we have looked, at least.
    let never = Lives::of(&seen_from(96, vec![]));
    assert_eq!((never.failures, never.going_on), (0, Some(4.0)));
}
