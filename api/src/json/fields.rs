//! Reading an object field by field, without stopping at the first fault.

use super::tree::shown;
use super::{Faults, Pointer, Tree};

/// A type that a body or a part of it can be read into.
pub trait FromJson: Sized {
    /// Reads `tree`, which stands at `at`. `None` when at least one fault was added.
    fn from_json(tree: Tree<'_>, at: &Pointer<'_>, faults: &mut Faults) -> Option<Self>;

    /// What stands for a field that is not there; `None` when it has to be.
    fn absent() -> Option<Self> {
        None
    }
}

/// An object whose fields are taken out one by one; what is left at the end is unknown.
#[derive(Debug)]
pub struct Fields<'t, 'p> {
    at: &'p Pointer<'p>,
    members: Vec<(String, Tree<'t>)>,
}

impl<'t, 'p> Fields<'t, 'p> {
    /// The fields of `tree`, if it is an object.
    pub fn of(tree: Tree<'t>, at: &'p Pointer<'p>, faults: &mut Faults) -> Option<Self> {
        match tree {
            Tree::Object(members) => Some(Self { at, members }),
            other => {
                faults.add(
                    at,
                    "wrong_type",
                    format!("Here stands {}, not an object.", other.kind()),
                );
                None
            }
        }
    }

    /// Takes the field `name`, which may be left out if its type says so.
    pub fn take<T: FromJson>(&mut self, name: &str, faults: &mut Faults) -> Option<T> {
        let at = self.at.key(name);
        match self.members.iter().position(|(key, _)| key == name) {
            Some(found) => T::from_json(self.members.swap_remove(found).1, &at, faults),
            None => T::absent().or_else(|| {
                faults.add(&at, "missing_field", format!("`{name}` is missing."));
                None
            }),
        }
    }

    /// Adds a fault for each field that nobody took.
    pub fn finish(self, faults: &mut Faults) {
        for (key, _) in &self.members {
            let detail = format!("`{}` is not known here.", shown(key));
            faults.add(&self.at.key(key), "unknown_field", detail);
        }
    }
}

/// Declares bodies: structs that are read strictly and described in the API's documentation.
macro_rules! bodies {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty ),* $(,)?
        }
    )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, ::utoipa::ToSchema)]
        $vis struct $name {
            $( $(#[$fmeta])* $fvis $field: $type ),*
        }

        impl $crate::json::FromJson for $name {
            fn from_json(
                tree: $crate::json::Tree<'_>,
                at: &$crate::json::Pointer<'_>,
                faults: &mut $crate::json::Faults,
            ) -> Option<Self> {
                let mut fields = $crate::json::Fields::of(tree, at, faults)?;
                $( let $field = fields.take::<$type>(stringify!($field), faults); )*
                fields.finish(faults);
                Some(Self { $( $field: $field? ),* })
            }
        }
    )+ };
}
pub(crate) use bodies;
