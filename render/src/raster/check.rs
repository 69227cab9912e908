use kurbo::{Affine, BezPath, Rect, Stroke};
use peniko::{BlendMode, Color, Fill, Gradient};
use virga_display_list::{Font, GlyphRun, ImageData};

use super::images;
use crate::{
    IntRect, Pixmap, Unsupported,
    paint::{Canvas, Sampling},
};

/// A canvas that draws nothing and notes the first thing that `vello_gpu`
/// would panic on or leave out.
#[derive(Debug)]
pub(super) struct CheckCanvas {
    pub(super) max_image: u32,
    pub(super) refused: Option<Unsupported>,
}

impl Canvas for CheckCanvas {
    fn set_transform(&mut self, _: Affine) {}

    fn set_color(&mut self, _: Color) {}

    fn set_gradient(&mut self, _: &Gradient, _: Affine) {}

    fn set_image(&mut self, image: &ImageData, _: Affine, _: Sampling) {
        if image.0.width > self.max_image || image.0.height > self.max_image {
            self.refuse(Unsupported::LargeImage);
        } else if let Err(what) = images::check(image) {
            self.refuse(what);
        }
    }

    fn fill_rect(&mut self, _: Rect) {}

    fn fill_path(&mut self, _: &BezPath, _: Fill) {}

    fn stroke_path(&mut self, _: &BezPath, _: &Stroke) {}

    fn fill_blurred(&mut self, _: Rect, _: f64, _: f64, _: bool) {}

    fn glyphs(&mut self, run: &GlyphRun, _: Option<Affine>) {
        if has_bitmaps(&run.font) {
            self.refuse(Unsupported::BitmapFont);
        }
    }

    fn push_clip_rect(&mut self, _: Rect) {}

    fn push_clip_path(&mut self, _: &BezPath, _: Fill) {}

    fn pop_clip(&mut self) {}

    fn push_layer(&mut self, _: f32, blend: BlendMode) {
        if blend.is_destructive() {
            self.refuse(Unsupported::DestructiveBlend);
        }
    }

    fn pop_layer(&mut self) {}

    fn offscreen(
        &mut self,
        _: IntRect,
        _: &mut dyn FnMut(&mut Self),
        _: &mut dyn FnMut(&mut Pixmap),
    ) {
        self.refuse(Unsupported::Filter);
    }

    fn refuse(&mut self, what: Unsupported) {
        self.refused.get_or_insert(what);
    }

    fn is_done(&self) -> bool {
        self.refused.is_some()
    }
}

/// Whether a font has a table of pictures. Anything that is no font has none.
fn has_bitmaps(font: &Font) -> bool {
    let data = font.data();
    let bytes = data.data.data();
    let number = |at: usize| {
        bytes.get(at..at + 4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
    };
    let start = match bytes.get(..4) {
        Some(b"ttcf") => number(12 + data.index as usize * 4).unwrap_or(0) as usize,
        _ => 0,
    };
    let count = number(start + 4).map_or(0, |counts| (counts >> 16) as usize);
    (0..count).any(|index| {
        let at = start + 12 + index * 16;
        matches!(bytes.get(at..at + 4), Some(b"CBDT" | b"sbix" | b"EBDT"))
    })
}

#[cfg(test)]
mod tests {
    use peniko::{Blob, FontData};

    use super::*;

    #[test]
    fn fonts_of_pictures_are_recognized() {
        let font = |bytes: Vec<u8>| Font::new("x".to_owned(), FontData::new(Blob::from(bytes), 0));
        let noto = include_bytes!("../../../dom/assets/fonts/NotoSans-Regular.ttf");
        assert!(!has_bitmaps(&font(noto.to_vec())));
        let mut bytes = vec![0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0];
        bytes.extend(b"cmap\0\0\0\0\0\0\0\0\0\0\0\0CBDT\0\0\0\0\0\0\0\0\0\0\0\0");
        assert!(has_bitmaps(&font(bytes.clone())));
        for end in 0..bytes.len() {
            has_bitmaps(&font(bytes[..end].to_vec()));
        }
        assert!(!has_bitmaps(&font(
            b"ttcf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()
        )));
    }
}
