//! What may have been meant by a word that is not known.

/// Those of `known` that are nearest to `word`, the nearest first; none if all are far away.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let near_enough = (word.chars().count() / 3).max(2);
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .map(|known| (distance(word, known), known))
        .filter(|(distance, known)| *distance <= near_enough || is_begun(word, known))
        .collect();
    found.sort_unstable();
    found.truncate(3);
    found
        .into_iter()
        .map(|(_, known)| known.to_owned())
        .collect()
}

/// Whether `word` is the beginning of `known`, or the other way round.
fn is_begun(word: &str, known: &str) -> bool {
    !word.is_empty() && (known.starts_with(word) || word.starts_with(known))
}

/// How many letters have to be put in, taken out or replaced to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["users", "buildings", "bookings", "analytics"];

    #[test]
    fn distances_count_letters() {
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("é", "e"), 1);
    }

    #[test]
    fn slips_of_the_finger_are_understood() {
        assert_eq!(nearest("user", KNOWN), ["users"]);
        assert_eq!(nearest("bokings", KNOWN), ["bookings"]);
        assert_eq!(nearest("anal", KNOWN), ["analytics"]);
        assert_eq!(nearest("zebra", KNOWN), Vec::<String>::new());
        assert_eq!(nearest("", KNOWN), Vec::<String>::new());
    }
}
