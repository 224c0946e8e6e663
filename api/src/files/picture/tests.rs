//! What is taken, what is left of it, and that another reader of Exif finds nothing in it.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Reader, Tag, Value};
use image::ImageFormat;

use super::*;
use crate::serve::testing::picture;

const SECRET: &[u8] = b"48.8584 N, 2.2945 E";

/// Exif as a telephone writes it: who took it, where it was, how it was held.
fn telephone(orientation: u16) -> Vec<u8> {
    let degrees = |d: u32| {
        let parts = [(d, 1), (51, 1), (30, 1)];
        Value::Rational(
            parts
                .map(|(num, denom)| exif::Rational { num, denom })
                .to_vec(),
        )
    };
    let text = |text: &[u8]| Value::Ascii(vec![text.to_vec()]);
    let fields = [
        (Tag::Make, text(b"Telephone")),
        (Tag::Orientation, Value::Short(vec![orientation])),
        (Tag::Artist, text(SECRET)),
        (Tag::GPSLatitudeRef, text(b"N")),
        (Tag::GPSLatitude, degrees(48)),
        (Tag::GPSLongitudeRef, text(b"E")),
        (Tag::GPSLongitude, degrees(2)),
    ];
    let fields = fields.map(|(tag, value)| Field {
        tag,
        ifd_num: In::PRIMARY,
        value,
    });
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, true).unwrap();
    block.into_inner()
}

fn jpeg_with(orientation: u16) -> Vec<u8> {
    let plain = picture(40, 30, ImageFormat::Jpeg);
    let mut out = plain[..2].to_vec();
    let exif = [b"Exif\0\0".as_slice(), &telephone(orientation)].concat();
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), SECRET].concat();
    for (mark, body) in [
        (0xe1, exif.as_slice()),
        (0xe1, &xmp),
        (0xed, SECRET),
        (0xfe, SECRET),
    ] {
        let length = u16::try_from(body.len() + 2).unwrap();
        out.extend([0xff, mark]);
        out.extend(length.to_be_bytes());
        out.extend(body);
    }
    out.extend(&plain[2..]);
    // A second picture, or anything else, behind the end.
    out.extend(SECRET);
    out
}

fn png_chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(&kind);
    sum.update(body);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, &kind, body, &sum.sum().to_be_bytes()].concat()
}

fn png_with(orientation: u16) -> Vec<u8> {
    let plain = picture(40, 30, ImageFormat::Png);
    // Signature and header.
    let (head, rest) = plain.split_at(8 + 25);
    [
        head,
        &png_chunk(*b"eXIf", &telephone(orientation)),
        &png_chunk(*b"tEXt", &[b"Author\0", SECRET].concat()),
        &png_chunk(*b"prVt", SECRET),
        rest,
        SECRET,
    ]
    .concat()
}

fn webp_with(orientation: u16) -> Vec<u8> {
    let plain = picture(40, 30, ImageFormat::WebP);
    let chunk = |kind: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        let pad = vec![0; body.len() % 2];
        [kind, &length, body, &pad].concat()
    };
    // Exif and XMP, and the size less one.
    let extended = [0x0c, 0, 0, 0, 39, 0, 0, 29, 0, 0];
    let body = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &extended),
        plain[12..].to_vec(),
        chunk(b"EXIF", &telephone(orientation)),
        chunk(b"XMP ", SECRET),
        chunk(b"HIDE", SECRET),
    ]
    .concat();
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    [b"RIFF".as_slice(), &length, &body, SECRET].concat()
}

fn gif_with_comment() -> Vec<u8> {
    let plain = picture(40, 30, ImageFormat::Gif);
    let (all, _end) = plain.split_at(plain.len() - 1);
    let length = u8::try_from(SECRET.len()).unwrap();
    let block = [&[length], SECRET, &[0]].concat();
    let comment = [&[0x21, 0xfe], block.as_slice()].concat();
    let xmp = [&[0x21, 0xff, 11], b"XMP DataXMP".as_slice(), &block].concat();
    let looping = [
        &[0x21, 0xff, 11],
        b"NETSCAPE2.0".as_slice(),
        &[3, 1, 0, 0, 0],
    ]
    .concat();
    [all, &comment, &xmp, &looping, &[0x3b], SECRET].concat()
}

/// The fields that another reader finds.
fn fields(bytes: &[u8]) -> Vec<(Tag, String)> {
    match Reader::new().read_from_container(&mut Cursor::new(bytes)) {
        Ok(exif) => exif
            .fields()
            .map(|field| (field.tag, field.display_value().to_string()))
            .collect(),
        Err(exif::Error::NotFound(_)) => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

fn shown(bytes: &[u8], format: ImageFormat) -> Vec<u8> {
    let image = image::load_from_memory_with_format(bytes, format).unwrap();
    image.to_rgba8().into_raw()
}

fn says(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

type Sample = (fn(u16) -> Vec<u8>, ContentType, ImageFormat);

const SAMPLES: [Sample; 3] = [
    (jpeg_with, ContentType::Jpeg, ImageFormat::Jpeg),
    (png_with, ContentType::Png, ImageFormat::Png),
    (webp_with, ContentType::Webp, ImageFormat::WebP),
];

#[test]
fn the_place_is_gone_and_the_turn_is_kept() {
    for (with, content, format) in SAMPLES {
        let sent = with(6);
        let told: Vec<Tag> = fields(&sent).into_iter().map(|(tag, _)| tag).collect();
        assert!(told.contains(&Tag::GPSLatitude), "{content:?}: {told:?}");
        assert!(says(&sent, SECRET));

        let kept = read(&sent, content).unwrap();

        let left = fields(&kept.bytes);
        assert_eq!(left.len(), 1, "{content:?}: {left:?}");
        assert_eq!(left[0].0, Tag::Orientation);
        assert!(!says(&kept.bytes, SECRET), "{content:?}");
        assert_eq!(shown(&kept.bytes, format), shown(&sent, format));
        // It was held upright: 40 by 30 pixels are shown as 30 by 40.
        let size = Pixels {
            width: 30,
            height: 40,
        };
        assert_eq!(kept.pixels, size, "{content:?}");
        let small = image::load_from_memory(&kept.thumbnail).unwrap();
        assert_eq!((small.width(), small.height()), (30, 40));
        // What is clean stays as it is.
        assert_eq!(read(&kept.bytes, content).unwrap().bytes, kept.bytes);
    }
}

#[test]
fn an_upright_picture_keeps_no_exif_at_all() {
    for (with, content, _) in SAMPLES {
        let kept = read(&with(1), content).unwrap();
        assert_eq!(fields(&kept.bytes), [], "{content:?}");
        assert_eq!((kept.pixels.width, kept.pixels.height), (40, 30));
    }
}

#[test]
fn a_gif_loses_its_comments_and_goes_on_moving() {
    let sent = gif_with_comment();
    assert!(says(&sent, SECRET));
    let kept = read(&sent, ContentType::Gif).unwrap();
    assert!(!says(&kept.bytes, SECRET));
    assert!(says(&kept.bytes, b"NETSCAPE2.0"));
    let format = ImageFormat::Gif;
    assert_eq!(shown(&kept.bytes, format), shown(&sent, format));
}

#[test]
fn whatever_is_cut_off_is_found_missing() {
    let mut samples: Vec<(Vec<u8>, ContentType)> = SAMPLES
        .iter()
        .map(|(with, content, _)| (with(6), *content))
        .collect();
    samples.push((gif_with_comment(), ContentType::Gif));
    for (sent, content) in samples {
        let whole = sent.len() - SECRET.len();
        for length in 0..whole {
            let fault = read(&sent[..length], content).unwrap_err();
            let cut = [PictureFault::Truncated, PictureFault::Unreadable];
            assert!(
                cut.contains(&fault),
                "{content:?} of {length} bytes: {fault}"
            );
        }
        assert!(read(&sent[..whole], content).is_ok());
    }
}

#[test]
fn what_would_fill_the_memory_is_refused_by_what_it_says_of_itself() {
    let header = |width: u32, height: u32| {
        let plain = picture(4, 3, ImageFormat::Png);
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let body = [&size, &plain[24..29]].concat();
        [&plain[..8], &png_chunk(*b"IHDR", &body), &plain[33..]].concat()
    };
    let fault = |bytes: &[u8]| read(bytes, ContentType::Png).unwrap_err();
    assert_eq!(fault(&header(10_000, 5_001)), PictureFault::TooManyPixels);
    assert_eq!(
        fault(&header(u32::MAX, u32::MAX)),
        PictureFault::TooManyPixels
    );
    assert_eq!(fault(&header(0, 5)), PictureFault::Unreadable);
    assert_eq!(fault(&header(5_000, 5_000)), PictureFault::CompressedTooFar);
    // 5,000 frames of 300 by 300 pixels are 450 million.
    let plain = picture(300, 300, ImageFormat::Png);
    let frames = [5_000_u32.to_be_bytes(), [0; 4]].concat();
    let moving = [&plain[..33], &png_chunk(*b"acTL", &frames), &plain[33..]].concat();
    assert_eq!(fault(&moving), PictureFault::TooManyFrames);
}

#[test]
fn a_plain_picture_is_taken_as_long_as_it_is_small() {
    let plain = |width, height| {
        let mut bytes = Cursor::new(Vec::new());
        let white = image::DynamicImage::new_rgb8(width, height);
        white.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    };
    let small = read(&plain(1_000, 1_000), ContentType::Png).unwrap();
    let side = image::load_from_memory(&small.thumbnail).unwrap().width();
    assert_eq!(side, THUMBNAIL_SIDE);
    let large = read(&plain(2_000, 1_000), ContentType::Png);
    assert_eq!(large.unwrap_err(), PictureFault::CompressedTooFar);
}

#[test]
fn no_bytes_make_it_panic() {
    let mut state = 20_260_102_u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap()
    };
    for (with, content, _) in SAMPLES {
        let sample = with(6);
        for _ in 0..500 {
            let mut bytes = sample.clone();
            for _ in 0..=draw() % 8 {
                let place = draw() % bytes.len();
                bytes[place] = u8::try_from(draw() % 256).unwrap();
            }
            // Taken or refused, whichever.
            drop(read(&bytes, content));
        }
    }
}
