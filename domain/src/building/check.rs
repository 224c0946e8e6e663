//! What is asked of a building's parts before they may enter an event.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::{Address, BuildingRefusal, Lot, Point, Section, SectionKind};
use crate::text::{self, folded};

/// The longest name of a building, and the longest line of its address.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest label of a section or a lot.
pub const LABEL_CHARS_MAX: usize = 40;
/// The longest postal code.
pub const POSTAL_CODE_CHARS_MAX: usize = 16;
/// The longest name of an attribute or of a key of distribution.
pub const KEY_CHARS_MAX: usize = 40;
/// The longest value of an attribute.
pub const ATTRIBUTE_CHARS_MAX: usize = 500;
/// The most lines of an address.
pub const ADDRESS_LINES_MAX: usize = 5;
/// The most sections of a building.
pub const SECTIONS_MAX: usize = 200;
/// The most attributes of a building.
pub const ATTRIBUTES_MAX: usize = 50;
/// The most lots of a building.
pub const LOTS_MAX: usize = 20_000;
/// The most keys of distribution of a lot.
pub const SHARES_MAX: usize = 50;
/// The largest share of a lot for one key.
pub const SHARE_MAX: u32 = 1_000_000_000;
/// The largest surface, 1 km².
pub const SURFACE_DM2_MAX: u32 = 100_000_000;
/// The lowest floor of any section.
pub const FLOOR_MIN: i16 = -20;
/// The highest floor of any section.
pub const FLOOR_MAX: i16 = 200;

const LATITUDE_E7_MAX: i32 = 900_000_000;
const LONGITUDE_E7_MAX: i32 = 1_800_000_000;

type Checked<T = ()> = Result<T, BuildingRefusal>;

/// ISO 3166-1 alpha-2, each code followed by a space.
const COUNTRIES: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

pub(super) fn address(address: &Address) -> Checked {
    if address.lines.is_empty() || address.lines.len() > ADDRESS_LINES_MAX {
        return Err(BuildingRefusal::AddressLines(ADDRESS_LINES_MAX));
    }
    for line in &address.lines {
        text::line("/address/lines", line, NAME_CHARS_MAX)?;
    }
    text::line("/address/city", &address.city, NAME_CHARS_MAX)?;
    if let Some(code) = &address.postal_code {
        text::line("/address/postal_code", code, POSTAL_CODE_CHARS_MAX)?;
    }
    if !is_country(&address.country) {
        return Err(BuildingRefusal::UnknownCountry(shortened(&address.country)));
    }
    address.point.map_or(Ok(()), point)
}

/// Each stands with a space behind it: looking for spaces took longer than the rest of a decision.
fn is_country(code: &str) -> bool {
    let mut countries = COUNTRIES.as_bytes().chunks(3);
    code.len() == 2 && countries.any(|country| country.starts_with(code.as_bytes()))
}

fn point(point: Point) -> Checked {
    let fits = (-LATITUDE_E7_MAX..=LATITUDE_E7_MAX).contains(&point.latitude_e7)
        && (-LONGITUDE_E7_MAX..=LONGITUDE_E7_MAX).contains(&point.longitude_e7);
    if fits {
        Ok(())
    } else {
        Err(BuildingRefusal::PointOutOfRange)
    }
}

pub(super) fn time_zone(name: &str) -> Checked<Tz> {
    name.parse()
        .map_err(|_| BuildingRefusal::UnknownTimeZone(shortened(name)))
}

pub(super) fn sections(sections: &[Section]) -> Checked {
    at_most("/sections", "sections", sections.len(), SECTIONS_MAX)?;
    let mut labels = BTreeSet::new();
    for section in sections {
        text::line("/sections", &section.label, LABEL_CHARS_MAX)?;
        let floors = [section.lowest_floor, section.highest_floor];
        let fits = floors
            .iter()
            .all(|floor| (FLOOR_MIN..=FLOOR_MAX).contains(floor));
        if !fits || section.lowest_floor > section.highest_floor {
            return Err(BuildingRefusal::FloorOutOfRange);
        }
        if !labels.insert(folded(&section.label)) {
            return Err(BuildingRefusal::SectionTwice(section.label.clone()));
        }
    }
    Ok(())
}

pub(super) fn attributes(attributes: &BTreeMap<String, String>) -> Checked {
    at_most(
        "/attributes",
        "attributes",
        attributes.len(),
        ATTRIBUTES_MAX,
    )?;
    for (key, value) in attributes {
        text::word("/attributes", key, KEY_CHARS_MAX)?;
        text::lines("/attributes", value, ATTRIBUTE_CHARS_MAX)?;
    }
    Ok(())
}

pub(super) fn lot(lot: &Lot, sections: &[Section]) -> Checked {
    text::line("/label", &lot.label, LABEL_CHARS_MAX)?;
    if lot
        .surface_dm2
        .is_some_and(|surface| surface == 0 || surface > SURFACE_DM2_MAX)
    {
        return Err(BuildingRefusal::SurfaceOutOfRange);
    }
    at_most(
        "/shares",
        "keys of distribution per lot",
        lot.shares.len(),
        SHARES_MAX,
    )?;
    for (key, share) in &lot.shares {
        text::word("/shares", key, KEY_CHARS_MAX)?;
        if *share > SHARE_MAX {
            return Err(BuildingRefusal::ShareOutOfRange);
        }
    }
    if lot
        .floor
        .is_some_and(|floor| !(FLOOR_MIN..=FLOOR_MAX).contains(&floor))
    {
        return Err(BuildingRefusal::FloorOutOfRange);
    }
    place(lot, sections)
}

/// Whether the lot fits into the section it names.
pub(super) fn place(lot: &Lot, sections: &[Section]) -> Checked {
    let Some(label) = &lot.section else {
        return Ok(());
    };
    let section = sections
        .iter()
        .find(|section| folded(&section.label) == folded(label));
    let Some(section) = section else {
        return Err(BuildingRefusal::SectionUnknown(shortened(label)));
    };
    if section.kind == SectionKind::Parking && lot.kind.is_inhabited() {
        return Err(BuildingRefusal::InhabitedParking);
    }
    let (lowest, highest) = (section.lowest_floor, section.highest_floor);
    if lot
        .floor
        .is_some_and(|floor| !(lowest..=highest).contains(&floor))
    {
        return Err(BuildingRefusal::FloorOutside { lowest, highest });
    }
    Ok(())
}

pub(super) fn at_most(
    pointer: &'static str,
    what: &'static str,
    count: usize,
    max: usize,
) -> Checked {
    if count > max {
        return Err(BuildingRefusal::TooMany { what, max, pointer });
    }
    Ok(())
}

/// Enough of a wrong value to recognise it by.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
