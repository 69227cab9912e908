//! Laying out again what changed, and no more.
//!
//! A box whose content changed is asked its last question again. If the whole
//! answer is the same (size, margins, baselines, scrollable overflow,
//! out-of-flow boxes), nobody else has to know. If only the height of a block
//! changed, its siblings move and its parent grows, without their layout being
//! done again. Everything else makes the parent be laid out, from the caches of
//! its other children.
//!
//! This stops below a parent with ten thousand children, whose own layout would
//! have to list them all.

use taffy::{
    BlockFormattingContext, LayoutInput, LayoutOutput, MaybeMath as _, MaybeResolve as _, Point,
    Rect, ResolveOrZero as _, RunMode, Size,
};

use super::engine::{Engine, insets};
use super::{LayoutStyle, StyleFlags, calc, establishes_bfc};
use crate::boxes::{BoxId, BoxKind, BoxTree, Marks};

/// What became of a box that was asked again.
enum Outcome {
    /// The same answer: nothing changed outside.
    Same,
    /// Another answer, from the old to the new one.
    Changed(Box<(LayoutOutput, LayoutOutput)>),
    /// It cannot be asked alone.
    Unknown,
}

impl Engine<'_> {
    /// Brings all queued boxes up to date.
    pub(crate) fn relayout(&mut self, viewport: Size<f32>) {
        let Some(root) = self.boxes.root else {
            self.boxes.queue.clear();
            return;
        };
        // Deepest first, so that a parent finds its children done.
        let mut queue = std::mem::take(&mut self.boxes.queue);
        queue.retain(|id| self.boxes.get(*id).is_some());
        queue.sort_by_key(|id| self.boxes.at(*id).depth);
        let mut whole = self.boxes.at(root).cache.last().is_none();
        while let Some(id) = queue.pop() {
            let Some(own) = self.boxes.get_mut(id) else { continue };
            let marks = own.marks;
            own.marks.remove(Marks::QUEUED | Marks::CONTENT | Marks::BOX);
            if !marks.intersects(Marks::CONTENT | Marks::BOX) {
                continue;
            }
            if id == root {
                whole = true;
                continue;
            }
            let mut id = id;
            let mut outcome = self.ask_again(id, marks.contains(Marks::BOX));
            // Carry a change of height upwards for as long as that is all.
            loop {
                match outcome {
                    Outcome::Same => break,
                    Outcome::Changed(change) => match self.absorb(id, &change.0, &change.1) {
                        Some((parent, next)) => {
                            id = parent;
                            outcome = next;
                        }
                        None => {
                            whole |= self.mark_container(id, root, &mut queue);
                            break;
                        }
                    },
                    Outcome::Unknown => {
                        whole |= self.mark_container(id, root, &mut queue);
                        break;
                    }
                }
            }
        }
        if whole {
            self.forget(root);
            self.root(root, viewport);
        }
    }

    /// Queues what lays out a box: its parent, or its containing block. Says
    /// whether that is the root.
    fn mark_container(&mut self, id: BoxId, root: BoxId, queue: &mut Vec<BoxId>) -> bool {
        self.forget(id);
        let own = self.boxes.at(id);
        let Some(parent) = own.parent else { return true };
        // Static positions and candidates come from the parent, sizes from the
        // containing block: all between them have to be done again.
        let mut next = parent;
        if own.style.has(StyleFlags::OUT_OF_FLOW) {
            let containing = self.boxes.containing_block(id);
            while Some(next) != containing && next != root {
                self.forget(next);
                match self.boxes.at(next).parent {
                    Some(parent) => next = parent,
                    None => break,
                }
            }
        }
        if next == root {
            return true;
        }
        let found = self.boxes.at_mut(next);
        found.marks |= Marks::CONTENT;
        if !found.marks.contains(Marks::QUEUED) {
            found.marks |= Marks::QUEUED;
            let depth = found.depth;
            let at = queue.partition_point(|other| {
                self.boxes.get(*other).is_some_and(|other| other.depth <= depth)
            });
            queue.insert(at, next);
        }
        false
    }

    /// Makes a box answer anew.
    fn forget(&mut self, id: BoxId) {
        self.boxes.at_mut(id).cache.clear();
    }

    fn ask_again(&mut self, id: BoxId, own_box: bool) -> Outcome {
        let (last, measured) = self.boxes.at_mut(id).cache.take();
        let Some(last) = last else { return Outcome::Unknown };
        let own = self.boxes.at(id);
        if own.marks.contains(Marks::FLOATS) && !establishes_bfc(&own.style) {
            // Its floats are among those of an ancestor.
            return Outcome::Unknown;
        }
        let (mut input, old) = *last;
        if own_box {
            match self.block_item_input(id, &input) {
                Some(found) => input = found,
                None => return Outcome::Unknown,
            }
        }
        // What was measured decided the sizes of ancestors.
        for (question, answer) in measured {
            if own_box || self.compute_alone(id, question).size != answer.size {
                return Outcome::Unknown;
            }
        }
        let new = self.compute_alone(id, input);
        if own_box && !self.place_block_item(id, &input, &new) {
            return Outcome::Unknown;
        }
        if new == old {
            return Outcome::Same;
        }
        Outcome::Changed(Box::new((old, new)))
    }

    /// Computes a box as its parent would, where no float is near. A block that
    /// is part of its parent's formatting context must not be taken for the
    /// root of one: its margins would not collapse.
    fn compute_alone(&mut self, id: BoxId, input: LayoutInput) -> LayoutOutput {
        let own = self.boxes.at(id);
        let in_block =
            own.parent.is_some_and(|parent| matches!(self.boxes.at(parent).kind, BoxKind::Block));
        if !in_block || establishes_bfc(&own.style) {
            return self.compute(id, input, None);
        }
        let mut formatting = BlockFormattingContext::new();
        let mut root = formatting.root_block_context();
        let mut inner = root.sub_context(0.0, [0.0, 0.0]);
        self.compute(id, input, Some(&mut inner))
    }

    /// The question that its parent would ask a block whose own style changed.
    /// `None` if only the parent's algorithm knows.
    ///
    /// The same arithmetic as taffy's for an in-flow block beside no floats.
    fn block_item_input(&self, id: BoxId, last: &LayoutInput) -> Option<LayoutInput> {
        let (own, parent) = self.plain_block_item(id)?;
        let style = &own.style;
        // A box whose size was imposed on it otherwise.
        let parent_size = last.parent_size;
        let inner_width = parent_size.width?;
        let t = &style.taffy;
        if t.size.width.is_sizing_keyword() || t.size.height.is_sizing_keyword() {
            return None;
        }
        if t.aspect_ratio.is_some()
            || matches!(own.kind, BoxKind::Replaced(_) | BoxKind::Control(_))
        {
            return None;
        }
        let _ = parent;
        let sums = insets(style, Some(inner_width)).sum_axes();
        let outside = if t.box_sizing == taffy::BoxSizing::ContentBox { sums } else { Size::ZERO };
        let size = t.size.maybe_resolve(parent_size, calc::resolve).maybe_add(outside);
        let min = t.min_size.maybe_resolve(parent_size, calc::resolve).maybe_add(outside);
        let max = t.max_size.maybe_resolve(parent_size, calc::resolve).maybe_add(outside);
        let margin = t.margin.resolve_or_zero(Some(inner_width), calc::resolve);
        let stretch = (inner_width - margin.horizontal_axis_sum()).max(0.0);
        let known = Size {
            width: Some(size.width.unwrap_or(stretch).maybe_clamp(min.width, max.width)),
            height: size.height,
        }
        .maybe_clamp(min, max);
        Some(LayoutInput {
            known_dimensions: known,
            available_space: Size {
                width: taffy::AvailableSpace::Definite(stretch),
                height: last.available_space.height,
            },
            ..*last
        })
    }

    /// A block in the flow of a block container, with nothing special around.
    fn plain_block_item(
        &self,
        id: BoxId,
    ) -> Option<(&crate::boxes::LayoutBox, &crate::boxes::LayoutBox)> {
        let own = self.boxes.at(id);
        let parent = self.boxes.at(own.parent?);
        let plain = matches!(parent.kind, BoxKind::Block)
            && !parent.marks.contains(Marks::FLOATS)
            && !own.marks.contains(Marks::FLOATS)
            && parent.style.taffy.text_align == taffy::TextAlign::Auto
            && parent.style.taffy.justify_items == taffy::AlignItems::NORMAL
            && parent.style.taffy.align_content == taffy::AlignContent::NORMAL
            && !parent.style.has(StyleFlags::RTL)
            && own.style.taffy.justify_self.is_none()
            && !own.style.taffy.item_is_table
            && !own.style.flags.intersects(StyleFlags::OUT_OF_FLOW | StyleFlags::FLOAT)
            // The parent's width must not follow from what is in it.
            && parent.cache.last().is_some_and(|last| last.0.known_dimensions.width.is_some())
            && !parent.cache.is_measured();
        plain.then_some((own, parent))
    }

    /// Places a block whose own style changed along the line; `false` if its
    /// place across it may have changed, too.
    fn place_block_item(&mut self, id: BoxId, input: &LayoutInput, new: &LayoutOutput) -> bool {
        let Some((own, parent)) = self.plain_block_item(id) else { return false };
        let style = own.style.clone();
        let parent_size = input.parent_size;
        let Some(inner_width) = parent_size.width else { return false };
        let margins =
            style.taffy.margin.map(|margin| margin.resolve_to_option(inner_width, calc::resolve));
        let fixed = margins.map(|margin| margin.unwrap_or(0.0));
        let mut layout = own.geometry;
        // Vertical margins collapse with those of others.
        if fixed.top != layout.margin.top || fixed.bottom != layout.margin.bottom {
            return false;
        }
        let stretch = (inner_width - fixed.horizontal_axis_sum()).max(0.0);
        let autos = u8::from(margins.left.is_none()) + u8::from(margins.right.is_none());
        let share =
            if autos > 0 { (stretch - new.size.width).max(0.0) / f32::from(autos) } else { 0.0 };
        let left = margins.left.unwrap_or(share);
        if style.taffy.position == taffy::Position::Relative {
            // What it was moved by before is not known here.
            return false;
        }
        let parent_insets =
            insets(&parent.style, parent.cache.last().and_then(|last| last.0.parent_size.width));
        layout.location.x = parent_insets.left + left;
        layout.margin = Rect { left, right: margins.right.unwrap_or(share), ..fixed };
        layout.padding = style.taffy.padding.resolve_or_zero(Some(inner_width), calc::resolve);
        layout.border = style.taffy.border.resolve_or_zero(Some(inner_width), calc::resolve);
        layout.size = new.size;
        layout.scrollable_overflow_rect = new.scrollable_overflow_rect;
        taffy::LayoutPartialTree::set_unrounded_layout(self, id.into(), &layout);
        true
    }

    /// Follows a change of a child's size in its parent without laying out the
    /// parent. `None` if that is not possible.
    fn absorb(
        &mut self,
        id: BoxId,
        old: &LayoutOutput,
        new: &LayoutOutput,
    ) -> Option<(BoxId, Outcome)> {
        let (own, parent) = self.plain_block_item(id)?;
        let same_margins = old.top_margin == new.top_margin
            && old.bottom_margin == new.bottom_margin
            && !old.margins_can_collapse_through
            && !new.margins_can_collapse_through;
        if !same_margins || !old.oof_candidates.is_empty() || !new.oof_candidates.is_empty() {
            return None;
        }
        let growth = new.size.height - old.size.height;
        let size_before = own.geometry.size.height;
        let _ = size_before;
        let parent_id = own.parent?;
        let (input, answer) = parent.cache.last()?;
        let (input, before) = (*input, answer.clone());
        let t = &parent.style.taffy;
        let free_height = input.known_dimensions.height.is_none()
            && t.size.height.is_auto()
            && t.min_size.height.is_auto()
            && t.max_size.height.is_auto()
            && t.aspect_ratio.is_none();
        if !free_height && growth != 0.0 && input.known_dimensions.height.is_none() {
            return None;
        }
        // Boxes out of flow hang at heights that would change.
        if growth != 0.0 && (!before.oof_candidates.is_empty() || !parent.hoisted.is_empty()) {
            return None;
        }
        let children = parent.children.clone();
        let position = children.iter().position(|child| *child == id)?;
        {
            let own = self.boxes.at_mut(id);
            own.geometry.size = new.size;
            own.geometry.scrollable_overflow_rect = new.scrollable_overflow_rect;
        }
        self.boxes.mark_paint(id);
        if growth != 0.0 {
            for child in &children[position + 1..] {
                self.boxes.at_mut(*child).geometry.location.y += growth;
            }
            self.boxes.at_mut(parent_id).paint.forget_order();
            self.boxes.mark_paint(parent_id);
        }
        let mut after = before.clone();
        if free_height {
            after.size.height += growth;
            if let Some(area) = &mut after.oof_positioning_area {
                area.size.height += growth;
            }
        }
        after.scrollable_overflow_rect = self.overflow_of_block(parent_id, &children);
        after.baselines = self.baselines_of_block(parent_id);
        let own = self.boxes.at_mut(parent_id);
        if let Some(last) = own.cache.last_mut() {
            last.1 = after.clone();
        }
        own.cache.last_baseline = after.baselines.last;
        own.cache.in_flow_overflow = after.scrollable_overflow_rect;
        own.geometry.scrollable_overflow_rect = after.scrollable_overflow_rect;
        if after == before {
            return Some((parent_id, Outcome::Same));
        }
        Some((parent_id, Outcome::Changed(Box::new((before, after)))))
    }

    /// The scrollable overflow of a block container, from that of its children.
    fn overflow_of_block(&self, id: BoxId, children: &[BoxId]) -> Rect<f32> {
        let own = self.boxes.at(id);
        let border = own.geometry.border;
        let scrolls = own.style.taffy.overflow.x.is_scroll_container()
            || own.style.taffy.overflow.y.is_scroll_container();
        let mut all = Rect::ZERO;
        for child in children {
            let child = self.boxes.at(*child);
            if child.style.has(StyleFlags::OUT_OF_FLOW) {
                continue;
            }
            let location = Point {
                x: child.geometry.location.x - border.left,
                y: child.geometry.location.y - border.top,
            };
            all = all.union(contribution(&child.style, location, &child.geometry, scrolls));
        }
        if scrolls {
            all.right += own.geometry.padding.right;
            all.bottom += own.geometry.padding.bottom;
        }
        for child in own.hoisted.iter().filter_map(|child| self.boxes.get(*child)) {
            let location = Point {
                x: child.geometry.location.x - border.left,
                y: child.geometry.location.y - border.top,
            };
            all = all.union(contribution(&child.style, location, &child.geometry, scrolls));
        }
        all
    }
}

/// What a box adds to the scrollable overflow of its container.
/// <https://drafts.csswg.org/css-overflow-3/#scrollable>
pub(super) fn contribution(
    style: &LayoutStyle,
    location: Point<f32>,
    layout: &taffy::Layout,
    container_scrolls: bool,
) -> Rect<f32> {
    let t = &style.taffy;
    let closed = t.overflow.x.is_scroll_container()
        || t.overflow.y.is_scroll_container()
        || t.contain.contains_scrollable_overflow();
    let open_x = !closed && t.overflow.x == taffy::Overflow::Visible;
    let open_y = !closed && t.overflow.y == taffy::Overflow::Visible;
    let inner = layout.scrollable_overflow_rect;
    let right = if open_x { layout.size.width.max(inner.right) } else { layout.size.width };
    let bottom = if open_y { layout.size.height.max(inner.bottom) } else { layout.size.height };
    if right <= 0.0 || bottom <= 0.0 {
        return Rect::ZERO;
    }
    let result = Rect {
        left: location.x + if open_x { inner.left.min(0.0) } else { 0.0 },
        right: location.x + right,
        top: location.y + if open_y { inner.top.min(0.0) } else { 0.0 },
        bottom: location.y + bottom,
    };
    if container_scrolls && (result.right <= 0.0 || result.bottom <= 0.0) {
        Rect::ZERO
    } else {
        result
    }
}

/// Moves an absolutely positioned box by the change of its offsets, if its size
/// and static position do not depend on them. Constant time, but for the
/// scrollable overflow of its containing block.
pub(crate) fn move_by_offsets(boxes: &mut BoxTree, id: BoxId, old: &LayoutStyle) -> bool {
    let own = boxes.at(id);
    let new = own.style.clone();
    let (basis, clips) = match boxes.containing_block(id) {
        Some(containing) => {
            let containing = boxes.at(containing);
            let g = &containing.geometry;
            let size = Size {
                width: g.size.width - g.border.left - g.border.right,
                height: g.size.height - g.border.top - g.border.bottom,
            };
            (
                size,
                containing.style.has(StyleFlags::CLIPS)
                    && !containing.style.has(StyleFlags::SCROLLS),
            )
        }
        None => return false,
    };
    if !new.has(StyleFlags::OUT_OF_FLOW) {
        return false;
    }
    let delta = |start: (taffy::LengthPercentageAuto, taffy::LengthPercentageAuto),
                 end: (taffy::LengthPercentageAuto, taffy::LengthPercentageAuto),
                 basis: f32| {
        let resolve =
            |value: taffy::LengthPercentageAuto| value.resolve_to_option(basis, calc::resolve);
        match (resolve(start.0), resolve(start.1), resolve(end.0), resolve(end.1)) {
            (Some(old), Some(new), None, None) => Some(new - old),
            (None, None, Some(old), Some(new)) => Some(old - new),
            (None, None, None, None) => Some(0.0),
            _ => None,
        }
    };
    let (o, n) = (&old.taffy.inset, &new.taffy.inset);
    let (Some(x), Some(y)) = (
        delta((o.left, n.left), (o.right, n.right), basis.width),
        delta((o.top, n.top), (o.bottom, n.bottom), basis.height),
    ) else {
        return false;
    };
    let own = boxes.at_mut(id);
    own.geometry.location.x += x;
    own.geometry.location.y += y;
    let containing = own.containing;
    if let Some(containing) = containing {
        boxes.mark_paint(containing);
        if !clips && !boxes.moved.contains(&containing) {
            boxes.moved.push(containing);
        }
    }
    true
}

/// Recomputes the scrollable overflow of containing blocks whose out-of-flow
/// boxes moved. Says which of them changed.
pub(crate) fn refresh_overflow(boxes: &mut BoxTree) -> Vec<BoxId> {
    let mut changed = Vec::new();
    for id in std::mem::take(&mut boxes.moved) {
        let Some(own) = boxes.get(id) else { continue };
        let mut all = own.cache.in_flow_overflow;
        let scrolls = own.style.has(StyleFlags::CLIPS);
        let border = own.geometry.border;
        for child in &own.hoisted {
            let Some(child) = boxes.get(*child) else { continue };
            let location = Point {
                x: child.geometry.location.x - border.left,
                y: child.geometry.location.y - border.top,
            };
            all = all.union(contribution(&child.style, location, &child.geometry, scrolls));
        }
        let own = boxes.at_mut(id);
        if own.geometry.scrollable_overflow_rect == all {
            continue;
        }
        own.geometry.scrollable_overflow_rect = all;
        if let Some(last) = own.cache.last_mut()
            && last.0.run_mode == RunMode::PerformLayout
        {
            last.1.scrollable_overflow_rect = all;
        }
        changed.push(id);
    }
    changed
}
