//! PNG: a chain of chunks, each with its check sum.

use flate2::Crc;

use super::reader::{Reader, length};
use super::{PictureFault, Stripped, turn};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The chunks that are needed to show the picture as it is meant.
const NEEDED: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
    b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
];

/// The picture without texts, times, Exif, chunks that nobody knows, and what stands behind it.
pub(super) fn strip(bytes: &[u8]) -> Result<Stripped, PictureFault> {
    let mut from = Reader::of(bytes);
    from.expect(SIGNATURE)?;
    let mut out = SIGNATURE.to_vec();
    let (mut size, mut front, mut orientation, mut frames) = (None, 0, turn::UPRIGHT, 1);
    let mut has_data = false;
    loop {
        let count = length(from.big_32()?)?;
        let kind = from.take(4)?;
        let body = from.take(count)?;
        let _check_sum = from.big_32()?;
        match kind {
            b"IHDR" => size = Some(size_of(body)?),
            b"eXIf" => orientation = turn::orientation(body),
            b"acTL" => frames = Reader::of(body).big_32()?.into(),
            b"IDAT" => has_data = true,
            _ => {}
        }
        if NEEDED.iter().any(|needed| *needed == kind) {
            append(&mut out, kind, body)?;
        }
        match kind {
            b"IHDR" => front = out.len(),
            b"IEND" => break,
            _ => {}
        }
    }
    if orientation != turn::UPRIGHT {
        let mut turned = Vec::new();
        append(&mut turned, b"eXIf", &turn::block(orientation))?;
        out.splice(front..front, turned);
    }
    let (width, height) = size.filter(|_| has_data).ok_or(PictureFault::Unreadable)?;
    Ok(Stripped {
        bytes: out,
        width,
        height,
        orientation,
        frames,
    })
}

fn size_of(body: &[u8]) -> Result<(u32, u32), PictureFault> {
    let mut from = Reader::of(body);
    Ok((from.big_32()?, from.big_32()?))
}

fn append(out: &mut Vec<u8>, kind: &[u8], body: &[u8]) -> Result<(), PictureFault> {
    let count = u32::try_from(body.len()).map_err(|_| PictureFault::Unreadable)?;
    out.extend(count.to_be_bytes());
    let mut sum = Crc::new();
    for part in [kind, body] {
        sum.update(part);
        out.extend(part);
    }
    out.extend(sum.sum().to_be_bytes());
    Ok(())
}
