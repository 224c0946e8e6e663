//! A body as it stands there, with nothing lost: numbers keep their digits, keys their order.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Faults, Pointer};

/// The deepest nesting that is read.
const DEPTH_MAX: usize = 32;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, in the digits it was written with.
    Number(&'a str),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree<'a>>),
    /// An object, each key once, in the order it was written.
    Object(Vec<(String, Tree<'a>)>),
}

/// Why a body is no JSON at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not UTF-8.
    #[error("The body is not UTF-8.")]
    Encoding,
    /// Not JSON.
    #[error("The body is not JSON: {0}.")]
    Syntax(String),
    /// Nested too deeply.
    #[error("The body is nested deeper than {DEPTH_MAX} levels.")]
    Depth,
}

impl<'a> Tree<'a> {
    /// Reads `bytes`, adding to `faults` what is JSON but no good: a key twice, NUL in a text.
    pub fn read(bytes: &'a [u8], faults: &mut Faults) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Encoding)?;
        let raw: &RawValue = from_str(text)?;
        grow(raw, &Pointer::Root, faults)
    }

    /// What kind of value it is, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

fn from_str<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|e| Unreadable::Syntax(e.to_string()))
}

/// One level at a time, so that no library recurses over what a stranger sent.
fn grow<'a>(
    raw: &'a RawValue,
    at: &Pointer<'_>,
    faults: &mut Faults,
) -> Result<Tree<'a>, Unreadable> {
    let text = raw.get();
    let nests = matches!(text.as_bytes().first(), Some(b'{' | b'['));
    if nests && at.depth() >= DEPTH_MAX {
        return Err(Unreadable::Depth);
    }
    Ok(match text.as_bytes().first() {
        Some(b'{') => grow_object(text, at, faults)?,
        Some(b'[') => {
            let items: Vec<&RawValue> = from_str(text)?;
            let items = items.into_iter().enumerate();
            Tree::List(
                items
                    .map(|(i, item)| grow(item, &at.index(i), faults))
                    .collect::<Result<Vec<_>, _>>()?,
            )
        }
        Some(b'"') => {
            let text: String = from_str(text)?;
            refuse_nul(&text, at, faults);
            Tree::Text(into_composed(text))
        }
        Some(b't') => Tree::Bool(true),
        Some(b'f') => Tree::Bool(false),
        Some(b'n') => Tree::Null,
        _ => Tree::Number(text),
    })
}

fn grow_object<'a>(
    text: &'a str,
    at: &Pointer<'_>,
    faults: &mut Faults,
) -> Result<Tree<'a>, Unreadable> {
    let Members(members) = from_str(text)?;
    let mut seen = std::collections::HashSet::with_capacity(members.len());
    let mut object = Vec::with_capacity(members.len());
    for (key, raw) in members {
        let key = into_composed(key);
        let place = at.key(&key);
        refuse_nul(&key, &place, faults);
        let value = grow(raw, &place, faults)?;
        if seen.insert(key.clone()) {
            object.push((key, value));
        } else {
            faults.add(
                &place,
                "duplicate_key",
                format!("`{}` stands here twice.", shown(&key)),
            );
        }
    }
    Ok(Tree::Object(object))
}

/// Every text enters in one form.
fn into_composed(text: String) -> String {
    match domain::text::composed(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(composed) => composed,
    }
}

fn refuse_nul(text: &str, at: &Pointer<'_>, faults: &mut Faults) {
    if text.contains('\0') {
        faults.add(at, "nul_in_text", "A text cannot hold the character NUL.");
    }
}

/// At most so much of a stranger's text as a sentence bears.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// The members of an object, doubles included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(All)
    }
}
