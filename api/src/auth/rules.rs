//! Which passwords are refused: the short ones and those that everybody tries first.

/// The fewest characters of a password.
const PASSWORD_CHARS_MIN: usize = 10;
/// The most bytes of a password: hashing without a bound would be an attack on the processor.
const PASSWORD_BYTES_MAX: usize = 1_024;

/// The most used passwords that are long enough to get past the length alone.
const COMMON: &[&str] = &[
    "1234567890",
    "12345678910",
    "123456789a",
    "0987654321",
    "0123456789",
    "9876543210",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "q1w2e3r4t5",
    "q1w2e3r4t5y6",
    "qwertyuiop",
    "qwerty1234",
    "qwerty12345",
    "qwerty123456",
    "qwertyuiop123",
    "azertyuiop",
    "azerty1234",
    "azerty12345",
    "asdfghjkl1",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "passwordpassword",
    "mypassword",
    "mypassword1",
    "p@ssw0rd123",
    "p@ssword123",
    "passw0rd123",
    "motdepasse",
    "motdepasse1",
    "motdepasse123",
    "changeme123",
    "letmein123",
    "letmeinnow",
    "welcome123",
    "welcome1234",
    "iloveyou123",
    "iloveyou12",
    "jetaime123",
    "sunshine123",
    "football123",
    "baseball123",
    "basketball",
    "princess123",
    "superman123",
    "batman12345",
    "starwars123",
    "trustno1234",
    "abcdefghij",
    "abcdefghijk",
    "abc1234567",
    "abcd123456",
    "abcde12345",
    "a123456789",
    "aa12345678",
    "administrator",
    "admin12345",
    "admin123456",
    "adminadmin",
    "rootroot12",
    "test123456",
    "testtest123",
    "testtesttest",
    "cadastre123",
    "cadastre1234",
    "cadastrecadastre",
    "bonjour1234",
    "bonjour123",
    "liverpool1",
    "chocolate1",
    "manchester",
    "christmas1",
    "1111111111a",
    "zxcvbnm123",
    "zxcvbnmasd",
    "qazwsxedcrfv",
    "1234qwerasdf",
    "correcthorsebatterystaple",
];

/// What is wrong with `password` for the user with `email`: a stable code and a sentence.
pub fn weakness(password: &str, email: &str) -> Option<(&'static str, String)> {
    let plain = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        let detail = format!("A password has at least {PASSWORD_CHARS_MIN} characters.");
        return Some(("password_too_short", detail));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        let detail = format!("A password has at most {PASSWORD_BYTES_MAX} bytes.");
        return Some(("password_too_long", detail));
    }
    if COMMON.contains(&plain.as_str()) || is_monotonous(&plain) {
        let detail = "This password is among the first that anyone tries; choose another.";
        return Some(("password_too_common", detail.to_owned()));
    }
    // A short name in front of the `@` is found in many a good password by chance.
    if plain == email.to_lowercase() || (local.len() >= 4 && plain.contains(&local)) {
        let detail = "The password contains the e-mail address; choose another.";
        return Some(("password_contains_email", detail.to_owned()));
    }
    None
}

/// Whether it is made of fewer than four different characters.
fn is_monotonous(password: &str) -> bool {
    let different: std::collections::HashSet<char> = password.chars().collect();
    different.len() < 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        weakness(password, "jane.doe@example.org").map(|(code, _)| code)
    }

    #[test]
    fn weak_passwords_are_named() {
        assert_eq!(code("short"), Some("password_too_short"));
        assert_eq!(code(&"é1aZ".repeat(300)), Some("password_too_long"));
        assert_eq!(code("Password123"), Some("password_too_common"));
        assert_eq!(code("abababababab"), Some("password_too_common"));
        assert_eq!(code("xxJane.Doe2027"), Some("password_contains_email"));
        assert_eq!(code("seven lazy herons"), None);
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(code("éàüöçßñîô"), Some("password_too_short"));
        assert_eq!(code("éàüöçßñîôê"), None);
    }
}
