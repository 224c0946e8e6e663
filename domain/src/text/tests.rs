use super::*;

fn fault(result: Result<(), FieldFault>) -> Option<TextFault> {
    result.err().map(|field| field.fault)
}

#[test]
fn a_line_is_visible_fits_and_has_no_control_characters() {
    assert_eq!(line("/name", "Ada", 3), Ok(()));
    assert_eq!(line("/name", "éàü", 3), Ok(()));
    let too_long = TextFault::TooLong { chars_max: 3 };
    assert_eq!(fault(line("/name", "Adas", 3)), Some(too_long));
    assert_eq!(fault(line("/name", "", 3)), Some(TextFault::Blank));
    assert_eq!(fault(line("/name", "\t \n", 3)), Some(TextFault::Blank));
    for text in ["a\0", "a\nb", "a\tb", "a\u{7f}", "a\u{85}"] {
        assert_eq!(
            fault(line("/name", text, 3)),
            Some(TextFault::Control),
            "{text:?}"
        );
    }
}

#[test]
fn longer_texts_may_have_line_breaks_and_tabs_but_no_nul() {
    assert_eq!(lines("/reason", "a\r\n\tb", 9), Ok(()));
    assert_eq!(fault(lines("/reason", "a\0b", 9)), Some(TextFault::Control));
    assert_eq!(
        fault(lines("/reason", "a\u{1b}b", 9)),
        Some(TextFault::Control)
    );
}

#[test]
fn a_word_is_snake_case() {
    assert_eq!(word("/step", "take_2", 9), Ok(()));
    for text in ["2a", "_a", "a b", "A", "a-b", "é"] {
        assert_eq!(
            fault(word("/step", text, 9)),
            Some(TextFault::NoWord),
            "{text}"
        );
    }
}

#[test]
fn a_fault_names_its_field_and_what_to_do() {
    let sentence = line("/name", "Adas", 3).unwrap_err().to_string();
    assert_eq!(sentence, "`/name` is too long; write 3 characters at most");
    for fault in [
        TextFault::Blank,
        TextFault::Control,
        TextFault::Invisible,
        TextFault::Bidi,
        TextFault::NoWord,
        TextFault::TooLong { chars_max: 1 },
    ] {
        assert!(fault.to_string().contains("; "), "{fault}");
        assert!(fault.code().starts_with("text_"));
    }
}

#[test]
fn a_text_is_compared_by_what_it_says_and_not_by_its_code_points() {
    for (one, other) in [
        ("Hauptstraße 1", "HAUPTSTRASSE  1"),
        ("É-1", "E\u{301}-1"),
        ("É-1", "e\u{301}-1"),
        ("B 1", " b \u{a0}\t1\u{202f}"),
        ("ΟΔΟΣ", "οδος"),
        ("ﬁn", "FIN"),
        ("Ann", "A\u{200b}nn"),
        ("\u{feff}A1", "a1"),
        ("\u{1e9e}", "SS"),
    ] {
        assert_eq!(folded(one), folded(other), "{one} {other}");
        assert!(is_same(one, other), "{one} {other}");
    }
    for (one, other) in [
        ("B 1", "B1"),
        ("01", "1"),
        ("é", "e"),
        ("A1", "A1 b"),
        ("", "a"),
    ] {
        assert_ne!(folded(one), folded(other));
        assert!(!is_same(one, other), "{one} {other}");
    }
}

#[test]
fn texts_enter_composed_and_labels_with_single_spaces() {
    assert_eq!(composed("e\u{301}"), "é");
    assert_eq!(composed("a  b"), "a  b");
    assert_eq!(label("  B \u{2003}\u{a0} e\u{301}\n1 "), "B é 1");
    assert_eq!(trimmed("\u{feff} x\u{3000}"), "x");
    let kept = label("Straße  7");
    assert_eq!((label(&kept), kept.as_str()), (kept.clone(), "Straße 7"));
}

#[test]
fn names_that_show_nothing_and_controls_of_direction_are_refused() {
    for text in [
        "\u{200b}",
        "\u{3164}",
        "\u{2800}\u{a0}",
        "\u{ad}\u{2060}",
        "\u{e0041}",
    ] {
        assert_eq!(
            fault(line("/name", text, 9)),
            Some(TextFault::Invisible),
            "{text:?}"
        );
    }
    for text in [
        "gpj\u{202e}exe",
        "\u{200f}a",
        "a\u{2066}b\u{2069}",
        "\u{61c}1",
    ] {
        assert_eq!(
            fault(line("/name", text, 9)),
            Some(TextFault::Bidi),
            "{text:?}"
        );
        assert_eq!(
            fault(lines("/name", text, 9)),
            Some(TextFault::Bidi),
            "{text:?}"
        );
    }
    // Joiners are letters of Persian and Hindi, and parts of emoji.
    for text in ["می\u{200c}خواهم", "👩\u{200d}🚒", "שלום", "é"] {
        assert_eq!(line("/name", text, 20), Ok(()), "{text}");
    }
}
