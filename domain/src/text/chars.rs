//! Characters that show nothing, or change how others are shown.

/// Whether the character sets or changes the direction of text (the property `Bidi_Control`).
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the character is one that shows nothing where it is not supported (the property
/// `Default_Ignorable_Code_Point`).
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether nothing is to be seen of the character: also white space, the blank of Braille, and
/// marks that stand for nothing.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || is_ignorable(c)
        || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{1d159}')
}
