use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const SOUGHT: &[Sought] = &[
    Sought {
        name: "lot",
        needed: true,
    },
    Sought {
        name: "name",
        needed: true,
    },
    Sought {
        name: "from",
        needed: true,
    },
    Sought {
        name: "email",
        needed: false,
    },
];

fn mapping(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pair = |(name, header): &(&str, &str)| ((*name).to_owned(), (*header).to_owned());
    pairs.iter().map(pair).collect()
}

fn csv(bytes: impl AsRef<[u8]>) -> String {
    String::from_utf8(as_csv(bytes.as_ref(), SOUGHT, &BTreeMap::new()).unwrap()).unwrap()
}

fn fault(bytes: impl AsRef<[u8]>) -> SheetError {
    as_csv(bytes.as_ref(), SOUGHT, &BTreeMap::new()).unwrap_err()
}

fn header(sheet: &mut Worksheet) {
    for (column, name) in (0..).zip([" Lot ", "NAME", "from", "note"]) {
        sheet.write(0, column, name).unwrap();
    }
}

fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    header(sheet);
    fill(sheet);
    book.save_to_buffer().unwrap()
}

/// The third field of each row: `from`.
fn days(bytes: &[u8]) -> Vec<String> {
    let text = csv(bytes);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| row.unwrap()[2].to_owned())
        .collect()
}

#[test]
fn headers_are_found_in_any_case_and_order_with_strangers_behind_them() {
    let text = csv("Note,FROM,name, Lot\nx,2026-01-01,Ann,01\n");
    assert_eq!(text, "lot,name,from,email,Note\n01,Ann,2026-01-01,,x\n");
}

#[test]
fn text_is_read_with_a_mark_semicolons_and_accents() {
    let text = csv("\u{feff}lot;name;from\r\nÉ-1;\"Zoë; Ægir\";2026-01-01\r\n");
    assert_eq!(text, "lot,name,from,email\nÉ-1,Zoë; Ægir,2026-01-01,\n");
}

#[test]
fn lines_stay_where_they_were() {
    let text = csv("\nlot,name,from\n\n1,\"two\nlines\",2026-01-01\n\n\n2,Bob,2026-01-01\n");
    let place = |part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
    assert_eq!((place("lot"), place("two"), place("Bob")), (2, 4, 8));
}

#[test]
fn a_row_of_another_length_stays_one() {
    let text = csv("lot,name,from\n1,Ann\n2,Bob,2026-01-01,x\n");
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let lengths: Vec<usize> = reader
        .byte_records()
        .map(|row| row.unwrap().len())
        .collect();
    assert!(lengths.iter().all(|length| *length != 4), "{lengths:?}");
}

#[test]
fn all_faults_of_the_header_are_told_at_once() {
    let twice = fault("lot,LOT,name\n1,1,x\n");
    let faults = ["there more than once: `lot`", "missing: `from`"].map(str::to_owned);
    assert_eq!(twice, SheetError::Columns(faults.to_vec()));
    let mapped = mapping(&[("lot", "Wohnung"), ("email", "Mail"), ("car", "x")]);
    let refused = as_csv(b"lot,name,from\n1,a,b\n", SOUGHT, &mapped).unwrap_err();
    let told = refused.to_string();
    for part in ["`car`", "missing: `Wohnung`", "missing: `Mail`"] {
        assert!(told.contains(part), "{told}");
    }
    let mapped = mapping(&[("lot", "wohnung")]);
    let taken = as_csv(
        "Wohnung,lot,name,from\n7,8,a,b\n".as_bytes(),
        SOUGHT,
        &mapped,
    )
    .unwrap();
    let taken = String::from_utf8(taken).unwrap();
    assert_eq!(taken, "lot,name,from,email,lot (not taken)\n7,a,b,,8\n");
}

#[test]
fn numbers_and_texts_stay_what_they_are() {
    let bytes = book(|sheet| {
        sheet.write(1, 0, "007").unwrap();
        sheet.write(2, 0, 7).unwrap();
        sheet.write(3, 0, 7.5).unwrap();
        sheet.write(4, 0, true).unwrap();
        for row in 1..5 {
            sheet.write(row, 1, "Ann").unwrap();
        }
    });
    let text = csv(bytes);
    let lots: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(lots, ["007", "7", "7.5", "true"]);
}

/// Serial 59 is the 28th of February 1900, 61 the 1st of March, and between them lies a day that
/// only Excel has. 43831 is the 1st of January 2020, which is 42369 in the calendar that begins in
/// 1904.
#[test]
fn days_are_those_of_the_workbooks_calendar() {
    let format = Format::new().set_num_format("yyyy-mm-dd");
    let write = |sheet: &mut Worksheet, serials: &[f64]| {
        for (row, serial) in (1..).zip(serials) {
            sheet.write(row, 0, "1").unwrap();
            sheet
                .write_number_with_format(row, 2, *serial, &format)
                .unwrap();
        }
    };
    let of_1900 = book(|sheet| write(sheet, &[59.0, 60.0, 61.0, 43_831.0, 43_831.5]));
    assert_eq!(
        days(&of_1900),
        [
            "1900-02-28",
            "1900-02-29",
            "1900-03-01",
            "2020-01-01",
            "2020-01-01 12:00:00"
        ]
    );
    let written = book(|sheet| {
        let day = ExcelDateTime::from_ymd(2026, 7, 1).unwrap();
        sheet.write(1, 0, "1").unwrap();
        sheet.write_with_format(1, 2, &day, &format).unwrap();
        sheet.write(2, 0, "1").unwrap();
        sheet.write(2, 2, 46_204).unwrap();
    });
    assert_eq!(
        days(&written),
        ["2026-07-01", "46204"],
        "a number alone is no day"
    );
    let of_1904 = in_1904(&book(|sheet| write(sheet, &[42_369.0])));
    assert_eq!(days(&of_1904), ["2020-01-01"]);
}

/// The same workbook, counting from 1904: the library that writes them knows the other calendar
/// only.
fn in_1904(bytes: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..from.len() {
        let mut part = from.by_index(place).unwrap();
        let (mut text, name) = (String::new(), part.name().unwrap().into_owned());
        part.read_to_string(&mut text).unwrap();
        if name == "xl/workbook.xml" {
            assert!(text.contains("<workbookPr"));
            text = text.replace("<workbookPr", "<workbookPr date1904=\"1\"");
        }
        to.start_file(name, SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn a_formula_says_what_it_said_when_it_was_kept() {
    let bytes = book(|sheet| {
        let formula = Formula::new("=\"A-\"&7").set_result("A-07");
        sheet.write(1, 0, formula).unwrap();
    });
    assert!(csv(bytes).lines().nth(1).unwrap().starts_with("A-07,"));
}

#[test]
fn merged_cells_say_the_same_in_every_row() {
    let bytes = book(|sheet| {
        sheet
            .merge_range(1, 0, 2, 0, "A-01", &Format::new())
            .unwrap();
        sheet.write(1, 1, "Ann").unwrap();
        sheet.write(2, 1, "Bob").unwrap();
        sheet
            .merge_range(3, 0, 900_000, 0, "B-02", &Format::new())
            .unwrap();
        sheet.write(3, 1, "Eve").unwrap();
    });
    let text = csv(bytes);
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(rows, ["A-01,Ann,,,", "A-01,Bob,,,", "B-02,Eve,,,"]);
}

#[test]
fn what_is_hidden_is_not_brought_in() {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet();
    header(hidden);
    hidden.write(1, 0, "secret").unwrap();
    hidden.set_hidden(true);
    let sheet = book.add_worksheet();
    sheet.set_active(true);
    header(sheet);
    sheet.write(1, 0, "seen").unwrap();
    let text = csv(book.save_to_buffer().unwrap());
    assert!(text.contains("seen") && !text.contains("secret"), "{text}");
}

#[test]
fn what_is_no_table_is_told_from_what_is_damaged_or_empty() {
    for bytes in [
        &b"\x89PNG\r\n\x1a\n\0\0"[..],
        b"%PDF-1.7\n\xe2\xe3",
        b"\xff\xfel\0o\0",
        b"\xd0\xcf\x11\xe0",
    ] {
        assert!(matches!(fault(bytes), SheetError::Format(_)), "{bytes:?}");
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.txt", SimpleFileOptions::default())
        .unwrap();
    let zip = zip.finish().unwrap().into_inner();
    assert!(matches!(fault(&zip), SheetError::Format(_)));
    let whole = book(|sheet| drop(sheet.write(1, 0, "1")));
    assert!(matches!(
        fault(&whole[..whole.len() / 2]),
        SheetError::Damaged(_)
    ));
    assert_eq!(
        fault(""),
        SheetError::Empty("nothing in it, not even a header")
    );
    assert_eq!(
        fault("lot,name,from\n\n"),
        SheetError::Empty("a header and no row")
    );
}

#[test]
fn what_is_larger_than_it_seems_is_refused_before_it_is_read() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default())
        .unwrap();
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..130 {
        zip.write_all(&zeros).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    assert!(matches!(fault(&bomb), SheetError::TooLarge(_)));
    let far = book(|sheet| drop(sheet.write(1_048_575, 0, "1")));
    assert!(matches!(fault(&far), SheetError::TooLarge(_)));
    let wide = book(|sheet| drop(sheet.write(1, 16_383, "1")));
    assert!(matches!(fault(&wide), SheetError::TooLarge(_)));
    let mut long = "lot,name,from\n".to_owned();
    for _ in 0..=ROWS_MAX {
        long.push_str("1,a,b\n");
    }
    assert!(matches!(fault(&long), SheetError::TooLarge(_)));
}
