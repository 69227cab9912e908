use std::borrow::Cow;

use crate::IntRect;

/// Pixels: premultiplied RGBA, 8 bits each, sRGB, rows from the top.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Pixmap {
    width: u32,
    height: u32,
    data: Vec<u32>,
}

impl Pixmap {
    /// Transparent pixels.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        let size = width as usize * height as usize;
        Self { width, height, data: vec![0; size] }
    }

    /// Extent along x, in px.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Extent along y, in px.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All of it.
    #[must_use]
    pub fn bounds(&self) -> IntRect {
        IntRect::from_size(self.width, self.height)
    }

    /// The bytes R, G, B, A of each pixel.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        bytemuck::cast_slice(&self.data)
    }

    /// The bytes R, G, B, A of each pixel.
    pub fn data_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.data)
    }

    /// A pixel for each word; its bytes in memory are R, G, B, A.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.data
    }

    /// A pixel for each word; its bytes in memory are R, G, B, A.
    pub fn words_mut(&mut self) -> &mut [u32] {
        &mut self.data
    }

    /// R, G, B, A of a pixel; transparent outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        if x >= self.width || y >= self.height {
            return [0; 4];
        }
        self.data[y as usize * self.width as usize + x as usize].to_ne_bytes()
    }

    /// The pixels of a row between `x0` and `x1`.
    pub(crate) fn row(&self, y: u32, x0: u32, x1: u32) -> &[u32] {
        let start = y as usize * self.width as usize;
        &self.data[start + x0 as usize..start + x1 as usize]
    }

    pub(crate) fn row_mut(&mut self, y: u32, x0: u32, x1: u32) -> &mut [u32] {
        let start = y as usize * self.width as usize;
        &mut self.data[start + x0 as usize..start + x1 as usize]
    }

    /// Overwrites the pixels at `x`, `y` with those of `source`, as far as
    /// they fit.
    pub(crate) fn copy_from(&mut self, source: &Self, x: i32, y: i32) {
        let area = source.bounds().translate(x, y).intersect(self.bounds());
        let [x0, x1] = [area.x0, area.x1].map(|edge| edge as u32);
        for row in area.y0..area.y1 {
            let from = source.row((row - y) as u32, (area.x0 - x) as u32, (area.x1 - x) as u32);
            self.row_mut(row as u32, x0, x1).copy_from_slice(from);
        }
    }

    /// The bytes R, G, B, A of each pixel, not premultiplied.
    #[must_use]
    pub fn to_straight(&self) -> Cow<'_, [u8]> {
        if self.data.iter().all(|pixel| pixel.to_ne_bytes()[3] == 255) {
            return Cow::Borrowed(self.data());
        }
        let mut bytes = self.data().to_vec();
        for pixel in bytes.chunks_exact_mut(4) {
            let alpha = u32::from(pixel[3]);
            if alpha != 0 && alpha != 255 {
                for channel in &mut pixel[..3] {
                    *channel = ((u32::from(*channel) * 255 + alpha / 2) / alpha).min(255) as u8;
                }
            }
        }
        Cow::Owned(bytes)
    }

    /// A PNG file. Compressed for speed: the format's cheapest filter and
    /// compression that still shrink an app's flat colours well.
    ///
    /// # Errors
    ///
    /// If the pixmap is empty, which the format does not know.
    pub fn to_png(&self) -> Result<Vec<u8>, PngError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        let straight = self.to_straight();
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        if matches!(straight, Cow::Borrowed(_)) {
            encoder.set_color(png::ColorType::Rgb);
            let rgb: Vec<u8> =
                straight.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
            encoder.write_header()?.write_image_data(&rgb)?;
        } else {
            encoder.set_color(png::ColorType::Rgba);
            encoder.write_header()?.write_image_data(&straight)?;
        }
        Ok(bytes)
    }
}

impl std::fmt::Debug for Pixmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixmap({}×{})", self.width, self.height)
    }
}

/// A pixmap could not be written as PNG.
#[derive(Debug, thiserror::Error)]
#[error("cannot write a PNG: {0}")]
pub struct PngError(#[from] png::EncodingError);

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> (u32, u32, Vec<u8>, png::ColorType) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        (info.width, info.height, data, info.color_type)
    }

    #[test]
    fn a_png_holds_what_was_drawn() {
        let mut pixmap = Pixmap::new(2, 1);
        pixmap.data_mut().copy_from_slice(&[10, 20, 30, 255, 64, 0, 0, 128]);
        let (width, height, data, color) = decode(&pixmap.to_png().unwrap());
        assert_eq!((width, height, color), (2, 1, png::ColorType::Rgba));
        assert_eq!(data, [10, 20, 30, 255, 128, 0, 0, 128]);

        pixmap.data_mut()[7] = 255;
        let (.., data, color) = decode(&pixmap.to_png().unwrap());
        assert_eq!((color, data), (png::ColorType::Rgb, vec![10, 20, 30, 64, 0, 0]));
    }

    #[test]
    fn an_empty_pixmap_is_an_error() {
        assert!(Pixmap::new(0, 4).to_png().is_err());
    }

    #[test]
    fn copying_beyond_the_edge_is_cut() {
        let mut pixmap = Pixmap::new(2, 2);
        let mut white = Pixmap::new(2, 2);
        white.words_mut().fill(u32::MAX);
        pixmap.copy_from(&white, 1, -1);
        assert_eq!(pixmap.pixel(0, 0), [0; 4]);
        assert_eq!(pixmap.pixel(1, 0), [255; 4]);
        assert_eq!(pixmap.pixel(1, 1), [0; 4]);
    }
}
