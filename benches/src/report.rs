//! The figures as Markdown.

use std::fmt::Write;
use std::time::Duration;

use crate::row::{OURS, Row, find};
use crate::target::{Bound, Target};
use crate::workloads::Workload;

/// The section of one workload: its rows, and what was asked of them.
pub fn section(workload: &Workload, rows: &[Row]) -> String {
    let mut text = format!("\n## {} — {}\n\n", workload.name, workload.title);
    if !workload.explained.is_empty() {
        let _ = writeln!(text, "{}\n", workload.explained);
    }
    text.push_str(
        "| setting | side | count | rate | unit | p50 ms | p99 ms | CPU client | CPU server | ours ÷ side |\n\
         | --- | --- | --: | --: | --- | --: | --: | --: | --: | --: |\n",
    );
    let mut notes: Vec<String> = Vec::new();
    for row in rows {
        text.push_str(&line(row, rows));
        let note = format!("- {}: {}", row.side, row.note);
        if !row.note.is_empty() && !notes.contains(&note) {
            notes.push(note);
        }
    }
    if !notes.is_empty() {
        let _ = writeln!(text, "\n{}", notes.join("\n"));
    }
    text.push_str(&asked(workload.targets, rows));
    text
}

fn line(row: &Row, rows: &[Row]) -> String {
    let ratio = match find(rows, &row.setting, OURS) {
        Some(ours) if row.side != OURS => format!("{:.2}", ours.rate / row.rate),
        _ => String::new(),
    };
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {:.2} | {:.2} | {ratio} |\n",
        row.setting,
        row.side,
        grouped(row.count),
        rate(row.rate),
        row.unit,
        row.p50.map(millis).unwrap_or_default(),
        row.p99.map(millis).unwrap_or_default(),
        row.cpu_client,
        row.cpu_postgres,
    )
}

fn asked(targets: &[Target], rows: &[Row]) -> String {
    if targets.is_empty() {
        return String::new();
    }
    let mut text = "\n| what is asked | measured | floor | | goal | |\n\
         | --- | --: | --: | --- | --: | --- |\n"
        .to_owned();
    for target in targets {
        let measured = target.measured(rows);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            target.what,
            measured.map_or_else(
                || "not measured".to_owned(),
                |figure| format!("{figure:.2}")
            ),
            verdict(target.floor, measured),
            verdict(target.goal, measured),
        );
    }
    text
}

fn verdict(bound: Option<Bound>, measured: Option<f64>) -> String {
    match (bound, measured) {
        (None, _) => " | ".to_owned(),
        (Some(bound), None) => format!("{bound} | "),
        (Some(bound), Some(figure)) if bound.holds(figure) => format!("{bound} | met"),
        (Some(bound), Some(_)) => format!("{bound} | **not met**"),
    }
}

fn millis(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1_000.0;
    if millis < 10.0 {
        format!("{millis:.2}")
    } else {
        format!("{millis:.0}")
    }
}

/// A rate to as many places as it bears.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rounded rate is a small whole number above zero"
)]
fn rate(rate: f64) -> String {
    if rate < 100.0 {
        format!("{rate:.1}")
    } else {
        grouped(rate.round() as u64)
    }
}

/// A whole number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
