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
        TextFault::NoWord,
        TextFault::TooLong { chars_max: 1 },
    ] {
        assert!(fault.to_string().contains("; "), "{fault}");
        assert!(fault.code().starts_with("text_"));
    }
}
