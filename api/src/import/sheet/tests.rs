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
fn a_row_of_another_length_is_told_and_its_words_stand_under_their_headings() {
    // Nine of twelve fields, which is as many as are looked for.
    let text = csv("name;;lot;from;;;;;email;;;\nAnn;;A1;2026-01-01;;;;;;;;\nA2;;A3;2026-01-01\n");
    assert_eq!(
        text,
        "lot,name,from,email,(fields)\nA1,Ann,2026-01-01,,\nA3,A2,2026-01-01,,4 of 12\n"
    );
    let longer = csv("lot,name,from\n2,Bob,2026-01-01,x\n");
    assert!(longer.ends_with("2,Bob,2026-01-01,,4 of 3\n"), "{longer}");
}

#[test]
fn separators_and_blank_lines_in_front_of_the_header_change_nothing() {
    let whole = "lot,name,from,email\nA1,Ann,2026-01-01,\n";
    for text in [
        "\u{feff}sep=;\r\nlot;name;from\r\nA1;Ann;2026-01-01\r\n",
        "\r\nlot;name;from\r\nA1;Ann;2026-01-01\r\n",
        ";;\nlot;name;from\nA1;Ann;2026-01-01\n",
        "\"lot\";\"name\";\"from\";\"e, m, a, i, l\"\nA1;Ann;2026-01-01;\n",
    ] {
        let text = csv(text)
            .replace(",\"e, m, a, i, l\"", "")
            .replace(",,\n", ",\n");
        assert_eq!(text.trim_start(), whole, "{text}");
    }
    let said = csv("sep=;\nlot;name;from\nA1;Ann;2026-01-01\n");
    assert_eq!(
        said.lines().position(|line| line.starts_with("lot")),
        Some(1)
    );
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
    with_part(bytes, "xl/workbook.xml", |text| {
        assert!(text.contains("<workbookPr"));
        text.replace("<workbookPr", "<workbookPr date1904=\"1\"")
    })
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

#[test]
fn a_format_with_a_percent_sign_shows_a_hundred_times_the_value() {
    let bytes = book(|sheet| {
        let values = [
            ("0%", 0.5),
            ("0.00%", 0.3333),
            ("0.00 %", 1.0),
            ("0.0", 1.1 * 3.0),
        ];
        for (row, (format, value)) in (1..).zip(values) {
            let format = Format::new().set_num_format(format);
            sheet.write(row, 0, "1").unwrap();
            sheet
                .write_number_with_format(row, 2, value, &format)
                .unwrap();
        }
    });
    assert_eq!(days(&bytes), ["50%", "33.33%", "100%", "3.3"]);
}

#[test]
fn an_error_is_no_value_and_no_header() {
    let bytes = book(|sheet| {
        sheet
            .write(0, 4, Formula::new("=Old!A1").set_result("#REF!"))
            .unwrap();
        for (row, column, error) in [(1, 1, "#N/A"), (2, 3, "#DIV/0!")] {
            sheet.write(row, 0, "1").unwrap();
            sheet
                .write(row, column, Formula::new("=1/0").set_result(error))
                .unwrap();
        }
    });
    // As Excel keeps them: `rust_xlsxwriter` calls results texts.
    let bytes = with_part(&bytes, "xl/worksheets/sheet1.xml", |text| {
        text.replace("t=\"str\"", "t=\"e\"")
    });
    assert_eq!(csv(bytes), "lot,name,from,email,note\n1,#N/A,,,\n1,,,,\n");
    let text = csv("lot,name,from,#BEZUG!,note\n1,#NV,2026-01-01,x,#WERT!\n");
    assert_eq!(text, "lot,name,from,email,note\n1,#NV,2026-01-01,,\n");
}

#[test]
fn parts_are_found_by_their_relationships() {
    let bytes = book(|sheet| {
        let format = Format::new().set_num_format("0%");
        sheet.write(1, 0, "A-1").unwrap();
        sheet.write_number_with_format(1, 2, 0.25, &format).unwrap();
    });
    let moved = [
        ("xl/workbook.xml", "book/main.xml"),
        ("xl/_rels/workbook.xml.rels", "book/_rels/main.xml.rels"),
        ("xl/worksheets/sheet1.xml", "book/cells/one.xml"),
        ("xl/sharedStrings.xml", "texts.xml"),
        ("xl/styles.xml", "book/looks.xml"),
    ];
    let to = |name: &str| {
        let found = moved.iter().find(|(from, _)| *from == name);
        found.map_or(name, |(_, to)| to).to_owned()
    };
    let bytes = rewritten(&bytes, |name, text| {
        let text = text
            .replace("xl/workbook.xml", "/book/main.xml")
            .replace("worksheets/sheet1.xml", "./cells/one.xml")
            .replace("sharedStrings.xml", "../texts.xml")
            .replace("styles.xml", "looks.xml");
        (to(name), text)
    });
    assert_eq!(csv(&bytes), "lot,name,from,email,note\nA-1,,25%,,\n");
    let document = rewritten(&bytes, |name, text| {
        (
            name.to_owned(),
            text.replace("<workbook", "<document")
                .replace("</workbook", "</document"),
        )
    });
    assert!(matches!(fault(document), SheetError::Format(_)));
}

/// One text that a hundred thousand cells share, in a file of a few kilobytes.
#[test]
fn texts_that_cells_share_count_for_each_cell() {
    let text = "x".repeat(20_000);
    let bytes = book(|sheet| {
        for row in 1..4_000 {
            sheet.write(row, 0, &text).unwrap();
        }
    });
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    let SheetError::TooLarge(why) = fault(&bytes) else {
        panic!("it was read");
    };
    assert!(why.contains("bytes of text"), "{why}");
    let merged = book(|sheet| {
        sheet.write(1, 0, &text).unwrap();
        for row in 1..4_000 {
            sheet.write(row, 1, 1).unwrap();
        }
    });
    let merged = with_part(&merged, "xl/worksheets/sheet1.xml", |text| {
        text.replace(
            "</sheetData>",
            "</sheetData><mergeCells><mergeCell ref=\"A2:A4000\"/></mergeCells>",
        )
    });
    assert!(matches!(fault(&merged), SheetError::TooLarge(_)));
}

#[test]
fn a_cell_holds_no_more_than_in_excel() {
    let of = |chars: usize| {
        let bytes = book(|sheet| drop(sheet.write(1, 0, "long")));
        with_part(&bytes, "xl/sharedStrings.xml", |text| {
            text.replace("long", &"é".repeat(chars))
        })
    };
    assert!(csv(of(32_767)).contains("éé"));
    assert!(matches!(fault(of(32_768)), SheetError::TooLarge(_)));
    assert!(matches!(fault(of(2_000_000)), SheetError::TooLarge(_)));
}

#[test]
fn texts_of_several_parts_and_with_escapes_are_whole() {
    let bytes = book(|sheet| drop(sheet.write(1, 0, "rich")));
    let bytes = with_part(&bytes, "xl/sharedStrings.xml", |text| {
        text.replace(
            "<si><t>rich</t></si>",
            "<si><r><rPr><b/></rPr><t>A &amp; </t></r><r><t>B_x0041_&#xe9;</t></r><rPh sb=\"0\" \
             eb=\"1\"><t>aside</t></rPh></si>",
        )
    });
    assert_eq!(csv(bytes).lines().nth(1), Some("A & BAé,,,,"));
}

/// The workbook with one part changed.
fn with_part(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    rewritten(bytes, |name, text| {
        let text = if name == part { change(text) } else { text };
        (name.to_owned(), text)
    })
}

/// The workbook with every part changed, and its name.
fn rewritten(bytes: &[u8], change: impl Fn(&str, String) -> (String, String)) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..from.len() {
        let mut part = from.by_index(place).unwrap();
        let (mut text, name) = (String::new(), part.name().unwrap().into_owned());
        part.read_to_string(&mut text).unwrap();
        let (name, text) = change(&name, text);
        to.start_file(name, SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}
