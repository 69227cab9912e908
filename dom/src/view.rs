//! The rendering of one document: its styles, its boxes, and how it looks.
//!
//! A view is brought up to date in phases, each of which reads what the one
//! before it made and patches its own: styles ([`View::update_style`]), boxes
//! and layout ([`View::update_layout`]), the display list ([`View::paint`]).
//! Questions about geometry and used values bring up to date what they need,
//! and nothing else.

mod faces;
pub(crate) mod fields;
mod resolved;

use crate::fonts::FontSet;
use crate::hit_test::Hit;
use crate::layout::{Formatting, ObservedBox, TextPlace};
use crate::style::cssom::{RegistrationError, Rule, RuleChange};
use crate::style::{MediaQuery, StyleEngine, Stylesheet, dump, is_other_style, pseudo_element};
use crate::tree::{NodeId, Tree};
use kurbo::{Rect, Size, Vec2};
use style::selector_parser::PseudoElement;
use virga_display_list::{DisplayList, ImageData};
use virga_protocol::{ColorScheme, Micros, Point, Viewport};

/// See the module.
#[derive(Debug)]
pub struct View {
    document: NodeId,
    style: StyleEngine,
    formatting: Formatting,
    /// What animations stand at, in seconds.
    now: f64,
    counters: Counters,
    faces: faces::Faces,
    /// A display list was handed out, so that another is wanted only when
    /// something changed.
    painted: bool,
}

/// Work done since a view was made. It follows what changed, never the size of
/// the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Elements whose style was computed.
    pub nodes_styled: u64,
    /// Boxes made, and contents of boxes made again.
    pub boxes_rebuilt: u64,
    /// Boxes that a layout algorithm ran for.
    pub nodes_laid_out: u64,
    /// Display items made.
    pub items_painted: u64,
}

/// Bringing up to date.
impl View {
    /// Starts rendering `document` in a viewport.
    pub fn new(tree: &mut Tree, document: NodeId, viewport: Viewport, fonts: FontSet) -> Self {
        let faces = faces::Faces::new(fonts.clone());
        let metrics = Box::new(faces.measured().clone());
        let style = StyleEngine::new(tree, document, style_viewport(viewport), metrics);
        let mut formatting = Formatting::new(fonts);
        formatting.set_viewport(size_of(viewport), f64::from(viewport.scale));
        Self {
            document,
            style,
            formatting,
            now: 0.0,
            counters: Counters::default(),
            faces,
            painted: false,
        }
    }

    /// The document that is rendered.
    #[must_use]
    pub fn document(&self) -> NodeId {
        self.document
    }

    /// Stops rendering: computed styles are dropped, and the tree keeps no
    /// list of work for the document any more.
    pub fn detach(&mut self, tree: &mut Tree) {
        self.style.detach(tree);
        let fonts = self.formatting.fonts().clone();
        self.formatting = Formatting::new(fonts);
    }

    /// Changes size, scale or colour scheme.
    pub fn set_viewport(&mut self, tree: &mut Tree, viewport: Viewport) {
        self.style.set_viewport(tree, style_viewport(viewport));
        self.formatting.set_viewport(size_of(viewport), f64::from(viewport.scale));
    }

    /// Whether bringing the view up to date could change anything. Does not
    /// look at the document.
    #[must_use]
    pub fn is_dirty(&self, tree: &Tree) -> bool {
        self.style.is_dirty(tree)
            || self.style.is_animating()
            || tree.has_layout_work(self.document)
            || self.formatting.needs_paint()
    }

    /// Whether an animation or transition is running: then time alone changes
    /// the look.
    #[must_use]
    pub fn is_animating(&self) -> bool {
        self.style.is_animating()
    }

    /// Brings styles and layout up to date.
    pub fn update(&mut self, tree: &mut Tree, now: Micros) {
        self.update_style(tree, now);
        self.update_layout(tree);
    }

    /// Brings computed styles up to date, with animations at `now`.
    pub fn update_style(&mut self, tree: &mut Tree, now: Micros) {
        self.style_at(tree, now.as_millis() / 1000.0);
    }

    fn style_at(&mut self, tree: &mut Tree, now: f64) {
        self.now = now;
        let had_work = self.style.is_dirty(tree);
        let other_sheets = self.style.sheets_changed();
        self.style.update(tree, now);
        if other_sheets {
            self.read_faces(tree);
        }
        if had_work {
            self.style_backdrops(tree);
        }
        self.counters.nodes_styled = self.style.counters().nodes_styled;
    }

    /// Styles what lies behind the elements of the top layer, which stylo does only
    /// when it is asked.
    fn style_backdrops(&mut self, tree: &mut Tree) {
        let layer = tree.top_layer(self.document).to_vec();
        self.formatting.boxes.backdrops.retain(|node, _| layer.contains(node));
        for node in layer {
            let Some(values) = self.style.style_of(tree, node, Some(PseudoElement::Backdrop))
            else {
                continue;
            };
            let before = self.formatting.boxes.backdrops.get(&node);
            if before.is_none_or(|before| is_other_style(before, &values)) {
                self.formatting.boxes.backdrops.insert(node, values);
                tree.note_restyled(node);
            }
        }
    }

    /// Brings boxes and layout up to date with the styles as they are.
    pub fn update_layout(&mut self, tree: &mut Tree) {
        let freed = tree.take_freed(self.document);
        if !freed.is_empty() {
            self.formatting.forget(&freed);
        }
        let changes = tree.take_layout_changes(self.document);
        self.formatting.update(tree, self.document, &changes);
        self.count();
    }

    /// Styles and layout as of the last frame's time, for a question.
    fn freshen(&mut self, tree: &mut Tree) {
        self.style_at(tree, self.now);
        self.update_layout(tree);
    }

    /// The display list, if it is another than the last one that this gave.
    pub fn paint(&mut self, tree: &mut Tree) -> Option<DisplayList> {
        if self.painted && !self.formatting.needs_paint() {
            return None;
        }
        self.painted = true;
        Some(self.display_list(tree))
    }

    /// The display list as it is, whether or not it was given before.
    pub fn display_list(&mut self, tree: &mut Tree) -> DisplayList {
        let list = self.formatting.paint(tree);
        self.count();
        list
    }

    fn count(&mut self) {
        let done = self.formatting.take_counters();
        self.counters.boxes_rebuilt += done.boxes_rebuilt;
        self.counters.nodes_laid_out += done.nodes_laid_out;
        self.counters.items_painted += done.items_painted;
    }

    /// Work done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The computed styles, an element a line.
    #[must_use]
    pub fn dump_style(&self, tree: &Tree) -> String {
        dump(tree, self.document)
    }

    /// The box tree, a box a line.
    #[must_use]
    pub fn dump_boxes(&self, tree: &Tree) -> String {
        self.formatting.dump_boxes(tree)
    }

    /// The fragments, one a line.
    #[must_use]
    pub fn dump_fragments(&self, tree: &Tree) -> String {
        self.formatting.dump_fragments(tree)
    }
}

/// Sheets and images.
impl View {
    /// Sets, replaces or (with `None`) removes the sheet of an element. Sheets
    /// apply in the tree order of their elements.
    pub fn set_stylesheet(&mut self, tree: &Tree, owner: NodeId, sheet: Option<Stylesheet>) {
        self.style.set_stylesheet(tree, owner, sheet);
    }

    /// The sheet of an element.
    pub fn stylesheet(&mut self, owner: NodeId) -> Option<&mut Stylesheet> {
        self.style.stylesheet_mut(owner)
    }

    /// The elements that have a sheet, in tree order.
    pub fn stylesheet_owners(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.style.stylesheet_owners()
    }

    /// The elements of a shadow tree that have a sheet, in tree order.
    pub fn stylesheet_owners_in(&self, shadow_root: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.style.stylesheet_owners_in(shadow_root)
    }

    /// Says that a sheet was changed in place: an import arrived, or it was
    /// switched off or on.
    pub fn stylesheets_changed(&mut self) {
        self.style.stylesheets_changed();
    }

    /// Says that a rule was changed; see [`StyleEngine::rule_changed`].
    pub fn rule_changed(&mut self, tree: &Tree, rule: &Rule, change: RuleChange) {
        self.style.rule_changed(tree, rule, change);
    }

    /// Changes what decides whether a sheet applies at all: its media, or
    /// whether it is disabled.
    pub fn change_sheet(
        &mut self,
        tree: &Tree,
        sheet: &Stylesheet,
        change: impl FnOnce(&Stylesheet),
    ) {
        self.style.change_sheet(tree, sheet, change);
    }

    /// Sets the sheets that script made for the document, or for a shadow root
    /// in it, which come after all others.
    pub fn set_adopted(&mut self, tree: &Tree, root: NodeId, sheets: &[Stylesheet]) {
        if root == self.document {
            self.style.set_adopted(tree, sheets);
        } else {
            self.style.set_adopted_in(root, sheets);
        }
    }

    /// `CSS.registerProperty`
    pub fn register_property(
        &mut self,
        tree: &mut Tree,
        name: &str,
        syntax: &str,
        inherits: bool,
        initial: Option<&str>,
        base: &url::Url,
    ) -> Result<(), RegistrationError> {
        self.style.register_property(tree, name, syntax, inherits, initial, base)
    }

    /// Whether a media query list holds in this viewport.
    #[must_use]
    pub fn matches_media(&self, media: &str) -> bool {
        self.style.matches(&MediaQuery::parse(media))
    }

    /// Gives an element the image that it shows, or takes it away.
    pub fn set_image(&mut self, tree: &mut Tree, element: NodeId, image: Option<ImageData>) {
        self.formatting.set_image(element, image);
        tree.note_content_changed(element);
    }

    /// Says whether the document is in a frame: then what it leaves bare shows what is
    /// behind the frame.
    pub fn set_nested(&mut self, nested: bool) {
        self.formatting.set_nested(nested);
    }

    /// Gives the element of a frame what the document in it looks like, or takes it
    /// away.
    pub fn set_frame(&mut self, element: NodeId, list: Option<DisplayList>) {
        self.formatting.set_frame(element, list);
    }

    /// The size of an element's content box; `None` without a box.
    pub fn content_size(&mut self, tree: &mut Tree, element: NodeId) -> Option<Size> {
        self.freshen(tree);
        Some(self.formatting.content_box(element)?.size())
    }

    /// A point of the viewport from the corner of an element's content box.
    pub fn point_in_content(
        &mut self,
        tree: &mut Tree,
        element: NodeId,
        point: Point,
    ) -> Option<Point> {
        self.freshen(tree);
        let local = self.formatting.to_local(element, point_of(point))?;
        let origin = self.formatting.content_box(element)?.origin();
        #[expect(clippy::cast_possible_truncation, reason = "positions are a page's size")]
        Some(Point { x: (local.x - origin.x) as f32, y: (local.y - origin.y) as f32 })
    }

    /// Gives the image of a URL that backgrounds name.
    pub fn set_background_image(&mut self, url: String, image: ImageData) {
        self.formatting.set_background_image(url, image);
    }
}

/// Geometry. All of it is as of now: what is asked is brought up to date.
impl View {
    /// What lies topmost at a point of the viewport.
    pub fn hit_test(&mut self, tree: &mut Tree, point: Point) -> Option<Hit> {
        self.freshen(tree);
        let point = kurbo::Point::new(f64::from(point.x), f64::from(point.y));
        self.formatting.hit_test(tree, point)
    }

    /// All elements at a point of the viewport, topmost first.
    pub fn hit_test_all(&mut self, tree: &mut Tree, point: Point) -> Vec<NodeId> {
        self.freshen(tree);
        let point = kurbo::Point::new(f64::from(point.x), f64::from(point.y));
        self.formatting.hit_test_all(tree, point)
    }

    /// The place in text that is nearest to a point of the viewport.
    pub fn text_place(&mut self, tree: &mut Tree, point: Point) -> Option<TextPlace> {
        self.freshen(tree);
        let point = kurbo::Point::new(f64::from(point.x), f64::from(point.y));
        self.formatting.text_place(tree, point)
    }

    /// The rectangles of a part of a text node, in UTF-16 code units.
    pub fn text_range_rects(
        &mut self,
        tree: &mut Tree,
        node: NodeId,
        start: usize,
        end: usize,
    ) -> Vec<Rect> {
        self.freshen(tree);
        self.formatting.text_range_rects(tree, node, start, end)
    }

    /// The border box of an element relative to the viewport, transforms
    /// applied; the union of its boxes if it has several. `None` without one.
    pub fn bounding_rect(&mut self, tree: &mut Tree, element: NodeId) -> Option<Rect> {
        self.freshen(tree);
        self.formatting.bounding_rect(element)
    }

    /// The sizes that a resize observer sees. Brings nothing up to date: observers
    /// look at many elements after one update.
    #[must_use]
    pub fn observed_box(&self, element: NodeId) -> Option<ObservedBox> {
        self.formatting.observed_box(element)
    }

    /// The part of the viewport in which an element shows its descendants.
    pub fn root_bounds(&mut self, tree: &mut Tree, element: NodeId) -> Option<Rect> {
        self.freshen(tree);
        self.formatting.root_bounds(tree, element)
    }

    /// What can be seen of an element in a root's rectangle.
    pub fn visible_part(
        &mut self,
        tree: &mut Tree,
        element: NodeId,
        within: Option<Rect>,
        root: Option<NodeId>,
        bounds: Rect,
    ) -> Option<Rect> {
        self.freshen(tree);
        self.formatting.visible_part(tree, element, within, root, bounds)
    }

    /// The border boxes of an element, one for each line that it is on.
    pub fn client_rects(&mut self, tree: &mut Tree, element: NodeId) -> Vec<Rect> {
        self.freshen(tree);
        self.formatting.client_rects(element)
    }

    /// The top left of an element's padding box relative to the viewport.
    pub fn padding_origin(&mut self, tree: &mut Tree, element: NodeId) -> Option<kurbo::Point> {
        self.padding_rect(tree, element).map(|rect| rect.origin())
    }

    /// The padding box of an element relative to the viewport.
    pub fn padding_rect(&mut self, tree: &mut Tree, element: NodeId) -> Option<Rect> {
        self.freshen(tree);
        let border = self.formatting.bounding_rect(element)?;
        let metrics = self.formatting.box_metrics(element)?;
        Some(Rect::from_origin_size(border.origin() + metrics.client_origin, metrics.client_size))
    }

    /// The size of an element's scrollable overflow area, or the document's.
    pub fn scroll_size(&mut self, tree: &mut Tree, element: Option<NodeId>) -> Option<Size> {
        self.freshen(tree);
        let node = match element {
            Some(element) => element,
            None => tree.document_element(self.document)?,
        };
        self.formatting.scroll_size(node)
    }

    /// How far an element, or the viewport, is scrolled.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "offsets are a page's size")]
    pub fn scroll_offset(&self, element: Option<NodeId>) -> Point {
        let offset = match element {
            Some(element) => self.formatting.scroll_offset(element),
            None => self.formatting.viewport_offset(),
        };
        Point { x: offset.x as f32, y: offset.y as f32 }
    }

    /// Scrolls an element, or the viewport, as far as it goes. Returns where it
    /// is then.
    pub fn scroll_to(&mut self, tree: &mut Tree, element: Option<NodeId>, to: Point) -> Point {
        self.freshen(tree);
        let node = element.or_else(|| tree.document_element(self.document));
        if let Some(node) = node {
            let offset = Vec2::new(f64::from(to.x), f64::from(to.y));
            self.formatting.set_scroll_offset(node, offset);
        }
        self.scroll_offset(element)
    }

    /// The compositor scrolled: `scroll` is the id in the display list. Returns
    /// what moved (`None` inside for the viewport), if anything did.
    pub fn compositor_scrolled(
        &mut self,
        tree: &mut Tree,
        scroll: u64,
        to: Point,
    ) -> Option<Option<NodeId>> {
        let node = NodeId::from_bits(scroll).filter(|n| tree.is_connected(*n))?;
        let offset = Vec2::new(f64::from(to.x), f64::from(to.y));
        if !self.formatting.set_scroll_offset(node, offset) {
            return None;
        }
        let viewport = tree.document_element(self.document) == Some(node);
        Some((!viewport).then_some(node))
    }
}

impl View {
    /// The resolved value of a property, as text (`getComputedStyle`). Styles
    /// are brought up to date, and layout where the value depends on it. `now`
    /// is in seconds. Empty for a pseudo-element that does not exist; `None`
    /// for a property that does not.
    pub fn computed_value(
        &mut self,
        tree: &mut Tree,
        element: NodeId,
        pseudo: Option<&str>,
        property: &str,
        now: f64,
    ) -> Option<String> {
        let property = resolved::Property::parse(property)?;
        self.style_at(tree, now);
        if pseudo.is_none() && property.may_be_used_value() {
            self.update_layout(tree);
            if let Some(used) = self.formatting.used_values(element)
                && let Some(style) = tree.computed_style(element)
                && let Some(value) = property.used(&style, &used)
            {
                return Some(value);
            }
        }
        let pseudo = match pseudo {
            None => None,
            Some(name) => match pseudo_element(name) {
                Some(pseudo) => Some(pseudo),
                None => return Some(String::new()),
            },
        };
        if property.is_transform() {
            self.update_layout(tree);
        }
        let Some(style) = self.style.style_of(tree, element, pseudo) else {
            return Some(String::new());
        };
        if property.is_transform() {
            let own = self.formatting.box_metrics(element).filter(|_| pseudo.is_none());
            if let Some(matrix) = resolved::matrix(&style, own.map(|m| m.offset_size)) {
                return Some(matrix);
            }
        }
        Some(property.computed(&style))
    }
}

fn point_of(point: Point) -> kurbo::Point {
    kurbo::Point::new(f64::from(point.x), f64::from(point.y))
}

fn size_of(viewport: Viewport) -> Size {
    Size::new(f64::from(viewport.width), f64::from(viewport.height))
}

fn style_viewport(viewport: Viewport) -> crate::style::Viewport {
    crate::style::Viewport {
        width: viewport.width,
        height: viewport.height,
        scale: viewport.scale,
        dark: viewport.color_scheme == ColorScheme::Dark,
        touch: false,
    }
}

#[cfg(test)]
mod tests;
