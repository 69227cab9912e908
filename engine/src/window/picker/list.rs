//! The document that shows the list of a select, and its rendering.

use std::fmt::Write as _;

use virga_display_list::{
    ChunkBuilder, DisplayList, Item,
    kurbo::{Rect, Vec2},
};
use virga_dom::{NodeId, Tree, View, style::Stylesheet};
use virga_js::Cx;
use virga_protocol::{Micros, Point, Viewport};

use crate::{
    agent::{Agent, EngineCx},
    window::rendering,
};

/// Room around the list for its shadow, in CSS px.
const MARGIN: f64 = 12.0;
/// The list is no higher than this many rows, as long as it is wide enough.
const MAX_ROWS: f64 = 20.0;

/// How the list looks. Fonts and colours come from the select.
const SHEET: &str = "
html, body { margin: 0; background: transparent; cursor: default; }
#list {
  position: absolute; left: 12px; top: 12px; box-sizing: border-box; width: max-content;
  overflow: hidden auto; padding: 2px 0;
  border: 1px solid GrayText; border-radius: 4px;
  box-shadow: 0 2px 8px rgba(0, 0, 0, 0.3);
}
p { margin: 0; padding: 2px 20px 2px 8px; min-height: 1.2em; white-space: pre; }
p.group { font-weight: bolder; }
p.inside { padding-left: 24px; }
[dir=rtl] p { padding: 2px 8px 2px 20px; }
[dir=rtl] p.inside { padding-right: 24px; }
p.off { color: GrayText !important; }
hr { margin: 4px 0; border: 0; border-top: 1px solid GrayText; }
p.on { background: #0b57d0 !important; color: white !important; }
";

struct Row {
    node: NodeId,
    option: NodeId,
    enabled: bool,
}

/// The rendered list. [`List::dispose`] has to be called in the end.
pub(super) struct List {
    document: NodeId,
    /// The box that scrolls.
    element: NodeId,
    view: View,
    rows: Vec<Row>,
    highlighted: Option<usize>,
    /// Where the list is, in the app's viewport.
    pub(super) place: Rect,
}

impl List {
    /// The list of a select that is at `anchor` in the app's viewport. The realm is
    /// the select's window's. `None` if it has nothing to show.
    pub(super) fn new(cx: &Cx, select: NodeId, anchor: Rect) -> Option<Self> {
        let agent = cx.engine();
        let screen = agent.window()?.viewport();
        let look = look_of(cx, select);
        let entries = entries_of(cx, select);
        if entries.is_empty() {
            return None;
        }
        let mut tree = agent.tree_mut();
        let document = tree.create_document(true);
        let make = |tree: &mut Tree, parent: NodeId, name: &str| {
            let element = tree.create_html_element(document, name);
            tree.append(parent, element);
            element
        };
        let root = make(&mut tree, document, "html");
        let style = make(&mut tree, root, "style");
        let body = make(&mut tree, root, "body");
        let element = make(&mut tree, body, "div");
        tree.set_plain_attribute(element, "id".into(), "list");
        if look.rtl {
            tree.set_plain_attribute(root, "dir".into(), "rtl");
        }
        let mut rows = Vec::new();
        let mut highlighted = None;
        for entry in entries {
            let node = make(&mut tree, element, if entry.is_rule { "hr" } else { "p" });
            let text = tree.create_text(document, entry.label);
            tree.append(node, text);
            tree.set_plain_attribute(node, "class".into(), entry.class);
            tree.set_plain_attribute(node, "style".into(), &*entry.look);
            if let Some(option) = entry.option {
                if tree.state(option).contains(virga_dom::ElementState::CHECKED) {
                    highlighted = highlighted.or(Some(rows.len()));
                }
                rows.push(Row { node, option, enabled: entry.enabled });
            }
        }
        let mut view = View::new(&mut tree, document, screen, agent.fonts.clone());
        view.set_nested(true);
        let base = cx.window().url();
        if let Ok(sheet) = Stylesheet::parse(&tree, document, SHEET, &base, "") {
            view.set_stylesheet(&tree, style, Some(sheet));
        }
        let mut list = Self { document, element, view, rows, highlighted: None, place: Rect::ZERO };
        list.fit(&mut tree, &look, anchor, screen);
        list.highlight(&mut tree, highlighted);
        Some(list)
    }

    /// Gives the list its place: below the select, or above it where there is more
    /// room, and inside of the screen.
    fn fit(&mut self, tree: &mut Tree, look: &Look, anchor: Rect, screen: Viewport) {
        let (width, height) = (f64::from(screen.width), f64::from(screen.height));
        let widest = width.max(1.0);
        let least = anchor.width().min(widest);
        let css = &look.css;
        let style = format!("{css};min-width:{least}px;max-width:{widest}px");
        tree.set_plain_attribute(self.element, "style".into(), &*style);
        let natural = self.view.bounding_rect(tree, self.element).unwrap_or_default();
        let row = self.rows.first().and_then(|row| self.view.bounding_rect(tree, row.node));
        let most = row.map_or(height, |row| row.height().max(1.0) * MAX_ROWS + 6.0);
        let (above, below) = (anchor.y0.max(0.0), (height - anchor.y1).max(0.0));
        let wanted = natural.height().min(most);
        let up = wanted > below && above > below;
        let room = if up { above } else { below };
        // A select that fills the screen has its list over it.
        let room = if room < 40.0 { height } else { room };
        let size = (natural.width().ceil().min(widest), wanted.ceil().min(room.floor()));
        let x = if look.rtl { anchor.x1 - size.0 } else { anchor.x0 };
        let x = x.min(width - size.0).max(0.0).round();
        let y = if up { anchor.y0 - size.1 } else { anchor.y1 };
        let y = y.min(height - size.1).max(0.0).round();
        self.place = Rect::new(x, y, x + size.0, y + size.1);
        let style = format!("{css};width:{}px;height:{}px", size.0, size.1);
        tree.set_plain_attribute(self.element, "style".into(), &*style);
        #[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
        let (width, height) = ((size.0 + 2.0 * MARGIN) as f32, (size.1 + 2.0 * MARGIN) as f32);
        self.view.set_viewport(tree, Viewport { width, height, ..screen });
    }

    pub(super) fn is_dirty(&self, tree: &Tree) -> bool {
        self.view.is_dirty(tree)
    }

    /// Lays the list over a page.
    pub(super) fn over(&mut self, tree: &mut Tree, page: DisplayList, now: Micros) -> DisplayList {
        self.view.update(tree, now);
        let own = self.view.display_list(tree);
        let mut out = ChunkBuilder::default();
        page.root.items().iter().cloned().for_each(|item| out.push(item));
        let offset = self.place.origin().to_vec2() - Vec2::new(MARGIN, MARGIN);
        out.push(Item::Chunk { offset, chunk: own.root });
        DisplayList { root: out.finish(), ..page }
    }

    pub(super) fn compositor_scrolled(&mut self, tree: &mut Tree, scroll: u64, offset: Point) {
        self.view.compositor_scrolled(tree, scroll, offset);
    }

    pub(super) fn contains(&self, point: Point) -> bool {
        self.place.contains((f64::from(point.x), f64::from(point.y)))
    }

    /// The row at a point of the app's viewport.
    pub(super) fn row_at(&mut self, tree: &mut Tree, point: Point) -> Option<usize> {
        let corner = self.place.origin();
        #[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
        let local = Point {
            x: point.x - (corner.x - MARGIN) as f32,
            y: point.y - (corner.y - MARGIN) as f32,
        };
        let hit = self.view.hit_test(tree, local)?;
        self.rows.iter().position(|row| row.node == hit.node)
    }

    pub(super) fn is_enabled(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.enabled)
    }

    pub(super) fn highlighted(&self) -> Option<usize> {
        self.highlighted
    }

    pub(super) fn highlighted_option(&self) -> Option<NodeId> {
        self.highlighted.and_then(|at| self.rows.get(at)).map(|row| row.option)
    }

    pub(super) fn options(&self) -> Vec<(NodeId, bool)> {
        self.rows.iter().map(|row| (row.option, row.enabled)).collect()
    }

    /// How many rows fit in it.
    pub(super) fn page(&mut self, tree: &mut Tree) -> usize {
        let first = self.rows.first().map(|row| row.node);
        let row = first.and_then(|row| self.view.bounding_rect(tree, row));
        let rows = row.map_or(1.0, |row| self.place.height() / row.height().max(1.0));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few rows")]
        let rows = rows.floor().max(2.0) as usize;
        rows - 1
    }

    /// Highlights a row that is in sight.
    pub(super) fn point_at(&mut self, tree: &mut Tree, row: Option<usize>) {
        let row = row.filter(|&row| self.is_enabled(row));
        if row == self.highlighted {
            return;
        }
        for (at, on) in [(self.highlighted, false), (row, true)] {
            let Some(node) = at.and_then(|at| self.rows.get(at)).map(|row| row.node) else {
                continue;
            };
            let class = tree.plain_attribute(node, &"class".into()).unwrap_or_default();
            let class = match (on, class.strip_suffix(" on")) {
                (true, None) => format!("{class} on"),
                (false, Some(class)) => class.to_owned(),
                _ => continue,
            };
            tree.set_plain_attribute(node, "class".into(), &*class);
        }
        self.highlighted = row;
    }

    /// Highlights a row and scrolls it into sight.
    pub(super) fn highlight(&mut self, tree: &mut Tree, row: Option<usize>) {
        self.point_at(tree, row);
        let node = self.highlighted.and_then(|at| self.rows.get(at)).map(|row| row.node);
        let Some(node) = node else { return };
        let (Some(row), Some(port)) =
            (self.view.bounding_rect(tree, node), self.view.padding_rect(tree, self.element))
        else {
            return;
        };
        let by = if row.y0 < port.y0 { row.y0 - port.y0 } else { (row.y1 - port.y1).max(0.0) };
        let before = self.view.scroll_offset(Some(self.element));
        #[expect(clippy::cast_possible_truncation, reason = "a list has few px")]
        let to = Point { x: before.x, y: before.y + by as f32 };
        self.view.scroll_to(tree, Some(self.element), to);
    }

    pub(super) fn highlight_option(&mut self, agent: &Agent, option: Option<NodeId>) {
        let row = self.rows.iter().position(|row| Some(row.option) == option);
        if row.is_some() {
            self.highlight(&mut agent.tree_mut(), row);
        }
    }

    /// Takes the document away.
    pub(super) fn dispose(mut self, agent: &Agent) {
        agent.keep_counters(self.view.counters());
        let mut tree = agent.tree_mut();
        self.view.detach(&mut tree);
        tree.free_subtree(self.document);
    }
}

/// What the list takes over from the select.
struct Look {
    css: String,
    rtl: bool,
}

fn look_of(cx: &Cx, select: NodeId) -> Look {
    let value = |name: &str| rendering::computed(cx, select, name).unwrap_or_default();
    let mut css = String::new();
    for name in ["font-family", "font-size", "font-weight", "font-style", "color", "direction"] {
        let _ = write!(css, "{name}:{};", value(name));
    }
    let background = value("background-color");
    let opaque = !background.is_empty() && !background.starts_with("rgba");
    let _ = write!(css, "background:{}", if opaque { &background } else { "Field" });
    Look { css, rtl: value("direction") == "rtl" }
}

#[derive(Default)]
struct Entry {
    label: String,
    class: &'static str,
    enabled: bool,
    is_rule: bool,
    look: String,
    option: Option<NodeId>,
}

/// The rows of a select's list: options, labels of groups, rules.
fn entries_of(cx: &Cx, select: NodeId) -> Vec<Entry> {
    let agent = cx.engine();
    let children: Vec<NodeId> = agent.tree().children(select).collect();
    let color = rendering::computed(cx, select, "color");
    let mut entries = Vec::new();
    for child in children {
        let (is_group, is_rule) = {
            let tree = agent.tree();
            (tree.is_html_element(child, "optgroup"), tree.is_html_element(child, "hr"))
        };
        if is_rule {
            entries.push(Entry { is_rule, ..Entry::default() });
        } else if is_group {
            if is_hidden(cx, child) {
                continue;
            }
            let label = agent.attribute(child, "label").unwrap_or_default();
            let disabled = agent.attribute(child, "disabled").is_some();
            let class = if disabled { "group off" } else { "group" };
            entries.push(Entry { label, class, ..Entry::default() });
            let inside: Vec<NodeId> = agent.tree().children(child).collect();
            for option in inside {
                entries.extend(entry_of(cx, option, true, color.as_deref()));
            }
        } else {
            entries.extend(entry_of(cx, child, false, color.as_deref()));
        }
    }
    entries
}

fn is_hidden(cx: &Cx, node: NodeId) -> bool {
    rendering::computed(cx, node, "display").as_deref() == Some("none")
}

fn entry_of(cx: &Cx, option: NodeId, inside: bool, color: Option<&str>) -> Option<Entry> {
    let agent = cx.engine();
    if !agent.tree().is_html_element(option, "option") || is_hidden(cx, option) {
        return None;
    }
    let enabled = !crate::html::forms::is_disabled_option(&agent.tree(), option);
    let class = match (inside, enabled) {
        (false, true) => "",
        (true, true) => "inside",
        (false, false) => "off",
        (true, false) => "inside off",
    };
    // Authors colour options.
    let mut look = String::new();
    let own = rendering::computed(cx, option, "color");
    if let Some(own) = own.filter(|own| Some(own.as_str()) != color && enabled) {
        let _ = write!(look, "color:{own};");
    }
    let background = rendering::computed(cx, option, "background-color");
    if let Some(background) = background.filter(|value| value != "rgba(0, 0, 0, 0)") {
        let _ = write!(look, "background:{background};");
    }
    let label = agent.tree().option_label(option);
    Some(Entry { label, class, enabled, is_rule: false, look, option: Some(option) })
}
