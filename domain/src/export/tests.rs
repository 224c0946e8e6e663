use uuid::Uuid;

use super::*;

fn request_with(filters: &[(&str, &str)]) -> ExportCommand {
    let text = |text: &&str| (*text).to_owned();
    ExportCommand::Request(RequestExport {
        by: UserId(Uuid::from_u128(1)),
        list: ExportList::Bookings,
        format: ExportFormat::Csv,
        locale: ExportLocale::Fr,
        filters: filters.iter().map(|(k, v)| (text(k), text(v))).collect(),
        at: DateTime::UNIX_EPOCH,
    })
}

#[test]
fn an_export_is_asked_for_once_and_each_download_is_told() {
    let request = request_with(&[("status", "confirmed")]);
    let mut export = Export::fold(&Export::Absent.decide(&request).unwrap());
    assert_eq!(export.decide(&request).unwrap_err().code(), "export_exists");
    for count in 0..DOWNLOADS_MAX {
        assert_eq!(export.ready().unwrap().downloads, count);
        for event in export.decide(&ExportCommand::Download).unwrap() {
            export.evolve(&event);
        }
    }
    let refusal = export.decide(&ExportCommand::Download).unwrap_err();
    assert_eq!(refusal.code(), "export_downloaded_too_often");
    let refusal = Export::Absent.decide(&ExportCommand::Download).unwrap_err();
    assert_eq!(refusal.code(), "export_unknown");
}

#[test]
fn filters_are_few_and_short() {
    let refused = |filters: &[(&str, &str)]| {
        let refusal = Export::Absent.decide(&request_with(filters)).unwrap_err();
        assert_eq!(refusal.pointer(), Some("/filters"));
        refusal.code()
    };
    assert_eq!(refused(&[("Status", "x")]), "text_no_word");
    assert_eq!(refused(&[("status", "a\0b")]), "text_control_character");
    assert_eq!(refused(&[("status", &"x".repeat(501))]), "text_too_long");
    let names: Vec<String> = (0..=FILTERS_MAX).map(|n| format!("f{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    assert_eq!(refused(&many), "too_many");
}
