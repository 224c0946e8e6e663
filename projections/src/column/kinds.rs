//! The plain types and what they are kept as.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

use super::wire::length;
use super::{Column, ColumnError};

/// The day from which Postgres counts.
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day of the calendar");

fn some(bytes: Option<&[u8]>) -> Result<&[u8], ColumnError> {
    bytes.ok_or_else(|| ColumnError("it is null".to_owned()))
}

fn exactly<const N: usize>(bytes: Option<&[u8]>) -> Result<[u8; N], ColumnError> {
    let bytes = some(bytes)?;
    let wrong = |_| ColumnError(format!("{} bytes in the place of {N}", bytes.len()));
    bytes.try_into().map_err(wrong)
}

/// Keeps numbers as the wider or equal signed number that Postgres has.
macro_rules! numbers {
    ($($type:ty => $kept:ty),*) => {
        $(impl Column for $type {
            fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
                let kept = <$kept>::try_from(*self);
                let kept = kept.map_err(|_| ColumnError(format!("{self} is too large")))?;
                out.extend(kept.to_be_bytes());
                Ok(true)
            }

            fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
                let kept = <$kept>::from_be_bytes(exactly(bytes)?);
                Self::try_from(kept).map_err(|_| ColumnError(format!("{kept} does not fit")))
            }
        })*
    };
}

numbers!(i16 => i16, i32 => i32, i64 => i64, u16 => i32, u32 => i64, u64 => i64);

/// `null` where there is none.
impl<C: Column> Column for Option<C> {
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
        self.as_ref().map_or(Ok(false), |value| value.write(out))
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
        bytes.map(|bytes| C::read(Some(bytes))).transpose()
    }
}

/// `boolean`
impl Column for bool {
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
        out.push(u8::from(*self));
        Ok(true)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
        Ok(exactly::<1>(bytes)? != [0])
    }
}

/// `text`
impl Column for String {
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
        out.extend(self.as_bytes());
        Ok(true)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
        let text = std::str::from_utf8(some(bytes)?);
        text.map(str::to_owned)
            .map_err(|error| ColumnError(error.to_string()))
    }
}

/// `uuid`
impl Column for Uuid {
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
        out.extend(self.as_bytes());
        Ok(true)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
        exactly(bytes).map(Self::from_bytes)
    }
}

/// `date`
impl Column for NaiveDate {
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
        let days = i32::try_from((*self - EPOCH).num_days());
        days.map_err(|_| ColumnError(format!("{self} is out of range")))?
            .write(out)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
        let days = i32::read(bytes)?;
        EPOCH
            .checked_add_signed(TimeDelta::days(days.into()))
            .ok_or_else(|| ColumnError(format!("no day is {days} days after {EPOCH}")))
    }
}

/// `time`
impl Column for NaiveTime {
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
        let since = (*self - Self::MIN).num_microseconds();
        since.unwrap_or_default().write(out)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
        let since = i64::read(bytes)?;
        let (time, days) = Self::MIN.overflowing_add_signed(TimeDelta::microseconds(since));
        // Postgres has an hour 24, which is no time of a clock here.
        if days == 0 {
            Ok(time)
        } else {
            Err(ColumnError("the hour is 24".to_owned()))
        }
    }
}

/// `timestamptz`
impl Column for DateTime<Utc> {
    fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
        let epoch = EPOCH.and_time(NaiveTime::MIN).and_utc();
        let since = self.timestamp_micros() - epoch.timestamp_micros();
        since.write(out)
    }

    fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
        let epoch = EPOCH.and_time(NaiveTime::MIN).and_utc();
        let since = i64::read(bytes)?;
        epoch
            .checked_add_signed(TimeDelta::microseconds(since))
            .ok_or_else(|| ColumnError(format!("no instant is {since} µs after {epoch}")))
    }
}

/// Keeps lists as arrays, by the number of the type of their elements.
macro_rules! arrays {
    ($($element:ty => $oid:literal),*) => {
        $(impl Column for Vec<$element> {
            fn write(&self, out: &mut Vec<u8>) -> Result<bool, ColumnError> {
                // Dimensions, no nulls, the type; then length and lower bound.
                let dimensions = i32::from(!self.is_empty());
                for word in [dimensions, 0, $oid] {
                    out.extend(word.to_be_bytes());
                }
                if !self.is_empty() {
                    out.extend(length(self.len())?);
                    out.extend(1_i32.to_be_bytes());
                }
                for element in self {
                    let start = out.len();
                    out.extend([0; 4]);
                    element.write(out)?;
                    let bytes = length(out.len() - start - 4)?;
                    out[start..start + 4].copy_from_slice(&bytes);
                }
                Ok(true)
            }

            fn read(bytes: Option<&[u8]>) -> Result<Self, ColumnError> {
                elements(some(bytes)?)?.into_iter().map(<$element>::read).collect()
            }
        })*
    };
}

arrays!(String => 25_i32, i64 => 20_i32, Uuid => 2950_i32);

/// The elements of an array of one dimension.
fn elements(array: &[u8]) -> Result<Vec<Option<&[u8]>>, ColumnError> {
    let broken = || ColumnError("the array breaks off".to_owned());
    let (head, mut rest) = array.split_at_checked(12).ok_or_else(broken)?;
    if head.starts_with(&[0; 4]) {
        return Ok(Vec::new());
    }
    // Length and lower bound.
    rest = rest.get(8..).ok_or_else(broken)?;
    let mut found = Vec::new();
    while let Some((length, bytes)) = rest.split_first_chunk() {
        let length = i32::from_be_bytes(*length);
        let Ok(length) = usize::try_from(length) else {
            found.push(None);
            rest = bytes;
            continue;
        };
        let (element, after) = bytes.split_at_checked(length).ok_or_else(broken)?;
        found.push(Some(element));
        rest = after;
    }
    Ok(found)
}
