//! JPEG: a chain of segments, then compressed data, until the mark of its end.

use super::reader::Reader;
use super::{PictureFault, Stripped, turn};

const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;
const EXIF: &[u8] = b"Exif\0\0";
const JFIF: &[u8] = b"JFIF\0";
/// A header of JFIF without the small picture that may follow it.
const JFIF_BYTES: usize = 14;

/// The picture without segments that are not needed to show it: Exif with place and time, XMP,
/// IPTC, comments, makers' notes, and further pictures behind the first one.
pub(super) fn strip(bytes: &[u8]) -> Result<Stripped, PictureFault> {
    let mut from = Reader::of(bytes);
    from.expect(b"\xff\xd8")?;
    let mut out = b"\xff\xd8".to_vec();
    let (mut size, mut orientation, mut scans) = (None, turn::UPRIGHT, 0_u64);
    // Exif stands at the front, behind the header of JFIF alone.
    let mut front = out.len();
    loop {
        let mark = mark(&mut from)?;
        match mark {
            END => break,
            // Marks that stand by themselves.
            0x01 | 0xd0..=0xd7 => out.extend([0xff, mark]),
            _ => {
                let body = segment(&mut from)?;
                if let Some(tiff) = body.strip_prefix(EXIF).filter(|_| mark == 0xe1) {
                    orientation = turn::orientation(tiff);
                }
                if is_frame(mark) {
                    size = Some(size_of(body)?);
                }
                if let Some(kept) = kept(mark, body) {
                    append(&mut out, mark, &kept)?;
                }
                if mark == 0xe0 && out.len() == front + JFIF_BYTES + 4 {
                    front = out.len();
                }
                if mark == SCAN {
                    scans += 1;
                    out.extend(compressed(&mut from)?);
                }
            }
        }
    }
    out.extend([0xff, END]);
    if orientation != turn::UPRIGHT {
        let mut turned = Vec::new();
        append(
            &mut turned,
            0xe1,
            &[EXIF, &turn::block(orientation)].concat(),
        )?;
        out.splice(front..front, turned);
    }
    let (width, height) = size.ok_or(PictureFault::Unreadable)?;
    Ok(Stripped {
        bytes: out,
        width,
        height,
        orientation,
        // Without compressed data there is nothing to be seen.
        frames: scans.min(1),
    })
}

fn mark(from: &mut Reader<'_>) -> Result<u8, PictureFault> {
    if from.byte()? != 0xff {
        return Err(PictureFault::Unreadable);
    }
    loop {
        match from.byte()? {
            0xff => {}
            0 => return Err(PictureFault::Unreadable),
            mark => return Ok(mark),
        }
    }
}

fn segment<'a>(from: &mut Reader<'a>) -> Result<&'a [u8], PictureFault> {
    let length = usize::from(from.big_16()?);
    from.take(length.checked_sub(2).ok_or(PictureFault::Unreadable)?)
}

fn append(out: &mut Vec<u8>, mark: u8, body: &[u8]) -> Result<(), PictureFault> {
    let length = u16::try_from(body.len() + 2).map_err(|_| PictureFault::Unreadable)?;
    out.extend([0xff, mark]);
    out.extend(length.to_be_bytes());
    out.extend(body);
    Ok(())
}

/// Whether the segment begins a frame, so that it tells the size.
fn is_frame(mark: u8) -> bool {
    (0xc0..=0xcf).contains(&mark) && !matches!(mark, 0xc4 | 0xc8 | 0xcc)
}

fn size_of(body: &[u8]) -> Result<(u32, u32), PictureFault> {
    let mut from = Reader::of(body);
    from.byte()?;
    let (height, width) = (from.big_16()?, from.big_16()?);
    Ok((width.into(), height.into()))
}

/// What is kept of a segment: colours need the profile and what Adobe says of them.
fn kept(mark: u8, body: &[u8]) -> Option<Vec<u8>> {
    match mark {
        0xe0 if body.starts_with(JFIF) && body.len() >= JFIF_BYTES => {
            let mut header = body[..JFIF_BYTES].to_vec();
            // No small picture follows.
            header[12..].fill(0);
            Some(header)
        }
        0xe2 if body.starts_with(b"ICC_PROFILE\0") => Some(body.to_vec()),
        0xee if body.starts_with(b"Adobe") => Some(body.to_vec()),
        0xe0..=0xef | COMMENT => None,
        _ => Some(body.to_vec()),
    }
}

/// The compressed data up to the next mark that does not belong to it.
fn compressed<'a>(from: &mut Reader<'a>) -> Result<&'a [u8], PictureFault> {
    let rest = from.rest();
    let is_mark = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    let end = rest.windows(2).position(is_mark);
    from.take(end.ok_or(PictureFault::Truncated)?)
}
