//! A page for tests: markup, a style sheet and a viewport.

use kurbo::{Rect, Size};
use markup5ever::LocalName;

use super::{Formatting, LayoutCounters};
use crate::fonts::FontSet;
use crate::style::{StyleEngine, Stylesheet, Viewport};
use crate::tree::{NodeId, Tree};

/// A styled and laid out document.
pub(crate) struct Page {
    pub(crate) tree: Tree,
    pub(crate) document: NodeId,
    pub(crate) body: NodeId,
    pub(crate) engine: StyleEngine,
    pub(crate) formatting: Formatting,
}

impl Page {
    /// A page of 800×600 px with `css` and the body's `markup`.
    pub(crate) fn new(css: &str, markup: &str) -> Self {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let html = tree.create_html_element(document, "html");
        let body = tree.create_html_element(document, "body");
        tree.append(html, body);
        tree.append(document, html);
        insert_markup(&mut tree, document, body, markup);
        let viewport = Viewport { width: 800.0, height: 600.0, ..Viewport::default() };
        let fonts = FontSet::bundled();
        let mut engine = StyleEngine::new(&mut tree, document, viewport, Box::new(fonts.clone()));
        let url = url::Url::parse("https://example.org/style.css").expect("a URL");
        let sheet = Stylesheet::parse(&tree, document, css, &url, "").expect("a style sheet");
        engine.set_stylesheet(&tree, html, Some(sheet));
        let mut formatting = Formatting::new(fonts);
        formatting.set_viewport(Size::new(800.0, 600.0), 1.0);
        let mut page = Self { tree, document, body, engine, formatting };
        page.update();
        page
    }

    /// A page of 800×600 px from HTML with `style` elements.
    pub(crate) fn parse(html: &str) -> Self {
        let mut tree = Tree::new();
        let document = crate::parser::parse_document(&mut tree, html);
        let body = tree.body(document).expect("a body");
        let viewport = Viewport { width: 800.0, height: 600.0, ..Viewport::default() };
        let fonts = FontSet::bundled();
        let mut engine = StyleEngine::new(&mut tree, document, viewport, Box::new(fonts.clone()));
        let url = url::Url::parse("https://example.org/").expect("a URL");
        let owners: Vec<_> = tree
            .descendants(document)
            .filter(|node| tree.is_html_element(*node, "style"))
            .collect();
        for owner in owners {
            let css = tree.child_text_content(owner);
            let sheet = Stylesheet::parse(&tree, document, &css, &url, "").expect("a style sheet");
            engine.set_stylesheet(&tree, owner, Some(sheet));
        }
        let mut formatting = Formatting::new(fonts);
        formatting.set_viewport(Size::new(800.0, 600.0), 1.0);
        let mut page = Self { tree, document, body, engine, formatting };
        page.update();
        page
    }

    /// Brings style, boxes and layout up to date; says what that took.
    pub(crate) fn update(&mut self) -> LayoutCounters {
        self.engine.update(&mut self.tree, 0.0);
        let changes = self.tree.take_layout_changes(self.document);
        self.formatting.update(&self.tree, self.document, &changes);
        self.formatting.take_counters()
    }

    /// As [`update`](Self::update), and paints.
    pub(crate) fn frame(&mut self) -> LayoutCounters {
        self.engine.update(&mut self.tree, 0.0);
        let changes = self.tree.take_layout_changes(self.document);
        self.formatting.update(&self.tree, self.document, &changes);
        let _ = self.formatting.paint(&self.tree);
        self.formatting.take_counters()
    }

    pub(crate) fn id(&self, id: &str) -> NodeId {
        self.tree.element_by_id(self.document, id).unwrap_or_else(|| panic!("no #{id}"))
    }

    pub(crate) fn set(&mut self, id: &str, name: &str, value: &str) {
        let node = self.id(id);
        self.tree.set_plain_attribute(node, LocalName::from(name), value);
    }

    pub(crate) fn rect(&self, id: &str) -> Rect {
        self.formatting.bounding_rect(self.id(id)).unwrap_or_else(|| panic!("#{id} has no box"))
    }

    /// `x y width height`, rounded to hundredths.
    pub(crate) fn place(&self, id: &str) -> String {
        let rect = self.rect(id);
        let short = |value: f64| (value * 100.0).round() / 100.0;
        format!(
            "{} {} {} {}",
            short(rect.x0),
            short(rect.y0),
            short(rect.width()),
            short(rect.height())
        )
    }
}

/// Asserts where elements are: `id: x y width height`, one a line.
#[track_caller]
pub(crate) fn check(css: &str, markup: &str, expected: &str) {
    let page = Page::new(css, markup);
    let mut found = String::new();
    for line in expected.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let id = line.split(':').next().unwrap_or_default();
        found.push_str(&format!("{id}: {}\n", page.place(id)));
    }
    let expected: String = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(found, expected, "\n{}", page.formatting.dump_fragments(&page.tree));
}

/// Adds simple markup: elements with quoted attributes, and text.
pub(crate) fn insert_markup(tree: &mut Tree, document: NodeId, parent: NodeId, markup: &str) {
    let mut open = vec![parent];
    let mut rest = markup;
    while !rest.is_empty() {
        let current = *open.last().expect("the parent stays open");
        if let Some(end) = rest.strip_prefix("</") {
            open.pop();
            rest = end.split_once('>').map_or("", |parts| parts.1);
        } else if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = tag.split_once('>').expect("a tag ends");
            rest = after;
            let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let node = tree.create_html_element(document, name);
            while let Some((key, after)) = attributes.split_once("=\"") {
                let (value, after) = after.split_once('"').expect("a quoted value");
                tree.set_plain_attribute(node, LocalName::from(key.trim()), value);
                attributes = after;
            }
            tree.append(current, node);
            if !matches!(name, "br" | "img" | "input" | "hr" | "wbr") {
                open.push(node);
            }
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            let text = tree.create_text(document, &rest[..end]);
            tree.append(current, text);
            rest = &rest[end..];
        }
    }
}
