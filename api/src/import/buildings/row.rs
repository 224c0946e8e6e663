//! What a row of the register says.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::building::{
    Address, FLOOR_MAX, NAME_CHARS_MAX, POSTAL_CODE_CHARS_MAX, Point, RegisterBuilding, Section,
    SectionKind,
};
use domain::id::UserId;
use domain::zone::instant;
use uuid::Uuid;

use super::columns::Column;
use crate::import::fields::{Fields, Read, fault};

/// The city lies in one zone.
const ZONE: chrono_tz::Tz = chrono_tz::America::Los_Angeles;
/// The kinds of building that the register knows.
const KINDS: [&str; 8] = [
    "NonResidential",
    "Nonresidential COS",
    "Nonresidential WA",
    "Multifamily LR (1-4)",
    "Multifamily MR (5-9)",
    "Multifamily HR (10+)",
    "SPS-District K-12",
    "Campus",
];
/// The house of the city with the most floors has as many.
const FLOORS_LIKELY_MAX: i64 = 76;
/// The label of the section that stands for all floors.
const WHOLE: &str = "whole";

const KEY_CHARS_MAX: usize = 40;
const WORDS_CHARS_MAX: usize = 500;
const AREA_MAX: i64 = 1_000_000_000;

/// A building of the register.
#[derive(Clone, Debug)]
pub struct Entry {
    /// By which the register knows it.
    pub key: String,
    /// When the register knew it.
    pub at: DateTime<Utc>,
    /// How many floors it says to have.
    pub floors: i64,
    /// What is recorded, for an owner who is not known yet.
    pub register: RegisterBuilding,
}

impl Entry {
    /// Reads a row.
    pub fn read(fields: &Fields<'_, Column>) -> Read<Self> {
        let key = fields.text(Column::Key, KEY_CHARS_MAX)?;
        let floors = fields.count(Column::Floors, i64::from(FLOOR_MAX))?;
        Ok(Self {
            key,
            at: at(fields)?,
            floors,
            register: RegisterBuilding {
                owner: UserId(Uuid::nil()),
                name: fields.text(Column::Name, NAME_CHARS_MAX)?,
                address: address(fields)?,
                time_zone: Some(ZONE.name().to_owned()),
                sections: sections(floors),
                attributes: attributes(fields)?,
            },
        })
    }

    /// What somebody should look at.
    pub fn note(&self) -> Option<String> {
        let unlikely = self.floors > FLOORS_LIKELY_MAX;
        unlikely.then(|| {
            format!("more than {FLOORS_LIKELY_MAX} floors, which no house of the city has")
        })
    }
}

/// The register is one of the beginning of its year.
fn at(fields: &Fields<'_, Column>) -> Read<DateTime<Utc>> {
    let year = fields.count(Column::Year, 9_999)?;
    let day = i32::try_from(year)
        .ok()
        .filter(|year| *year >= 1)
        .and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1));
    day.and_then(|day| instant(ZONE, day, NaiveTime::MIN))
        .ok_or_else(|| fault("date", Column::Year, &format!("there is no year {year}")))
}

fn address(fields: &Fields<'_, Column>) -> Read<Address> {
    let code = fields.known(Column::PostalCode, &[]);
    if code
        .as_ref()
        .is_some_and(|code| code.len() > POSTAL_CODE_CHARS_MAX)
    {
        return Err(fault("too_long", Column::PostalCode, "is no postal code"));
    }
    Ok(Address {
        lines: vec![fields.text(Column::Address, NAME_CHARS_MAX)?],
        city: fields.text(Column::City, NAME_CHARS_MAX)?,
        postal_code: code,
        country: "US".to_owned(),
        point: Some(Point {
            latitude_e7: degrees(fields, Column::Latitude, 90)?,
            longitude_e7: degrees(fields, Column::Longitude, 180)?,
        }),
    })
}

/// Ten-millionths of a degree, within ±`most` degrees.
fn degrees(fields: &Fields<'_, Column>, column: Column, most: i64) -> Read<i32> {
    let degrees = fields.decimal(column, 7)?;
    let fits = degrees.abs() <= most * 10_000_000;
    i32::try_from(degrees)
        .ok()
        .filter(|_| fits)
        .ok_or_else(|| fault("number", column, &format!("is not within ±{most} degrees")))
}

/// One section with all floors, the ground being 0; none where their number is not known.
fn sections(floors: i64) -> Vec<Section> {
    let highest = i16::try_from(floors - 1).ok().filter(|floor| *floor >= 0);
    highest
        .map(|highest_floor| Section {
            label: WHOLE.to_owned(),
            kind: SectionKind::Section,
            lowest_floor: 0,
            highest_floor,
        })
        .into_iter()
        .collect()
}

fn attributes(fields: &Fields<'_, Column>) -> Read<BTreeMap<String, String>> {
    let kind = fields.text(Column::Kind, KEY_CHARS_MAX)?;
    if !KINDS.contains(&kind.as_str()) {
        let what = format!("`{kind}` is no kind of building that the register knows");
        return Err(fault("word", Column::Kind, &what));
    }
    let mut attributes = BTreeMap::from([
        ("building_type".to_owned(), kind),
        (
            "register_key".to_owned(),
            fields.text(Column::Key, KEY_CHARS_MAX)?,
        ),
    ]);
    for (key, column) in [
        ("primary_use", Column::Use),
        ("state", Column::State),
        // More than one building may stand on a parcel.
        ("tax_parcel", Column::Parcel),
        ("council_district", Column::District),
        ("uses", Column::Uses),
        ("compliance", Column::Compliance),
    ] {
        let text = fields.field(column);
        if !text.is_empty() {
            let text = fields.text(column, WORDS_CHARS_MAX)?;
            attributes.insert(key.to_owned(), text);
        }
    }
    // Written `BALLARD` by some and `Ballard` by others.
    let neighborhood = fields.text(Column::Neighborhood, WORDS_CHARS_MAX)?;
    attributes.insert("neighborhood".to_owned(), neighborhood.to_uppercase());
    for (key, column, is_known) in [
        ("year_built", Column::YearBuilt, 1),
        // 0 and nothing both say that nobody has counted them.
        ("buildings", Column::Buildings, 1),
        ("floors", Column::Floors, 1),
        ("area_sqft", Column::Area, 0),
        ("parking_area_sqft", Column::ParkingArea, 0),
        ("building_area_sqft", Column::BuildingArea, 0),
    ] {
        let count = fields.count_if_any(column, AREA_MAX)?;
        if let Some(count) = count.filter(|count| *count >= is_known) {
            attributes.insert(key.to_owned(), count.to_string());
        }
    }
    Ok(attributes)
}
