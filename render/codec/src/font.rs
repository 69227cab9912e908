//! Font files of the web to the tables that shapers read: OpenType as it is, WOFF and
//! WOFF 2 unpacked.
//!
//! <https://www.w3.org/TR/WOFF/>, <https://www.w3.org/TR/WOFF2/>

mod glyf;
mod reader;
mod woff;
mod woff2;

use std::borrow::Cow;

/// The most bytes of an unpacked font.
pub const MAX_FONT: usize = 64 << 20;

/// Why bytes are no font.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FontDecodeError {
    /// None of the formats.
    #[error("the font is in no format that is known (OpenType, WOFF, WOFF 2)")]
    UnknownFormat,
    /// A part of a format that is not supported.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
    /// Larger than [`MAX_FONT`].
    #[error("the font is too large")]
    TooLarge,
    /// The file is broken.
    #[error("the font is broken: {0}")]
    Broken(&'static str),
}

/// An OpenType file from one of the formats of the web.
///
/// # Errors
///
/// If it is in none of them, too large, or broken.
pub fn decode_font(bytes: &[u8]) -> Result<Cow<'_, [u8]>, FontDecodeError> {
    match bytes.get(..4) {
        Some(b"wOFF") => woff::unpack(bytes).map(Cow::Owned),
        Some(b"wOF2") => woff2::unpack(bytes).map(Cow::Owned),
        Some(b"OTTO" | b"true" | b"ttcf" | [0, 1, 0, 0]) => Ok(Cow::Borrowed(bytes)),
        _ => Err(FontDecodeError::UnknownFormat),
    }
}

/// A table of a font.
struct Table {
    tag: [u8; 4],
    data: Vec<u8>,
}

/// Writes an OpenType file.
///
/// <https://learn.microsoft.com/en-us/typography/opentype/spec/otff>
fn write_sfnt(flavor: u32, mut tables: Vec<Table>) -> Result<Vec<u8>, FontDecodeError> {
    tables.sort_by_key(|table| table.tag);
    let count = u16::try_from(tables.len()).map_err(|_| FontDecodeError::Broken("tables"))?;
    let power = count.checked_ilog2().ok_or(FontDecodeError::Broken("it has no tables"))?;
    let range = 16_u16 << power.min(11);
    let mut out = Vec::new();
    out.extend(flavor.to_be_bytes());
    out.extend(count.to_be_bytes());
    out.extend(range.to_be_bytes());
    out.extend(u16::try_from(power).unwrap_or(0).to_be_bytes());
    out.extend(count.saturating_mul(16).wrapping_sub(range).to_be_bytes());
    let mut at = 12 + 16 * tables.len();
    for table in &tables {
        out.extend(table.tag);
        out.extend(checksum(&table.data).to_be_bytes());
        out.extend(length(at)?.to_be_bytes());
        out.extend(length(table.data.len())?.to_be_bytes());
        at += table.data.len().next_multiple_of(4);
    }
    for table in &tables {
        out.extend(&table.data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    Ok(out)
}

fn length(value: usize) -> Result<u32, FontDecodeError> {
    u32::try_from(value).map_err(|_| FontDecodeError::TooLarge)
}

fn checksum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0_u32, |sum, chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

#[cfg(test)]
mod tests;
