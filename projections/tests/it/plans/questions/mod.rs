//! Every question that the read models answer: each list by each of its filters, from the first
//! page and from one in the middle.

use chrono::{DateTime, Utc};
use eventstore::Readers;
use futures::future::BoxFuture;
use projections::{After, Page};

use crate::world::at;

/// A question, by name. What it answers does not matter: the rows are made up.
pub type Question<'a> = (String, BoxFuture<'a, ()>);

/// The first page, and one from the middle by the sort values of the list.
fn pages<const N: usize>(values: [&str; N]) -> [Page; 2] {
    let after = After {
        generation: 1,
        values: values.map(str::to_owned).to_vec(),
    };
    [Page::first(20), Page::following(20, after)]
}

/// A list by no filter, and by each of them.
macro_rules! list {
    ($into:ident, $readers:ident, $noun:ident, $filter:ident, $sort:expr,
        { $($field:ident: $value:expr,)+ }) => {
        let filters = [
            ("all", $noun::$filter::default()),
            $((stringify!($field), $noun::$filter { $field: Some($value), ..Default::default() }),)+
        ];
        for (field, filter) in filters {
            for page in pages($sort) {
                let name = format!("{} by {field} {page:?}", stringify!($noun));
                let filter = filter.clone();
                $into.push((name, async move {
                    drop($noun::list($readers, &filter, &page).await);
                }.boxed()));
            }
        }
    };
}

/// Questions that are no list.
macro_rules! ask {
    ($into:ident, $($name:literal: $question:expr,)+) => {
        $($into.push(($name.to_owned(), $question.map(drop).boxed()));)+
    };
}

const MIDDLE: &str = "2026-01-01T08:00:00Z";
const ID: &str = "7f000000-0000-0000-0000-000000000000";

fn word() -> String {
    "word 7".to_owned()
}

fn middle() -> DateTime<Utc> {
    at(MIDDLE)
}

mod faults;
mod premises;
mod stays;

/// All questions.
pub fn all(readers: &Readers) -> Vec<Question<'_>> {
    let mut all = Vec::new();
    stays::ask(&mut all, readers);
    premises::ask(&mut all, readers);
    faults::ask(&mut all, readers);
    all
}
