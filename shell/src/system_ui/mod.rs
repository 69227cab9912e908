//! What the system draws over an app, without the app: permission prompts,
//! "not responding", and the screen of an app that crashed.
//!
//! Everything is a display list like an app's own, put over the app's last
//! frame as one more layer, so that every rasteriser and target can show it.
//! It depends on no script, style or layout, which may be what has failed.

mod canvas;
mod prompt;
mod text;

use std::sync::Arc;

use virga_display_list::{
    Chunk, DisplayList, Frame, Item, Layer, LayerId,
    kurbo::{Affine, Circle, Point, Rect, Size, Vec2},
    peniko::{BlendMode, Color},
};
use virga_engine::FontSet;
use virga_protocol::Viewport;

use self::canvas::{Canvas, Weight, palette};
pub(crate) use self::prompt::{PromptPanel, Response};

/// No document has that many layers.
const LAYER: LayerId = LayerId(u64::MAX);
const MARGIN: f64 = 12.0;
const PADDING: f64 = 20.0;
/// Cards do not become wider than this.
const WIDEST: f64 = 420.0;

/// `frame` with `over` on top of it.
pub(crate) fn cover(frame: &Frame, over: Arc<Chunk>) -> Frame {
    let root = Chunk::new(vec![
        Item::Chunk { offset: Vec2::ZERO, chunk: Arc::clone(&frame.list.root) },
        Item::Layer(Box::new(Layer {
            id: LAYER,
            transform: Affine::IDENTITY,
            opacity: 1.0,
            blend: BlendMode::default(),
            filters: Vec::new(),
            clip: None,
            scroll: None,
            content: over,
        })),
    ]);
    Frame { list: DisplayList { root, ..frame.list.clone() }, ..*frame }
}

/// A frame with nothing on it, for an app that has not made one yet.
pub(crate) fn blank(viewport: &Viewport) -> Frame {
    Frame {
        sequence: 0,
        scale: viewport.scale.into(),
        list: DisplayList {
            background: Color::WHITE,
            viewport: size(viewport),
            root: Chunk::new(Vec::new()),
        },
    }
}

/// Says that an app does not respond, over its last frame.
pub(crate) fn not_responding(fonts: &FontSet, viewport: &Viewport, title: &str) -> Arc<Chunk> {
    let mut canvas = Canvas::new(fonts);
    let area = size(viewport).to_rect();
    canvas.fill(area, palette::SHADE);
    let width = card_width(area);
    let inner = width - 2.0 * PADDING;
    let name = if title.is_empty() { "This app" } else { title };
    let heading = canvas.wrap(&format!("{name} is not responding"), Weight::Bold, 17.0, inner, 2);
    let advice = "It is busy. You can wait until it is done, or close it.";
    let advice = canvas.wrap(advice, Weight::Regular, 14.0, inner, 3);
    let height = 2.0 * PADDING + 24.0 * heading.len() as f64 + 20.0 * advice.len() as f64 + 4.0;
    let card = Rect::from_center_size(area.center(), Size::new(width, height));
    canvas.card(card);
    let mut y = card.y0 + PADDING;
    y = canvas.lines(
        &heading,
        Weight::Bold,
        17.0,
        24.0,
        palette::INK,
        Point::new(card.x0 + PADDING, y),
    );
    canvas.lines(
        &advice,
        Weight::Regular,
        14.0,
        20.0,
        palette::QUIET,
        Point::new(card.x0 + PADDING, y + 4.0),
    );
    canvas.finish()
}

/// Stands in for an app that crashed.
pub(crate) fn crashed(fonts: &FontSet, viewport: &Viewport, url: &str, reason: &str) -> Frame {
    let mut canvas = Canvas::new(fonts);
    let area = size(viewport).to_rect();
    canvas.fill(area, palette::GROUND);
    let width = card_width(area) - 2.0 * PADDING;
    let left = area.center().x - width / 2.0;
    let mut y = (area.height() * 0.28).max(MARGIN);
    canvas.disc(Circle::new((left + 24.0, y + 24.0), 24.0), palette::ALARM);
    canvas.line("!", Weight::Bold, 28.0, Color::WHITE, Point::new(left + 20.0, y + 34.0));
    y += 68.0;
    let parts: [(&str, Weight, f64, f64, Color, usize); 4] = [
        ("This app has stopped", Weight::Bold, 22.0, 30.0, palette::INK, 2),
        (
            "Something went wrong inside Virga. Other apps are not affected. Close this window and open the app again.",
            Weight::Regular,
            15.0,
            22.0,
            palette::INK,
            6,
        ),
        (url, Weight::Regular, 13.0, 18.0, palette::QUIET, 3),
        (reason, Weight::Regular, 13.0, 18.0, palette::QUIET, 8),
    ];
    for (text, weight, size, leading, color, most) in parts {
        let lines = canvas.wrap(text, weight, size, width, most);
        y = canvas.lines(&lines, weight, size, leading, color, Point::new(left, y)) + 10.0;
    }
    let mut frame = blank(viewport);
    frame.list.background = palette::GROUND;
    frame.list.root = canvas.finish();
    frame
}

fn size(viewport: &Viewport) -> Size {
    Size::new(viewport.width.into(), viewport.height.into())
}

fn card_width(area: Rect) -> f64 {
    (area.width() - 2.0 * MARGIN).clamp(0.0, WIDEST)
}
