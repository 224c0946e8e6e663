use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal};
use crate::id::{BuildingId, ListingId, UserId};
use crate::laws;

const USER: UserId = UserId(Uuid::from_u128(1));
const BUILDING: FileOwner = FileOwner::Building(BuildingId(Uuid::from_u128(2)));
const LISTING: FileOwner = FileOwner::Listing(ListingId(Uuid::from_u128(3)));

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
}

fn declare(purpose: Purpose, content_type: ContentType) -> DeclareFile {
    let size = Pixels {
        width: 640,
        height: 480,
    };
    DeclareFile {
        uploader: USER,
        name: "a.b".to_owned(),
        purpose,
        visibility: Visibility::Private,
        content_type,
        bytes: 1_000,
        sha256: "0a".repeat(32),
        pixels: content_type.is_picture().then_some(size),
        at: at(0),
    }
}

fn photo() -> DeclareFile {
    declare(Purpose::Photo, ContentType::Jpeg)
}

fn document() -> DeclareFile {
    declare(Purpose::Document, ContentType::Pdf)
}

/// The file after `commands`, each of which is carried out.
fn after(commands: &[FileCommand]) -> File {
    let mut file = File::default();
    for command in commands {
        for event in file.decide(command).unwrap() {
            file.evolve(&event);
        }
    }
    file
}

fn attach(owner: FileOwner) -> FileCommand {
    FileCommand::Attach(AttachFile { owner })
}

fn detach(owner: FileOwner) -> FileCommand {
    FileCommand::Detach(DetachFile { owner, at: at(1) })
}

fn delete() -> FileCommand {
    FileCommand::Delete(DeleteFile {})
}

fn expire(hours: i64) -> FileCommand {
    let after = TimeDelta::hours(24);
    FileCommand::Expire(ExpireFile {
        after,
        at: at(hours),
    })
}

fn code(file: &File, command: &FileCommand) -> &'static str {
    let refusal = file.decide(command).unwrap_err();
    assert!(!refusal.to_string().is_empty());
    refusal.code()
}

#[test]
fn a_file_belongs_to_one_thing_at_a_time() {
    let declared = FileCommand::Declare(document());
    let attached = after(&[declared.clone(), attach(BUILDING)]);
    let other = FileOwner::Building(BuildingId(Uuid::from_u128(9)));
    assert_eq!(code(&attached, &attach(other)), "file_attached");
    assert_eq!(code(&attached, &detach(other)), "file_not_attached");
    assert!(attached.decide(&attach(BUILDING)).unwrap().is_empty());
    let again = after(&[declared, attach(BUILDING), detach(BUILDING), attach(other)]);
    assert_eq!(again.kept().unwrap().owner, Some(other));
}

#[test]
fn what_is_attached_is_not_deleted_and_what_is_deleted_is_remembered() {
    let declared = FileCommand::Declare(document());
    let attached = after(&[declared.clone(), attach(BUILDING)]);
    assert_eq!(code(&attached, &delete()), "file_attached");
    let deleted = after(&[declared, delete()]);
    assert!(deleted.kept().is_none());
    assert_eq!(deleted.known().unwrap().bytes, 1_000);
    assert!(deleted.decide(&delete()).unwrap().is_empty());
    assert_eq!(code(&deleted, &attach(BUILDING)), "file_unknown");
    assert_eq!(
        code(&deleted, &FileCommand::Declare(document())),
        "file_exists"
    );
}

#[test]
fn only_what_belongs_to_nothing_for_long_enough_expires() {
    let declared = FileCommand::Declare(document());
    let loose = after(std::slice::from_ref(&declared));
    assert_eq!(code(&loose, &expire(23)), "file_in_use");
    assert_eq!(loose.decide(&expire(24)).unwrap().len(), 1);
    let attached = after(&[declared.clone(), attach(BUILDING)]);
    assert_eq!(code(&attached, &expire(1_000)), "file_in_use");
    // Detached after one hour: the day begins then.
    let detached = after(&[declared, attach(BUILDING), detach(BUILDING)]);
    assert_eq!(code(&detached, &expire(24)), "file_in_use");
    assert_eq!(detached.decide(&expire(25)).unwrap().len(), 1);
}

#[test]
fn a_purpose_takes_its_types_and_an_owner_its_purposes() {
    let takes = |purpose: Purpose| {
        let all = ContentType::ALL.into_iter();
        all.filter(|content| purpose.takes(*content)).count()
    };
    assert_eq!(takes(Purpose::Photo), 4);
    assert_eq!(takes(Purpose::Document), 3);
    assert_eq!(takes(Purpose::Message), 9);
    let wrong = FileCommand::Declare(declare(Purpose::Photo, ContentType::Pdf));
    assert_eq!(code(&File::Absent, &wrong), "file_type_not_for_purpose");
    let photo = after(&[FileCommand::Declare(photo())]);
    assert_eq!(code(&photo, &attach(BUILDING)), "file_purpose_not_taken");
    let paper = after(&[FileCommand::Declare(document())]);
    assert_eq!(code(&paper, &attach(LISTING)), "file_purpose_not_taken");
}

#[test]
fn what_a_file_belongs_to_may_decide_who_sees_it() {
    let shown = after(&[FileCommand::Declare(photo()), attach(LISTING)]);
    assert_eq!(shown.kept().unwrap().visibility, Visibility::Public);
    let paper = after(&[FileCommand::Declare(document()), attach(BUILDING)]);
    assert_eq!(paper.kept().unwrap().visibility, Visibility::Private);
    let visibility = Visibility::Public;
    let public = DeclareFile {
        visibility,
        ..document()
    };
    let public = FileCommand::Declare(public);
    let paper = after(&[public.clone(), attach(BUILDING)]);
    assert_eq!(paper.kept().unwrap().visibility, Visibility::Public);
    let incident = FileOwner::Incident(Uuid::from_u128(4).into());
    let hidden = after(&[public, attach(incident)]);
    assert_eq!(hidden.kept().unwrap().visibility, Visibility::Private);
}

#[test]
fn what_cannot_be_a_file_is_refused() {
    let refused = |command: DeclareFile| code(&File::Absent, &FileCommand::Declare(command));
    for bytes in [0, FILE_BYTES_MAX + 1] {
        let wrong = DeclareFile { bytes, ..photo() };
        assert_eq!(refused(wrong), "file_bytes_out_of_range");
    }
    for sha256 in ["", "0A", &"0A".repeat(32), &"0g".repeat(32)] {
        let sha256 = sha256.to_owned();
        let wrong = DeclareFile { sha256, ..photo() };
        assert_eq!(refused(wrong), "file_digest_invalid");
    }
    let pixels = None;
    let wrong = DeclareFile { pixels, ..photo() };
    assert_eq!(refused(wrong), "file_pixels_out_of_range");
    for (width, height) in [(0, 1), (10_000, 5_001), (u32::MAX, u32::MAX)] {
        let pixels = Some(Pixels { width, height });
        let wrong = DeclareFile { pixels, ..photo() };
        assert_eq!(refused(wrong), "file_pixels_out_of_range");
    }
    let name = "a\0".to_owned();
    assert_eq!(
        refused(DeclareFile { name, ..photo() }),
        "text_control_character"
    );
}

#[test]
fn only_what_differs_is_changed_and_who_may_see_it_not_while_it_is_attached() {
    let declared = FileCommand::Declare(document());
    let change = |name: Option<&str>, visibility| {
        let name = name.map(str::to_owned);
        FileCommand::Change(ChangeFile { name, visibility })
    };
    let loose = after(std::slice::from_ref(&declared));
    let same = change(Some("a.b"), Some(Visibility::Private));
    assert!(loose.decide(&same).unwrap().is_empty());
    let attached = after(&[declared, attach(BUILDING)]);
    let public = change(None, Some(Visibility::Public));
    assert_eq!(code(&attached, &public), "file_attached");
    assert_eq!(loose.decide(&public).unwrap().len(), 1);
    TestFramework::<File>::with(())
        .given(vec![])
        .when(change(Some("x"), None))
        .then_expect_error(FileRefusal::Unknown);
}

#[test]
fn a_name_is_cleaned_of_what_could_deceive() {
    for (given, kept) in [
        ("rapport d'été.pdf", "rapport d'été.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\files\\a.PDF", "a.PDF"),
        ("a\0b\r\n.pdf", "ab.pdf"),
        ("", "file.pdf"),
        ("..", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("page.html", "page.html.pdf"),
        ("\u{202e}fdp.exe", "fdp.exe.pdf"),
    ] {
        assert_eq!(clean_name(given, ContentType::Pdf), kept, "{given:?}");
    }
    let long = clean_name(&format!("{}.pdf", "é".repeat(500)), ContentType::Pdf);
    assert_eq!(long.chars().count(), NAME_CHARS_MAX);
    assert!(long.ends_with("é.pdf"));
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn any_name_is_made_one_that_is_taken(name in any::<String>()) {
        for content in ContentType::ALL {
            let cleaned = clean_name(&name, content);
            prop_assert!(crate::text::line("/name", &cleaned, NAME_CHARS_MAX).is_ok());
            prop_assert_eq!(clean_name(&cleaned, content), cleaned);
        }
    }

    #[test]
    fn whatever_is_asked_the_laws_hold(
        commands in prop::collection::vec(
            prop_oneof![
                3 => Just(FileCommand::Declare(document())),
                3 => Just(FileCommand::Declare(photo())),
                2 => Just(attach(BUILDING)),
                2 => Just(attach(LISTING)),
                2 => Just(detach(BUILDING)),
                1 => Just(delete()),
                1 => (0_i64..48).prop_map(expire),
            ],
            0..30,
        ),
        seed in any::<u64>(),
    ) {
        let file: File = laws::obey(&commands, seed);
        if let Some(known) = file.kept() {
            prop_assert_eq!(known.owner.is_none(), known.loose_since.is_some());
        }
    }
}
