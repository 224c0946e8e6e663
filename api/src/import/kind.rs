//! A kind of file whose rows are taken in the order of the file.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use commands::{CommandError, Commands, Context, Who};
use domain::id::UserId;
use futures::future::BoxFuture;
use projections::staging::Contents;
use uuid::Uuid;

use super::columns::Column;
use super::fields::{Fields, Read};
use super::ids::Ids;

/// What a row's commands are given with.
#[derive(Clone)]
pub struct Hand {
    /// By which everything is decided.
    pub commands: Arc<Commands>,
    /// The ids that follow from the content.
    pub ids: Ids,
    /// Whom things belong to that the file gives no owner for.
    pub owner: UserId,
    /// Who brings the file in.
    pub who: Who,
}

impl Hand {
    /// A command of this import that was true at `at`.
    pub fn context(&self, command: Uuid, at: DateTime<Utc>) -> Context {
        Context {
            who: self.who.clone(),
            ..self.ids.context(command, at)
        }
    }
}

/// A row that could be read.
#[derive(Clone, Debug)]
pub struct Line<T> {
    /// Its number, from 1, without the header.
    pub row: i64,
    /// What it says.
    pub said: T,
}

/// A kind of file: its columns, what a row of it says, and which commands that takes.
pub trait Kind: Send + Sync + 'static {
    /// Its name, for ever: ids follow from it.
    const NAME: &'static str;
    /// What it is, with its article.
    const WHAT: &'static str;
    /// The columns that it has to have.
    type Column: Column;
    /// The columns in which dates stand, by their names.
    const DATES: &'static [&'static str] = &[];
    /// What becomes of what its rows say when all are carried out: what names persons is kept no
    /// longer than it is needed.
    const CONTENTS: Contents = Contents::Kept;
    /// What a row says.
    type Said: Send + Sync + 'static;

    /// To what the file is brought in, where that is not the whole house: the same file may be
    /// brought in to another, as another import.
    fn scope(&self) -> String {
        String::new()
    }

    /// Reads a row. It says the same whenever it is asked: it is asked in both passes.
    fn read(&self, fields: &Fields<'_, Self::Column>) -> Read<Self::Said>;

    /// By what the row's thing is known in the file; the second row with the same key is a fault.
    fn key(&self, _said: &Self::Said) -> Option<String> {
        None
    }

    /// What somebody should look at, although the row is taken.
    fn note(&self, _said: &Self::Said) -> Option<String> {
        None
    }

    /// Rows of one group that stand one after the other are carried out in their order, one at a
    /// time; all others side by side.
    fn group(&self, _said: &Self::Said) -> Option<String> {
        None
    }

    /// Carries out the row at `place` of its group; those before it have been carried out. It may
    /// have been carried out before, and then changes nothing. A refusal keeps the row out, with
    /// its reason; any other error ends the import.
    fn carry_out<'a>(
        &'a self,
        hand: &'a Hand,
        group: &'a [Line<Self::Said>],
        place: usize,
    ) -> BoxFuture<'a, Result<(), CommandError>>;
}
