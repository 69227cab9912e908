//! Sticky positioning. <https://drafts.csswg.org/css-position/#stickypos-insets>

use kurbo::Vec2;

use super::geometry::location;
use super::{Formatting, StyleFlags, calc};
use crate::boxes::BoxId;

impl Formatting {
    /// How far a sticky box is moved at the current scroll offset.
    pub(crate) fn sticky_offset(&self, id: BoxId) -> Vec2 {
        let own = self.boxes.at(id);
        if !own.style.has(StyleFlags::STICKY) {
            return Vec2::ZERO;
        }
        let Some(parent) = own.parent else { return Vec2::ZERO };
        // Its place in the scrollable content, and that of its parent's content
        // box, which it stays in.
        let mut place = location(&own.geometry);
        let mut next = parent;
        let scroller = loop {
            let found = self.boxes.at(next);
            if found.style.has(StyleFlags::CLIPS) || found.parent.is_none() {
                break next;
            }
            place += location(&found.geometry);
            match found.parent {
                Some(above) => next = above,
                None => break next,
            }
        };
        let is_root = self.boxes.root == Some(scroller);
        let frame = &self.boxes.at(scroller).geometry;
        let port = if is_root {
            place += location(frame);
            self.viewport
        } else {
            place -= Vec2::new(f64::from(frame.border.left), f64::from(frame.border.top));
            kurbo::Size::new(
                f64::from(frame.size.width - frame.border.left - frame.border.right),
                f64::from(frame.size.height - frame.border.top - frame.border.bottom),
            )
        };
        let offset = self.scroll.get(self.boxes.at(scroller).node);
        let box_in_parent = location(&own.geometry);
        let p = &self.boxes.at(parent).geometry;
        let g = &own.geometry;
        let inset = &own.style.taffy.inset;
        let resolve = |value: taffy::LengthPercentageAuto, basis: f64| {
            value.resolve_to_option(basis as f32, calc::resolve).map(f64::from)
        };
        let x = axis(Axis {
            place: place.x,
            size: f64::from(g.size.width),
            port: (offset.x, offset.x + port.width),
            start: resolve(inset.left, port.width),
            end: resolve(inset.right, port.width),
            before: box_in_parent.x - f64::from(p.border.left + p.padding.left + g.margin.left),
            after: f64::from(p.size.width - p.border.right - p.padding.right - g.margin.right)
                - box_in_parent.x
                - f64::from(g.size.width),
        });
        let y = axis(Axis {
            place: place.y,
            size: f64::from(g.size.height),
            port: (offset.y, offset.y + port.height),
            start: resolve(inset.top, port.height),
            end: resolve(inset.bottom, port.height),
            before: box_in_parent.y - f64::from(p.border.top + p.padding.top + g.margin.top),
            after: f64::from(p.size.height - p.border.bottom - p.padding.bottom - g.margin.bottom)
                - box_in_parent.y
                - f64::from(g.size.height),
        });
        Vec2::new(x, y)
    }
}

struct Axis {
    place: f64,
    size: f64,
    port: (f64, f64),
    start: Option<f64>,
    end: Option<f64>,
    /// Room in the parent's content box on both sides.
    before: f64,
    after: f64,
}

fn axis(axis: Axis) -> f64 {
    let mut shift = 0.0;
    if let Some(end) = axis.end {
        let most = axis.port.1 - end - axis.size;
        shift = (most - axis.place).min(0.0).max(-axis.before.max(0.0));
    }
    if let Some(start) = axis.start {
        let least = axis.port.0 + start;
        let wanted = (least - axis.place).max(0.0).min(axis.after.max(0.0));
        if wanted > 0.0 {
            shift = wanted;
        }
    }
    shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sticks_to_the_start_within_its_parent() {
        let at = |offset: f64| {
            axis(Axis {
                place: 100.0,
                size: 20.0,
                port: (offset, offset + 200.0),
                start: Some(10.0),
                end: None,
                before: 0.0,
                after: 80.0,
            })
        };
        assert_eq!([at(0.0), at(90.0), at(100.0), at(500.0)], [0.0, 0.0, 10.0, 80.0]);
    }
}
