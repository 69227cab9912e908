use std::sync::Arc;

use virga_display_list::{
    BoxShadow, Chunk, ChunkBuilder, Item, Shape,
    kurbo::{Circle, Point, Rect, RoundedRect, Shape as _, Vec2},
    peniko::Color,
};
use virga_engine::FontSet;

use super::text::Setter;

/// The system's colours.
pub(super) mod palette {
    use virga_display_list::peniko::Color;

    pub(in super::super) const INK: Color = Color::from_rgb8(0x1b, 0x1f, 0x27);
    pub(in super::super) const QUIET: Color = Color::from_rgb8(0x5c, 0x65, 0x73);
    pub(in super::super) const GROUND: Color = Color::from_rgb8(0xf3, 0xf5, 0xf8);
    pub(in super::super) const CARD: Color = Color::from_rgb8(0xff, 0xff, 0xff);
    pub(in super::super) const ACCENT: Color = Color::from_rgb8(0x1f, 0x5f, 0xd6);
    pub(in super::super) const TINT: Color = Color::from_rgb8(0xe6, 0xee, 0xfc);
    pub(in super::super) const ALARM: Color = Color::from_rgb8(0xc6, 0x3d, 0x2f);
    pub(in super::super) const SHADE: Color = Color::from_rgba8(0x10, 0x14, 0x1c, 0x66);
}

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Collects what the system draws, in CSS px of the window.
pub(super) struct Canvas {
    items: ChunkBuilder,
    regular: Option<Setter>,
    bold: Option<Setter>,
}

impl Canvas {
    pub(super) fn new(fonts: &FontSet) -> Self {
        Self {
            items: ChunkBuilder::default(),
            regular: fonts.file_face("NotoSans-Regular").map(Setter::new),
            bold: fonts.file_face("NotoSans-Bold").map(Setter::new),
        }
    }

    pub(super) fn finish(self) -> Arc<Chunk> {
        self.items.finish()
    }

    pub(super) fn fill(&mut self, rect: Rect, color: Color) {
        self.items.push(Item::Fill { shape: Shape::Rect(rect), brush: color.into() });
    }

    pub(super) fn round(&mut self, rect: Rect, radius: f64, color: Color) {
        let shape = Shape::RoundedRect(RoundedRect::from_rect(rect, radius).into());
        self.items.push(Item::Fill { shape, brush: color.into() });
    }

    pub(super) fn disc(&mut self, circle: Circle, color: Color) {
        let shape = Shape::Path(Arc::new(circle.to_path(0.05)));
        self.items.push(Item::Fill { shape, brush: color.into() });
    }

    /// A white card that floats over everything.
    pub(super) fn card(&mut self, rect: Rect) {
        self.items.push(Item::BoxShadow(Box::new(BoxShadow {
            rect,
            radii: 16.0.into(),
            offset: Vec2::new(0.0, 6.0),
            blur: 28.0,
            spread: 0.0,
            color: Color::from_rgba8(0, 0, 0, 0x4d),
            inset: false,
        })));
        self.round(rect, 16.0, palette::CARD);
    }

    /// One line of text whose baseline begins at `origin`.
    pub(super) fn line(
        &mut self,
        text: &str,
        weight: Weight,
        size: f64,
        color: Color,
        origin: Point,
    ) {
        if let Some(setter) = self.setter(weight) {
            let run = setter.line(text, size, color, origin);
            self.items.push(Item::Glyphs(run));
        }
    }

    /// Lines below each other, the first one's top at `origin`; where the next
    /// line would begin.
    pub(super) fn lines(
        &mut self,
        lines: &[String],
        weight: Weight,
        size: f64,
        leading: f64,
        color: Color,
        origin: Point,
    ) -> f64 {
        let mut y = origin.y;
        for line in lines {
            // The baseline of a face with usual ascent, centred in its line.
            self.line(
                line,
                weight,
                size,
                color,
                Point::new(origin.x, y + leading / 2.0 + size * 0.36),
            );
            y += leading;
        }
        y
    }

    /// One line in the middle of `rect`.
    pub(super) fn centered(
        &mut self,
        text: &str,
        weight: Weight,
        size: f64,
        color: Color,
        rect: Rect,
    ) {
        let width = self.width(text, weight, size);
        let center = rect.center();
        self.line(
            text,
            weight,
            size,
            color,
            Point::new(center.x - width / 2.0, center.y + size * 0.36),
        );
    }

    pub(super) fn width(&self, text: &str, weight: Weight, size: f64) -> f64 {
        self.setter(weight).map_or(0.0, |setter| setter.width(text, size))
    }

    pub(super) fn wrap(
        &self,
        text: &str,
        weight: Weight,
        size: f64,
        width: f64,
        most: usize,
    ) -> Vec<String> {
        self.setter(weight).map_or_else(Vec::new, |setter| setter.wrap(text, size, width, most))
    }

    fn setter(&self, weight: Weight) -> Option<&Setter> {
        match weight {
            Weight::Regular => self.regular.as_ref(),
            Weight::Bold => self.bold.as_ref(),
        }
    }
}
