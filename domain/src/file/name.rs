//! The name of a file as people read it. No path is ever made of it.

use super::ContentType;
use super::decide::NAME_CHARS_MAX;

/// What a client calls a file, without what could deceive: folders, control characters, signs that
/// turn the direction of reading, and an ending that is another than its content has.
pub fn clean_name(name: &str, content: ContentType) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| !deceives(*c)).collect();
    let seen = seen.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let stem = if seen.is_empty() { "file" } else { seen };
    let ends_well = stem.rsplit_once('.').is_some_and(|(before, ending)| {
        let ending = ending.to_lowercase();
        !before.is_empty() && content.endings().contains(&ending.as_str())
    });
    if ends_well && stem.chars().count() <= NAME_CHARS_MAX {
        return stem.to_owned();
    }
    let ending = content.endings()[0];
    let room = NAME_CHARS_MAX - ending.len() - 1;
    let stem = match stem.rsplit_once('.') {
        Some((before, _)) if ends_well => before,
        _ => stem,
    };
    let short: String = stem.chars().take(room).collect();
    format!("{}.{ending}", short.trim_end_matches(['.', ' ']))
}

/// Control characters, and those that make a name read as another.
fn deceives(c: char) -> bool {
    let turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || turns
}
