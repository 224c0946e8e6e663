//! How a picture is turned, as Exif says it; nothing else of Exif is kept.

use super::PictureFault;
use super::reader::Reader;

/// Upright.
pub(super) const UPRIGHT: u8 = 1;
const TAG: u16 = 0x0112;
const SHORT: u16 = 3;

/// How the picture is turned, from a block of Exif: 1 to 8. What cannot be read says nothing.
pub(super) fn orientation(tiff: &[u8]) -> u8 {
    read(tiff).unwrap_or(UPRIGHT)
}

fn read(tiff: &[u8]) -> Result<u8, PictureFault> {
    let mut head = Reader::of(tiff);
    let is_big = match head.take(4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return Err(PictureFault::Unreadable),
    };
    let two = |r: &mut Reader<'_>| if is_big { r.big_16() } else { r.little_16() };
    let start = if is_big {
        head.big_32()?
    } else {
        head.little_32()?
    };
    let mut table = Reader::of(tiff);
    table.take(super::reader::length(start)?)?;
    for _ in 0..two(&mut table)? {
        let (tag, kind) = (two(&mut table)?, two(&mut table)?);
        table.take(4)?;
        let value = two(&mut table)?;
        table.take(2)?;
        if tag == TAG && kind == SHORT {
            let value = u8::try_from(value).ok().filter(|v| (1..=8).contains(v));
            return value.ok_or(PictureFault::Unreadable);
        }
    }
    Ok(UPRIGHT)
}

/// A block of Exif that says how the picture is turned, and nothing else.
pub(super) fn block(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0".to_vec();
    block.extend(8_u32.to_le_bytes());
    block.extend(1_u16.to_le_bytes());
    block.extend(TAG.to_le_bytes());
    block.extend(SHORT.to_le_bytes());
    block.extend(1_u32.to_le_bytes());
    block.extend(u32::from(orientation).to_le_bytes());
    // No further table.
    block.extend(0_u32.to_le_bytes());
    block
}
