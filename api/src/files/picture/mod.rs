//! Pictures: read to their end, rid of what they tell of the one who took them, and made small.
//!
//! Nothing is encoded anew: parts that are not needed to show the picture are left out, and what
//! stands behind its end. How it is turned is kept, in a block of our own that says nothing else,
//! so that it is shown as it was taken. The size that is told is the one that is shown.

mod gif;
mod jpeg;
mod png;
mod reader;
#[cfg(test)]
mod tests;
mod turn;
mod webp;

use std::io::Cursor;

use domain::file::{ContentType, PIXELS_MAX, Pixels};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};

/// The longer side of a thumbnail, in pixels.
const THUMBNAIL_SIDE: u32 = 320;
const THUMBNAIL_QUALITY: u8 = 80;
/// The most pixels of all frames of a moving picture together.
const FRAMES_PIXELS_MAX: u64 = 250_000_000;
/// A picture of at most so many pixels may be compressed as far as it likes: it is small anyway.
const TINY_PIXELS: u64 = 1_000_000;
/// How much larger a picture may be in memory, at 4 bytes a pixel, than in its file.
const RATIO_MAX: u64 = 100;
/// The most memory that reading one picture may take.
const MEMORY_MAX: u64 = 512 << 20;

/// Why a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// It stops before its end.
    #[error("the picture stops before its end; send all of it")]
    Truncated,
    /// It cannot be read.
    #[error("the picture cannot be read; save it anew")]
    Unreadable,
    /// It is too large.
    #[error("the picture has more than {PIXELS_MAX} pixels; make it smaller")]
    TooManyPixels,
    /// It moves for too long.
    #[error(
        "all frames of the picture together have more than {FRAMES_PIXELS_MAX} pixels; make it \
         shorter or smaller"
    )]
    TooManyFrames,
    /// It becomes far larger than its file.
    #[error(
        "the picture is more than {RATIO_MAX} times larger than its file, as no photo is; save it \
         in another format, or with at most {TINY_PIXELS} pixels"
    )]
    CompressedTooFar,
}

impl PictureFault {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Truncated => "picture_truncated",
            Self::Unreadable => "picture_unreadable",
            Self::TooManyPixels => "picture_too_many_pixels",
            Self::TooManyFrames => "picture_too_many_frames",
            Self::CompressedTooFar => "picture_compressed_too_far",
        }
    }
}

/// A picture without what is nobody's business.
struct Stripped {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    /// As Exif counts it: 1 is upright.
    orientation: u8,
    frames: u64,
}

/// A picture that is fit to be kept.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What is kept of it.
    pub bytes: Vec<u8>,
    /// Its size as it is shown.
    pub pixels: Pixels,
    /// It, made small: a JPEG, or a PNG where one can see through it.
    pub thumbnail: Vec<u8>,
}

/// Reads a picture of the format `content` to its end. Takes a core for as long as that takes.
pub fn read(bytes: &[u8], content: ContentType) -> Result<Picture, PictureFault> {
    let (stripped, format) = match content {
        ContentType::Jpeg => (jpeg::strip(bytes)?, ImageFormat::Jpeg),
        ContentType::Png => (png::strip(bytes)?, ImageFormat::Png),
        ContentType::Gif => (gif::strip(bytes)?, ImageFormat::Gif),
        ContentType::Webp => (webp::strip(bytes)?, ImageFormat::WebP),
        _ => return Err(PictureFault::Unreadable),
    };
    check_size(&stripped)?;
    let thumbnail = thumbnail(&stripped, format)?;
    let (width, height) = match stripped.orientation {
        // A quarter turn to the left or to the right.
        5..=8 => (stripped.height, stripped.width),
        _ => (stripped.width, stripped.height),
    };
    Ok(Picture {
        bytes: stripped.bytes,
        pixels: Pixels { width, height },
        thumbnail,
    })
}

/// Refuses by what the picture says of itself, before any of it is unpacked.
fn check_size(picture: &Stripped) -> Result<(), PictureFault> {
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    let bytes = picture.bytes.len() as u64;
    if pixels == 0 || picture.frames == 0 {
        return Err(PictureFault::Unreadable);
    }
    if pixels > PIXELS_MAX {
        return Err(PictureFault::TooManyPixels);
    }
    if pixels.saturating_mul(picture.frames) > FRAMES_PIXELS_MAX {
        return Err(PictureFault::TooManyFrames);
    }
    if pixels > TINY_PIXELS && pixels * 4 > bytes * RATIO_MAX {
        return Err(PictureFault::CompressedTooFar);
    }
    Ok(())
}

fn thumbnail(picture: &Stripped, format: ImageFormat) -> Result<Vec<u8>, PictureFault> {
    let mut reader = ImageReader::with_format(Cursor::new(&picture.bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let unreadable = |error| {
        tracing::debug!(%error, "a picture cannot be read");
        PictureFault::Unreadable
    };
    let mut image = reader.decode().map_err(unreadable)?;
    if (image.width(), image.height()) != (picture.width, picture.height) {
        return Err(PictureFault::Unreadable);
    }
    if image.width().max(image.height()) > THUMBNAIL_SIDE {
        image = image.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE);
    }
    let turn = Orientation::from_exif(picture.orientation).unwrap_or(Orientation::NoTransforms);
    image.apply_orientation(turn);
    small(&image).map_err(unreadable)
}

fn small(image: &DynamicImage) -> image::ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    if image.color().has_alpha() {
        let image = image.to_rgba8();
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY);
        image.to_rgb8().write_with_encoder(encoder)?;
    }
    Ok(bytes)
}
