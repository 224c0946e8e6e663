//! What is in a file, as its first bytes say, whatever its name or its sender say.

use domain::file::ContentType;

/// How far into a file its format is looked for.
const HEAD_BYTES: usize = 4_096;

/// What `bytes` are, if they are of a format that is taken.
pub fn sniff(bytes: &[u8]) -> Option<ContentType> {
    let at = |place: usize, magic: &[u8]| bytes.get(place..).is_some_and(|b| b.starts_with(magic));
    if at(0, b"\xff\xd8\xff") {
        Some(ContentType::Jpeg)
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        Some(ContentType::Png)
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some(ContentType::Gif)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some(ContentType::Webp)
    } else if at(0, b"%PDF-") {
        Some(ContentType::Pdf)
    } else if at(0, b"PK\x03\x04") {
        is_workbook(bytes).then_some(ContentType::Xlsx)
    } else if at(4, b"ftyp") {
        is_mp4(bytes).then_some(ContentType::Mp4)
    } else if at(0, b"\x1a\x45\xdf\xa3") {
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        contains(head, b"webm").then_some(ContentType::Webm)
    } else {
        is_table(bytes).then_some(ContentType::Csv)
    }
}

/// Whether what a sender calls `declared` can be what the bytes were `found` to be. One who does
/// not know says nothing, or that they are bytes.
pub fn agrees(declared: Option<&str>, found: ContentType) -> bool {
    let Some(declared) = declared else {
        return true;
    };
    let name = declared.split(';').next().unwrap_or_default().trim();
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "" | "application/octet-stream" => true,
        "image/jpg" | "image/pjpeg" => found == ContentType::Jpeg,
        // What browsers call a table depends on which office suite is installed.
        "text/plain" | "application/csv" | "application/vnd.ms-excel" => found == ContentType::Csv,
        "application/x-pdf" => found == ContentType::Pdf,
        "video/x-m4v" => found == ContentType::Mp4,
        name => name == found.as_str(),
    }
}

/// The names of the parts of an archive stand in it uncompressed.
fn is_workbook(bytes: &[u8]) -> bool {
    contains(bytes, b"[Content_Types].xml") && contains(bytes, b"xl/workbook.xml")
}

/// Pictures (HEIC, AVIF) come in the same box under other brands.
fn is_mp4(bytes: &[u8]) -> bool {
    const BRANDS: &[&[u8; 4]] = &[
        b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ",
        b"MSNV", b"mmp4",
    ];
    let brand = bytes.get(8..12);
    brand.is_some_and(|brand| BRANDS.iter().any(|known| *known == brand))
}

/// Text without control characters that is no page: it has no sign of its own.
fn is_table(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_text = |b: &u8| *b >= 0x20 && *b != 0x7f || matches!(b, b'\t' | b'\r' | b'\n');
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    text.iter().all(is_text) && first.is_some_and(|b| *b != b'<')
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_bytes() {
        let workbook = b"PK\x03\x04..[Content_Types].xml..xl/workbook.xml";
        for (bytes, found) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], ContentType::Jpeg),
            (b"\x89PNG\r\n\x1a\n", ContentType::Png),
            (b"GIF89a", ContentType::Gif),
            (b"RIFF\x10\0\0\0WEBPVP8 ", ContentType::Webp),
            (b"%PDF-1.7", ContentType::Pdf),
            (workbook, ContentType::Xlsx),
            (b"\0\0\0\x18ftypisom", ContentType::Mp4),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86webm", ContentType::Webm),
            (b"a,b\r\n1,2\r\n", ContentType::Csv),
            (b"\xef\xbb\xbfpr\xc3\xa9nom;\xe9t\xe9", ContentType::Csv),
        ] {
            assert_eq!(sniff(bytes), Some(found));
            assert!(agrees(Some(found.as_str()), found));
        }
    }

    #[test]
    fn what_is_dangerous_or_unknown_is_no_file() {
        for bytes in [
            &b""[..],
            b"   \n",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b" \n<!DOCTYPE html><script>",
            b"\xef\xbb\xbf<html>",
            b"PK\x03\x04 an archive of anything",
            b"\0\0\0\x18ftypheic",
            b"\x1a\x45\xdf\xa3 matroska",
            b"MZ\x90\0",
            b"\x7fELF",
            b"a,b\0",
        ] {
            assert_eq!(sniff(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_sender_who_says_something_else_is_not_believed() {
        assert!(agrees(None, ContentType::Png));
        assert!(agrees(Some("application/octet-stream"), ContentType::Png));
        assert!(agrees(Some("IMAGE/PNG; q=1"), ContentType::Png));
        assert!(agrees(Some("application/vnd.ms-excel"), ContentType::Csv));
        assert!(!agrees(Some("image/jpeg"), ContentType::Png));
        assert!(!agrees(Some("text/html"), ContentType::Csv));
    }
}
