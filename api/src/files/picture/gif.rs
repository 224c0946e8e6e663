//! GIF: a screen, then blocks: pictures, and extensions that tell how they are shown.

use super::reader::Reader;
use super::{PictureFault, Stripped, turn};

const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2c;
const END: u8 = 0x3b;
const CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// The applications whose blocks tell how often a picture moves; others hide texts in theirs.
const LOOPS: [&[u8]; 2] = [b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"];

/// The picture without comments, texts, blocks of applications, and what stands behind its end.
pub(super) fn strip(bytes: &[u8]) -> Result<Stripped, PictureFault> {
    let mut from = Reader::of(bytes);
    let head = from.take(6)?;
    let screen = from.take(7)?;
    let mut out = [head, screen].concat();
    let mut size = Reader::of(screen);
    let (width, height) = (size.little_16()?, size.little_16()?);
    out.extend(from.take(colours(screen[4]))?);
    let mut frames = 0;
    loop {
        match from.byte()? {
            END => break,
            FRAME => {
                frames += 1;
                let place = from.take(9)?;
                out.push(FRAME);
                out.extend(place);
                out.extend(from.take(colours(place[8]))?);
                out.push(from.byte()?);
                out.extend(blocks(&mut from)?);
            }
            EXTENSION => {
                let label = from.byte()?;
                let blocks = blocks(&mut from)?;
                let loops = LOOPS.iter().any(|name| blocks.starts_with(name));
                if label == CONTROL || label == APPLICATION && loops {
                    out.extend([EXTENSION, label]);
                    out.extend(blocks);
                }
            }
            // Some writers fill up with zeros.
            0 => {}
            _ => return Err(PictureFault::Unreadable),
        }
    }
    out.push(END);
    Ok(Stripped {
        bytes: out,
        width: width.into(),
        height: height.into(),
        orientation: turn::UPRIGHT,
        frames,
    })
}

/// How many bytes of colours follow, by the flags before them.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

/// A chain of blocks, each with its length in front, up to the empty one.
fn blocks<'a>(from: &mut Reader<'a>) -> Result<&'a [u8], PictureFault> {
    let start = from.rest();
    loop {
        let count = from.byte()?;
        from.take(count.into())?;
        if count == 0 {
            return Ok(&start[..start.len() - from.rest().len()]);
        }
    }
}
