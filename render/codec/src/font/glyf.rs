//! The outlines of a WOFF 2 file.
//!
//! <https://www.w3.org/TR/WOFF2/#glyf_table_format>

use super::{FontDecodeError, MAX_FONT, length, reader::Reader};

/// What a font needs of its outlines.
pub(super) struct Glyphs {
    /// The table `glyf`.
    pub(super) outlines: Vec<u8>,
    /// The table `loca`, with long offsets.
    pub(super) offsets: Vec<u8>,
    /// The least x of each glyph.
    pub(super) left_edges: Vec<i16>,
}

/// Numbers of one kind follow each other through all glyphs.
struct Streams<'a> {
    contours: Reader<'a>,
    points: Reader<'a>,
    flags: Reader<'a>,
    glyphs: Reader<'a>,
    composites: Reader<'a>,
    boxes: Reader<'a>,
    instructions: Reader<'a>,
    /// Which glyphs state their box.
    stated: &'a [u8],
    /// Which glyphs have contours that overlap.
    overlapping: &'a [u8],
}

struct Point {
    x: i16,
    y: i16,
    on_curve: bool,
}

fn bit(bitmap: &[u8], index: usize) -> bool {
    bitmap.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0)
}

/// The outlines as OpenType has them.
pub(super) fn unpack(stored: &[u8]) -> Result<Glyphs, FontDecodeError> {
    let mut reader = Reader::new(stored);
    reader.take(2)?;
    let options = reader.u16()?;
    let count = usize::from(reader.u16()?);
    reader.take(2)?;
    let mut sizes = [0; 7];
    for size in &mut sizes {
        *size = reader.length()?;
    }
    let mut stream = |size: usize| reader.take(size).map(Reader::new);
    let [contours, points, flags, glyphs, composites, boxes, instructions] = sizes;
    let mut streams = Streams {
        contours: stream(contours)?,
        points: stream(points)?,
        flags: stream(flags)?,
        glyphs: stream(glyphs)?,
        composites: stream(composites)?,
        boxes: stream(boxes)?,
        instructions: stream(instructions)?,
        stated: &[],
        overlapping: &[],
    };
    streams.stated = streams.boxes.take(count.div_ceil(32) * 4)?;
    if options & 1 != 0 {
        streams.overlapping = reader.take(count.div_ceil(8))?;
    }
    let mut out = Glyphs {
        outlines: Vec::new(),
        offsets: Vec::with_capacity(4 * (count + 1)),
        left_edges: Vec::with_capacity(count),
    };
    for index in 0..count {
        out.offsets.extend(length(out.outlines.len())?.to_be_bytes());
        let edge = streams.glyph(index, &mut out.outlines)?;
        out.left_edges.push(edge);
        out.outlines.resize(out.outlines.len().next_multiple_of(4), 0);
        if out.outlines.len() > MAX_FONT {
            return Err(FontDecodeError::TooLarge);
        }
    }
    out.offsets.extend(length(out.outlines.len())?.to_be_bytes());
    Ok(out)
}

impl Streams<'_> {
    /// Writes a glyph; its least x.
    fn glyph(&mut self, index: usize, out: &mut Vec<u8>) -> Result<i16, FontDecodeError> {
        let stated = bit(self.stated, index);
        match self.contours.u16()? {
            0 if stated => Err(FontDecodeError::Broken("an empty glyph has a box")),
            0 => Ok(0),
            0xFFFF if !stated => Err(FontDecodeError::Broken("a composite glyph has no box")),
            0xFFFF => self.composite(out),
            contours => self.simple(index, contours, stated, out),
        }
    }

    fn stated_box(&mut self) -> Result<[i16; 4], FontDecodeError> {
        Ok([self.boxes.i16()?, self.boxes.i16()?, self.boxes.i16()?, self.boxes.i16()?])
    }

    /// <https://learn.microsoft.com/en-us/typography/opentype/spec/glyf#composite-glyph-description>
    fn composite(&mut self, out: &mut Vec<u8>) -> Result<i16, FontDecodeError> {
        out.extend((-1_i16).to_be_bytes());
        let bounds = self.stated_box()?;
        bounds.iter().for_each(|value| out.extend(value.to_be_bytes()));
        let mut has_instructions = false;
        loop {
            let flags = self.composites.u16()?;
            let mut size = 2 + if flags & 0x01 != 0 { 4 } else { 2 };
            if flags & 0x08 != 0 {
                size += 2;
            } else if flags & 0x40 != 0 {
                size += 4;
            } else if flags & 0x80 != 0 {
                size += 8;
            }
            out.extend(flags.to_be_bytes());
            out.extend(self.composites.take(size)?);
            has_instructions |= flags & 0x100 != 0;
            if flags & 0x20 == 0 {
                break;
            }
        }
        if has_instructions {
            self.copy_instructions(out)?;
        }
        Ok(bounds[0])
    }

    fn copy_instructions(&mut self, out: &mut Vec<u8>) -> Result<(), FontDecodeError> {
        let count = self.glyphs.short()?;
        out.extend(count.to_be_bytes());
        out.extend(self.instructions.take(usize::from(count))?);
        Ok(())
    }

    fn simple(
        &mut self,
        index: usize,
        contours: u16,
        stated: bool,
        out: &mut Vec<u8>,
    ) -> Result<i16, FontDecodeError> {
        let mut ends = Vec::with_capacity(usize::from(contours));
        let mut total = 0_u16;
        for _ in 0..contours {
            let points = self.points.short()?;
            total = total.checked_add(points).ok_or(FontDecodeError::Broken("too many points"))?;
            ends.push(total.checked_sub(1).ok_or(FontDecodeError::Broken("an empty contour"))?);
        }
        let mut points = Vec::with_capacity(usize::from(total));
        let (mut x, mut y) = (0_i16, 0_i16);
        for _ in 0..total {
            let flag = self.flags.u8()?;
            let (dx, dy) = triplet(flag & 0x7F, &mut self.glyphs)?;
            (x, y) = (x.wrapping_add(dx), y.wrapping_add(dy));
            points.push(Point { x, y, on_curve: flag & 0x80 == 0 });
        }
        let bounds = if stated { self.stated_box()? } else { bounds_of(&points) };
        out.extend(contours.to_be_bytes());
        bounds.iter().for_each(|value| out.extend(value.to_be_bytes()));
        ends.iter().for_each(|end| out.extend(end.to_be_bytes()));
        self.copy_instructions(out)?;
        write_points(&points, bit(self.overlapping, index), out);
        Ok(bounds[0])
    }
}

/// <https://www.w3.org/TR/WOFF2/#triplet_decoding>
fn triplet(flag: u8, data: &mut Reader<'_>) -> Result<(i16, i16), FontDecodeError> {
    let signed = |positive: u8, value: i32| if positive & 1 != 0 { value } else { -value };
    let flags = i32::from(flag);
    let mut next = || data.u8().map(i32::from);
    let (dx, dy) = match flag {
        0..10 => (0, signed(flag, ((flags & 14) << 7) + next()?)),
        10..20 => (signed(flag, (((flags - 10) & 14) << 7) + next()?), 0),
        20..84 => {
            let (high, low) = (flags - 20, next()?);
            (
                signed(flag, 1 + (high & 0x30) + (low >> 4)),
                signed(flag >> 1, 1 + ((high & 0x0C) << 2) + (low & 0x0F)),
            )
        }
        84..120 => {
            let high = flags - 84;
            (
                signed(flag, 1 + ((high / 12) << 8) + next()?),
                signed(flag >> 1, 1 + (((high % 12) >> 2) << 8) + next()?),
            )
        }
        120..124 => {
            let (first, second, third) = (next()?, next()?, next()?);
            (
                signed(flag, (first << 4) + (second >> 4)),
                signed(flag >> 1, ((second & 0x0F) << 8) + third),
            )
        }
        _ => {
            let (a, b, c, d) = (next()?, next()?, next()?, next()?);
            (signed(flag, (a << 8) + b), signed(flag >> 1, (c << 8) + d))
        }
    };
    // Sums of coordinates wrap as they do in fonts.
    #[expect(clippy::cast_possible_truncation, reason = "coordinates are 16 bits wide")]
    Ok((dx as i16, dy as i16))
}

fn bounds_of(points: &[Point]) -> [i16; 4] {
    let of = |pick: fn(&Point) -> i16| {
        let least = points.iter().map(pick).min().unwrap_or(0);
        (least, points.iter().map(pick).max().unwrap_or(0))
    };
    let ((x0, x1), (y0, y1)) = (of(|point| point.x), of(|point| point.y));
    [x0, y0, x1, y1]
}

/// <https://learn.microsoft.com/en-us/typography/opentype/spec/glyf#simple-glyph-description>
fn write_points(points: &[Point], overlaps: bool, out: &mut Vec<u8>) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    let mut before = (0_i16, 0_i16);
    for (index, point) in points.iter().enumerate() {
        let mut flag = u8::from(point.on_curve);
        if index == 0 && overlaps {
            flag |= 0x40;
        }
        let delta = (point.x.wrapping_sub(before.0), point.y.wrapping_sub(before.1));
        flag |= write_delta(delta.0, 0x02, 0x10, &mut xs);
        flag |= write_delta(delta.1, 0x04, 0x20, &mut ys);
        out.push(flag);
        before = (point.x, point.y);
    }
    out.append(&mut xs);
    out.append(&mut ys);
}

/// Writes one coordinate; the bits that say how.
fn write_delta(delta: i16, short: u8, same: u8, out: &mut Vec<u8>) -> u8 {
    match u8::try_from(delta.unsigned_abs()) {
        Ok(0) => same,
        Ok(size) => {
            out.push(size);
            if delta > 0 { short | same } else { short }
        }
        Err(_) => {
            out.extend(delta.to_be_bytes());
            0
        }
    }
}
