//! Tables for people: aligned columns, and nothing that a terminal would obey.

/// Replaces what a terminal would take for an order.
pub fn plain(text: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(visible).collect()
}

/// The lines of a table with these heads. Columns of numbers stand to the right.
pub fn lines(heads: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| plain(cell)).collect())
        .collect();
    let column = |n: usize| rows.iter().filter_map(move |row| row.get(n));
    let width = |n: usize| {
        column(n)
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let is_number =
        |n: usize| column(n).next().is_some() && column(n).all(|cell| cell.parse::<i64>().is_ok());
    let columns: Vec<(usize, bool)> = heads
        .iter()
        .enumerate()
        .map(|(n, head)| (width(n).max(head.chars().count()), is_number(n)))
        .collect();
    let line = |cells: Vec<&str>| {
        let cells: Vec<String> = cells
            .into_iter()
            .zip(&columns)
            .map(|(cell, (width, number))| {
                if *number {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let body = rows
        .iter()
        .map(|row| line(row.iter().map(String::as_str).collect()));
    std::iter::once(line(heads.to_vec())).chain(body).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_numbers_stand_to_the_right() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["users", "7", ""]), row(["é", "120", "no\x1b[2J"])];
        assert_eq!(
            lines(&["name", "lag", "why"], &rows),
            ["name   lag  why", "users    7", "é      120  no\u{fffd}[2J"]
        );
    }

    #[test]
    fn an_empty_table_has_its_heads() {
        assert_eq!(lines(&["a", "b"], &[]), ["a  b"]);
    }
}
