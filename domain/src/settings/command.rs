//! What can be asked of the settings.

use super::SettingsChanged;

/// What can be asked of the settings.
#[derive(Clone, Debug)]
pub enum SettingsCommand {
    /// Give some of them other values.
    Change(SettingsChanged),
}
