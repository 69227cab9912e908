//! Scenes that move: a display list for each frame.

use std::sync::Arc;

use kurbo::{Affine, Point, Rect, Size, Vec2};
use peniko::{BlendMode, Blob, Color, FontData};
use virga_display_list::{
    Chunk, DisplayList, Font, Frame, Glyph, GlyphRun, Group, Item, Layer, LayerId, RoundedRect,
    Scroll, ScrollId, Shape,
};

/// Size of the phone's screen, in CSS px; it has two device px per CSS px.
pub const SCREEN: Size = Size::new(390.0, 844.0);
/// Device px per CSS px.
pub const SCALE: f64 = 2.0;
/// The scroll container of [`List`].
pub const SCROLLER: ScrollId = ScrollId(1);

/// How boxes are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// By their place, as `left` does: each lies elsewhere in the list.
    Place,
    /// By a transform, drawn with the rest of the page.
    Transform,
    /// By a transform that the compositor knows: each box is a layer.
    Layer,
}

/// A thousand boxes that move in circles.
#[derive(Debug)]
pub struct Boxes {
    boxes: Vec<Arc<Chunk>>,
}

impl Boxes {
    /// `count` boxes with a border radius and a colour of their own.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let boxes = (0..count)
            .map(|index| {
                let shade = (index * 37 % 200) as u8;
                let brush = Color::from_rgb8(shade, 120, 230 - shade).into();
                let shape = RoundedRect::new(Rect::new(0.0, 0.0, 20.0, 20.0), 4.0);
                Chunk::new(vec![Item::Fill { shape: Shape::RoundedRect(shape), brush }])
            })
            .collect();
        Self { boxes }
    }

    /// The frame at `step`.
    #[must_use]
    pub fn frame(&self, how: Move, step: usize) -> Frame {
        let items = self.boxes.iter().enumerate().map(|(index, content)| {
            let content = Arc::clone(content);
            let angle = step as f64 * 0.05 + index as f64;
            let home = Vec2::new((index % 25) as f64 * 15.0, (index / 25) as f64 * 20.5);
            let place = (home + Vec2::from_angle(angle) * 12.0).round();
            match how {
                Move::Place => Item::Chunk { offset: place, chunk: content },
                Move::Transform => Item::Group(Box::new(Group {
                    transform: Affine::translate(place),
                    opacity: 1.0,
                    blend: BlendMode::default(),
                    filters: Vec::new(),
                    content,
                })),
                Move::Layer => Item::Layer(Box::new(Layer {
                    id: LayerId(index as u64 + 1),
                    transform: Affine::translate(place),
                    opacity: 1.0,
                    blend: BlendMode::default(),
                    filters: Vec::new(),
                    clip: None,
                    scroll: None,
                    content,
                })),
            }
        });
        frame(step, items.collect())
    }
}

/// A long list of rows with text, in a scroll container.
#[derive(Debug)]
pub struct List {
    rows: Vec<Item>,
    font: Font,
}

/// Height of a row, in CSS px.
pub const ROW: f64 = 44.0;

impl List {
    /// `count` rows.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let bytes = include_bytes!("../../dom/assets/fonts/NotoSans-Regular.ttf").to_vec();
        let font = Font::new("NotoSans-Regular".to_owned(), FontData::new(Blob::from(bytes), 0));
        let mut list = Self { rows: Vec::new(), font };
        list.rows = (0..count).map(|index| list.row(index, 0)).collect();
        list
    }

    /// Gives a row another look.
    pub fn change(&mut self, index: usize, look: usize) {
        self.rows[index] = self.row(index, look);
    }

    /// The frame with the rows as they are.
    #[must_use]
    pub fn frame(&self, step: usize) -> Frame {
        let height = self.rows.len() as f64 * ROW;
        let content = Size::new(SCREEN.width, height);
        let page = Layer {
            id: LayerId(1),
            transform: Affine::IDENTITY,
            opacity: 1.0,
            blend: BlendMode::default(),
            filters: Vec::new(),
            clip: None,
            scroll: Some(Scroll {
                id: SCROLLER,
                port: SCREEN.to_rect(),
                content,
                offset: Vec2::ZERO,
                x: false,
                y: true,
                painted: content.to_rect(),
            }),
            content: Chunk::new(self.rows.clone()),
        };
        frame(step, vec![Item::Layer(Box::new(page))])
    }

    fn row(&self, index: usize, look: usize) -> Item {
        let tint = if look.is_multiple_of(2) { 255 } else { 220 };
        let line = Rect::new(0.0, ROW - 1.0, SCREEN.width, ROW);
        let items = vec![
            Item::Fill {
                shape: Shape::Rect(Rect::new(0.0, 0.0, SCREEN.width, ROW)),
                brush: Color::from_rgb8(255, tint, tint).into(),
            },
            Item::Fill { shape: Shape::Rect(line), brush: Color::from_rgb8(220, 220, 220).into() },
            self.text(16.0, 19.0, 15.0, index),
            self.text(16.0, 36.0, 12.0, index * 7 + 3),
        ];
        let offset = Vec2::new(0.0, index as f64 * ROW);
        Item::Chunk { offset, chunk: Chunk::new(items) }
    }

    fn text(&self, x: f64, y: f64, size: f32, seed: usize) -> Item {
        let advance = size * 0.58;
        let glyphs: Vec<_> = (0..26)
            .map(|at| {
                // Letters, with a gap here and there.
                let id = 36 + ((seed + at) * 11 % 58) as u32;
                Glyph {
                    id: if (seed + at).is_multiple_of(6) { 3 } else { id },
                    x: at as f32 * advance,
                    y: 0.0,
                }
            })
            .collect();
        let width = f64::from(advance) * 27.0;
        Item::Glyphs(Arc::new(GlyphRun {
            font: self.font.clone(),
            size,
            coords: Arc::from([]),
            skew: None,
            embolden: 0.0,
            origin: Point::new(x, y),
            glyphs: glyphs.into(),
            brush: Color::from_rgb8(30, 30, 40).into(),
            bounds: Rect::new(x, y - f64::from(size), x + width, y + f64::from(size) * 0.4),
        }))
    }
}

fn frame(step: usize, items: Vec<Item>) -> Frame {
    Frame {
        sequence: step as u64 + 1,
        scale: SCALE,
        list: DisplayList { background: Color::WHITE, viewport: SCREEN, root: Chunk::new(items) },
    }
}
