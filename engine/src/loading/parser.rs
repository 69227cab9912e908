//! Feeding the parser: <https://html.spec.whatwg.org/#parsing>

use encoding_rs::Encoding;
use virga_dom::parser::{ByteDecoder, DocumentParser, ParseOptions, ParserYield};
use virga_dom::{NodeId, Tree, tree::Mutation, xml};
use virga_js::Cx;
use virga_protocol::ConsoleLevel;

use super::{DocumentState, advance, encoding::charset_of, error_page::escape, hooks, script};
use crate::{Phase, agent::EngineCx, custom_elements};

/// A parser at work.
pub(super) struct Parsing {
    /// Taken out while it runs.
    parser: Option<DocumentParser>,
    decoder: ByteDecoder,
    /// Input that the parser has not been given yet.
    input: String,
    /// There is input that was not parsed yet, if the parser is not at a script.
    fed: bool,
    /// All input has come.
    ended: bool,
    done: bool,
    /// For each script that the parser started and that is not over, how much had been
    /// written by then.
    scripts: Vec<usize>,
    /// What comes is text, not markup.
    plain: bool,
    /// `document.open` made it: what is written is all that comes.
    script_created: bool,
}

/// Starts parsing into the current window's document.
///
/// `srcdoc` says that the document comes from an attribute of that name.
pub(super) fn start(cx: &mut Cx, content_type: Option<&str>, srcdoc: bool) {
    let agent = cx.engine();
    let document = cx.document_id();
    let options = ParseOptions { scripting: cx.window().sandbox().scripts, srcdoc };
    let parser = DocumentParser::new(&mut agent.tree_mut(), document, options);
    parser.set_custom_elements(cx.window().loading.custom_elements.clone());
    let charset = content_type.and_then(charset_of).map(Encoding::name);
    let decoder = match &parser {
        DocumentParser::Html(_) => ByteDecoder::new(charset),
        DocumentParser::Xml(_) => ByteDecoder::for_xml(charset),
    };
    cx.window().loading.parsing.replace(Some(Parsing {
        parser: Some(parser),
        decoder,
        input: String::new(),
        fed: false,
        ended: false,
        done: false,
        scripts: Vec::new(),
        plain: false,
        script_created: false,
    }));
}

/// Starts a parser that `document.write` feeds.
///
/// <https://html.spec.whatwg.org/#script-created-parser>
pub(super) fn start_for_script(cx: &mut Cx) {
    start(cx, Some("text/html; charset=utf-8"), false);
    if let Some(parsing) = &mut *cx.window().loading.parsing.borrow_mut() {
        parsing.script_created = true;
    }
}

/// More bytes of the document have come.
pub(super) fn feed(cx: &mut Cx, bytes: &[u8]) {
    push(cx, bytes, false);
    advance(cx);
}

/// After this markup comes text.
///
/// <https://html.spec.whatwg.org/#read-text>
pub(super) fn start_text(cx: &mut Cx, markup: &str) {
    if let Some(parsing) = &mut *cx.window().loading.parsing.borrow_mut() {
        parsing.input.push_str(markup);
        parsing.plain = true;
        parsing.fed = true;
    }
    advance(cx);
}

/// The document is complete.
pub(super) fn end(cx: &mut Cx) {
    push(cx, &[], true);
    advance(cx);
}

fn push(cx: &mut Cx, bytes: &[u8], last: bool) {
    let window = cx.window();
    let mut parsing = window.loading.parsing.borrow_mut();
    let Some(parsing) = &mut *parsing else { return };
    let mut text = parsing.decoder.push(bytes);
    if last {
        text.push_str(&parsing.decoder.finish());
    }
    parsing.input.push_str(&if parsing.plain { escape(&text) } else { text });
    window.loading.encoding.set(parsing.decoder.encoding());
    parsing.ended |= last;
    parsing.fed = true;
}

pub(super) fn is_done(state: &DocumentState) -> bool {
    state.parsing.borrow().as_ref().is_none_or(|parsing| parsing.done)
}

/// Whether the parser is inside of a script that it runs.
pub(super) fn is_running_script(state: &DocumentState) -> bool {
    state.parsing.borrow().as_ref().is_some_and(|parsing| !parsing.scripts.is_empty())
}

/// Whether there is a place where `document.write` writes to.
pub(super) fn has_insertion_point(state: &DocumentState) -> bool {
    state.parsing.borrow().as_ref().is_some_and(|parsing| {
        !parsing.done && (!parsing.scripts.is_empty() || (parsing.script_created && !parsing.ended))
    })
}

/// Whether `document.open` made the parser, and nothing closed it yet.
pub(super) fn is_script_created(state: &DocumentState) -> bool {
    let parsing = state.parsing.borrow();
    parsing.as_ref().is_some_and(|parsing| parsing.script_created && !parsing.ended)
}

/// `document.close`.
pub(super) fn close(cx: &mut Cx) {
    let window = cx.window();
    if let Some(parsing) = &mut *window.loading.parsing.borrow_mut() {
        parsing.ended = true;
        parsing.fed = true;
    }
    advance(cx);
}

/// Parses as far as input and scripts allow.
pub(super) fn resume(cx: &mut Cx) {
    let agent = cx.engine();
    let window = cx.window();
    let state = &window.loading;
    let document = window.document_id();
    loop {
        // The parser stands at a script, or is busy further up the stack.
        if !run_blocking_script(cx) {
            return;
        }
        let Some((mut parser, input, ended)) = take(state) else { return };
        let (step, mutations) = {
            let mut tree = agent.tree_mut();
            recorded(&mut tree, |tree| {
                let step = match parser.feed(tree, &input) {
                    ParserYield::NeedInput if ended => parser.finish(tree),
                    step => step,
                };
                replace_malformed(tree, document, &parser);
                step
            })
        };
        if let Some(error) = parser.error() {
            let text = format!("{} is not well-formed: {error}", window.url());
            agent.console(ConsoleLevel::Error, text, None);
        }
        // The parser is away meanwhile, so that nothing in there runs it.
        hooks::parsed(cx, mutations);
        put_back(state, parser, step);
        match step {
            ParserYield::Script(element) => {
                enter_script(state);
                script::prepare_parsed(cx, element);
                leave_script(state);
            }
            ParserYield::CustomElement => construct(cx, state),
            ParserYield::NeedInput | ParserYield::Inserted => {}
            ParserYield::Done => {
                agent.host().mark(Phase::Parsed);
                return;
            }
        }
    }
}

/// An XML document that is not well-formed gives way to what is wrong with it.
fn replace_malformed(tree: &mut Tree, document: NodeId, parser: &DocumentParser) {
    if let Some(error) = parser.error() {
        xml::show_error(tree, document, error);
    }
}

/// Runs the parser with the journal on.
fn recorded(
    tree: &mut Tree,
    run: impl FnOnce(&mut Tree) -> ParserYield,
) -> (ParserYield, Vec<Mutation>) {
    tree.set_recording(true);
    let step = run(tree);
    let mutations = tree.take_mutations();
    tree.set_recording(false);
    (step, mutations)
}

/// Runs the script the parser stands at, if it can; `false` if not.
fn run_blocking_script(cx: &mut Cx) -> bool {
    let window = cx.window();
    let state = &window.loading;
    let ready = match &*state.blocking.borrow() {
        None => return true,
        Some(script) => script.is_ready() && state.script_blocking_sheets.get() == 0,
    };
    if !ready {
        return false;
    }
    let script = state.blocking.take();
    if let Some(script) = script {
        enter_script(state);
        script::execute(cx, script);
        leave_script(state);
    }
    true
}

fn enter_script(state: &DocumentState) {
    if let Some(parsing) = &mut *state.parsing.borrow_mut() {
        let depth = parsing.parser.as_ref().map_or(0, DocumentParser::written_depth);
        parsing.scripts.push(depth);
    }
}

fn leave_script(state: &DocumentState) {
    if let Some(parsing) = &mut *state.parsing.borrow_mut() {
        parsing.scripts.pop();
    }
}

/// The parser, if it can go on, new input for it, and whether that is all.
fn take(state: &DocumentState) -> Option<(DocumentParser, String, bool)> {
    let mut parsing = state.parsing.borrow_mut();
    let parsing = parsing.as_mut().filter(|parsing| {
        !parsing.done && parsing.scripts.is_empty() && (parsing.fed || parsing.ended)
    })?;
    let parser = parsing.parser.take()?;
    Some((parser, std::mem::take(&mut parsing.input), parsing.ended))
}

fn put_back(state: &DocumentState, parser: DocumentParser, step: ParserYield) {
    if let Some(parsing) = &mut *state.parsing.borrow_mut() {
        parsing.fed = matches!(
            step,
            ParserYield::Script(_) | ParserYield::CustomElement | ParserYield::Inserted
        );
        parsing.done = step == ParserYield::Done;
        parsing.parser = (!parsing.done).then_some(parser);
    }
}

/// `document.write` with a defined insertion point: the text goes there, and is parsed
/// as far as scripts allow.
///
/// <https://html.spec.whatwg.org/#document-write-steps>, steps 9 and 10.
pub(super) fn write(cx: &mut Cx, text: &str) {
    let agent = cx.engine();
    let window = cx.window();
    let state = &window.loading;
    let depth = match &mut *state.parsing.borrow_mut() {
        None => return,
        Some(parsing) => match parsing.scripts.last() {
            None => {
                parsing.input.push_str(text);
                parsing.fed = true;
                None
            }
            Some(depth) => {
                let depth = *depth;
                if let Some(parser) = &mut parsing.parser {
                    parser.write(text, depth);
                }
                Some(depth)
            }
        },
    };
    let Some(depth) = depth else { return resume(cx) };
    // A script that is awaited holds up what was written after it.
    while state.blocking.borrow().is_none() {
        let parser = state.parsing.borrow_mut().as_mut().and_then(|parsing| parsing.parser.take());
        let Some(mut parser) = parser else { return };
        let (step, mutations) = {
            let mut tree = agent.tree_mut();
            recorded(&mut tree, |tree| parser.resume_written(tree, depth))
        };
        if let Some(parsing) = &mut *state.parsing.borrow_mut() {
            parsing.parser = Some(parser);
        }
        hooks::parsed(cx, mutations);
        match step {
            ParserYield::Script(element) => {
                enter_script(state);
                script::prepare_parsed(cx, element);
                leave_script(state);
            }
            ParserYield::CustomElement => construct(cx, state),
            ParserYield::Inserted => {}
            ParserYield::NeedInput | ParserYield::Done => return,
        }
    }
}

/// Constructs the element that the parser stands before.
///
/// <https://html.spec.whatwg.org/#create-an-element-for-the-token>
fn construct(cx: &mut Cx, state: &DocumentState) {
    let pending = state
        .parsing
        .borrow()
        .as_ref()
        .and_then(|parsing| parsing.parser.as_ref())
        .and_then(DocumentParser::pending_element);
    let Some(pending) = pending else { return };
    let document = cx.document_id();
    state.no_dynamic_markup.set(state.no_dynamic_markup.get() + 1);
    // The parser must not go on before it has its element.
    enter_script(state);
    let element = custom_elements::create_for_parser(cx, document, pending);
    leave_script(state);
    state.no_dynamic_markup.set(state.no_dynamic_markup.get() - 1);
    if let (Some(element), Some(parsing)) = (element, &*state.parsing.borrow())
        && let Some(parser) = &parsing.parser
    {
        parser.provide_element(element);
    }
}

/// The line of the input that the parser has come to, from 1.
pub(super) fn line(state: &DocumentState) -> u32 {
    let parsing = state.parsing.borrow();
    let line =
        parsing.as_ref().and_then(|parsing| parsing.parser.as_ref()).map(DocumentParser::line);
    line.and_then(|line| u32::try_from(line).ok()).unwrap_or(1)
}
