//! Which passwords are refused: those that are guessed soon, by length or by what they are made of.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use zxcvbn::{Score, zxcvbn};

/// A password of so many characters may be as plain as one likes, as long as it is not among those
/// that are tried first.
const PASSWORD_CHARS_PLAIN: usize = 12;
/// The fewest characters of a password; one that is shorter than the above must be hard to guess.
const PASSWORD_CHARS_MIN: usize = 8;
/// The most bytes of a password: hashing without a bound would be an attack on the processor.
const PASSWORD_BYTES_MAX: usize = 1_024;
/// What a guesser knows of this place.
const OF_THIS_PLACE: &[&str] = &["cadastre"];

/// A password as it is hashed: composed (NFC), with every kind of space as the plain one, so that
/// one password typed on two keyboards is one (`OpaqueString` of RFC 8265).
pub fn normalised(password: &str) -> Cow<'_, str> {
    let is_other_space = |c: char| c != ' ' && c.is_whitespace() && !c.is_control();
    if is_nfc(password) && !password.contains(is_other_space) {
        return Cow::Borrowed(password);
    }
    let plain = |c: char| if is_other_space(c) { ' ' } else { c };
    Cow::Owned(password.chars().map(plain).nfc().collect())
}

/// What is wrong with `password` for the user with `email`: a stable code and a sentence.
///
/// The lists of leaked passwords are those of zxcvbn, which also finds them with other capitals,
/// spelt backwards, with digits for letters, and in a row.
pub fn weakness(password: &str, email: &str) -> Option<(&'static str, String)> {
    // Before anything else is done with it.
    if password.len() > PASSWORD_BYTES_MAX {
        let detail = format!("A password has at most {PASSWORD_BYTES_MAX} bytes.");
        return Some(("password_too_long", detail));
    }
    let password = &*normalised(password);
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        let detail = format!(
            "A password has at least {PASSWORD_CHARS_PLAIN} characters, or \
             {PASSWORD_CHARS_MIN} that are hard to guess."
        );
        return Some(("password_too_short", detail));
    }
    if password.contains(char::is_control) {
        let detail = "A password has no control characters, such as a tab or a line break.";
        return Some(("password_control_character", detail.to_owned()));
    }
    let (plain, email) = (password.to_lowercase(), email.trim().to_lowercase());
    let local = email.split('@').next().unwrap_or_default();
    // A short name in front of the `@` is found in many a good password by chance.
    if plain == email || (local.chars().count() >= 4 && plain.contains(local)) {
        let detail = "The password contains the e-mail address; choose another.";
        return Some(("password_contains_email", detail.to_owned()));
    }
    let known = [OF_THIS_PLACE, &[&*email, local]].concat();
    match zxcvbn(password, &known).score() {
        Score::Zero | Score::One => {
            let detail = "This password is among the first that are tried; choose another.";
            Some(("password_too_common", detail.to_owned()))
        }
        Score::Two if chars < PASSWORD_CHARS_PLAIN => {
            let detail = format!(
                "This password is soon guessed; choose another, or one of at least \
                 {PASSWORD_CHARS_PLAIN} characters."
            );
            Some(("password_too_weak", detail))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        weakness(password, "jane.doe@example.org").map(|(code, _)| code)
    }

    #[test]
    fn weak_passwords_are_named() {
        for (password, expected) in [
            ("short", "password_too_short"),
            (&*"é1aZ".repeat(300), "password_too_long"),
            ("a tab\tin the middle", "password_control_character"),
            ("xxJane.Doe2027", "password_contains_email"),
            ("jane.doe@example.org", "password_contains_email"),
        ] {
            assert_eq!(code(password), Some(expected), "{password}");
        }
        assert_eq!(code("seven lazy herons"), None);
    }

    #[test]
    fn what_is_tried_first_is_refused_whatever_its_length() {
        for password in [
            "Password123",
            "password1234",
            "passwordpassword",
            "P@ssw0rd1234",
            "123456789012",
            "qwertyuiop123",
            "drowssapdrowssap",
            "abababababab",
            "cadastrecadastre",
            "iloveyouiloveyou",
            "administrator",
            "11111111111111111111",
        ] {
            assert_eq!(code(password), Some("password_too_common"), "{password}");
        }
    }

    #[test]
    fn a_short_password_is_taken_only_if_it_is_hard_to_guess() {
        assert_eq!(code("k7#Qz!w9R"), None);
        assert_eq!(code("heronbag"), Some("password_too_weak"));
        assert_eq!(code("heron bag lamp"), None);
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_one() {
        let (composed, in_parts) = ("caf\u{e9} du port", "cafe\u{301} du\u{a0}port");
        assert_eq!(normalised(in_parts), composed);
        assert!(matches!(normalised(composed), Cow::Borrowed(_)));
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(code("éàüöçßñ"), Some("password_too_short"));
        // Seven characters in fourteen parts.
        assert_eq!(code(&"e\u{301}".repeat(7)), Some("password_too_short"));
    }
}
