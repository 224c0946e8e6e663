//! Everything that can be wrong with a file.

use api::import::{Outcome, Stop};

use crate::house::{House, SAMPLE, UNREADABLE, gzipped, sample_with};

/// What of a report has to be the same whatever the file looks like.
async fn figures(content: impl AsRef<[u8]>) -> (i64, i64, i64, i64) {
    let house = House::new().await;
    let report = house.import(content).await;
    let figures = &report.figures;
    (
        figures.accepted(),
        figures.refused(),
        figures.unreadable(),
        figures.equal_earlier,
    )
}

const SAMPLE_FIGURES: (i64, i64, i64, i64) = (22, 4, 0, 1);

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_file_is_read() {
    assert_eq!(figures(SAMPLE).await, SAMPLE_FIGURES);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_have_another_separator_and_blank_lines_in_front() {
    let content = SAMPLE.replace("\"1,5\"", "15").replace(',', ";");
    assert_eq!(figures(format!("\r\n;;\n{content}")).await, SAMPLE_FIGURES);
    let content = SAMPLE.replace("\"1,5\"", "15").replace(',', "|");
    assert_eq!(
        figures(format!("\u{feff}sep=|\r\n{content}")).await,
        SAMPLE_FIGURES
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_is_known_by_its_content_whatever_the_file_is_called() {
    assert_eq!(figures(gzipped(SAMPLE)).await, SAMPLE_FIGURES);
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_of_several_parts_is_read_to_its_end() {
    let (first, second) = SAMPLE.split_at(SAMPLE.len() / 2);
    assert_eq!(
        figures([gzipped(first), gzipped(second)].concat()).await,
        SAMPLE_FIGURES
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_and_line_ends_of_windows_change_nothing() {
    let content = format!("\u{feff}{}", SAMPLE.replace('\n', "\r\n"));
    assert_eq!(figures(content).await, SAMPLE_FIGURES);
}

#[tokio::test(flavor = "multi_thread")]
async fn padded_fields_change_nothing() {
    let content = sample_with(|line| line.replace("\"1,5\"", "15").replace(',', "   , "));
    assert_eq!(figures(content).await, SAMPLE_FIGURES);
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_found_by_name_in_any_order_and_strangers_are_passed_over() {
    let mut reader = csv::Reader::from_reader(SAMPLE.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let turned = |record: &csv::StringRecord, stranger: &str| {
        record
            .iter()
            .rev()
            .chain([stranger])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    writer
        .write_record(turned(reader.headers().unwrap(), "stranger"))
        .unwrap();
    for record in reader.records() {
        writer.write_record(turned(&record.unwrap(), "x")).unwrap();
    }
    assert_eq!(figures(writer.into_inner().unwrap()).await, SAMPLE_FIGURES);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_missing_and_doubled_columns_are_named_and_nothing_is_imported() {
    let house = House::new().await;
    let content = SAMPLE
        .replacen("adr", "price", 1)
        .replacen("lead_time", "meal", 1)
        .replacen("is_canceled", "x", 1);
    let fault = house.fault(content).await;
    for part in [
        "missing: `is_canceled`, `lead_time`, `adr`",
        "more than once: `meal`",
    ] {
        assert!(fault.contains(part), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_that_was_cut_off_or_damaged_is_refused_as_a_whole() {
    let house = House::new().await;
    let whole = gzipped(SAMPLE);
    for kept in [3, 12, whole.len() / 2, whole.len() - 1] {
        let fault = house.fault(&whole[..kept]).await;
        assert!(fault.contains("cut off before its end"), "{kept}: {fault}");
    }
    let mut damaged = whole.clone();
    let place = damaged.len() - 6;
    damaged[place] ^= 0x55;
    assert!(house.fault(damaged).await.contains("damaged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_is_refused_with_what_it_is() {
    let house = House::new().await;
    let header = SAMPLE.lines().next().unwrap();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(SAMPLE.bytes().flat_map(|b| [b, 0]))
        .collect();
    for (content, part) in [
        (Vec::new(), "is empty"),
        (gzipped(""), "is empty"),
        (header.as_bytes().to_vec(), "has a header and no row"),
        (utf16, "UTF-16"),
        (b"PK\x03\x04whatever".to_vec(), "zip archive"),
        (SAMPLE.replace(',', "|").into_bytes(), "missing: `hotel`"),
    ] {
        let fault = house.fault(content).await;
        assert!(fault.contains(part), "{part}: {fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    let house = House::new().await;
    let mut content = SAMPLE
        .replace('"', "")
        .replacen("Resort Hotel", "\"Resort Hotel", 1);
    while content.len() < 4 * 1024 * 1024 {
        content.push_str("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n");
    }
    let fault = house.fault(content).await;
    assert!(
        fault.contains("begins on line 2") && fault.contains("never closed"),
        "{fault}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_and_a_folder_are_refused() {
    let house = House::new().await;
    let nowhere = house.folder.path().join("nowhere.csv");
    let fault = house
        .run(&nowhere, &Stop::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(fault.contains("nowhere.csv"), "{fault}");
    let fault = house
        .run(house.folder.path(), &Stop::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(fault.contains("is a folder"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_cannot_be_read_are_kept_with_line_and_reason_and_the_others_imported() {
    let house = House::new().await;
    let mut content = UNREADABLE.as_bytes().to_vec();
    content.extend_from_slice(b"\xff\xfe,broken\n\n");
    let row = UNREADABLE.lines().nth(1).unwrap();
    content.extend_from_slice(
        &row.as_bytes()
            .iter()
            .map(|b| if *b == b'T' { 0xe9 } else { *b })
            .collect::<Vec<_>>(),
    );
    content.extend_from_slice(b"\n");
    content.extend_from_slice(row.replace("PRT", "P\0T").as_bytes());
    let report = house.import(content).await;
    assert_eq!(
        (report.figures.accepted(), report.figures.unreadable()),
        (1, 11)
    );

    let folder = house.folder.path().join("report");
    let written = report.write(&house.pool, &folder).await.unwrap();
    assert_eq!(written.len(), 2, "{written:?}");
    let rows = std::fs::read_to_string(folder.join("unreadable.csv")).unwrap();
    let reasons: Vec<Vec<&str>> = rows
        .lines()
        .map(|line| line.split(',').take(3).collect())
        .collect();
    assert_eq!(
        reasons,
        [
            ["row", "line", "reason"],
            ["2", "3", "date"],
            ["3", "4", "field_count"],
            ["4", "5", "field_count"],
            ["5", "6", "number"],
            ["6", "7", "word"],
            ["7", "8", "word"],
            ["8", "9", "number"],
            ["9", "10", "date"],
            ["10", "11", "field_count"],
            ["11", "13", "not_utf8"],
            ["12", "14", "control_character"],
        ]
    );
    assert!(rows.contains("there is no 30 February 2016"), "{rows}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_rows_are_written_with_the_reason_and_as_they_stand_in_the_file() {
    let house = House::new().await;
    let report = house.import(SAMPLE).await;
    let folder = house.folder.path().join("report");
    let written = report.write(&house.pool, &folder).await.unwrap();
    assert_eq!(written.len(), 2, "{written:?}");

    let mut rows = csv::Reader::from_path(folder.join("refused.csv")).unwrap();
    let header: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[..5], ["row", "line", "reason", "detail", "hotel"]);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let reasons: Vec<(&str, &str)> = rows.iter().map(|row| (&row[0], &row[2])).collect();
    assert_eq!(
        reasons,
        [
            ("14", "no_nights"),
            ("15", "no_guests"),
            ("16", "no_nights"),
            ("17", "price_negative")
        ]
    );
    let original = SAMPLE.lines().nth(14).unwrap();
    assert_eq!(
        rows[0].iter().skip(4).collect::<Vec<_>>().join(","),
        original
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_another_file_that_are_equal_are_warned_of() {
    let house = House::new().await;
    let first = house.import(SAMPLE).await;
    assert_eq!(first.figures.equal_elsewhere, 0);
    // The same rows with other padding: another content, so another import.
    let second = house.import(SAMPLE.replace("BB", " BB ")).await;
    assert_eq!(second.figures.equal_elsewhere, 26);
    assert!(
        second
            .to_string()
            .contains("warning: 26 rows equal rows of another file"),
        "{second}"
    );
    assert_ne!(first.file.id, second.file.id);
    assert_eq!(second.figures.accepted(), 22);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_is_read_like_a_file() {
    let house = House::new().await;
    let pipe = house.folder.path().join("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let (into, content) = (pipe.clone(), gzipped(SAMPLE));
    let writing = std::thread::spawn(move || std::fs::write(into, content).unwrap());
    let outcome = house.run(&pipe, &Stop::default()).await.unwrap();
    writing.join().unwrap();
    let Outcome::Finished(report) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(report.figures.accepted(), 22);
}
