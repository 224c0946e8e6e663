//! What a comparison has found, in lines.

use projections::{Comparison, Difference};
use serde_json::Value;

use crate::table::plain;

/// What a comparison has found, in lines.
pub fn lines(name: &str, comparison: &Comparison) -> Vec<String> {
    let Comparison {
        position,
        rows,
        differences,
        notes,
    } = comparison;
    let mut lines = vec![if differences.is_empty() {
        format!("{name}: equal at position {position} ({rows} rows)")
    } else {
        format!("{name}: DIFFERENT at position {position} ({rows} rows); the first differences:")
    }];
    lines.extend(differences.iter().flat_map(of_row));
    lines.extend(notes.iter().map(|note| format!("  note: {note}")));
    lines.iter().map(|line| plain(line)).collect()
}

fn of_row(difference: &Difference) -> Vec<String> {
    let row = format!("  {} {}", difference.table, difference.key);
    match (difference.in_live, difference.in_other) {
        (true, false) => vec![format!("{row}: only in the live table")],
        (false, true) => vec![format!("{row}: only in the replay")],
        _ => std::iter::once(row)
            .chain(difference.columns.iter().map(of_column))
            .collect(),
    }
}

fn of_column((column, live, replay): &(String, Value, Value)) -> String {
    format!("    {column}: live {live}, replay {replay}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_told_row_by_row() {
        let difference = |in_live, in_other| Difference {
            table: "user".to_owned(),
            key: json!({"id": 1}),
            columns: vec![("name".to_owned(), json!("Ann"), json!("Eve"))],
            in_live,
            in_other,
        };
        let comparison = Comparison {
            position: 7,
            rows: 3,
            differences: vec![
                difference(true, true),
                difference(true, false),
                difference(false, true),
            ],
            notes: vec!["`user.x` is new".to_owned()],
        };
        assert_eq!(
            lines("users", &comparison),
            [
                "users: DIFFERENT at position 7 (3 rows); the first differences:",
                "  user {\"id\":1}",
                "    name: live \"Ann\", replay \"Eve\"",
                "  user {\"id\":1}: only in the live table",
                "  user {\"id\":1}: only in the replay",
                "  note: `user.x` is new"
            ]
        );
        let equal = Comparison {
            differences: vec![],
            notes: vec![],
            ..comparison
        };
        assert_eq!(
            lines("users", &equal),
            ["users: equal at position 7 (3 rows)"]
        );
    }
}
