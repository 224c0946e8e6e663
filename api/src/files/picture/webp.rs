//! `WebP`: a box of chunks, each padded to an even length.

use super::reader::{Reader, length};
use super::{PictureFault, Stripped, turn};

const NEEDED: &[&[u8; 4]] = &[
    b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP",
];
/// Flags of the extended header: there is Exif, there is XMP.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

/// The picture without Exif, XMP, chunks that nobody knows, and what stands behind it.
pub(super) fn strip(bytes: &[u8]) -> Result<Stripped, PictureFault> {
    let mut whole = Reader::of(bytes);
    whole.expect(b"RIFF")?;
    let count = length(whole.little_32()?)?;
    let mut from = Reader::of(whole.take(count)?);
    from.expect(b"WEBP")?;
    let mut body = b"WEBP".to_vec();
    let (mut size, mut orientation, mut moving, mut still) = (None, turn::UPRIGHT, 0, 0);
    let mut flags = None;
    while !from.is_at_end() {
        let kind = from.take(4)?;
        let count = length(from.little_32()?)?;
        let chunk = from.take(count)?;
        if count % 2 == 1 && !from.is_at_end() {
            from.byte()?;
        }
        match kind {
            b"VP8X" => size = Some(extended(chunk)?),
            b"VP8 " => (size, still) = (size.or(Some(lossy(chunk)?)), 1),
            b"VP8L" => (size, still) = (size.or(Some(lossless(chunk)?)), 1),
            b"ANMF" => moving += 1,
            b"EXIF" => {
                let tiff = chunk.strip_prefix(b"Exif\0\0").unwrap_or(chunk);
                orientation = turn::orientation(tiff);
            }
            _ => {}
        }
        if NEEDED.iter().any(|needed| *needed == kind) {
            if kind == b"VP8X" {
                flags = Some(body.len() + 8);
            }
            append(&mut body, kind, chunk)?;
        }
    }
    match flags.and_then(|place| body.get_mut(place)) {
        Some(flags) if orientation != turn::UPRIGHT => *flags = *flags & !HAS_XMP | HAS_EXIF,
        Some(flags) => *flags &= !(HAS_EXIF | HAS_XMP),
        // Without the extended header Exif says nothing.
        None => orientation = turn::UPRIGHT,
    }
    if orientation != turn::UPRIGHT {
        append(&mut body, b"EXIF", &turn::block(orientation))?;
    }
    let (width, height) = size.ok_or(PictureFault::Unreadable)?;
    let mut out = b"RIFF".to_vec();
    let count = u32::try_from(body.len()).map_err(|_| PictureFault::Unreadable)?;
    out.extend(count.to_le_bytes());
    out.extend(body);
    Ok(Stripped {
        bytes: out,
        width,
        height,
        orientation,
        frames: if moving > 0 { moving } else { still },
    })
}

fn append(out: &mut Vec<u8>, kind: &[u8], chunk: &[u8]) -> Result<(), PictureFault> {
    let count = u32::try_from(chunk.len()).map_err(|_| PictureFault::Unreadable)?;
    out.extend(kind);
    out.extend(count.to_le_bytes());
    out.extend(chunk);
    if chunk.len() % 2 == 1 {
        out.push(0);
    }
    Ok(())
}

/// The size of the canvas, less one on each side, in three bytes each.
fn extended(chunk: &[u8]) -> Result<(u32, u32), PictureFault> {
    let mut from = Reader::of(chunk);
    from.take(4)?;
    let mut three = || -> Result<u32, PictureFault> {
        let low = from.little_16()?;
        Ok(u32::from(low) + (u32::from(from.byte()?) << 16) + 1)
    };
    Ok((three()?, three()?))
}

fn lossy(chunk: &[u8]) -> Result<(u32, u32), PictureFault> {
    let mut from = Reader::of(chunk);
    from.take(3)?;
    from.expect(b"\x9d\x01\x2a")?;
    // The two upper bits of each ask for another scale.
    let (width, height) = (from.little_16()?, from.little_16()?);
    Ok((u32::from(width & 0x3fff), u32::from(height & 0x3fff)))
}

fn lossless(chunk: &[u8]) -> Result<(u32, u32), PictureFault> {
    let mut from = Reader::of(chunk);
    from.expect(b"\x2f")?;
    let bits = from.little_32()?;
    Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}
