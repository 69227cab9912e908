//! What boxes have inside: lines of text, pictures, fields.

use std::sync::Arc;

use kurbo::{Affine, Insets, Point, Rect, Size, Vec2};
use style::computed_values::object_fit::T as ObjectFit;
use style::values::computed::{Appearance, Length};
use virga_display_list::{ChunkBuilder, DisplayList, Group, Item, Layer, LayerId, Radii, Shape};

use super::decorate::{Decorated, radii, shape, shrink, smooth};
use super::text::{Decoration, Painted, Stroke};
use super::walk::{Contents, Entry, Walk, push_chunk, z_index};
use super::{color, control};
use crate::boxes::{BoxId, BoxKind, Origin, Replaced};
use crate::layout::{LayoutStyle, Piece, StyleFlags, location};
use crate::tree::NodeId;

impl Walk<'_> {
    pub(super) fn marker(&mut self, id: BoxId, fraction: Vec2, out: &mut ChunkBuilder) {
        let own = self.formatting.boxes.at(id);
        let Some(marker) = &own.marker else { return };
        let Some(shaped) = &marker.outside else { return };
        if !own.style.has(StyleFlags::VISIBLE) {
            return;
        }
        let width: f32 = shaped.cells.iter().map(|cell| cell.advance).sum();
        let baseline = self.formatting.first_baseline(id).unwrap_or_else(|| {
            marker.style.known_text().map_or(0.0, |text| text.font.metrics.ascent)
        });
        let x = if own.style.has(StyleFlags::RTL) { own.geometry.size.width } else { -width };
        Painted {
            shaped,
            cells: 0..shaped.cells.len() as u32,
            origin: Point::new(
                fraction.x + f64::from(x),
                self.snap(fraction.y + f64::from(baseline)),
            ),
            expand: 0.0,
            values: &marker.style.values,
            color: text_color(&marker.style),
        }
        .paint(out);
    }

    pub(super) fn lines(&mut self, id: BoxId, fraction: Vec2, near: Rect, out: &mut Contents) {
        let own = self.formatting.boxes.at(id);
        for child in own.children.clone() {
            if self.formatting.boxes.at(child).style.has(StyleFlags::FLOAT) {
                self.child(child, fraction, near, false, out);
            }
        }
        let own = self.formatting.boxes.at(id);
        let Some(lines) = own.lines.clone() else { return };
        let first = lines.lines.partition_point(|line| f64::from(line.top + line.height) < near.y0);
        let last = lines.lines.partition_point(|line| f64::from(line.top) <= near.y1);
        let around = self.block_decorations(id);
        let mut caret = None;
        if self.formatting.has_selected() {
            let (rects, place) = self.formatting.selected_in(self.tree, id);
            for rect in rects {
                out.fronts.push(Item::Fill {
                    shape: Shape::Rect(rect + fraction),
                    brush: peniko::Brush::Solid(control::SELECTION),
                });
            }
            caret = place;
        }
        for line in lines.lines.get(first..last.max(first)).unwrap_or_default() {
            for piece in &lines.pieces[line.pieces.start as usize..line.pieces.end as usize] {
                match piece {
                    Piece::Atomic { id, .. } => self.atomic(*id, fraction, near, out),
                    _ => self.piece(id, piece, fraction, &around, out),
                }
            }
        }
        if let Some(caret) = caret {
            let x = self.snap(fraction.x + caret.x0);
            let width = self.scale().round().max(1.0) / self.scale();
            let (top, bottom) = (fraction.y + caret.y0, fraction.y + caret.y1);
            let style = &self.formatting.boxes.at(id).style;
            out.fronts.push(Item::Fill {
                shape: Shape::Rect(Rect::new(x, self.snap(top), x + width, self.snap(bottom))),
                brush: peniko::Brush::Solid(text_color(style)),
            });
        }
    }

    fn atomic(&mut self, id: BoxId, fraction: Vec2, near: Rect, out: &mut Contents) {
        let own = self.formatting.boxes.at(id);
        let offset = location(&own.geometry);
        let style = own.style.clone();
        if style.flags.intersects(StyleFlags::POSITIONED | StyleFlags::STACKING_CONTEXT) {
            out.entries.push(Entry { id, z: z_index(own), offset });
            return;
        }
        let (snapped, rest) = self.split(fraction + offset);
        let chunk = self.unit(id, rest, near - offset);
        push_chunk(&mut out.fronts, snapped, chunk);
        self.hand_up(id, offset, out);
    }

    /// Paints a part of an inline element, or text.
    fn piece(
        &mut self,
        id: BoxId,
        piece: &Piece,
        fraction: Vec2,
        around: &[Decoration],
        out: &mut Contents,
    ) {
        let own = self.formatting.boxes.at(id);
        let Some(content) = own.inline() else { return };
        match piece {
            Piece::Span(piece) => {
                let style = &content.spans[piece.span as usize].style;
                if !style.flags.intersects(
                    StyleFlags::BACKGROUND
                        | StyleFlags::BORDER
                        | StyleFlags::SHADOW
                        | StyleFlags::OUTLINE,
                ) {
                    return;
                }
                let x0 = self.snap(fraction.x + f64::from(piece.x));
                let y0 = self.snap(fraction.y + f64::from(piece.y));
                let border_box = Rect::new(
                    x0,
                    y0,
                    self.snap(fraction.x + f64::from(piece.x + piece.width)),
                    self.snap(fraction.y + f64::from(piece.y + piece.height)),
                );
                let px = |value: taffy::LengthPercentage| {
                    f64::from(
                        taffy::MaybeResolve::<f32, Option<f32>>::maybe_resolve(
                            value,
                            0.0,
                            |_, _| 0.0,
                        )
                        .unwrap_or(0.0),
                    )
                };
                let edge = |edges: &taffy::Rect<taffy::LengthPercentage>| {
                    Insets::new(
                        if piece.first { px(edges.left) } else { 0.0 },
                        px(edges.top),
                        if piece.last { px(edges.right) } else { 0.0 },
                        px(edges.bottom),
                    )
                };
                let decorated = Decorated {
                    style,
                    border_box,
                    border: edge(&style.taffy.border),
                    padding: edge(&style.taffy.padding),
                    images: &self.formatting.backgrounds,
                    bare: false,
                };
                decorated.paint(&mut out.fronts);
                decorated.outline(&mut out.fronts);
            }
            Piece::Text(piece) => {
                let Some(shaped) = content.known_shaped() else { return };
                let style = content.style_of(piece.span, &own.style);
                if !style.has(StyleFlags::VISIBLE) || piece.cells.is_empty() {
                    return;
                }
                let baseline = self.snap(fraction.y + f64::from(piece.baseline));
                let x = fraction.x + f64::from(piece.x);
                let mut decorations: Vec<Decoration> = Vec::new();
                let mut next = piece.span;
                while let Some(span) = next {
                    let span = &content.spans[span as usize];
                    decorations.extend(Decoration::of(&span.style.values));
                    next = span.parent;
                }
                decorations.reverse();
                let metrics = &shaped.runs[usize::from(piece.run)].metrics;
                let stroke = Stroke {
                    x,
                    width: f64::from(piece.width),
                    baseline,
                    ascent: f64::from(piece.ascent),
                    underline: f64::from(metrics.underline_offset),
                    strike: f64::from(metrics.strikethrough_offset),
                    thickness: f64::from(metrics.underline_size),
                    scale: self.scale(),
                };
                for decoration in around.iter().chain(&decorations) {
                    stroke.paint(decoration, false, &mut out.fronts);
                }
                Painted {
                    shaped,
                    cells: piece.cells.clone(),
                    origin: Point::new(x, baseline),
                    expand: piece.expand,
                    values: &style.values,
                    color: text_color(style),
                }
                .paint(&mut out.fronts);
                for decoration in around.iter().chain(&decorations) {
                    stroke.paint(decoration, true, &mut out.fronts);
                }
            }
            Piece::Ellipsis { shaped, x, baseline, span } => {
                let style = content.style_of(*span, &own.style);
                Painted {
                    shaped,
                    cells: 0..shaped.cells.len() as u32,
                    origin: Point::new(
                        fraction.x + f64::from(*x),
                        self.snap(fraction.y + f64::from(*baseline)),
                    ),
                    expand: 0.0,
                    values: &style.values,
                    color: text_color(style),
                }
                .paint(&mut out.fronts);
            }
            Piece::Atomic { .. } => {}
        }
    }

    /// Lines that blocks around draw on all their text, outermost first.
    fn block_decorations(&self, id: BoxId) -> Vec<Decoration> {
        let mut found = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            let own = self.formatting.boxes.at(id);
            if own.origin != Origin::Anonymous {
                found.extend(Decoration::of(&own.style.values));
            }
            // They do not go into what is out of the flow or atomic.
            if own
                .style
                .flags
                .intersects(StyleFlags::OUT_OF_FLOW | StyleFlags::FLOAT | StyleFlags::INLINE_LEVEL)
            {
                break;
            }
            next = own.parent;
        }
        found.reverse();
        found
    }

    pub(super) fn replaced(&mut self, id: BoxId, fraction: Vec2, out: &mut ChunkBuilder) {
        let own = self.formatting.boxes.at(id);
        if !own.style.has(StyleFlags::VISIBLE) {
            return;
        }
        let BoxKind::Replaced(replaced) = &own.kind else { return };
        let (border_box, border, padding) = self.boxes_of(id, fraction);
        let rect = shrink(shrink(border_box, border), padding);
        let native = own.style.values.get_box().appearance != Appearance::None;
        if let Some(toggle) = replaced.toggle.filter(|_| native) {
            control::toggle(toggle, border_box, out);
        }
        image(replaced, &own.style, rect, border_box, border, padding, out);
        let node = own.node;
        if let Some(list) = self.formatting.frames.get(&node) {
            frame(node, list, rect, out);
        }
    }

    pub(super) fn control(&mut self, id: BoxId, fraction: Vec2, out: &mut ChunkBuilder) {
        let own = self.formatting.boxes.at(id);
        let (BoxKind::Control(field), Some(lines)) = (&own.kind, own.lines.clone()) else { return };
        if !own.style.has(StyleFlags::VISIBLE) {
            return;
        }
        let (border_box, border, padding) = self.boxes_of(id, fraction);
        let content_box = shrink(shrink(border_box, border), padding);
        let (selection, placeholder) = (field.selection, field.placeholder);
        let caret_box = self.caret_geometry(id, fraction);
        // A caret that would be outside is scrolled into view.
        let left = self.formatting.field_shift(id);
        let mut inside = Contents::default();
        if let Some((start, end)) = selection
            && start < end
        {
            for rect in self.selection_rects(id, fraction, start, end) {
                inside.fronts.push(Item::Fill {
                    shape: Shape::Rect(rect),
                    brush: peniko::Brush::Solid(control::SELECTION),
                });
            }
        }
        for piece in &lines.pieces {
            self.piece(id, piece, fraction, &[], &mut inside);
        }
        if selection.is_some_and(|(start, end)| start == end)
            && let Some(caret) = caret_box
        {
            let style = &self.formatting.boxes.at(id).style;
            inside.fronts.push(Item::Fill {
                shape: Shape::Rect(caret),
                brush: peniko::Brush::Solid(text_color(style)),
            });
        }
        if inside.fronts.is_empty() {
            return;
        }
        let text = inside.fronts.finish();
        let mut content = ChunkBuilder::default();
        let offset = Vec2::new(-self.snap(left.into()), 0.0);
        if placeholder {
            let mut faded = ChunkBuilder::default();
            faded.push(Item::Group(Box::new(Group {
                transform: Affine::translate(offset),
                opacity: 0.54,
                blend: peniko::BlendMode::default(),
                filters: Vec::new(),
                content: text,
            })));
            content = faded;
        } else {
            content.push(Item::Chunk { offset, chunk: text });
        }
        // The caret may stand on the edge of the last letter.
        let clip = content_box.inflate(1.0, 0.0);
        out.push(Item::Clip { shape: shape(clip, Radii::ZERO), content: content.finish() });
    }

    /// The caret of a focused field, in the box's coordinates.
    fn caret_geometry(&self, id: BoxId, fraction: Vec2) -> Option<Rect> {
        let own = self.formatting.boxes.at(id);
        let BoxKind::Control(field) = &own.kind else { return None };
        let at = field.caret?;
        let at = if field.placeholder { 0 } else { at };
        let (x, top, bottom) = self.formatting.caret_in(id, at)?;
        let x = self.snap(fraction.x + f64::from(x));
        let top = self.snap(fraction.y + f64::from(top));
        let width = (self.scale().round().max(1.0)) / self.scale();
        Some(Rect::new(x, top, x + width, self.snap(fraction.y + f64::from(bottom))))
    }

    fn selection_rects(&self, id: BoxId, fraction: Vec2, start: u32, end: u32) -> Vec<Rect> {
        self.formatting.text_rects(id, start, end).into_iter().map(|rect| rect + fraction).collect()
    }
}

/// The colour of glyphs.
pub(super) fn text_color(style: &LayoutStyle) -> peniko::Color {
    let text = style.values.get_inherited_text();
    color::resolve(&style.values, &text._webkit_text_fill_color)
}

/// A document in its frame: a layer, so that the compositor scrolls what is in it.
fn frame(node: NodeId, list: &DisplayList, rect: Rect, out: &mut ChunkBuilder) {
    let size = rect.size();
    let mut content = ChunkBuilder::default();
    if list.background.components[3] > 0.0 {
        content.push(Item::Fill {
            shape: Shape::Rect(size.to_rect()),
            brush: peniko::Brush::Solid(list.background),
        });
    }
    push_chunk(&mut content, Vec2::ZERO, Arc::clone(&list.root));
    out.push(Item::Layer(Box::new(Layer {
        id: LayerId(node.to_bits()),
        transform: Affine::translate(rect.origin().to_vec2()),
        opacity: 1.0,
        blend: peniko::BlendMode::default(),
        filters: Vec::new(),
        clip: Some(Shape::Rect(size.to_rect())),
        scroll: None,
        content: content.finish(),
    })));
}

/// A picture in its content box. <https://drafts.csswg.org/css-images/#sizing>
fn image(
    replaced: &Replaced,
    style: &LayoutStyle,
    rect: Rect,
    border_box: Rect,
    border: Insets,
    padding: Insets,
    out: &mut ChunkBuilder,
) {
    let Some(data) = &replaced.image else { return };
    let natural = Size::new(f64::from(data.0.width), f64::from(data.0.height));
    if natural.is_zero_area() || rect.width() <= 0.0 || rect.height() <= 0.0 {
        return;
    }
    let position = style.values.get_position();
    let contain = (rect.width() / natural.width).min(rect.height() / natural.height);
    let cover = (rect.width() / natural.width).max(rect.height() / natural.height);
    let size = match position.object_fit {
        ObjectFit::Fill => rect.size(),
        ObjectFit::Contain => natural * contain,
        ObjectFit::Cover => natural * cover,
        ObjectFit::None => natural,
        ObjectFit::ScaleDown => natural * contain.min(1.0),
    };
    let free = rect.size() - size;
    let at = &position.object_position;
    let x = at.horizontal.resolve(Length::new(free.width as f32)).px();
    let y = at.vertical.resolve(Length::new(free.height as f32)).px();
    let whole = Rect::from_origin_size(rect.origin() + Vec2::new(f64::from(x), f64::from(y)), size);
    let dest = whole.intersect(rect);
    if dest.width() <= 0.0 || dest.height() <= 0.0 {
        return;
    }
    // The part of the picture that the content box shows.
    let (sx, sy) = (natural.width / size.width, natural.height / size.height);
    let source = Rect::new(
        (dest.x0 - whole.x0) * sx,
        (dest.y0 - whole.y0) * sy,
        (dest.x1 - whole.x0) * sx,
        (dest.y1 - whole.y0) * sy,
    );
    let item = Item::Image(virga_display_list::Image {
        data: data.clone(),
        dest,
        source,
        smooth: smooth(&style.values),
    });
    let corners = radii(&style.values, border_box);
    if corners.is_zero() {
        out.push(item);
        return;
    }
    let corners = corners.inset(
        border.x0 + padding.x0,
        border.y0 + padding.y0,
        border.x1 + padding.x1,
        border.y1 + padding.y1,
    );
    let mut content = ChunkBuilder::default();
    content.push(item);
    out.push(Item::Clip { shape: shape(rect, corners), content: content.finish() });
}
