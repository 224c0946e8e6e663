//! A value that must not be seen.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A text that prints as `***`, so that no log line, error or debug output shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself. Every use of it is a place to look at when secrets leak.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Declares secrets among the settings. Each is read from the environment or from the file that
/// `<NAME>_FILE` names, when the command line is; it has no flag.
macro_rules! secrets {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$fmeta:meta])* pub $field:ident: env = $env:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        pub struct $name {
            $( $(#[$fmeta])* pub $field: Option<$crate::config::Secret>, )+
        }

        impl clap::FromArgMatches for $name {
            fn from_arg_matches(_: &clap::ArgMatches) -> Result<Self, clap::Error> {
                Ok(Self { $( $field: $crate::config::secret::read($env)?, )+ })
            }

            fn update_from_arg_matches(
                &mut self,
                matches: &clap::ArgMatches,
            ) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }

        impl clap::Args for $name {
            fn augment_args(command: clap::Command) -> clap::Command {
                command
            }

            fn augment_args_for_update(command: clap::Command) -> clap::Command {
                command
            }
        }
    };
}

pub(super) use secrets;

/// The secret `name`, as it is set.
pub(super) fn read(name: &str) -> Result<Option<Secret>, clap::Error> {
    let set = eventstore::setting::secret(name);
    let fault =
        |text: String| clap::Error::raw(clap::error::ErrorKind::ValueValidation, text + "\n");
    Ok(set.map_err(fault)?.map(Secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let secret = Secret::from("correct horse".to_owned());

        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.reveal(), "correct horse");
    }
}
