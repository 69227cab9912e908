//! Trees as text: <https://html.spec.whatwg.org/#dom-parsing-and-serialization>

use virga_dom::{NodeId, parser, tree::NodeKind, xml};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible};

use super::mutation;
use crate::{agent::EngineCx, generated::GetHTMLOptions};

/// Where `insertAdjacent…` inserts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    BeforeBegin,
    AfterBegin,
    BeforeEnd,
    AfterEnd,
}

impl Position {
    fn parse(text: &DomString) -> Fallible<Self> {
        let text = text.to_str();
        Ok(match text.to_ascii_lowercase().as_str() {
            "beforebegin" => Self::BeforeBegin,
            "afterbegin" => Self::AfterBegin,
            "beforeend" => Self::BeforeEnd,
            "afterend" => Self::AfterEnd,
            _ => {
                return Err(Error::dom(
                    DomExceptionName::Syntax,
                    format!(
                        "{text:?} is not one of beforebegin, afterbegin, beforeend and afterend"
                    ),
                ));
            }
        })
    }
}

/// "Insert adjacent": <https://dom.spec.whatwg.org/#insert-adjacent>
///
/// Says whether there was a place to insert into.
pub(super) fn insert_adjacent(
    cx: &mut Cx,
    element: NodeId,
    position: &DomString,
    node: NodeId,
) -> Fallible<bool> {
    let position = Position::parse(position)?;
    let place = {
        let agent = cx.engine();
        let tree = agent.tree();
        match position {
            Position::BeforeBegin => tree.parent(element).map(|parent| (parent, Some(element))),
            Position::AfterBegin => Some((element, tree.first_child(element))),
            Position::BeforeEnd => Some((element, None)),
            Position::AfterEnd => {
                tree.parent(element).map(|parent| (parent, tree.next_sibling(element)))
            }
        }
    };
    match place {
        Some((parent, child)) => mutation::pre_insert(cx, node, parent, child).map(|()| true),
        None => Ok(false),
    }
}

/// Whether a node is in an HTML document, whose markup is HTML.
fn is_html(cx: &Cx, id: NodeId) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    tree.owner_document(id).is_none_or(|document| tree.is_html_document(document))
}

/// Whether scripts run in a node's document.
fn has_scripting(cx: &Cx, id: NodeId) -> bool {
    let agent = cx.engine();
    let document = agent.tree().owner_document(id);
    document.is_some_and(|document| agent.is_shown(document))
}

/// "Fragment parsing algorithm steps": a fragment of what `text` says inside of
/// `context`.
///
/// <https://html.spec.whatwg.org/#fragment-parsing-algorithm-steps>
///
/// # Errors
/// `SyntaxError` if a document is XML and the text is not.
pub(crate) fn parse(cx: &mut Cx, context: NodeId, text: &str) -> Fallible<NodeId> {
    let agent = cx.engine();
    let fragment = if is_html(cx, context) {
        let scripting = has_scripting(cx, context);
        parser::parse_fragment(&mut agent.tree_mut(), context, text, scripting)
    } else {
        let parsed = xml::parse_fragment(&mut agent.tree_mut(), context, text);
        parsed.map_err(|error| {
            Error::dom(DomExceptionName::Syntax, format!("the text is not well-formed: {error}"))
        })?
    };
    parsed(cx, context, fragment);
    Ok(fragment)
}

/// A fragment was parsed.
fn parsed(cx: &mut Cx, context: NodeId, fragment: NodeId) {
    let agent = cx.engine();
    crate::html::hooks::fragment_parsed(cx, fragment);
    // Elements are made for the document that the context is in, but for those
    // of templates.
    if agent.tree().template_content(context).is_none() {
        crate::custom_elements::cloned(cx, fragment);
    }
    agent.wrappers.release(fragment);
}

/// "Unsafely set HTML": `target`, which is in a tree or will be, gets what `text` says
/// inside of `context`, shadow trees and all. The document may be XML: the text is not.
///
/// <https://html.spec.whatwg.org/#unsafely-set-html>
pub(super) fn set_unsafely(cx: &mut Cx, target: NodeId, context: NodeId, text: &str) {
    let agent = cx.engine();
    let scripting = has_scripting(cx, context);
    let fragment = {
        let mut tree = agent.tree_mut();
        parser::parse_fragment_with_shadows(&mut tree, context, text, scripting)
    };
    parsed(cx, context, fragment);
    mutation::replace_all(cx, Some(fragment), target);
}

/// What is inside a node as HTML, with the shadow trees that are wished for.
///
/// <https://html.spec.whatwg.org/#dom-element-gethtml>
pub(super) fn get(cx: &Cx, id: NodeId, options: &GetHTMLOptions) -> DomString {
    let roots: Vec<NodeId> = options.shadow_roots.iter().map(|root| root.id()).collect();
    let serializable = options.serializable_shadow_roots;
    let shadows = parser::WrittenShadows { serializable, roots: &roots };
    let scripting = has_scripting(cx, id);
    let agent = cx.engine();
    let text = parser::serialize_with_shadows(&agent.tree(), id, scripting, shadows);
    DomString::from(text)
}

fn not_well_formed(error: &xml::NotWellFormed) -> Error {
    crate::error::invalid_state(format!("the nodes cannot be written as XML: {error}"))
}

/// What is inside a node as text.
///
/// # Errors
/// `InvalidStateError` if a document is XML and XML cannot say it.
pub(crate) fn inner(cx: &mut Cx, id: NodeId) -> Fallible<DomString> {
    let agent = cx.engine();
    if is_html(cx, id) {
        let scripting = has_scripting(cx, id);
        return Ok(DomString::from(parser::serialize_children(&agent.tree(), id, scripting)));
    }
    let text = xml::serialize_children(&agent.tree(), id, true);
    text.map(DomString::from).map_err(|error| not_well_formed(&error))
}

/// A node with what is inside as text.
///
/// # Errors
/// As [`inner`].
pub(super) fn outer(cx: &mut Cx, id: NodeId) -> Fallible<DomString> {
    let agent = cx.engine();
    if is_html(cx, id) {
        let scripting = has_scripting(cx, id);
        return Ok(DomString::from(parser::serialize(&agent.tree(), id, scripting)));
    }
    let text = xml::serialize(&agent.tree(), id, true);
    text.map(DomString::from).map_err(|error| not_well_formed(&error))
}

/// <https://html.spec.whatwg.org/#dom-element-innerhtml>
pub(super) fn set_inner(cx: &mut Cx, id: NodeId, text: &str) -> Fallible<()> {
    let target = cx.engine().tree().template_content(id).unwrap_or(id);
    // Most settings are to nothing or to plain text, which needs no parser.
    if !text.contains(['<', '&', '\r', '\0']) && parses_as_text(cx, id) && is_html(cx, id) {
        mutation::string_replace_all(cx, text, target);
        return Ok(());
    }
    let fragment = parse(cx, id, text)?;
    mutation::replace_all(cx, Some(fragment), target);
    Ok(())
}

/// <https://html.spec.whatwg.org/#dom-shadowroot-innerhtml>
pub(super) fn set_shadow_inner(cx: &mut Cx, root: NodeId, text: &str) -> Fallible<()> {
    let host = cx.engine().tree().host(root);
    let fragment = parse(cx, host.unwrap_or(root), text)?;
    mutation::replace_all(cx, Some(fragment), root);
    Ok(())
}

/// Whether text without markup becomes one text node inside of the element.
fn parses_as_text(cx: &Cx, id: NodeId) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    tree.namespace(id) == Some(&virga_dom::ns!(html))
        && tree.local_name(id).is_some_and(|name| {
            matches!(
                &**name,
                "a" | "b"
                    | "body"
                    | "button"
                    | "code"
                    | "dd"
                    | "div"
                    | "dt"
                    | "em"
                    | "h1"
                    | "h2"
                    | "h3"
                    | "h4"
                    | "h5"
                    | "h6"
                    | "i"
                    | "label"
                    | "li"
                    | "main"
                    | "p"
                    | "section"
                    | "small"
                    | "span"
                    | "strong"
                    | "td"
                    | "th"
                    | "ul"
            )
        })
}

/// <https://html.spec.whatwg.org/#dom-element-outerhtml>
pub(super) fn set_outer(cx: &mut Cx, id: NodeId, text: &str) -> Fallible<()> {
    // 2.–3.
    let (parent, kind) = {
        let agent = cx.engine();
        let tree = agent.tree();
        let Some(parent) = tree.parent(id) else { return Ok(()) };
        (parent, tree.kind(parent))
    };
    // 4.–5.
    let context = match kind {
        Some(NodeKind::Document) => {
            return Err(Error::dom(
                DomExceptionName::NoModificationAllowed,
                "the document element cannot be replaced by text",
            ));
        }
        Some(NodeKind::Element) => parent,
        _ => body_context(cx, id),
    };
    // 6.–7.
    let fragment = parse(cx, context, text)?;
    mutation::replace(cx, id, fragment, parent)
}

/// A `body` element to parse in, where there is no element around.
fn body_context(cx: &mut Cx, id: NodeId) -> NodeId {
    let agent = cx.engine();
    let context = {
        let mut tree = agent.tree_mut();
        let document = tree.owner_document(id).unwrap_or(id);
        tree.create_html_element(document, "body")
    };
    agent.wrappers.release(context);
    context
}

/// What `createContextualFragment` parses: in `context`, or in a `body`.
///
/// Steps 5 to 8 of <https://html.spec.whatwg.org/#dom-range-createcontextualfragment>.
pub(super) fn contextual_fragment(
    cx: &mut Cx,
    node: NodeId,
    context: Option<NodeId>,
    text: &str,
) -> Fallible<NodeId> {
    // 5.
    let unsuitable = {
        let agent = cx.engine();
        let tree = agent.tree();
        let html =
            tree.owner_document(node).is_some_and(|document| tree.is_html_document(document));
        context.is_none_or(|context| html && tree.is_html_element(context, "html"))
    };
    let context = match context {
        Some(context) if !unsuitable => context,
        _ => body_context(cx, node),
    };
    // 6.
    let fragment = parse(cx, context, text)?;
    // 7. Its scripts run when they are inserted.
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let scripts: Vec<NodeId> = tree
        .descendants(fragment)
        .filter(|id| tree.local_name(*id).is_some_and(|name| &**name == "script"))
        .collect();
    for script in scripts {
        tree.set_script_started(script, false);
        tree.set_parser_inserted(script, false);
    }
    Ok(fragment)
}

/// <https://html.spec.whatwg.org/#dom-element-insertadjacenthtml>
pub(super) fn insert_adjacent_html(
    cx: &mut Cx,
    id: NodeId,
    position: &DomString,
    text: &str,
) -> Fallible<()> {
    // 2.
    let context = match Position::parse(position)? {
        Position::AfterBegin | Position::BeforeEnd => id,
        Position::BeforeBegin | Position::AfterEnd => {
            let agent = cx.engine();
            let tree = agent.tree();
            let parent = tree.parent(id);
            match parent.filter(|parent| tree.kind(*parent) != Some(NodeKind::Document)) {
                Some(parent) => parent,
                None => {
                    return Err(Error::dom(
                        DomExceptionName::NoModificationAllowed,
                        "there is no element to insert into",
                    ));
                }
            }
        }
    };
    // 3.
    let unsuitable = {
        let agent = cx.engine();
        let tree = agent.tree();
        let html = tree.owner_document(context).is_some_and(|id| tree.is_html_document(id));
        !tree.is_element(context) || (html && tree.is_html_element(context, "html"))
    };
    let context = if unsuitable { body_context(cx, id) } else { context };
    // 4.–5.
    let fragment = parse(cx, context, text)?;
    insert_adjacent(cx, id, position, fragment)?;
    Ok(())
}
