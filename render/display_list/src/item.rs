use std::sync::Arc;

use kurbo::{Affine, BezPath, Insets, Point, Rect, Shape as _, Size, Vec2};
use peniko::{BlendMode, Brush, Color, FontData};

use crate::{Chunk, Radii, RoundedRect};

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A shared piece of the list, moved by `offset`.
    Chunk {
        /// Where the chunk's origin lies.
        offset: Vec2,
        /// What to draw there.
        chunk: Arc<Chunk>,
    },
    /// A filled shape. A gradient brush is in the item's coordinates.
    Fill {
        /// What to fill.
        shape: Shape,
        /// With what.
        brush: Brush,
    },
    /// The border of a box.
    Border(Box<Border>),
    /// A shadow of a box.
    BoxShadow(Box<BoxShadow>),
    /// Glyphs of one font, size and brush.
    Glyphs(Arc<GlyphRun>),
    /// A picture.
    Image(Image),
    /// A picture that repeats.
    Tiles(Box<Tiles>),
    /// Items that are clipped to a shape.
    Clip {
        /// What remains visible.
        shape: Shape,
        /// What is clipped, in the item's coordinates.
        content: Arc<Chunk>,
    },
    /// Items that are drawn as one picture first.
    Group(Box<Group>),
    /// Items that the compositor keeps as a layer of its own.
    Layer(Box<Layer>),
}

impl Item {
    /// The area that may get ink.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        match self {
            Self::Chunk { offset, chunk } => chunk.bounds() + *offset,
            Self::Fill { shape, .. } => shape.bounds(),
            Self::Border(border) => border.rect,
            Self::BoxShadow(shadow) => shadow.bounds(),
            Self::Glyphs(run) => run.bounds,
            Self::Image(image) => image.dest,
            Self::Tiles(tiles) => tiles.area,
            Self::Clip { shape, content } => shape.bounds().intersect(content.bounds()),
            Self::Group(group) => group.bounds(),
            Self::Layer(layer) => layer.bounds(),
        }
    }

    /// The items inside it.
    #[must_use]
    pub fn content(&self) -> Option<&Arc<Chunk>> {
        match self {
            Self::Chunk { chunk, .. } => Some(chunk),
            Self::Clip { content, .. } => Some(content),
            Self::Group(group) => Some(&group.content),
            Self::Layer(layer) => Some(&layer.content),
            Self::Fill { .. }
            | Self::Border(_)
            | Self::BoxShadow(_)
            | Self::Glyphs(_)
            | Self::Image(_)
            | Self::Tiles(_) => None,
        }
    }

    pub(crate) fn content_mut(&mut self) -> Option<&mut Arc<Chunk>> {
        match self {
            Self::Chunk { chunk, .. } => Some(chunk),
            Self::Clip { content, .. } => Some(content),
            Self::Group(group) => Some(&mut group.content),
            Self::Layer(layer) => Some(&mut layer.content),
            Self::Fill { .. }
            | Self::Border(_)
            | Self::BoxShadow(_)
            | Self::Glyphs(_)
            | Self::Image(_)
            | Self::Tiles(_) => None,
        }
    }

    /// Whether it blends with what lies below it in another way than by
    /// covering it.
    #[must_use]
    pub fn has_blend(&self) -> bool {
        let normal = BlendMode::default();
        match self {
            Self::Chunk { chunk: content, .. } | Self::Clip { content, .. } => content.has_blend(),
            Self::Group(group) => group.blend != normal,
            Self::Layer(layer) => layer.blend != normal,
            Self::Fill { .. }
            | Self::Border(_)
            | Self::BoxShadow(_)
            | Self::Glyphs(_)
            | Self::Image(_)
            | Self::Tiles(_) => false,
        }
    }

    /// Whether it is a [`Layer`] or has one inside.
    #[must_use]
    pub fn has_layers(&self) -> bool {
        matches!(self, Self::Layer(_)) || self.content().is_some_and(|content| content.has_layers())
    }
}

/// An area with an outline.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle.
    Rect(Rect),
    /// A rectangle with round corners.
    RoundedRect(RoundedRect),
    /// Anything else, filled by the non-zero rule.
    Path(Arc<BezPath>),
}

impl Shape {
    /// The smallest rectangle around it.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        match self {
            Self::Rect(rect) => *rect,
            Self::RoundedRect(rounded) => rounded.rect,
            Self::Path(path) => path.bounding_box(),
        }
    }
}

/// <https://drafts.csswg.org/css-backgrounds/#borders>
#[derive(Clone, Debug, PartialEq)]
pub struct Border {
    /// The border box.
    pub rect: Rect,
    /// Radii of the border box.
    pub radii: Radii,
    /// Width of each side, in CSS px.
    pub widths: Insets,
    /// Left, top, right, bottom.
    pub sides: [BorderSide; 4],
}

/// The look of one side of a border.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BorderSide {
    /// How it is drawn.
    pub style: BorderStyle,
    /// Its colour.
    pub color: Color,
}

/// <https://drafts.csswg.org/css-backgrounds/#border-style>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the keywords of CSS")]
pub enum BorderStyle {
    None,
    Solid,
    Dotted,
    Dashed,
    Double,
    Groove,
    Ridge,
    Inset,
    Outset,
}

/// <https://drafts.csswg.org/css-backgrounds/#box-shadow>
#[derive(Clone, Debug, PartialEq)]
pub struct BoxShadow {
    /// The box that throws the shadow: border box, or padding box if `inset`.
    pub rect: Rect,
    /// Radii of that box.
    pub radii: Radii,
    /// Displacement of the shadow.
    pub offset: Vec2,
    /// Blur radius; the Gaussian's standard deviation is half of it.
    pub blur: f64,
    /// Growth of the shadow on each side.
    pub spread: f64,
    /// Its colour.
    pub color: Color,
    /// Drawn inside the box.
    pub inset: bool,
}

impl BoxShadow {
    fn bounds(&self) -> Rect {
        if self.inset {
            self.rect
        } else {
            // Three standard deviations hold all the ink that eight bits show.
            let grow = self.spread + self.blur * 1.5;
            (self.rect + self.offset).inflate(grow, grow)
        }
    }
}

/// A face of a font, shared by all runs that use it.
#[derive(Clone, Debug)]
pub struct Font(Arc<FontInner>);

#[derive(Debug)]
struct FontInner {
    name: String,
    data: FontData,
}

impl Font {
    /// `name` identifies the face in dumps, the same in every process.
    #[must_use]
    pub fn new(name: String, data: FontData) -> Self {
        Self(Arc::new(FontInner { name, data }))
    }

    /// A name that is the same in every process.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The font file and the index of the face in it.
    #[must_use]
    pub fn data(&self) -> &FontData {
        &self.0.data
    }
}

impl PartialEq for Font {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.data == other.0.data
    }
}

/// Glyphs of one font, size and brush on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphRun {
    /// The face.
    pub font: Font,
    /// Size of the em square in CSS px.
    pub size: f32,
    /// Variation coordinates, normalized, in 2.14 fixed point.
    pub coords: Arc<[i16]>,
    /// Slant added to an upright face, in degrees.
    pub skew: Option<f32>,
    /// Stroke added to a face that has no bold, in CSS px.
    pub embolden: f32,
    /// Where the glyphs' coordinates begin: the left end of the baseline.
    pub origin: Point,
    /// Glyphs relative to `origin`.
    pub glyphs: Arc<[Glyph]>,
    /// Their colour.
    pub brush: Brush,
    /// The area that may get ink.
    pub bounds: Rect,
}

/// A glyph and its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    /// Index in the font.
    pub id: u32,
    /// Along the baseline, in CSS px.
    pub x: f32,
    /// Down from the baseline, in CSS px.
    pub y: f32,
}

/// A picture in a rectangle.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The pixels.
    pub data: ImageData,
    /// Where they go.
    pub dest: Rect,
    /// The part that is shown, in image px.
    pub source: Rect,
    /// Whether to interpolate between pixels.
    pub smooth: bool,
}

/// A picture that repeats in both directions.
///
/// <https://drafts.csswg.org/css-backgrounds/#background-repeat>
#[derive(Clone, Debug, PartialEq)]
pub struct Tiles {
    /// The pixels.
    pub data: ImageData,
    /// Where one copy goes. The others lie whole steps away.
    pub tile: Rect,
    /// Distance between the origins of copies; larger than the tile where
    /// there is space between them.
    pub step: Size,
    /// What is covered.
    pub area: Rect,
    /// Whether to interpolate between pixels.
    pub smooth: bool,
}

/// Decoded pixels: 8-bit RGBA, not premultiplied, sRGB.
#[derive(Clone, Debug)]
pub struct ImageData(pub peniko::ImageData);

impl PartialEq for ImageData {
    fn eq(&self, other: &Self) -> bool {
        self.0.data.id() == other.0.data.id()
    }
}

/// Items that are drawn as one picture first, then changed and composed.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// From the group's coordinates to the item's.
    pub transform: Affine,
    /// From 0 to 1.
    pub opacity: f32,
    /// How it meets what is below.
    pub blend: BlendMode,
    /// In order.
    pub filters: Vec<Filter>,
    /// What is drawn, in the group's coordinates.
    pub content: Arc<Chunk>,
}

impl Group {
    fn bounds(&self) -> Rect {
        let grow = self.filters.iter().map(Filter::growth).sum::<f64>();
        self.transform.transform_rect_bbox(self.content.bounds().inflate(grow, grow))
    }
}

/// <https://drafts.csswg.org/filter-effects/#FilterProperty>
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Standard deviation in CSS px.
    Blur(f64),
    /// Row-major matrix from (R, G, B, A, 1) to (R, G, B, A), not premultiplied.
    ColorMatrix([f32; 20]),
    /// A shadow of the picture itself.
    DropShadow {
        /// Displacement.
        offset: Vec2,
        /// Standard deviation in CSS px.
        blur: f64,
        /// Its colour.
        color: Color,
    },
}

impl Filter {
    fn growth(&self) -> f64 {
        match self {
            Self::Blur(deviation) => deviation * 3.0,
            Self::ColorMatrix(_) => 0.0,
            Self::DropShadow { offset, blur, .. } => {
                blur * 3.0 + offset.x.abs().max(offset.y.abs())
            }
        }
    }
}

/// Tells the layers of an app apart; the same from frame to frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub u64);

/// Names a scroll container; the same from frame to frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScrollId(pub u64);

/// Content that the compositor keeps as pixels of its own, so that it can move
/// and fade without being drawn again.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The same from frame to frame.
    pub id: LayerId,
    /// From the layer's coordinates (before scrolling) to the item's.
    pub transform: Affine,
    /// From 0 to 1.
    pub opacity: f32,
    /// How it meets what is below.
    pub blend: BlendMode,
    /// In order.
    pub filters: Vec<Filter>,
    /// What remains visible, in the layer's coordinates before scrolling.
    pub clip: Option<Shape>,
    /// How it scrolls, if it does.
    pub scroll: Option<Scroll>,
    /// What is drawn, in the layer's coordinates as if scrolled to 0, 0.
    pub content: Arc<Chunk>,
}

impl Layer {
    fn bounds(&self) -> Rect {
        let inner = match (&self.clip, &self.scroll) {
            (Some(clip), _) => clip.bounds(),
            (None, Some(scroll)) => scroll.port,
            (None, None) => {
                let grow = self.filters.iter().map(Filter::growth).sum::<f64>();
                self.content.bounds().inflate(grow, grow)
            }
        };
        self.transform.transform_rect_bbox(inner)
    }
}

/// How a layer scrolls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scroll {
    /// The container.
    pub id: ScrollId,
    /// The scrollport, in the layer's coordinates before scrolling.
    pub port: Rect,
    /// Size of the scrollable overflow area.
    pub content: Size,
    /// The offset that the document knows. The compositor may be ahead of it.
    pub offset: Vec2,
    /// Whether the user can scroll along x.
    pub x: bool,
    /// Whether the user can scroll along y.
    pub y: bool,
    /// The part of the content that is in the list; beyond it nothing was
    /// painted, and the document has to paint again.
    pub painted: Rect,
}
