//! By what the fields of a text are separated.

/// The separators that are looked for.
const KNOWN: [u8; 3] = [b',', b';', b'\t'];

/// By what the fields of a text are separated, and where its table begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Separated {
    /// The separator.
    pub by: u8,
    /// The bytes of the line `sep=;` in front, by which some programs say so; 0 where there is
    /// none.
    pub skip: usize,
}

/// Looks at the beginning of a text: at what it says itself, or else at which separator stands most
/// often outside of quotation marks in the first record that is not blank.
pub(in crate::import) fn separated(text: &[u8]) -> Separated {
    if let Some(said) = said(text) {
        return said;
    }
    let mut counts = [0_usize; KNOWN.len()];
    let (mut quoted, mut blank) = (false, true);
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                if !blank {
                    break;
                }
                counts = [0; KNOWN.len()];
            }
            byte if quoted => blank &= byte.is_ascii_whitespace(),
            byte => match KNOWN.iter().position(|known| known == byte) {
                Some(place) => counts[place] += 1,
                None => blank &= byte.is_ascii_whitespace(),
            },
        }
    }
    let most = KNOWN
        .iter()
        .zip(counts)
        .rev()
        .max_by_key(|(_, count)| *count);
    let by = most
        .filter(|(_, count)| *count > 0)
        .map_or(b',', |(by, _)| *by);
    Separated { by, skip: 0 }
}

fn said(text: &[u8]) -> Option<Separated> {
    let end = text
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |at| at + 1);
    let line = text.get(..end)?.trim_ascii_end();
    // A tab at the end of the line is what is said.
    let line = if line.eq_ignore_ascii_case(b"sep=") {
        text.get(..line.len() + 1)?
    } else {
        line
    };
    let line = line
        .strip_prefix(b"\"")
        .map_or(line, |l| l.strip_suffix(b"\"").unwrap_or(l));
    let (name, by) = line.split_at_checked(4)?;
    match by {
        [by] if name.eq_ignore_ascii_case(b"sep=")
            && by.is_ascii()
            && !matches!(by, b'\r' | b'\n') =>
        {
            Some(Separated { by: *by, skip: end })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_count_outside_of_quotation_marks_in_the_first_record_that_says_something() {
        for (text, by) in [
            ("a,b", b','),
            ("a;b\n1,2,3,4", b';'),
            ("a\tb", b'\t'),
            ("\"a, b, or none\";b\n", b';'),
            ("\r\n\r\nlot;kind\r\n", b';'),
            (";;;\n\"\";\"\"\nlot,kind\n", b','),
            ("\"two\nlines, of, one\";b\nc,d,e", b';'),
            ("alone\n", b','),
            ("", b','),
        ] {
            assert_eq!(
                separated(text.as_bytes()),
                Separated { by, skip: 0 },
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_text_may_say_its_separator() {
        for (text, by, skip) in [
            ("sep=;\r\nlot;kind", b';', 7),
            ("SEP=,\nlot,kind", b',', 6),
            ("\"sep=|\"\nlot|kind", b'|', 8),
            ("sep=\t\r\nlot\tkind", b'\t', 7),
        ] {
            assert_eq!(
                separated(text.as_bytes()),
                Separated { by, skip },
                "{text:?}"
            );
        }
        for text in ["sep=\n;a", "sep=ab\n", "separate;x\n"] {
            assert_eq!(separated(text.as_bytes()).skip, 0, "{text:?}");
        }
    }
}
