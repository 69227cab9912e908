//! From elements and text to boxes.
//!
//! The content of a container is built by a [`Flow`], which is fed the
//! container's children in order and sorts them into block-level boxes and runs
//! of inline content. A child that has a box that still fits is taken over as
//! it is: that is what makes a change to a list cost what changed.

use std::rc::Rc;

use markup5ever::{LocalName, local_name};
use rustc_hash::FxHashMap;
use style::properties::ComputedValues;
use style::selector_parser::PseudoElement;
use style::values::computed::Display;
use style::values::specified::box_::{DisplayInside, DisplayOutside};
use virga_display_list::ImageData;

use super::inline::InlineBuilder;
use super::replaced::{Special, special};
use super::{
    BoxId, BoxKind, BoxTree, Control, InlineContent, LayoutBox, MAX_DEPTH, Marks, NodeBox, Origin,
    Span, flat, generated,
};
use crate::layout::{LayoutCache, LayoutStyle, StyleFlags, establishes_bfc};
use crate::paint::PaintState;
use crate::text::{ShapeRequest, TextContext, TextStyle, WhiteSpace};
use crate::tree::{NodeId, NodeKind, Tree};

/// Makes boxes for nodes.
pub(crate) struct Builder<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) boxes: &'a mut BoxTree,
    pub(crate) text: &'a mut TextContext,
    pub(crate) images: &'a FxHashMap<NodeId, ImageData>,
}

/// How an element takes part in its parent's layout.
enum Level {
    None,
    Contents,
    /// An inline element, whose content is part of its parent's lines.
    Inline,
    /// Inline-level, but a box of its own.
    Atomic,
    Float,
    OutOfFlow,
    Block,
}

/// The content of one container in the making.
struct Flow {
    container: BoxId,
    style: Rc<LayoutStyle>,
    /// Flex or grid: every child is an item.
    items: bool,
    depth: u16,
    out: Vec<BoxId>,
    run: Option<InlineBuilder>,
    blocks: bool,
    /// The ordinal of the list item that comes next.
    next: i32,
}

impl Builder<'_> {
    /// Makes the boxes of the whole document.
    pub(crate) fn build_root(&mut self, root: NodeId) {
        if let Some(old) = self.boxes.root.take() {
            self.boxes.free_subtree(old);
        }
        let Some(values) = self.tree.computed_style(root) else { return };
        if matches!(level(&values), Level::None) {
            return;
        }
        let style = self.boxes.styles.get(&values);
        let ordinal = self.lone_ordinal(root, &style);
        let id = self.element(root, style, ordinal, None, 0);
        self.boxes.root = Some(id);
    }

    /// Makes the content of a box again, taking over children that still fit.
    pub(crate) fn refill(&mut self, id: BoxId) {
        if self.boxes.at(id).made == self.boxes.stamp {
            return;
        }
        self.boxes.rebuilt += 1;
        let (node, origin) = (self.boxes.at(id).node, self.boxes.at(id).origin);
        let special = (origin == Origin::Element)
            .then(|| special(self.tree, node, self.images.get(&node)))
            .flatten();
        self.set_special(id, special);
        self.boxes.mark(id, Marks::CONTENT);
        if let Some(ordinal) = self.boxes.at(id).marker.as_ref().map(|marker| marker.ordinal) {
            self.set_marker(id, ordinal);
        }
    }

    /// Makes the box of an element, with this ordinal if it is a list item.
    fn element(
        &mut self,
        node: NodeId,
        style: Rc<LayoutStyle>,
        ordinal: Option<i32>,
        parent: Option<BoxId>,
        depth: u16,
    ) -> BoxId {
        let special = special(self.tree, node, self.images.get(&node));
        let style = match special {
            Some(Special::Replaced(_) | Special::Field { .. }) => {
                self.boxes.styles.replaced(&style, matches!(special, Some(Special::Replaced(_))))
            }
            _ => style,
        };
        let id = self.new_box(node, Origin::Element, BoxKind::Block, style, parent, depth);
        self.boxes.note(node, Some(NodeBox::Principal(id)));
        if let Some(ordinal) = ordinal {
            self.set_marker(id, ordinal);
        }
        self.set_special(id, special);
        id
    }

    /// Gives a box its content.
    fn set_special(&mut self, id: BoxId, special: Option<Special>) {
        let style = self.boxes.at(id).style.clone();
        if special.is_some() {
            self.empty(id);
        }
        match special {
            Some(Special::Replaced(replaced)) => {
                self.boxes.at_mut(id).kind = BoxKind::Replaced(Box::new(replaced));
            }
            Some(Special::Field { text, placeholder, columns, rows, multiline }) => {
                let content = self.field_content(id, &text, multiline);
                let node = self.boxes.at(id).node;
                let selection = self.selection(node, &text, placeholder);
                self.boxes.at_mut(id).kind = BoxKind::Control(Box::new(Control {
                    content,
                    columns,
                    rows,
                    multiline,
                    placeholder,
                    selection: selection.map(|(a, b)| (a.min(b), a.max(b))),
                    caret: selection.map(|(_, caret)| caret),
                }));
            }
            Some(Special::Label(text)) => {
                let content = self.label(id, &style, &text);
                self.boxes.at_mut(id).kind = BoxKind::Inline(Box::new(content));
            }
            Some(Special::Menu { label, labels }) => {
                let mut content = self.label(id, &style, &label);
                content.visible = true;
                let widths = labels.iter().map(|text| self.width_of(&style, text));
                content.floor = Some(widths.fold(0.0, f32::max).ceil());
                self.boxes.at_mut(id).kind = BoxKind::Inline(Box::new(content));
            }
            Some(Special::Break | Special::Opportunity) => {}
            None => self.fill(id),
        }
    }

    /// A line of text that no text node holds.
    fn label(&mut self, id: BoxId, style: &Rc<LayoutStyle>, text: &str) -> InlineContent {
        let text_style = style.text(self.text);
        let mut run = InlineBuilder::new(style, &text_style);
        run.text(self.boxes.at(id).node, text, &text_style);
        run.finish().0
    }

    /// The width of text on one line.
    fn width_of(&mut self, style: &Rc<LayoutStyle>, text: &str) -> f32 {
        let text_style = style.text(self.text);
        let shaped = self.text.shape(&ShapeRequest {
            text,
            fonts: &[(text.len() as u32, text_style.font.clone())],
            rtl: style.has(StyleFlags::RTL),
            word_break: parlance::WordBreak::Normal,
            break_spaces: false,
        });
        shaped.cells.iter().map(|cell| cell.advance).sum()
    }

    /// Takes away what a box had inside, before something else comes in.
    fn empty(&mut self, id: BoxId) {
        let own = self.boxes.at_mut(id);
        let children = std::mem::take(&mut own.children);
        if let BoxKind::Inline(content) = std::mem::replace(&mut own.kind, BoxKind::Block) {
            for part in content.nodes(self.tree) {
                if self.boxes.of(part) == Some(NodeBox::Inline(id)) {
                    self.boxes.note(part, None);
                }
            }
        }
        for child in children {
            if self.boxes.get(child).is_some_and(|child| child.parent == Some(id)) {
                self.boxes.free_subtree(child);
            }
        }
    }

    /// Anchor and caret of a focused field, in bytes of what it shows; `None`
    /// without focus.
    fn selection(&self, node: NodeId, text: &str, placeholder: bool) -> Option<(u32, u32)> {
        if !self.tree.state(node).contains(stylo_dom::ElementState::FOCUS) {
            return None;
        }
        if placeholder {
            return Some((0, 0));
        }
        let limit = text.len();
        let end = self.tree.form_value(node).map_or(limit, str::len);
        let (start, end) = self.tree.form_selection(node).unwrap_or((end, end));
        let shown = |at| crate::view::fields::shown_byte(self.tree, node, at).min(limit) as u32;
        Some((shown(start), shown(end)))
    }

    fn field_content(&mut self, id: BoxId, text: &str, multiline: bool) -> InlineContent {
        let own = self.boxes.at(id);
        let (style, node) = (own.style.clone(), own.node);
        let base = style.text(self.text);
        let text_style = TextStyle {
            font: base.font.clone(),
            white_space: WhiteSpace::Preserve,
            wraps: multiline,
            breaks_words: multiline,
            ..TextStyle::clone(&base)
        };
        let mut run = InlineBuilder::new(&style, &text_style);
        run.text(node, text, &text_style);
        run.finish().0
    }

    fn new_box(
        &mut self,
        node: NodeId,
        origin: Origin,
        kind: BoxKind,
        style: Rc<LayoutStyle>,
        parent: Option<BoxId>,
        depth: u16,
    ) -> BoxId {
        let stamp = self.boxes.stamp;
        let is = |name: &str| origin == Origin::Element && self.tree.is_html_element(node, name);
        let centers_lines = is("button") || is("input") || is("select");
        let list_rows = if is("select") { self.tree.list_box_rows(node) } else { None };
        let spans = if origin == Origin::Element { self.spans(node) } else { (1, 1) };
        self.boxes.add(LayoutBox {
            node,
            origin,
            centers_lines,
            list_rows,
            spans,
            kind,
            style,
            parent,
            children: Vec::new(),
            depth,
            marker: None,
            geometry: taffy::Layout::new(),
            cache: LayoutCache::default(),
            lines: None,
            hoisted: Vec::new(),
            containing: None,
            grid: None,
            marks: Marks::empty(),
            paint: PaintState::default(),
            stamp,
            made: stamp,
        })
    }

    /// The columns and rows that a cell says to be over, or a `col` stands for.
    fn spans(&self, node: NodeId) -> (u16, u16) {
        let number = |name: &LocalName, limit: u16| {
            let text = self.tree.plain_attribute(node, name)?.trim_start();
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            text[..digits].parse::<u32>().ok().map(|n| n.min(u32::from(limit)) as u16)
        };
        match self.tree.local_name(node) {
            Some(name) if matches!(&**name, "td" | "th") => (
                number(&local_name!("colspan"), 1000).filter(|n| *n > 0).unwrap_or(1),
                number(&local_name!("rowspan"), 65534).unwrap_or(1),
            ),
            Some(name) if matches!(&**name, "col" | "colgroup") => {
                (number(&local_name!("span"), 1000).filter(|n| *n > 0).unwrap_or(1), 1)
            }
            _ => (1, 1),
        }
    }

    /// Builds the content of a container from the children of its node.
    fn fill(&mut self, id: BoxId) {
        let own = self.boxes.at_mut(id);
        let (node, origin, style, depth) = (own.node, own.origin, own.style.clone(), own.depth);
        let old_children = std::mem::take(&mut own.children);
        let old_kind = std::mem::replace(&mut own.kind, BoxKind::Block);
        if let BoxKind::Inline(content) = &old_kind {
            for part in content.nodes(self.tree) {
                if self.boxes.of(part) == Some(NodeBox::Inline(id)) {
                    self.boxes.note(part, None);
                }
            }
        }
        let items = matches!(style.taffy.display, taffy::Display::Flex | taffy::Display::Grid);
        let mut flow = Flow {
            container: id,
            style: style.clone(),
            items,
            depth: depth + 1,
            out: Vec::with_capacity(old_children.len()),
            run: None,
            blocks: false,
            next: 1,
        };
        if depth < MAX_DEPTH {
            if origin == Origin::Element {
                self.inside_marker(id, &mut flow);
                self.group_label(id, &mut flow);
                self.pseudo(node, PseudoElement::Before, &mut flow);
                self.children(node, &style, &mut flow);
                self.pseudo(node, PseudoElement::After, &mut flow);
                if self.boxes.at(id).parent.is_none() {
                    self.top_layer(&mut flow);
                }
            } else if origin != Origin::Backdrop {
                let content = generated::content(self.tree, node, &style.values);
                let text_style = style.text(self.text);
                self.run(&mut flow).text(node, &content.unwrap_or_default(), &text_style);
            }
        }
        self.finish(flow);
        // What was not taken over is gone.
        let stamp = self.boxes.stamp;
        for child in old_children {
            let Some(old) = self.boxes.get(child) else { continue };
            if old.stamp == stamp && old.origin != Origin::Anonymous {
                continue;
            }
            self.boxes.free_subtree(child);
        }
    }

    fn children(&mut self, node: NodeId, style: &Rc<LayoutStyle>, flow: &mut Flow) {
        // A list counts its own items, also if it has no box for them.
        let next = generated::list_start(self.tree, node)
            .map(|start| std::mem::replace(&mut flow.next, start));
        for child in flat::children(self.tree, node) {
            match self.tree.kind(child) {
                Some(NodeKind::Text | NodeKind::CdataSection) => self.text_node(child, style, flow),
                Some(NodeKind::Element) => self.child(child, flow),
                _ => {}
            }
        }
        if let Some(next) = next {
            flow.next = next;
        }
    }

    fn text_node(&mut self, node: NodeId, style: &Rc<LayoutStyle>, flow: &mut Flow) {
        let data = self.tree.text(node);
        if data.is_empty() {
            return;
        }
        let text_style = style.text(self.text);
        // White space between block-level boxes makes no run of its own.
        if flow.run.is_none()
            && text_style.white_space.collapses()
            && !(text_style.white_space.keeps_breaks() && data.contains('\n'))
            && data.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0xC))
        {
            return;
        }
        self.run(flow).text(node, data, &text_style);
    }

    /// The elements of the top layer are laid out and painted as if they were
    /// children of the root element, each above its backdrop.
    ///
    /// <https://drafts.csswg.org/css-position-4/#top-layer>
    fn top_layer(&mut self, flow: &mut Flow) {
        for node in self.boxes.top_layer.clone() {
            let Some(values) = self.tree.computed_style(node) else { continue };
            if matches!(level(&values), Level::None) || values.get_box().display.is_contents() {
                self.boxes.note(node, None);
                continue;
            }
            if let Some(behind) = self.boxes.backdrops.get(&node).cloned()
                && !behind.get_box().display.is_none()
            {
                let style = self.boxes.styles.get(&behind);
                let (parent, depth) = (Some(flow.container), flow.depth);
                let id = self.new_box(
                    node,
                    Origin::Backdrop,
                    BoxKind::Block,
                    style.clone(),
                    parent,
                    depth,
                );
                self.boxes.at_mut(id).marks |= Marks::TOP;
                self.place(id, &level(&behind), &style, flow);
            }
            let style = self.boxes.styles.get(&values);
            let id = self.take_over(node, &style, flow).unwrap_or_else(|| {
                let ordinal = self.lone_ordinal(node, &style);
                self.element(node, style.clone(), ordinal, Some(flow.container), flow.depth)
            });
            self.boxes.at_mut(id).marks |= Marks::TOP;
            self.place(id, &level(&values), &style, flow);
        }
    }

    fn child(&mut self, node: NodeId, flow: &mut Flow) {
        if self.boxes.is_in_top_layer(node) {
            return;
        }
        let Some(values) = self.tree.computed_style(node) else {
            self.boxes.note(node, None);
            return;
        };
        let level = level(&values);
        match level {
            Level::None => {
                self.boxes.note(node, None);
                return;
            }
            Level::Contents => {
                self.boxes.note(node, Some(NodeBox::Contents));
                if flow.depth < MAX_DEPTH {
                    flow.depth += 1;
                    let style = self.boxes.styles.get(&values);
                    self.pseudo(node, PseudoElement::Before, flow);
                    self.children(node, &style, flow);
                    self.pseudo(node, PseudoElement::After, flow);
                    flow.depth -= 1;
                }
                return;
            }
            _ => {}
        }
        let style = self.boxes.styles.get(&values);
        if matches!(level, Level::Inline) && !flow.items {
            match special(self.tree, node, self.images.get(&node)) {
                None => return self.inline_element(node, style, flow),
                Some(Special::Break) => {
                    let text_style = style.text(self.text);
                    return self.run(flow).line_break(node, &text_style);
                }
                Some(Special::Opportunity) => {
                    let text_style = style.text(self.text);
                    return self.run(flow).opportunity(node, &text_style);
                }
                // Replaced elements are atomic.
                Some(_) => {}
            }
        }
        let ordinal = self.ordinal(node, &style, flow);
        let id = match self.take_over(node, &style, flow) {
            Some(id) => {
                if let Some(ordinal) = ordinal {
                    self.renumber(id, ordinal);
                }
                id
            }
            None => self.element(node, style.clone(), ordinal, Some(flow.container), flow.depth),
        };
        self.place(id, &level, &style, flow);
    }

    fn place(&mut self, id: BoxId, level: &Level, style: &Rc<LayoutStyle>, flow: &mut Flow) {
        if flow.items {
            self.flush(flow);
            flow.out.push(id);
            flow.blocks = true;
            return;
        }
        match level {
            Level::OutOfFlow => self.run(flow).out_of_flow(id),
            Level::Float => self.run(flow).float(id),
            Level::Atomic | Level::Inline => {
                let text_style = style.text(self.text);
                self.run(flow).atomic(id, &text_style);
            }
            _ => {
                let suspended = flow.run.as_ref().map(InlineBuilder::suspended).unwrap_or_default();
                self.flush(flow);
                flow.out.push(id);
                flow.blocks = true;
                self.resume(suspended, flow);
            }
        }
    }

    /// The box that `node` has, if it still fits.
    fn take_over(&mut self, node: NodeId, style: &Rc<LayoutStyle>, flow: &Flow) -> Option<BoxId> {
        let id = self.boxes.principal(node)?;
        let stamp = self.boxes.stamp;
        let depth = flow.depth;
        let old = self.boxes.get_mut(id)?;
        if old.marks.contains(Marks::OBSOLETE)
            || !servo_arc::Arc::ptr_eq(&old.style.values, &style.values)
            || old.depth != depth
        {
            return None;
        }
        old.stamp = stamp;
        Some(id)
    }

    fn inline_element(&mut self, node: NodeId, style: Rc<LayoutStyle>, flow: &mut Flow) {
        if flow.depth >= MAX_DEPTH {
            return;
        }
        flow.depth += 1;
        self.run(flow).open(node, Origin::Element, style.clone(), true);
        self.pseudo(node, PseudoElement::Before, flow);
        self.children(node, &style, flow);
        self.pseudo(node, PseudoElement::After, flow);
        self.run(flow).close(true);
        flow.depth -= 1;
    }

    /// Opens again, in a new run, the inline elements that a block broke.
    fn resume(&mut self, suspended: Vec<Span>, flow: &mut Flow) {
        for span in suspended {
            self.run(flow).open(span.node, span.origin, span.style, false);
        }
    }

    fn pseudo(&mut self, node: NodeId, pseudo: PseudoElement, flow: &mut Flow) {
        let Some(values) = self.tree.pseudo_style(node, &pseudo) else { return };
        let level = level(&values);
        if matches!(level, Level::None) {
            return;
        }
        let Some(content) = generated::content(self.tree, node, &values) else { return };
        let style = self.boxes.styles.get(&values);
        let origin = if pseudo == PseudoElement::Before { Origin::Before } else { Origin::After };
        if matches!(level, Level::Inline | Level::Contents) && !flow.items {
            let text_style = style.text(self.text);
            let run = self.run(flow);
            run.open(node, origin, style, true);
            run.text(node, &content, &text_style);
            run.close(true);
            return;
        }
        let id = self.new_box(
            node,
            origin,
            BoxKind::Block,
            style.clone(),
            Some(flow.container),
            flow.depth,
        );
        self.fill(id);
        self.place(id, &level, &style, flow);
    }

    /// The ordinal of a list item, counted; `None` for other elements.
    fn ordinal(&self, node: NodeId, style: &LayoutStyle, flow: &mut Flow) -> Option<i32> {
        if !style.display().is_list_item() {
            return None;
        }
        let ordinal = generated::item_value(self.tree, node).unwrap_or(flow.next);
        flow.next = ordinal.saturating_add(1);
        Some(ordinal)
    }

    /// The ordinal of a list item that stands in no list.
    fn lone_ordinal(&self, node: NodeId, style: &LayoutStyle) -> Option<i32> {
        let is_item = style.display().is_list_item();
        is_item.then(|| generated::item_value(self.tree, node).unwrap_or(1))
    }

    /// Follows a change of what comes before a list item that was taken over.
    fn renumber(&mut self, id: BoxId, ordinal: i32) {
        let own = self.boxes.at_mut(id);
        // Whether it has a marker is for its style to say.
        let Some(marker) = &mut own.marker else { return };
        if marker.ordinal == ordinal {
            return;
        }
        let before = std::mem::replace(&mut marker.ordinal, ordinal);
        let is_inside = marker.outside.is_none();
        let values = &own.style.values;
        if generated::marker(values, before) == generated::marker(values, ordinal) {
            return;
        }
        if is_inside {
            self.refill(id);
        } else {
            self.set_marker(id, ordinal);
        }
    }

    fn set_marker(&mut self, id: BoxId, ordinal: i32) {
        let style = self.boxes.at(id).style.clone();
        let marker = generated::marker(&style.values, ordinal).map(|text| {
            let outside = (!generated::is_inside(&style.values)).then(|| {
                let text_style = style.text(self.text);
                self.text.shape(&ShapeRequest {
                    text: &text,
                    fonts: &[(text.len() as u32, text_style.font.clone())],
                    rtl: style.has(StyleFlags::RTL),
                    word_break: parlance::WordBreak::Normal,
                    break_spaces: false,
                })
            });
            Box::new(generated::Marker { ordinal, style: style.clone(), outside })
        });
        self.boxes.at_mut(id).marker = marker;
        self.boxes.mark_paint(id);
    }

    /// The marker of a list item that has it among its text.
    fn inside_marker(&mut self, id: BoxId, flow: &mut Flow) {
        let own = self.boxes.at(id);
        let (node, style) = (own.node, own.style.clone());
        let Some(marker) = own.marker.as_ref().filter(|marker| marker.outside.is_none()) else {
            return;
        };
        if let Some(text) = generated::marker(&style.values, marker.ordinal) {
            let text_style = style.text(self.text);
            self.run(flow).text(node, &text, &text_style);
        }
    }

    /// A group in a list of options has its label above them.
    fn group_label(&mut self, id: BoxId, flow: &mut Flow) {
        let own = self.boxes.at(id);
        let (node, style) = (own.node, own.style.clone());
        if !self.tree.is_html_element(node, "optgroup") || self.tree.select_of(node).is_none() {
            return;
        }
        let label = self.tree.plain_attribute(node, &local_name!("label")).unwrap_or_default();
        let text_style = style.text(self.text);
        self.run(flow).text(node, label, &text_style);
    }

    fn run<'f>(&mut self, flow: &'f mut Flow) -> &'f mut InlineBuilder {
        if flow.run.is_none() {
            let text_style = flow.style.text(self.text);
            flow.run = Some(InlineBuilder::new(&flow.style, &text_style));
        }
        match &mut flow.run {
            Some(run) => run,
            None => unreachable!("made above"),
        }
    }

    /// Ends the run of inline content, wrapped in an anonymous block.
    fn flush(&mut self, flow: &mut Flow) {
        let Some(run) = flow.run.take() else { return };
        if run.is_blank() {
            let (content, boxes) = run.finish();
            drop(content);
            flow.out.extend(boxes);
            return;
        }
        let (content, boxes) = run.finish();
        let style = self.boxes.styles.anonymous(&flow.style);
        // Text styles are made through the container's style, which text asks for.
        let _ = style.text(self.text);
        let node = self.boxes.at(flow.container).node;
        let id = self.new_box(
            node,
            Origin::Anonymous,
            BoxKind::Block,
            style,
            Some(flow.container),
            flow.depth,
        );
        self.set_inline(id, content, boxes);
        flow.out.push(id);
    }

    fn set_inline(&mut self, id: BoxId, content: InlineContent, boxes: Vec<BoxId>) {
        let nodes: Vec<_> = content.nodes(self.tree).collect();
        let (stamp, parent) = (self.boxes.stamp, self.boxes.at(id).parent);
        for node in nodes {
            // An element broken by a block is found in its first part.
            let earlier_part = match self.boxes.of(node) {
                Some(NodeBox::Inline(other)) => self.boxes.get(other).is_some_and(|other| {
                    other.origin == Origin::Anonymous
                        && other.made == stamp
                        && other.parent == parent
                }),
                _ => false,
            };
            if !earlier_part {
                self.boxes.note(node, Some(NodeBox::Inline(id)));
            }
        }
        self.adopt(id, &boxes);
        self.note_floats(id, &boxes);
        let own = self.boxes.at_mut(id);
        own.children = boxes;
        own.kind = BoxKind::Inline(Box::new(content));
    }

    fn finish(&mut self, mut flow: Flow) {
        let id = flow.container;
        if !flow.items && !flow.blocks {
            // Only inline content, or nothing.
            match flow.run.take() {
                Some(run) if !run.is_blank() => {
                    let (content, boxes) = run.finish();
                    self.set_inline(id, content, boxes);
                    return;
                }
                Some(run) => {
                    let (_, boxes) = run.finish();
                    flow.out.extend(boxes);
                }
                None => {}
            }
        } else {
            self.flush(&mut flow);
        }
        self.adopt(id, &flow.out);
        self.note_floats(id, &flow.out);
        let own = self.boxes.at_mut(id);
        own.kind = match own.style.taffy.display {
            taffy::Display::Flex => BoxKind::Flex,
            taffy::Display::Grid => BoxKind::Grid,
            _ => BoxKind::Block,
        };
        own.children = flow.out;
        if flow.items {
            self.sort_by_order(id);
        }
    }

    /// <https://drafts.csswg.org/css-flexbox/#order-property>
    fn sort_by_order(&mut self, id: BoxId) {
        let order = |boxes: &BoxTree, child: &BoxId| {
            let child = boxes.at(*child);
            if child.origin == Origin::Anonymous {
                0
            } else {
                child.style.values.get_position().order
            }
        };
        let children = self.boxes.at(id).children.clone();
        if children.iter().any(|child| order(self.boxes, child) != 0) {
            let mut children = children;
            children.sort_by_key(|child| order(self.boxes, child));
            self.boxes.at_mut(id).children = children;
        }
    }

    fn adopt(&mut self, parent: BoxId, children: &[BoxId]) {
        for child in children {
            self.boxes.at_mut(*child).parent = Some(parent);
        }
    }

    /// Notes whether floats may stick out of a box.
    fn note_floats(&mut self, id: BoxId, children: &[BoxId]) {
        let floats = children.iter().any(|child| {
            let child = self.boxes.at(*child);
            child.style.has(StyleFlags::FLOAT)
                || (child.marks.contains(Marks::FLOATS) && !establishes_bfc(&child.style))
        });
        let mut next = Some(id);
        while let Some(id) = next {
            let own = self.boxes.at_mut(id);
            if own.marks.contains(Marks::FLOATS) == floats {
                return;
            }
            own.marks.set(Marks::FLOATS, floats);
            if !floats || establishes_bfc(&own.style) {
                return;
            }
            next = own.parent;
        }
    }

    /// Follows a change of what only the element itself shows.
    pub(crate) fn refresh_special(&mut self, id: BoxId) {
        let node = self.boxes.at(id).node;
        let special = special(self.tree, node, self.images.get(&node));
        if special.is_some() {
            self.boxes.rebuilt += 1;
            self.set_special(id, special);
        } else {
            self.refill(id);
            let spans = self.spans(node);
            let own = self.boxes.at_mut(id);
            if own.spans != spans {
                // The table has to ask again.
                own.spans = spans;
                own.cache.clear();
            }
        }
        let list_rows = self.tree.list_box_rows(node);
        let own = self.boxes.at_mut(id);
        if own.list_rows != list_rows {
            own.list_rows = list_rows;
            own.cache.clear();
        }
        self.boxes.mark(id, Marks::CONTENT);
        self.boxes.mark_paint(id);
    }
}

/// How an element with these values takes part in layout.
fn level(values: &ComputedValues) -> Level {
    let display: Display = values.get_box().display;
    if display.is_none() {
        return Level::None;
    }
    if display.is_contents() {
        return Level::Contents;
    }
    use style::computed_values::position::T as Position;
    use style::values::computed::Float;
    let b = values.get_box();
    if matches!(b.position, Position::Absolute | Position::Fixed) {
        return Level::OutOfFlow;
    }
    if b.float != Float::None {
        return Level::Float;
    }
    match (display.outside(), display.inside()) {
        (DisplayOutside::Inline, DisplayInside::Flow) => Level::Inline,
        (DisplayOutside::Inline, _) => Level::Atomic,
        _ => Level::Block,
    }
}
