//! <https://www.w3.org/TR/WOFF2/>

use std::io::Read as _;

use super::{
    FontDecodeError, MAX_FONT, Table,
    glyf::{self, Glyphs},
    reader::Reader,
    write_sfnt,
};

/// <https://www.w3.org/TR/WOFF2/#table_dir_format>, known table tags
const TAGS: &[u8; 63 * 4] = b"cmapheadhheahmtxmaxpnameOS/2postcvt fpgmglyflocaprepCFF VORGEBDTEBLC\
    gasphdmxkernLTSHPCLTVDMXvheavmtxBASEGDEFGPOSGSUBEBSCJSTFMATHCBDTCBLCCOLRCPALSVG sbixacntavar\
    bdatblocbslncvarfdscfeatfmtxfvargvarhstyjustlcarmortmorxopbdproptrakZapfSilfGlatGlocFeatSill";

struct Entry {
    tag: [u8; 4],
    /// Bytes of it in the stream.
    length: usize,
    transformed: bool,
}

/// The OpenType file in a WOFF 2 file.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, FontDecodeError> {
    let mut header = Reader::new(bytes);
    header.take(4)?;
    let flavor = header.u32()?;
    header.take(4)?;
    let count = header.u16()?;
    header.take(6)?;
    let packed = header.length()?;
    header.take(24)?;
    if flavor == u32::from_be_bytes(*b"ttcf") {
        return Err(FontDecodeError::Unsupported("collections of fonts in WOFF 2"));
    }
    let mut entries = Vec::with_capacity(usize::from(count));
    let mut total = 0_usize;
    for _ in 0..count {
        let entry = entry(&mut header)?;
        total = total.checked_add(entry.length).ok_or(FontDecodeError::TooLarge)?;
        entries.push(entry);
    }
    if total > MAX_FONT {
        return Err(FontDecodeError::TooLarge);
    }
    let data = unpack_stream(header.take(packed)?, total)?;
    tables(flavor, &entries, Reader::new(&data))
}

fn entry(header: &mut Reader<'_>) -> Result<Entry, FontDecodeError> {
    let flags = header.u8()?;
    let known = usize::from(flags & 0x3F);
    let tag = match TAGS.as_chunks::<4>().0.get(known) {
        Some(tag) => *tag,
        None => header.tag()?,
    };
    let version = flags >> 6;
    let original = header.base128()?;
    let is_outline = matches!(&tag, b"glyf" | b"loca");
    // For outlines, version 3 means as they are; for all others, 0 does.
    let transformed = if is_outline { version != 3 } else { version != 0 };
    let expected = if is_outline { 0 } else { u8::from(&tag == b"hmtx") };
    if transformed && version != expected {
        return Err(FontDecodeError::Unsupported("unknown transforms of tables in WOFF 2"));
    }
    let length = if transformed { header.base128()? } else { original };
    Ok(Entry { tag, length, transformed })
}

fn unpack_stream(packed: &[u8], length: usize) -> Result<Vec<u8>, FontDecodeError> {
    let mut data = Vec::with_capacity(length);
    brotli::Decompressor::new(packed, 4096)
        .take(length as u64 + 1)
        .read_to_end(&mut data)
        .map_err(|_| FontDecodeError::Broken("its tables cannot be unpacked"))?;
    if data.len() != length {
        return Err(FontDecodeError::Broken("its tables have another length than they say"));
    }
    Ok(data)
}

fn tables(
    flavor: u32,
    entries: &[Entry],
    mut data: Reader<'_>,
) -> Result<Vec<u8>, FontDecodeError> {
    let mut tables: Vec<Table> = Vec::with_capacity(entries.len());
    let mut glyphs: Option<Glyphs> = None;
    let mut metrics = None;
    for entry in entries {
        let stored = data.take(entry.length)?;
        match &entry.tag {
            b"glyf" if entry.transformed => glyphs = Some(glyf::unpack(stored)?),
            b"loca" if entry.transformed => {}
            b"hmtx" if entry.transformed => metrics = Some(stored),
            _ => tables.push(Table { tag: entry.tag, data: stored.to_vec() }),
        }
    }
    if let Some(stored) = metrics {
        let glyphs = glyphs.as_ref().ok_or(FontDecodeError::Broken("metrics without glyphs"))?;
        let hhea = find(&tables, *b"hhea")?;
        let count = Reader::new(hhea.get(34..).unwrap_or_default()).u16()?;
        let data = horizontal_metrics(stored, usize::from(count), glyphs)?;
        tables.push(Table { tag: *b"hmtx", data });
    }
    if let Some(glyphs) = glyphs {
        // Offsets are long, whatever they were.
        let head = tables
            .iter_mut()
            .find(|table| &table.tag == b"head")
            .and_then(|table| table.data.get_mut(50..52))
            .ok_or(FontDecodeError::Broken("it has no head"))?;
        head.copy_from_slice(&[0, 1]);
        tables.push(Table { tag: *b"glyf", data: glyphs.outlines });
        tables.push(Table { tag: *b"loca", data: glyphs.offsets });
    }
    write_sfnt(flavor, tables)
}

fn find(tables: &[Table], tag: [u8; 4]) -> Result<&[u8], FontDecodeError> {
    let found = tables.iter().find(|table| table.tag == tag);
    found.map(|table| &*table.data).ok_or(FontDecodeError::Broken("a table is missing"))
}

/// <https://www.w3.org/TR/WOFF2/#hmtx_table_format>
fn horizontal_metrics(
    stored: &[u8],
    proportional: usize,
    glyphs: &Glyphs,
) -> Result<Vec<u8>, FontDecodeError> {
    let mut reader = Reader::new(stored);
    let flags = reader.u8()?;
    let count = glyphs.left_edges.len();
    if proportional == 0 || proportional > count || flags & 0b11 == 0 {
        return Err(FontDecodeError::Broken("its metrics make no sense"));
    }
    let mut advances = Reader::new(reader.take(2 * proportional)?);
    let (first, second) = glyphs.left_edges.split_at(proportional);
    let mut out = Vec::with_capacity(4 * count);
    for edge in first {
        out.extend(advances.u16()?.to_be_bytes());
        let bearing = if flags & 1 == 0 { reader.i16()? } else { *edge };
        out.extend(bearing.to_be_bytes());
    }
    for edge in second {
        let bearing = if flags & 2 == 0 { reader.i16()? } else { *edge };
        out.extend(bearing.to_be_bytes());
    }
    Ok(out)
}
