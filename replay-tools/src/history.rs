//! The rows of one stream, page by page, or what may have been meant by its name.

use eventstore::scan::{self, Row};
use eventstore::{PgPool, StreamName, Version};

use crate::fault::Fault;
use crate::nearest::nearest;
use crate::noun;

/// Rows read at a time.
const PAGE: usize = 1_000;
/// The most streams that are suggested.
const SUGGESTIONS_MAX: i64 = 5;
/// How much of an id is kept when others like it are looked for: most of an id says when it was
/// made, and a slip is rarely at its beginning.
const STARTS: [usize; 3] = [24, 13, 8];

/// Reads a stream that is there.
pub struct Reader<'a> {
    pool: &'a PgPool,
    stream: StreamName,
    after: Version,
    first: Option<Vec<Row>>,
}

impl<'a> Reader<'a> {
    /// Finds the stream, or says what may have been meant.
    pub async fn open(pool: &'a PgPool, name: &str) -> Result<Self, Fault> {
        let stream = match StreamName::parse(name) {
            Ok(stream) => stream,
            Err(error) => {
                return Err(Fault::unknown(error.to_string()).suggest(meant(pool, name).await?));
            }
        };
        let rows = page(pool, &stream, 0).await?;
        if rows.is_empty() {
            return Err(unknown(pool, &stream).await?);
        }
        Ok(Self {
            pool,
            stream,
            after: 0,
            first: Some(rows),
        })
    }

    /// The stream.
    pub fn stream(&self) -> &StreamName {
        &self.stream
    }

    /// The next rows; none at the end.
    pub async fn next(&mut self) -> Result<Vec<Row>, Fault> {
        let rows = match self.first.take() {
            Some(rows) => rows,
            None => page(self.pool, &self.stream, self.after).await?,
        };
        if let Some(last) = rows.last() {
            self.after = last.version;
        }
        Ok(rows)
    }
}

async fn page(pool: &PgPool, stream: &StreamName, after: Version) -> Result<Vec<Row>, Fault> {
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    Ok(scan::stream(pool, stream.as_str(), after, limit).await?)
}

/// Says that there is no such stream, and what may have been meant.
async fn unknown(pool: &PgPool, stream: &StreamName) -> Result<Fault, Fault> {
    let name = plain_name(stream.as_str());
    let fault = Fault::unknown(format!("there is no stream `{name}`"));
    if noun::state(stream.noun()).is_some() {
        return Ok(fault.suggest(alike(pool, stream.as_str(), stream.id().len()).await?));
    }
    let meant = meant(pool, stream.as_str()).await?;
    if !meant.is_empty() {
        return Ok(fault.suggest(meant));
    }
    let nouns = noun::names();
    let near = nearest(stream.noun(), nouns.iter().copied());
    let fault = Fault::unknown(format!(
        "there is no stream `{name}`: a stream is a noun, a hyphen and an id, and the nouns are {}",
        nouns.join(", ")
    ));
    Ok(fault.suggest(
        near.iter()
            .map(|noun| format!("{noun}-{}", plain_name(stream.id()))),
    ))
}

fn plain_name(name: &str) -> String {
    crate::table::plain(name)
}

/// Streams whose names begin as `name` does, which ends in `id_length` bytes of id.
async fn alike(pool: &PgPool, name: &str, id_length: usize) -> Result<Vec<String>, Fault> {
    let noun_length = name.len() - id_length;
    for length in [id_length].into_iter().chain(STARTS) {
        let Some(start) = name.get(..noun_length + length.min(id_length)) else {
            continue;
        };
        let found = scan::alike(pool, start, SUGGESTIONS_MAX).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Streams of any noun whose ids begin with `id`: the noun was forgotten.
async fn meant(pool: &PgPool, id: &str) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    if id.len() >= 8 && !id.chars().any(char::is_control) {
        for noun in noun::names() {
            found.extend(scan::alike(pool, &format!("{noun}-{id}"), 1).await?);
        }
    }
    Ok(found)
}
