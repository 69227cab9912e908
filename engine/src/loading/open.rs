//! Opening the input stream of a document by script:
//! <https://html.spec.whatwg.org/#dynamic-markup-insertion>

use virga_dom::{
    NodeId,
    parser::{HtmlParser, ParseOptions, ParserYield},
    tree::{Mutation, QuirksMode},
};
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj};

use super::parser;
use crate::{
    agent::EngineCx,
    dom::{Document, mutation},
    error,
    navigable::frame,
    window::Window,
    wrappers,
};

/// Throws for documents that have no HTML parser.
fn require_html(cx: &Cx, document: &Obj<Document>, member: &str) -> Fallible<()> {
    let agent = cx.engine();
    if agent.tree().is_html_document(document.id()) {
        let constructing = agent
            .window_of_document(document.id())
            .is_some_and(|window| window.loading.no_dynamic_markup.get() > 0);
        if constructing {
            return Err(error::invalid_state(format!(
                "Document.{member}: not while the parser constructs a custom element"
            )));
        }
        return Ok(());
    }
    Err(error::invalid_state(format!("Document.{member}: an XML document cannot be written to")))
}

/// The document of the script that called.
pub(crate) fn entry_window(cx: &Cx) -> Obj<Window> {
    let global = cx.incumbent_realm().global_object();
    Obj::from_object(cx, &global).unwrap_or_else(|| cx.window())
}

/// <https://html.spec.whatwg.org/#document-open-steps>
pub(crate) fn open(cx: &mut Cx, document: &Obj<Document>) -> Fallible<()> {
    // 1.
    require_html(cx, document, "open")?;
    let agent = cx.engine();
    let Some(window) = agent.window_of_document(document.id()) else {
        open_detached(cx, document);
        return Ok(());
    };
    // 3, 4.
    let entry = entry_window(cx);
    if entry.security_origin() != window.security_origin() {
        return Err(Error::dom(
            DomExceptionName::Security,
            "Document.open: the document belongs to another origin",
        ));
    }
    let state = &window.loading;
    // 5, 6, 7.
    if parser::is_running_script(state) || agent.is_unloading() || state.parser_aborted() {
        return Ok(());
    }
    let Some(navigable) = agent.navigable_of(&window) else { return Ok(()) };
    // 8.
    if navigable.is_navigating() || state.refreshing_now.take() {
        state.refreshes.set(false);
        super::navigate::abort_fetches(cx, &navigable);
    }
    agent.end_navigation(&navigable, None);
    frame::unblock_parent(cx, &navigable);
    window.abort_parser();
    // 9, 10.
    erase_listeners(cx, document.id());
    window.erase();
    // 11.
    mutation::replace_all(cx, None, document.id());
    // 12.
    if entry.id() != window.id() {
        let mut url = entry.url();
        url.set_fragment(None);
        window.set_url(url.clone());
        crate::history::document_opened(cx, &window, url);
        state.forget_base_url();
    }
    // 13, 15.
    navigable.navigated();
    agent.tree_mut().set_quirks_mode(document.id(), QuirksMode::NoQuirks);
    // 16.–19. Whatever waits for the frame waits for what is written into it.
    frame::block_parent(cx, &navigable);
    let realm = window.realm().clone();
    cx.in_realm(&realm, |cx| {
        parser::start_for_script(cx);
        super::document::reopen(cx);
    });
    Ok(())
}

/// The steps for a document that no window shows: nothing is loaded, and no script runs.
fn open_detached(cx: &mut Cx, document: &Obj<Document>) {
    let agent = cx.engine();
    erase_listeners(cx, document.id());
    mutation::replace_all(cx, None, document.id());
    let mut tree = agent.tree_mut();
    tree.set_quirks_mode(document.id(), QuirksMode::NoQuirks);
    let options = ParseOptions { scripting: false, srcdoc: false };
    let parser = HtmlParser::new(&mut tree, document.id(), options);
    document.parser.replace(Some(Box::new(parser)));
}

/// Parses on in a document that no window shows: up to the end of the text, or with
/// `None` up to that of the document.
fn parse_detached(cx: &mut Cx, document: &Obj<Document>, text: Option<&str>) {
    let agent = cx.engine();
    let Some(mut parser) = document.parser.take() else { return };
    let mutations = {
        let mut tree = agent.tree_mut();
        tree.set_recording(true);
        let mut step = match text {
            Some(text) => parser.feed(&mut tree, text),
            None => parser.finish(&mut tree),
        };
        while let ParserYield::Script(script) = step {
            tree.set_script_started(script, true);
            step = parser.resume(&mut tree);
        }
        let mutations = tree.take_mutations();
        tree.set_recording(false);
        mutations
    };
    for mutation in mutations {
        crate::dom::queue_parsed(cx, &mutation);
        match mutation {
            Mutation::Inserted { node, .. } => wrappers::inserted(cx, node),
            Mutation::Removed { node, .. } => wrappers::removed(cx, node),
            Mutation::CharacterData { .. } | Mutation::Attribute { .. } => {}
        }
    }
    if text.is_some() {
        document.parser.replace(Some(parser));
    }
}

fn erase_listeners(cx: &Cx, document: NodeId) {
    let agent = cx.engine();
    let mut next = Some(document);
    while let Some(id) = next {
        if let Some(node) = agent.wrappers.get(cx, id) {
            node.erase();
        }
        next = agent.tree().next_in_order(id, document, false);
    }
}

/// <https://html.spec.whatwg.org/#document-write-steps>
pub(crate) fn write(cx: &mut Cx, document: &Obj<Document>, text: &str) -> Fallible<()> {
    // 2.
    require_html(cx, document, "write")?;
    let agent = cx.engine();
    let Some(window) = agent.window_of_document(document.id()) else {
        if document.parser.borrow().is_none() {
            open_detached(cx, document);
        }
        parse_detached(cx, document, Some(text));
        return Ok(());
    };
    let state = &window.loading;
    // 5.
    if state.parser_aborted() {
        return Ok(());
    }
    // 6.
    if !parser::has_insertion_point(state) {
        if agent.is_unloading() {
            return Ok(());
        }
        if state.ignores_destructive_writes() {
            let text = "document.write() was ignored: a script from a file cannot write to a \
                        document that is not waiting for it";
            agent.console(virga_protocol::ConsoleLevel::Warn, text.to_owned(), None);
            return Ok(());
        }
        open(cx, document)?;
        if !parser::has_insertion_point(state) {
            return Ok(());
        }
    }
    // 9, 10.
    let realm = window.realm().clone();
    cx.in_realm(&realm, |cx| parser::write(cx, text));
    Ok(())
}

/// <https://html.spec.whatwg.org/#dom-document-close>
pub(crate) fn close(cx: &mut Cx, document: &Obj<Document>) -> Fallible<()> {
    // 1.
    require_html(cx, document, "close")?;
    let agent = cx.engine();
    let Some(window) = agent.window_of_document(document.id()) else {
        parse_detached(cx, document, None);
        return Ok(());
    };
    // 3.
    if !parser::is_script_created(&window.loading) {
        return Ok(());
    }
    // 4.–6.
    let realm = window.realm().clone();
    cx.in_realm(&realm, parser::close);
    Ok(())
}
