//! <https://www.w3.org/TR/WOFF/>

use std::io::Read as _;

use super::{FontDecodeError, MAX_FONT, Table, reader::Reader, write_sfnt};

/// The OpenType file in a WOFF file.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, FontDecodeError> {
    let mut header = Reader::new(bytes);
    header.take(4)?;
    let flavor = header.u32()?;
    header.take(4)?;
    let count = header.u16()?;
    header.take(30)?;
    let mut tables = Vec::with_capacity(usize::from(count));
    let mut left = MAX_FONT;
    for _ in 0..count {
        let tag = header.tag()?;
        let (offset, packed, length) = (header.length()?, header.length()?, header.length()?);
        header.take(4)?;
        let end = offset.checked_add(packed).ok_or(FontDecodeError::TooLarge)?;
        let stored =
            bytes.get(offset..end).ok_or(FontDecodeError::Broken("a table lies outside"))?;
        left = left.checked_sub(length).ok_or(FontDecodeError::TooLarge)?;
        let data = if packed < length { inflate(stored, length)? } else { stored.to_vec() };
        tables.push(Table { tag, data });
    }
    write_sfnt(flavor, tables)
}

fn inflate(packed: &[u8], length: usize) -> Result<Vec<u8>, FontDecodeError> {
    let mut data = Vec::with_capacity(length);
    let mut unpacked = flate2::read::ZlibDecoder::new(packed).take(length as u64 + 1);
    unpacked
        .read_to_end(&mut data)
        .map_err(|_| FontDecodeError::Broken("a table cannot be unpacked"))?;
    if data.len() != length {
        return Err(FontDecodeError::Broken("a table has another length than it says"));
    }
    Ok(data)
}
