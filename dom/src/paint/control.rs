//! Checkboxes, radio buttons, the arrow of drop-downs, selection and caret.

use kurbo::{BezPath, Circle, Rect, Shape as _};
use peniko::{Brush, Color};
use std::sync::Arc;
use virga_display_list::{Border, BorderSide, BorderStyle, ChunkBuilder, Item, Radii, Shape};

use super::decorate;
use crate::boxes::Toggle;

const ACCENT: Color = Color::from_rgb8(0x0b, 0x57, 0xd0);
const GRAY: Color = Color::from_rgb8(0x76, 0x76, 0x76);
const PALE: Color = Color::from_rgb8(0xc4, 0xc4, 0xc4);

/// Selected text lies on this.
pub(super) const SELECTION: Color = Color::from_rgba8(0x33, 0x99, 0xff, 0x66);

/// A checkbox or radio button in `rect`.
pub(super) fn toggle(toggle: Toggle, rect: Rect, out: &mut ChunkBuilder) {
    let color = match (toggle.disabled, toggle.checked) {
        (true, _) => PALE,
        (false, true) => ACCENT,
        (false, false) => GRAY,
    };
    let side = rect.width().min(rect.height());
    let radius = if toggle.round { side / 2.0 } else { side / 6.0 };
    let radii = Radii::from(radius);
    let fill = |shape: Shape, color: Color, out: &mut ChunkBuilder| {
        out.push(Item::Fill { shape, brush: Brush::Solid(color) });
    };
    fill(decorate::shape(rect, radii), Color::WHITE, out);
    if toggle.checked && !toggle.round {
        fill(decorate::shape(rect, radii), color, out);
        let at = |x: f64, y: f64| (rect.x0 + rect.width() * x, rect.y0 + rect.height() * y);
        let mut path = BezPath::new();
        path.move_to(at(0.2, 0.52));
        path.line_to(at(0.42, 0.74));
        path.line_to(at(0.8, 0.28));
        let stroke = kurbo::Stroke::new(side / 7.0);
        let mark = kurbo::stroke(path, &stroke, &kurbo::StrokeOpts::default(), 0.05);
        fill(Shape::Path(Arc::new(mark)), Color::WHITE, out);
        return;
    }
    let border = BorderSide { style: BorderStyle::Solid, color };
    out.push(Item::Border(Box::new(Border {
        rect,
        radii,
        widths: kurbo::Insets::uniform((side / 13.0).max(1.0)),
        sides: [border; 4],
    })));
    if toggle.checked {
        let dot = Circle::new(rect.center(), side * 0.28);
        fill(Shape::Path(Arc::new(dot.to_path(0.05))), color, out);
    }
}

/// The arrow of a drop-down, at the end of its padding box.
pub(super) fn arrow(inside: Rect, rtl: bool, color: Color, out: &mut ChunkBuilder) {
    let (half, depth) = (4.0, 4.5);
    let from_edge = 10.0;
    if inside.width() < 2.0 * from_edge {
        return;
    }
    let x = if rtl { inside.x0 + from_edge } else { inside.x1 - from_edge };
    let y = inside.center().y - depth / 2.0;
    let mut path = BezPath::new();
    path.move_to((x - half, y));
    path.line_to((x, y + depth));
    path.line_to((x + half, y));
    let stroke = kurbo::Stroke::new(1.5);
    let mark = kurbo::stroke(path, &stroke, &kurbo::StrokeOpts::default(), 0.05);
    out.push(Item::Fill { shape: Shape::Path(Arc::new(mark)), brush: Brush::Solid(color) });
}
