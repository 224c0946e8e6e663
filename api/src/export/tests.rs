use domain::export::ExportLocale;
use serde_json::json;

use super::cell::{Cell, decimal};
use super::columns::{Column, Kind};
use super::csv::write;

fn column(pointer: &'static str, kind: Kind) -> Column {
    Column {
        heading: "h",
        pointer,
        kind,
    }
}

#[test]
fn an_amount_has_the_decimals_of_its_currency() {
    for (units, decimals, shown) in [
        (12_550, 2, "125.50"),
        (-5, 2, "-0.05"),
        (7, 0, "7"),
        (1_234, 3, "1.234"),
        (0, 2, "0.00"),
        (i64::MIN, 2, "-92233720368547758.08"),
    ] {
        assert_eq!(decimal(units, decimals, '.'), shown);
    }
    let of = |currency: &str| {
        let item = json!({"total": {"amount": 500, "currency": currency}});
        Cell::of(&column("/total", Kind::Money), &item)
    };
    assert_eq!(of("EUR"), Cell::Decimal(500, 2));
    assert_eq!(of("JPY"), Cell::Decimal(500, 0));
    assert_eq!(of("TND"), Cell::Decimal(500, 3));
}

#[test]
fn parts_of_a_unit_have_their_decimals() {
    let item = json!({"value_e3": 1_500, "longitude_e7": -91_393_366});
    let cell = Cell::of(&column("/value_e3", Kind::Thousandths), &item);
    assert_eq!(cell, Cell::Decimal(1_500, 3));
    let cell = Cell::of(&column("/longitude_e7", Kind::TenMillionths), &item);
    assert_eq!(cell, Cell::Decimal(-91_393_366, 7));
    assert_eq!(decimal(-91_393_366, 7, ','), "-9,1393366");
    assert_eq!(decimal(-3, 7, '.'), "-0.0000003");
}

#[test]
fn a_text_is_no_formula_and_a_number_is_no_text() {
    let columns = [column("/text", Kind::Text), column("/number", Kind::Whole)];
    let row = |text: &str| json!({"text": text, "number": -5});
    let written = |text: &str| {
        let bytes = write(&columns, &[row(text)], ExportLocale::En, false).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    for text in [
        "=1+1", "+1", "-1", "@sum", "\tx", "＝1+1", "＋1", "－1", "＠sum",
    ] {
        assert_eq!(written(text), format!("'{text},-5\r\n"));
    }
    assert_eq!(written("\r=1"), "\"'\r'=1\",-5\r\n");
    assert_eq!(written("a=1"), "a=1,-5\r\n");
    assert_eq!(written("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\",-5\r\n");
}

#[test]
fn no_separator_begins_a_formula_within_a_text() {
    let columns = [column("/text", Kind::Text)];
    let written = |text: &str| {
        let bytes = write(&columns, &[json!({"text": text})], ExportLocale::En, false).unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        record[0].to_owned()
    };
    for (text, safe) in [
        ("a;=1+1", "a;'=1+1"),
        ("a,+1", "a,'+1"),
        ("a\t-1", "a\t'-1"),
        ("a\n@sum", "a\n'@sum"),
        ("a\r\n＝1", "a\r\n'＝1"),
        ("a; =1", "a; '=1"),
        ("a;\"=1\"", "a;\"'=1\""),
        ("\n=1", "'\n'=1"),
        ("\"=1", "\"'=1"),
        ("a=1; b-2, c@d", "a=1; b-2, c@d"),
    ] {
        assert_eq!(written(text), safe, "{text:?}");
    }
}

#[test]
fn a_french_spreadsheet_reads_it_as_it_is() {
    let columns = [
        column("/name", Kind::Text),
        column("/total", Kind::Money),
        column("/shares", Kind::Several),
        column("/none", Kind::Day),
    ];
    let row = json!({
        "name": "Été; hiver", "total": {"amount": -12_550, "currency": "EUR"},
        "shares": {"general": 120, "lift": 3}, "none": null,
    });
    let bytes = write(&columns, &[row], ExportLocale::Fr, true).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(
        text,
        "\u{feff}h;h;h;h\r\n\"Été; hiver\";-125,50;\"general: 120; lift: 3\";\r\n"
    );
}
