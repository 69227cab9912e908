//! Image files to pixels, font files to tables: pure functions, without input or
//! output, for bytes that nobody vouches for.
//!
//! Formats of images: PNG, JPEG, GIF (the first picture) and WebP, recognized by their
//! first bytes, as the web does, not by what the server calls them.

mod font;

pub use font::{FontDecodeError, MAX_FONT, decode_font};

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, metadata::Orientation,
};
use peniko::{Blob, ImageAlphaType, ImageFormat};
use virga_display_list::ImageData;

/// The longest side of an image, in px.
pub const MAX_SIDE: u32 = 16_384;
/// The most px of an image.
pub const MAX_PIXELS: u64 = 64 << 20;

/// Why bytes are not a picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// None of the formats.
    #[error("the image is in no format that is known (PNG, JPEG, GIF, WebP)")]
    UnknownFormat,
    /// More px than [`MAX_SIDE`] or [`MAX_PIXELS`] allow.
    #[error("an image of {0}×{1} px is too large")]
    TooLarge(u32, u32),
    /// The file is broken.
    #[error("the image is broken: {0}")]
    Broken(String),
}

/// Width and height in px, from the first bytes of a file, as they are shown
/// (turned as the file says).
///
/// # Errors
///
/// If the bytes so far are not the beginning of an image.
pub fn image_size(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    let mut decoder = reader(bytes)?.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let turned = matches!(
        decoder.orientation(),
        Ok(Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH)
    );
    Ok(if turned { (height, width) } else { (width, height) })
}

/// The picture in a file.
///
/// # Errors
///
/// If it is not an image, too large, or broken.
pub fn decode_image(bytes: &[u8]) -> Result<ImageData, DecodeError> {
    let mut decoder = reader(bytes)?.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(DecodeError::TooLarge(width, height));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_PIXELS * 16);
    decoder.set_limits(limits).map_err(broken)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    Ok(ImageData(peniko::ImageData {
        data: Blob::from(rgba.into_raw()),
        format: ImageFormat::Rgba8,
        alpha_type: ImageAlphaType::Alpha,
        width,
        height,
    }))
}

fn reader(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, DecodeError> {
    let format = image::guess_format(bytes).map_err(|_| DecodeError::UnknownFormat)?;
    if !format.reading_enabled() {
        return Err(DecodeError::UnknownFormat);
    }
    Ok(ImageReader::with_format(Cursor::new(bytes), format))
}

fn broken(error: ImageError) -> DecodeError {
    DecodeError::Broken(error.to_string())
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat as File, RgbaImage};

    use super::*;

    fn file(format: File, width: u32, height: u32) -> Vec<u8> {
        let image = RgbaImage::from_fn(width, height, |x, y| {
            image::Rgba([(x * 20) as u8, (y * 20) as u8, 90, 255])
        });
        let mut bytes = Cursor::new(Vec::new());
        let image = DynamicImage::from(image);
        let image =
            if format == File::Jpeg { DynamicImage::from(image.into_rgb8()) } else { image };
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    const FORMATS: [File; 4] = [File::Png, File::Jpeg, File::Gif, File::WebP];

    #[test]
    fn every_format_is_decoded() {
        for format in FORMATS {
            let bytes = file(format, 9, 7);
            assert_eq!(image_size(&bytes).unwrap(), (9, 7), "{format:?}");
            let image = decode_image(&bytes).unwrap().0;
            assert_eq!((image.width, image.height), (9, 7), "{format:?}");
            let pixel = &image.data.data()[(3 * 9 + 5) * 4..][..4];
            let expected = [100, 60, 90, 255];
            let far = pixel.iter().zip(expected).any(|(a, b)| a.abs_diff(b) > 24);
            assert!(!far, "{format:?}: {pixel:?}");
        }
    }

    #[test]
    fn broken_files_are_errors_and_never_panics() {
        assert!(matches!(decode_image(b""), Err(DecodeError::UnknownFormat)));
        assert!(matches!(decode_image(b"<svg/>"), Err(DecodeError::UnknownFormat)));
        for format in FORMATS {
            let whole = file(format, 24, 24);
            for end in 0..whole.len() {
                // Some formats give what they have; none may panic.
                let _ = decode_image(&whole[..end]);
            }
            let mut seed = 0x2545_f491_4f6c_dd1d_u64;
            for _ in 0..400 {
                let mut bytes = whole.clone();
                for _ in 0..4 {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    let at = seed as usize % bytes.len();
                    bytes[at] = (seed >> 32) as u8;
                }
                let _ = decode_image(&bytes);
            }
        }
    }

    #[test]
    fn a_small_file_that_claims_to_be_huge_is_refused() {
        let mut bytes = file(File::Png, 4, 4);
        bytes[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        // The header's checksum, so that the size is believed.
        let checksum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert!(matches!(decode_image(&bytes), Err(DecodeError::TooLarge(65535, 65535))));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let mut crc = u32::MAX;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        !crc
    }
}
