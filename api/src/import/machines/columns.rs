//! The columns of the four files.

use crate::import::columns::columns;

columns! {
    /// A column of the list of machines.
    pub enum MachineColumn {
        Number = "machineID",
        Model = "model",
        Age = "age",
    }
}

columns! {
    /// A column of the list of failures.
    pub enum FailureColumn {
        At = "datetime",
        Machine = "machineID",
        What = "failure",
    }
}

columns! {
    /// A column of the list of replacements.
    pub enum ReplacementColumn {
        At = "datetime",
        Machine = "machineID",
        What = "comp",
    }
}

columns! {
    /// A column of the list of errors.
    pub enum ErrorColumn {
        At = "datetime",
        Machine = "machineID",
        What = "errorID",
    }
}
