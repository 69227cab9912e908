//! Backgrounds, borders, shadows and outlines of a box.
//! <https://drafts.csswg.org/css-backgrounds/>

use kurbo::{Insets, Rect, Size, Vec2};
use peniko::Brush;
use rustc_hash::FxHashMap;
use style::computed_values::background_clip::single_value::T as Clip;
use style::computed_values::background_origin::single_value::T as Area;
use style::properties::ComputedValues;
use style::values::computed::{BorderStyle as ComputedBorderStyle, Image, Length};
use style::values::generics::background::BackgroundSize;
use style::values::generics::length::LengthPercentageOrAuto;
use style::values::specified::background::BackgroundRepeatKeyword as Repeat;
use style::values::specified::outline::OutlineStyle;
use virga_display_list::{
    Border, BorderSide, BorderStyle, BoxShadow, ChunkBuilder, ImageData, Item, Radii, RoundedRect,
    Shape, Tiles,
};

use super::{color, gradient};
use crate::layout::{LayoutStyle, StyleFlags};

/// Tiles of one gradient; more than these are painted as one.
const MOST_TILES: f64 = 4096.0;

/// A box to be decorated.
pub(super) struct Decorated<'a> {
    pub(super) style: &'a LayoutStyle,
    /// Snapped.
    pub(super) border_box: Rect,
    /// Used widths, snapped.
    pub(super) border: Insets,
    pub(super) padding: Insets,
    pub(super) images: &'a FxHashMap<String, ImageData>,
    /// Its background is painted on the canvas instead.
    pub(super) bare: bool,
}

impl Decorated<'_> {
    fn values(&self) -> &ComputedValues {
        &self.style.values
    }

    pub(super) fn radii(&self) -> Radii {
        radii(self.values(), self.border_box)
    }

    pub(super) fn padding_box(&self) -> Rect {
        shrink(self.border_box, self.border)
    }

    fn content_box(&self) -> Rect {
        shrink(self.padding_box(), self.padding)
    }

    /// The shape that a box which clips its overflow shows it in.
    pub(super) fn overflow_shape(&self) -> Shape {
        shape(self.padding_box(), inner_radii(self.radii(), self.border))
    }

    /// Paints the box itself, back to front.
    pub(super) fn paint(&self, out: &mut ChunkBuilder) {
        let style = self.style;
        if !style.has(StyleFlags::VISIBLE) {
            return;
        }
        if style.has(StyleFlags::SHADOW) {
            self.shadows(false, out);
        }
        if style.has(StyleFlags::BACKGROUND) && !self.bare {
            self.background(out);
        }
        if style.has(StyleFlags::SHADOW) {
            self.shadows(true, out);
        }
        if style.has(StyleFlags::BORDER) {
            self.borders(out);
        }
    }

    fn shadows(&self, inset: bool, out: &mut ChunkBuilder) {
        // The first shadow is on top.
        for shadow in self.values().get_effects().box_shadow.0.iter().rev() {
            if shadow.inset != inset {
                continue;
            }
            let color = color::resolve(self.values(), &shadow.base.color);
            if !color::is_visible(color) {
                continue;
            }
            let (rect, radii) = if inset {
                (self.padding_box(), inner_radii(self.radii(), self.border))
            } else {
                (self.border_box, self.radii())
            };
            out.push(Item::BoxShadow(Box::new(BoxShadow {
                rect,
                radii,
                offset: Vec2::new(
                    f64::from(shadow.base.horizontal.px()),
                    f64::from(shadow.base.vertical.px()),
                ),
                blur: f64::from(shadow.base.blur.0.px()),
                spread: f64::from(shadow.spread.px()),
                color,
                inset,
            })));
        }
    }

    fn background(&self, out: &mut ChunkBuilder) {
        let background = self.values().get_background();
        let layers = background.background_image.0.len();
        let color = color::resolve(self.values(), &background.background_color);
        if color::is_visible(color) {
            // The colour is clipped as the last layer is.
            let clip = pick(&background.background_clip.0, layers.max(1) - 1);
            if let Some(shape) = self.clip_shape(clip) {
                out.push(Item::Fill { shape, brush: Brush::Solid(color) });
            }
        }
        for index in (0..layers).rev() {
            self.layer(index, out);
        }
    }

    fn clip_shape(&self, clip: Clip) -> Option<Shape> {
        let radii = self.radii();
        match clip {
            Clip::BorderBox => Some(shape(self.border_box, radii)),
            Clip::PaddingBox => Some(shape(self.padding_box(), inner_radii(radii, self.border))),
            Clip::ContentBox => {
                let both = add(self.border, self.padding);
                Some(shape(self.content_box(), inner_radii(radii, both)))
            }
            // Painting through the glyphs of text is not supported.
            _ => None,
        }
    }

    fn layer(&self, index: usize, out: &mut ChunkBuilder) {
        let background = self.values().get_background();
        let image = &background.background_image.0[index];
        if matches!(image, Image::None) {
            return;
        }
        let area = match pick(&background.background_origin.0, index) {
            Area::BorderBox => self.border_box,
            Area::PaddingBox => self.padding_box(),
            Area::ContentBox => self.content_box(),
        };
        let Some(clip) = self.clip_shape(pick(&background.background_clip.0, index)) else {
            return;
        };
        self.image_layer(index, image, area, clip, out);
    }

    /// Paints one background image into `clip`, placed in `area`.
    pub(super) fn image_layer(
        &self,
        index: usize,
        image: &Image,
        area: Rect,
        clip: Shape,
        out: &mut ChunkBuilder,
    ) {
        let background = self.values().get_background();
        if area.is_zero_area() {
            return;
        }
        let data = match image {
            Image::Url(url) => match url.url().and_then(|url| self.images.get(url.as_str())) {
                Some(data) => Some(data),
                // Not loaded, or not at all.
                None => return,
            },
            Image::Gradient(_) => None,
            _ => return,
        };
        let natural = data.map(|data| Size::new(f64::from(data.0.width), f64::from(data.0.height)));
        let size = image_size(&pick(&background.background_size.0, index), area, natural);
        if size.width < 0.01 || size.height < 0.01 {
            return;
        }
        let x = pick(&background.background_position_x.0, index);
        let y = pick(&background.background_position_y.0, index);
        let offset = Vec2::new(
            f64::from(x.resolve(Length::new((area.width() - size.width) as f32)).px()),
            f64::from(y.resolve(Length::new((area.height() - size.height) as f32)).px()),
        );
        let tile = Rect::from_origin_size(area.origin() + offset, size);
        let repeat = pick(&background.background_repeat.0, index);
        let bounds = clip.bounds();
        let (horizontal, vertical) = (repeat.0 != Repeat::NoRepeat, repeat.1 != Repeat::NoRepeat);
        let covered = Rect::new(
            if horizontal { bounds.x0 } else { tile.x0.max(bounds.x0) },
            if vertical { bounds.y0 } else { tile.y0.max(bounds.y0) },
            if horizontal { bounds.x1 } else { tile.x1.min(bounds.x1) },
            if vertical { bounds.y1 } else { tile.y1.min(bounds.y1) },
        );
        if covered.width() <= 0.0 || covered.height() <= 0.0 {
            return;
        }
        if let Some(data) = data {
            let step = Size::new(
                spaced(repeat.0, area.width(), size.width),
                spaced(repeat.1, area.height(), size.height),
            );
            let item = Item::Tiles(Box::new(Tiles {
                data: data.clone(),
                tile,
                step,
                area: covered,
                smooth: smooth(self.values()),
            }));
            clipped(item, covered, &clip, out);
            return;
        }
        let Image::Gradient(gradient) = image else { return };
        let fill = |tile: Rect, part: Rect, out: &mut ChunkBuilder| {
            if let Some(brush) = gradient::brush(self.values(), gradient, tile) {
                let whole = part == bounds;
                let fill = Item::Fill {
                    shape: if whole { clip.clone() } else { Shape::Rect(part) },
                    brush: Brush::Gradient(brush),
                };
                if whole { out.push(fill) } else { clipped(fill, part, &clip, out) }
            }
        };
        let columns =
            if horizontal { tiles(tile.x0, tile.x1, covered.x0, covered.x1) } else { (0.0, 0.0) };
        let rows =
            if vertical { tiles(tile.y0, tile.y1, covered.y0, covered.y1) } else { (0.0, 0.0) };
        let count = (columns.1 - columns.0 + 1.0) * (rows.1 - rows.0 + 1.0);
        if count > MOST_TILES {
            fill(tile, covered, out);
            return;
        }
        let mut row = rows.0;
        while row <= rows.1 {
            let mut column = columns.0;
            while column <= columns.1 {
                let here = tile + Vec2::new(column * size.width, row * size.height);
                let part = here.intersect(covered);
                if part.width() > 0.0 && part.height() > 0.0 {
                    fill(here, part, out);
                }
                column += 1.0;
            }
            row += 1.0;
        }
    }

    fn borders(&self, out: &mut ChunkBuilder) {
        let b = self.values().get_border();
        let side = |style: ComputedBorderStyle, color: &style::values::computed::Color| {
            BorderSide { style: border_style(style), color: color::resolve(self.values(), color) }
        };
        let sides = [
            side(b.border_left_style, &b.border_left_color),
            side(b.border_top_style, &b.border_top_color),
            side(b.border_right_style, &b.border_right_color),
            side(b.border_bottom_style, &b.border_bottom_color),
        ];
        if sides
            .iter()
            .all(|side| side.style == BorderStyle::None || !color::is_visible(side.color))
        {
            return;
        }
        out.push(Item::Border(Box::new(Border {
            rect: self.border_box,
            radii: self.radii(),
            widths: self.border,
            sides,
        })));
    }

    /// <https://drafts.csswg.org/css-ui/#outline-props>
    pub(super) fn outline(&self, out: &mut ChunkBuilder) {
        if !self.style.has(StyleFlags::OUTLINE) || !self.style.has(StyleFlags::VISIBLE) {
            return;
        }
        let outline = self.values().get_outline();
        let width = f64::from(outline.outline_width.0.to_f32_px());
        let offset = f64::from(outline.outline_offset.to_f32_px());
        let style = match outline.outline_style {
            OutlineStyle::Auto => BorderStyle::Solid,
            OutlineStyle::BorderStyle(style) => border_style(style),
        };
        let side =
            BorderSide { style, color: color::resolve(self.values(), &outline.outline_color) };
        let grow = width + offset;
        let rect = self.border_box.inflate(grow, grow);
        let radii = self.radii();
        let radii = if radii.is_zero() { radii } else { radii.inset(-grow, -grow, -grow, -grow) };
        out.push(Item::Border(Box::new(Border {
            rect,
            radii,
            widths: Insets::uniform(width),
            sides: [side; 4],
        })));
    }
}

/// Used corner radii of a border box; percentages are of its sides.
pub(crate) fn radii(values: &ComputedValues, border_box: Rect) -> Radii {
    let b = values.get_border();
    let corner = |radius: &style::values::computed::BorderCornerRadius| {
        let size = &radius.0;
        Vec2::new(
            f64::from(size.width().0.resolve(Length::new(border_box.width() as f32)).px()),
            f64::from(size.height().0.resolve(Length::new(border_box.height() as f32)).px()),
        )
    };
    Radii {
        top_left: corner(&b.border_top_left_radius),
        top_right: corner(&b.border_top_right_radius),
        bottom_right: corner(&b.border_bottom_right_radius),
        bottom_left: corner(&b.border_bottom_left_radius),
    }
}

fn inner_radii(radii: Radii, by: Insets) -> Radii {
    if radii.is_zero() { radii } else { radii.inset(by.x0, by.y0, by.x1, by.y1) }
}

pub(super) fn shape(rect: Rect, radii: Radii) -> Shape {
    if radii.is_zero() {
        Shape::Rect(rect)
    } else {
        Shape::RoundedRect(RoundedRect { rect, radii })
    }
}

pub(super) fn shrink(rect: Rect, by: Insets) -> Rect {
    let x1 = (rect.x1 - by.x1).max(rect.x0 + by.x0);
    let y1 = (rect.y1 - by.y1).max(rect.y0 + by.y0);
    Rect::new(rect.x0 + by.x0, rect.y0 + by.y0, x1, y1)
}

fn add(a: Insets, b: Insets) -> Insets {
    Insets::new(a.x0 + b.x0, a.y0 + b.y0, a.x1 + b.x1, a.y1 + b.y1)
}

/// Lists of background properties repeat until there are enough.
fn pick<T: Clone>(list: &[T], index: usize) -> T {
    list[index % list.len()].clone()
}

fn clipped(item: Item, covered: Rect, clip: &Shape, out: &mut ChunkBuilder) {
    let inside = matches!(clip, Shape::Rect(rect) if rect.intersect(covered) == covered);
    if inside {
        out.push(item);
        return;
    }
    let mut content = ChunkBuilder::default();
    content.push(item);
    out.push(Item::Clip { shape: clip.clone(), content: content.finish() });
}

/// Indices of the first and last tile that `from..to` shows.
fn tiles(start: f64, end: f64, from: f64, to: f64) -> (f64, f64) {
    let size = end - start;
    (((from - start) / size).floor(), ((to - start) / size).ceil() - 1.0)
}

fn spaced(repeat: Repeat, area: f64, size: f64) -> f64 {
    let fitting = (area / size).floor();
    if repeat == Repeat::Space && fitting >= 2.0 { (area - size) / (fitting - 1.0) } else { size }
}

/// <https://drafts.csswg.org/css-backgrounds/#background-size>
fn image_size(
    size: &style::values::computed::BackgroundSize,
    area: Rect,
    natural: Option<Size>,
) -> Size {
    let ratio = natural.filter(|size| size.height > 0.0).map(|size| size.width / size.height);
    let fit = |cover: bool| match ratio {
        None => area.size(),
        Some(ratio) => {
            let wide = Size::new(area.width(), area.width() / ratio);
            let high = Size::new(area.height() * ratio, area.height());
            if (wide.height >= area.height()) == cover { wide } else { high }
        }
    };
    match size {
        BackgroundSize::Cover => fit(true),
        BackgroundSize::Contain => fit(false),
        BackgroundSize::ExplicitSize { width, height } => {
            let resolve = |value: &LengthPercentageOrAuto<
                style::values::computed::NonNegativeLengthPercentage,
            >,
                           basis: f64| match value {
                LengthPercentageOrAuto::Auto => None,
                LengthPercentageOrAuto::LengthPercentage(value) => {
                    Some(f64::from(value.0.resolve(Length::new(basis as f32)).px()))
                }
            };
            match (resolve(width, area.width()), resolve(height, area.height())) {
                (Some(width), Some(height)) => Size::new(width, height),
                (Some(width), None) => Size::new(
                    width,
                    ratio.map_or(natural.map_or(area.height(), |size| size.height), |ratio| {
                        width / ratio
                    }),
                ),
                (None, Some(height)) => Size::new(
                    ratio.map_or(natural.map_or(area.width(), |size| size.width), |ratio| {
                        height * ratio
                    }),
                    height,
                ),
                (None, None) => natural.unwrap_or(area.size()),
            }
        }
    }
}

pub(super) fn smooth(values: &ComputedValues) -> bool {
    use style::computed_values::image_rendering::T as ImageRendering;
    !matches!(
        values.get_inherited_box().image_rendering,
        ImageRendering::Pixelated | ImageRendering::CrispEdges
    )
}

fn border_style(style: ComputedBorderStyle) -> BorderStyle {
    match style {
        ComputedBorderStyle::None | ComputedBorderStyle::Hidden => BorderStyle::None,
        ComputedBorderStyle::Solid => BorderStyle::Solid,
        ComputedBorderStyle::Dotted => BorderStyle::Dotted,
        ComputedBorderStyle::Dashed => BorderStyle::Dashed,
        ComputedBorderStyle::Double => BorderStyle::Double,
        ComputedBorderStyle::Groove => BorderStyle::Groove,
        ComputedBorderStyle::Ridge => BorderStyle::Ridge,
        ComputedBorderStyle::Inset => BorderStyle::Inset,
        ComputedBorderStyle::Outset => BorderStyle::Outset,
    }
}
