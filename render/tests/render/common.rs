//! Helpers of the tests: short ways to write display lists.

use std::sync::{Arc, OnceLock};

use kurbo::{Affine, Insets, Point, Rect, Size, Vec2};
use peniko::{BlendMode, Blob, Brush, Color, FontData};
use virga_display_list::{
    Border, BorderSide, BorderStyle, Chunk, DisplayList, Filter, Font, Frame, Glyph, GlyphRun,
    Group, Image, ImageData, Item, Layer, LayerId, Radii, RoundedRect, Scroll, ScrollId, Shape,
};

pub(crate) fn rect(x: f64, y: f64, width: f64, height: f64) -> Rect {
    Rect::from_origin_size((x, y), (width, height))
}

pub(crate) fn rgb(hex: u32) -> Color {
    let [_, r, g, b] = hex.to_be_bytes();
    Color::from_rgb8(r, g, b)
}

pub(crate) fn fill(rect: Rect, color: Color) -> Item {
    Item::Fill { shape: Shape::Rect(rect), brush: color.into() }
}

pub(crate) fn fill_with(shape: Shape, brush: impl Into<Brush>) -> Item {
    Item::Fill { shape, brush: brush.into() }
}

pub(crate) fn rounded(rect: Rect, radii: impl Into<Radii>) -> Shape {
    Shape::RoundedRect(RoundedRect::new(rect, radii))
}

pub(crate) fn at(x: f64, y: f64, items: Vec<Item>) -> Item {
    Item::Chunk { offset: Vec2::new(x, y), chunk: Chunk::new(items) }
}

pub(crate) fn clip(shape: Shape, items: Vec<Item>) -> Item {
    Item::Clip { shape, content: Chunk::new(items) }
}

pub(crate) fn side(style: BorderStyle, hex: u32) -> BorderSide {
    BorderSide { style, color: rgb(hex) }
}

pub(crate) fn border(
    rect: Rect,
    radii: impl Into<Radii>,
    widths: Insets,
    sides: [BorderSide; 4],
) -> Item {
    Item::Border(Box::new(Border { rect, radii: radii.into(), widths, sides }))
}

/// A group, to be changed.
pub(crate) fn group(items: Vec<Item>) -> Group {
    Group {
        transform: Affine::IDENTITY,
        opacity: 1.0,
        blend: BlendMode::default(),
        filters: Vec::new(),
        content: Chunk::new(items),
    }
}

pub(crate) fn filtered(filter: Filter, items: Vec<Item>) -> Item {
    Item::Group(Box::new(Group { filters: vec![filter], ..group(items) }))
}

/// A layer, to be changed.
pub(crate) fn layer(id: u64, items: Vec<Item>) -> Layer {
    layer_of(id, Chunk::new(items))
}

pub(crate) fn layer_of(id: u64, content: Arc<Chunk>) -> Layer {
    Layer {
        id: LayerId(id),
        transform: Affine::IDENTITY,
        opacity: 1.0,
        blend: BlendMode::default(),
        filters: Vec::new(),
        clip: None,
        scroll: None,
        content,
    }
}

pub(crate) fn layered(layer: Layer) -> Item {
    Item::Layer(Box::new(layer))
}

/// Makes `layer` scroll vertically in `port`.
pub(crate) fn scrolling(layer: Layer, id: u64, port: Rect, height: f64) -> Layer {
    let content = Size::new(port.width(), height);
    Layer {
        scroll: Some(Scroll {
            id: ScrollId(id),
            port,
            content,
            offset: Vec2::ZERO,
            x: false,
            y: true,
            painted: Rect::from_origin_size(Point::ORIGIN, content),
        }),
        ..layer
    }
}

pub(crate) fn frame(width: f64, height: f64, scale: f64, items: Vec<Item>) -> Frame {
    Frame {
        sequence: 1,
        scale,
        list: DisplayList {
            background: Color::WHITE,
            viewport: Size::new(width, height),
            root: Chunk::new(items),
        },
    }
}

/// The family that comes with the document crate.
pub(crate) fn font() -> Font {
    static FONT: OnceLock<Font> = OnceLock::new();
    FONT.get_or_init(|| {
        let bytes = include_bytes!("../../../dom/assets/fonts/NotoSans-Regular.ttf").to_vec();
        Font::new("NotoSans-Regular".to_owned(), FontData::new(Blob::from(bytes), 0))
    })
    .clone()
}

/// Glyphs by their number in the font: letters enough, without a shaper.
pub(crate) fn glyphs(x: f64, y: f64, size: f32, ids: impl Iterator<Item = u32>) -> GlyphRun {
    let advance = size * 0.62;
    let glyphs: Vec<_> = ids
        .enumerate()
        .map(|(index, id)| Glyph { id, x: index as f32 * advance, y: 0.0 })
        .collect();
    let width = f64::from(advance) * glyphs.len() as f64;
    let size64 = f64::from(size);
    GlyphRun {
        font: font(),
        size,
        coords: Arc::from([]),
        skew: None,
        embolden: 0.0,
        origin: Point::new(x, y),
        bounds: Rect::new(x - size64, y - size64 * 1.2, x + width + size64, y + size64 * 0.5),
        glyphs: glyphs.into(),
        brush: Color::BLACK.into(),
    }
}

pub(crate) fn text(run: GlyphRun) -> Item {
    Item::Glyphs(Arc::new(run))
}

/// Coloured squares, `side` px each.
pub(crate) fn checker(width: u32, height: u32, side: u32) -> ImageData {
    let colors = [[230, 60, 60, 255], [60, 90, 230, 255], [250, 210, 60, 255], [40, 160, 80, 128]];
    let mut bytes = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let index = (x / side + y / side * 3) % 4;
            bytes.extend(colors[index as usize]);
        }
    }
    ImageData(peniko::ImageData {
        data: Blob::from(bytes),
        format: peniko::ImageFormat::Rgba8,
        alpha_type: peniko::ImageAlphaType::Alpha,
        width,
        height,
    })
}

pub(crate) fn image(data: &ImageData, dest: Rect, source: Rect, smooth: bool) -> Item {
    Item::Image(Image { data: data.clone(), dest, source, smooth })
}
