//! The limit on how deep a parsed document may nest.
//!
//! The tree builder looks through its stack of open elements for nearly every
//! tag. A document that nests without end would make that quadratic, and would
//! hand a tree of any depth to whoever walks it. Browsers stop at 512 open
//! elements; here, a start tag beyond that is dropped together with its end
//! tag, and what is between them belongs to the deepest element.

use super::custom::{CustomElementNames, PendingElement};
use super::serialize::serializes_as_void;
use super::sink::Sink;
use crate::tree::NodeId;
use html5ever::LocalName;
use html5ever::interface::Tracer;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use std::cell::{Cell, RefCell};

/// How many elements may be open at a time.
pub const MAX_OPEN_ELEMENTS: usize = 512;

/// A tree builder that sees no tag beyond the limit.
pub(super) struct LimitedBuilder {
    builder: TreeBuilder<NodeId, Sink>,
    /// No fewer than the elements that are open: elements that close without
    /// an end tag are counted until the next recount.
    open: Cell<usize>,
    /// A recount found the limit reached, and nothing was closed since.
    full: Cell<bool>,
    /// The start tags that were dropped and not yet closed.
    dropped: RefCell<Vec<LocalName>>,
    /// What is parsed is the content of a `select`, which drops any `input`: the
    /// one rule of the standard that the builder does not know.
    in_select: bool,
    custom: RefCell<CustomElementNames>,
    /// The start tag of a custom element that is yet to be constructed.
    held: RefCell<Option<(Tag, u64)>>,
    /// A custom element was inserted, whose reactions run before all else.
    inserted: Cell<bool>,
}

/// Whether some element is a template.
struct FindTemplate<'a> {
    sink: &'a Sink,
    found: Cell<bool>,
}

impl Tracer for FindTemplate<'_> {
    type Handle = NodeId;

    fn trace_handle(&self, node: &NodeId) {
        if self.sink.is_template(*node) {
            self.found.set(true);
        }
    }
}

struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = NodeId;

    fn trace_handle(&self, _: &NodeId) {
        self.0.set(self.0.get() + 1);
    }
}

impl LimitedBuilder {
    pub(super) fn new(builder: TreeBuilder<NodeId, Sink>, in_select: bool) -> Self {
        Self {
            builder,
            in_select,
            open: Cell::new(0),
            full: Cell::new(false),
            dropped: RefCell::new(Vec::new()),
            custom: RefCell::default(),
            held: RefCell::new(None),
            inserted: Cell::new(false),
        }
    }

    pub(super) fn set_custom_elements(&self, names: CustomElementNames) {
        self.custom.replace(names);
    }

    /// What has to be constructed for the tag that the parser stopped at.
    pub(super) fn pending(&self) -> Option<PendingElement> {
        let held = self.held.borrow();
        let (tag, _) = held.as_ref()?;
        let attributes = tag.attrs.iter().map(|a| (a.name.clone(), a.value.to_string())).collect();
        Some(PendingElement { name: tag.name.clone(), attributes })
    }

    /// Whether the parser stands before a tag.
    pub(super) fn is_holding(&self) -> bool {
        self.held.borrow().is_some()
    }

    /// Whether a custom element was inserted since the last call.
    pub(super) fn take_inserted(&self) -> bool {
        self.inserted.take()
    }

    /// Goes on with the tag that the parser stopped at.
    pub(super) fn go_on(&self) {
        let held = self.held.borrow_mut().take();
        if let Some((tag, line)) = held {
            // The start tag of a custom element never stops at a script.
            let _ = self.builder.process_token(Token::TagToken(tag), line);
            self.sink().construct(None);
        }
    }

    /// Whether the element of a start tag is to be constructed before.
    fn is_constructed(&self, tag: &Tag) -> bool {
        if tag.kind != TagKind::StartTag
            || !tag.name.contains('-')
            || !self.custom.borrow().has(&tag.name)
            || self.builder.adjusted_current_node_present_but_not_in_html_namespace()
        {
            return false;
        }
        // What is in a template has no definition.
        let find = FindTemplate { sink: self.sink(), found: Cell::new(false) };
        self.builder.trace_handles(&find);
        !find.found.get()
    }

    /// Whether the element of a start tag is upgraded right after.
    fn is_upgraded(&self, tag: &Tag) -> bool {
        tag.kind == TagKind::StartTag
            && !self.custom.borrow().is_empty()
            && tag
                .attrs
                .iter()
                .find(|a| *a.name.local == *"is")
                .is_some_and(|a| self.custom.borrow().has(&LocalName::from(&*a.value)))
    }

    pub(super) fn sink(&self) -> &Sink {
        &self.builder.sink
    }

    /// A custom element belongs into the body, which is there before it is made.
    fn ensure_body(&self, line: u64) {
        if self.sink().lacks_body() {
            let body = Tag {
                kind: TagKind::StartTag,
                name: LocalName::from("body"),
                self_closing: false,
                attrs: Vec::new(),
                had_duplicate_attributes: false,
            };
            // No more does a `body`.
            let _ = self.builder.process_token(Token::TagToken(body), line);
        }
    }

    /// Whether the builder is to see this tag.
    fn admits(&self, tag: &Tag) -> bool {
        match tag.kind {
            TagKind::StartTag if self.in_select && &*tag.name == "input" => false,
            TagKind::StartTag => self.admits_start(tag),
            TagKind::EndTag => {
                let mut dropped = self.dropped.borrow_mut();
                if dropped.last() == Some(&tag.name) {
                    dropped.pop();
                    return false;
                }
                self.full.set(false);
                self.open.set(self.open.get().saturating_sub(1));
                true
            }
        }
    }

    fn admits_start(&self, tag: &Tag) -> bool {
        if never_nests(&tag.name) {
            return true;
        }
        if self.open.get() >= MAX_OPEN_ELEMENTS && !self.full.get() {
            let count = Count(Cell::new(0));
            self.builder.trace_handles(&count);
            self.open.set(count.0.get());
            self.full.set(count.0.get() >= MAX_OPEN_ELEMENTS);
        }
        if self.full.get() {
            self.dropped.borrow_mut().push(tag.name.clone());
            return false;
        }
        // A table brings a row group and a row that its source may not name.
        let implied = if &*tag.name == "table" { 2 } else { 0 };
        self.open.set(self.open.get() + 1 + implied);
        true
    }
}

/// Elements that hold nothing, or text alone: they cannot deepen a document.
fn never_nests(name: &str) -> bool {
    serializes_as_void(name)
        || matches!(
            name,
            "script"
                | "style"
                | "title"
                | "textarea"
                | "xmp"
                | "iframe"
                | "noembed"
                | "noframes"
                | "plaintext"
                | "html"
                | "head"
                | "body"
        )
}

impl TokenSink for LimitedBuilder {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        if let Token::TagToken(tag) = &token
            && !self.admits(tag)
        {
            return TokenSinkResult::Continue;
        }
        let Token::TagToken(tag) = token else {
            return self.builder.process_token(token, line);
        };
        if self.is_constructed(&tag) {
            self.ensure_body(line);
            let stop = self.sink().document();
            self.held.replace(Some((tag, line)));
            return TokenSinkResult::Script(stop);
        }
        let upgraded = self.is_upgraded(&tag);
        match self.builder.process_token(Token::TagToken(tag), line) {
            TokenSinkResult::Continue if upgraded => {
                self.inserted.set(true);
                TokenSinkResult::Script(self.sink().document())
            }
            result => result,
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
