//! HTML parsing, incremental; [`crate::xml`] parses XML.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html>
//!
//! html5ever tokenizes and decides on the tree; what is here is the way it
//! writes into a [`Tree`], the pauses at scripts, `document.write`, and a limit
//! on depth. The parser owns no tree: each step borrows it, so that between
//! steps script may do what it likes.

mod custom;
mod document;
mod encoding;
mod limit;
mod serialize;
mod sink;

pub use custom::{CustomElementNames, PendingElement};
pub use document::DocumentParser;
pub use encoding::{ByteDecoder, sniff};
pub use limit::MAX_OPEN_ELEMENTS;
pub(crate) use serialize::serializes_as_void;
pub use serialize::{WrittenShadows, serialize, serialize_children, serialize_with_shadows};

use crate::tree::{NodeId, NodeKind, Tree};
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use limit::LimitedBuilder;
use markup5ever::interface::QuirksMode as ParserQuirks;
use sink::Sink;
use style::context::QuirksMode;

/// Where a parser stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParserYield {
    /// The end tag of this script was seen. Prepare the script, then run the
    /// parser again.
    Script(NodeId),
    /// The parser stands before the start tag of a custom element that is
    /// defined: see [`HtmlParser::pending_element`].
    CustomElement,
    /// A custom element was inserted. Run its reactions, then the parser again.
    Inserted,
    /// All input is used up; there may be more.
    NeedInput,
    /// The end of the document was reached and the parser has finished.
    Done,
}

/// What a parser has to know about its document.
#[derive(Clone, Copy, Debug)]
pub struct ParseOptions {
    /// Scripts run: what `noscript` holds is text.
    pub scripting: bool,
    /// The document comes from a `srcdoc` attribute, so that it is not in
    /// quirks mode for want of a document type.
    pub srcdoc: bool,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self { scripting: true, srcdoc: false }
    }
}

/// The parser of one document.
pub struct HtmlParser {
    tokenizer: Tokenizer<LimitedBuilder>,
    input: BufferQueue,
    /// What `document.write` has put before the rest of the input.
    written: Vec<BufferQueue>,
    finishing: bool,
    done: bool,
}

impl std::fmt::Debug for HtmlParser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HtmlParser")
            .field("line", &self.line())
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

impl HtmlParser {
    /// A parser that fills `document`.
    pub fn new(tree: &mut Tree, document: NodeId, options: ParseOptions) -> Self {
        let sink = Sink::new(document, true);
        let options = TreeBuilderOpts {
            scripting_enabled: options.scripting,
            iframe_srcdoc: options.srcdoc,
            ..Default::default()
        };
        let builder = sink.with(tree, |sink| TreeBuilder::new(sink, options));
        Self {
            tokenizer: Tokenizer::new(
                LimitedBuilder::new(builder, false),
                TokenizerOpts::default(),
            ),
            input: BufferQueue::default(),
            written: Vec::new(),
            finishing: false,
            done: false,
        }
    }

    /// Adds input at the end, and parses up to the next script or to the end of
    /// what there is.
    pub fn feed(&mut self, tree: &mut Tree, text: &str) -> ParserYield {
        push_chunks(&self.input, text);
        self.resume(tree)
    }

    /// Parses on after a script.
    pub fn resume(&mut self, tree: &mut Tree) -> ParserYield {
        if self.done {
            return ParserYield::Done;
        }
        loop {
            let written = self.written.last();
            let queue = written.unwrap_or(&self.input);
            match self.step(tree, queue) {
                Some(stop) => return stop,
                None if written.is_some() => {
                    self.written.pop();
                }
                None => break,
            }
        }
        if !self.finishing {
            return ParserYield::NeedInput;
        }
        let tokenizer = &self.tokenizer;
        tokenizer.sink.sink().with(tree, |_| tokenizer.end());
        self.done = true;
        ParserYield::Done
    }

    /// Says that no more input will come, and parses on. The end may still
    /// bring scripts: [`resume`](Self::resume) after each until it is done.
    pub fn finish(&mut self, tree: &mut Tree) -> ParserYield {
        self.finishing = true;
        self.resume(tree)
    }

    /// How much `document.write` has put before the rest of the input that was not
    /// parsed yet. A script that writes remembers it from when it began.
    pub fn written_depth(&self) -> usize {
        self.written.len()
    }

    /// `document.write` by a script that began at `depth`: puts `text` before the rest
    /// of the input, after what the script wrote before.
    pub fn write(&mut self, text: &str, depth: usize) {
        if self.done || text.is_empty() {
            return;
        }
        match self.written.get(depth) {
            Some(queue) => push_chunks(queue, text),
            None => {
                let queue = BufferQueue::default();
                push_chunks(&queue, text);
                self.written.push(queue);
            }
        }
    }

    /// Parses what was written since `depth`, up to the next script or to its end.
    pub fn resume_written(&mut self, tree: &mut Tree, depth: usize) -> ParserYield {
        while self.written.len() > depth {
            let Some(queue) = self.written.last() else { break };
            if let Some(stop) = self.step(tree, queue) {
                return stop;
            }
            self.written.pop();
        }
        ParserYield::NeedInput
    }

    /// Tells the names of custom elements that are to be constructed by script.
    pub fn set_custom_elements(&self, names: CustomElementNames) {
        self.tokenizer.sink.set_custom_elements(names);
    }

    /// The element that the parser stopped before, at
    /// [`ParserYield::CustomElement`].
    pub fn pending_element(&self) -> Option<PendingElement> {
        self.tokenizer.sink.pending()
    }

    /// Gives the parser the element that it stopped before, attributes and all.
    pub fn provide_element(&self, element: NodeId) {
        self.tokenizer.sink.sink().construct(Some(element));
    }

    /// The line that was parsed last, from 1.
    pub fn line(&self) -> u64 {
        self.tokenizer.sink.sink().line()
    }

    /// Elements that were closed since the last call and that do something
    /// then: `style`, `title`, `textarea`, `select`, `option`, `object`.
    pub fn take_closed(&mut self) -> Vec<NodeId> {
        self.tokenizer.sink.sink().take_closed()
    }

    /// How many syntax errors there were.
    pub fn errors(&self) -> u64 {
        self.tokenizer.sink.sink().errors()
    }

    fn step(&self, tree: &mut Tree, queue: &BufferQueue) -> Option<ParserYield> {
        let tokenizer = &self.tokenizer;
        let builder = &tokenizer.sink;
        builder.sink().with(tree, |_| {
            if builder.is_holding() {
                builder.go_on();
                return Some(ParserYield::Inserted);
            }
            loop {
                match tokenizer.feed(queue) {
                    TokenizerResult::Script(_) if builder.is_holding() => {
                        return Some(ParserYield::CustomElement);
                    }
                    TokenizerResult::Script(_) if builder.take_inserted() => {
                        return Some(ParserYield::Inserted);
                    }
                    TokenizerResult::Script(script) => return Some(ParserYield::Script(script)),
                    // The bytes have been decoded: it is too late to change.
                    TokenizerResult::EncodingIndicator(_) => {}
                    TokenizerResult::Done => return None,
                }
            }
        })
    }
}

/// Parses a fragment as the children of `context` would be (`innerHTML`), into
/// a new [fragment](NodeKind::Fragment) of its document. Scripts in it are
/// marked so that they never run.
pub fn parse_fragment(tree: &mut Tree, context: NodeId, html: &str, scripting: bool) -> NodeId {
    parse_inside(tree, context, html, scripting, false)
}

/// Parses a fragment like [`parse_fragment`], templates that say so as shadow trees
/// (`setHTMLUnsafe`).
pub fn parse_fragment_with_shadows(
    tree: &mut Tree,
    context: NodeId,
    html: &str,
    scripting: bool,
) -> NodeId {
    parse_inside(tree, context, html, scripting, true)
}

fn parse_inside(
    tree: &mut Tree,
    context: NodeId,
    html: &str,
    scripting: bool,
    declarative_shadow_roots: bool,
) -> NodeId {
    let document = tree.owner_document(context).unwrap_or(context);
    let result = tree.create_fragment(document);
    // Parsed in a document of its own, one that nothing is connected to.
    let scratch = tree.create_inert_document(tree.is_html_document(document));
    let quirks = tree.quirks_mode(document);
    tree.set_quirks_mode(scratch, quirks);
    let sink = Sink::new(scratch, false);
    sink.set_declarative_shadow_roots(declarative_shadow_roots);
    let form = form_of(tree, context);
    let in_select = tree.is_html_element(context, "select");
    let options = TreeBuilderOpts {
        scripting_enabled: scripting,
        quirks_mode: match quirks {
            QuirksMode::Quirks => ParserQuirks::Quirks,
            QuirksMode::LimitedQuirks => ParserQuirks::LimitedQuirks,
            QuirksMode::NoQuirks => ParserQuirks::NoQuirks,
        },
        ..Default::default()
    };
    let builder =
        sink.with(tree, |sink| TreeBuilder::new_for_fragment(sink, context, form, options));
    let initial_state =
        builder.sink.handle().with(tree, |_| builder.tokenizer_state_for_context_elem(scripting));
    let tokenizer = Tokenizer::new(
        LimitedBuilder::new(builder, in_select),
        TokenizerOpts { initial_state: Some(initial_state), ..Default::default() },
    );
    let queue = BufferQueue::default();
    push_chunks(&queue, html);
    tokenizer.sink.sink().with(tree, |_| {
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        tokenizer.end();
    });
    // The builder's root is an `html` element that holds the result.
    if let Some(root) = tree.document_element(scratch) {
        tree.move_children(root, result);
    }
    tree.free_subtree(scratch);
    result
}

/// The form that `context` is in, or is.
fn form_of(tree: &Tree, context: NodeId) -> Option<NodeId> {
    std::iter::once(context)
        .chain(tree.ancestors(context))
        .find(|n| tree.is_html_element(*n, "form"))
}

/// Hands text to the tokenizer in pieces that its buffers can count.
fn push_chunks(queue: &BufferQueue, mut text: &str) {
    const CHUNK: usize = 1 << 20;
    while !text.is_empty() {
        let mut at = text.len().min(CHUNK);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let (now, rest) = text.split_at(at);
        queue.push_back(StrTendril::from_slice(now));
        text = rest;
    }
}

/// Parses a whole document that is at hand as if it were shown, running no
/// scripts.
pub fn parse_document(tree: &mut Tree, html: &str) -> NodeId {
    parse_whole(tree, html, ParseOptions::default(), true)
}

/// Parses a document that no window shows (`DOMParser`): without scripting, its
/// scripts marked so that they never run, its templates no shadow trees.
pub fn parse_inert_document(tree: &mut Tree, html: &str) -> NodeId {
    parse_inert(tree, html, false)
}

/// Parses a document that no window shows with its shadow trees
/// (`Document.parseHTMLUnsafe`).
pub fn parse_inert_document_with_shadows(tree: &mut Tree, html: &str) -> NodeId {
    parse_inert(tree, html, true)
}

fn parse_inert(tree: &mut Tree, html: &str, declarative_shadow_roots: bool) -> NodeId {
    let options = ParseOptions { scripting: false, ..ParseOptions::default() };
    let document = parse_whole(tree, html, options, declarative_shadow_roots);
    let scripts: Vec<NodeId> = tree
        .shadow_including_descendants(document)
        .filter(|id| tree.local_name(*id).is_some_and(|name| &**name == "script"))
        .collect();
    for script in scripts {
        tree.set_script_started(script, true);
    }
    document
}

fn parse_whole(
    tree: &mut Tree,
    html: &str,
    options: ParseOptions,
    declarative_shadow_roots: bool,
) -> NodeId {
    let document = tree.create_document(true);
    debug_assert_eq!(tree.kind(document), Some(NodeKind::Document));
    let mut parser = HtmlParser::new(tree, document, options);
    parser.tokenizer.sink.sink().set_declarative_shadow_roots(declarative_shadow_roots);
    parser.feed(tree, html);
    while parser.finish(tree) != ParserYield::Done {}
    document
}

#[cfg(test)]
mod tests;
