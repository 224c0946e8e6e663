//! JSON texts, and the check that every reader can read them, without building them in memory.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// How a serialiser writes the one character that no text may hold.
const NUL: &str = "\\u0000";

/// A JSON text that is kept byte for byte. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Json {
    text: Arc<str>,
    is_serialised: bool,
}

impl Json {
    /// What a serialiser has just written. It is a promise: such a text is not read once more
    /// before it is recorded, only searched for NUL.
    pub fn serialised(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        debug_assert!(text.contains(NUL) || check(&text).is_ok(), "{text}");
        Self {
            text,
            is_serialised: true,
        }
    }

    /// Says what is wrong with it, to be read after the words "the data".
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.is_serialised && !self.text.contains(NUL) {
            return Ok(());
        }
        check(&self.text)
    }

    /// Whether both are one text in memory.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.text, &other.text)
    }
}

impl Deref for Json {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<T: Into<Arc<str>>> From<T> for Json {
    /// A text of which nothing is known; it is read through when it is to be recorded.
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            is_serialised: false,
        }
    }
}

fn check(text: &str) -> Result<(), String> {
    serde_json::from_str::<Readable>(text)
        .map(|_| ())
        .map_err(|e| format!("is not readable JSON: {e}"))
}

/// Any JSON, nested 128 levels at most, that decodes and holds no NUL.
struct Readable;

impl<'de> Deserialize<'de> for Readable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Readable)
    }
}

impl<'de> Visitor<'de> for Readable {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self, E> {
        if text.contains('\0') {
            return Err(E::custom("a NUL character, which no text may hold"));
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<Self, Self>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, check};

    #[test]
    fn what_was_serialised_is_only_searched_for_nul() {
        for (text, passes) in [("a", true), ("\\u0000", true), ("a\0b", false)] {
            let json = Json::serialised(serde_json::to_string(&[text]).unwrap());
            assert_eq!(json.check().is_ok(), passes, "{json:?}");
        }
        assert!(Json::from("{").check().is_err());
    }

    #[test]
    fn what_every_reader_can_read_passes() {
        for text in [
            "{}",
            "null",
            r#"{"a":[1,-2,3.5,"ü\n",true]}"#,
            r#""\\u0000""#,
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_some_reader_cannot_read_is_refused() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for text in [
            "",
            "{",
            "{} {}",
            r#"{"a":"\u0000"}"#,
            r#"{"\u0000":1}"#,
            r#""\ud800""#,
            "1e999",
            &deep,
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
