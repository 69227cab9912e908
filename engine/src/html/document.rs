//! The members of documents that are about HTML:
//! <https://html.spec.whatwg.org/#the-document-object>

use virga_dom::{LocalName, NodeId, Tree};
use virga_js::{Cx, DomString};

use super::{attribute, set_attribute};
use crate::agent::EngineCx;

/// The body element that colours are read from; a frameset has none.
fn coloured_body(cx: &Cx, document: NodeId) -> Option<NodeId> {
    let agent = cx.engine();
    let tree = agent.tree();
    tree.body(document).filter(|&body| tree.is_html_element(body, "body"))
}

/// `document.bgColor` and its like, which reflect attributes of the body.
///
/// <https://html.spec.whatwg.org/#dom-document-fgcolor>
pub(crate) fn body_attribute(cx: &Cx, document: NodeId, name: &str) -> DomString {
    let body = coloured_body(cx, document);
    body.and_then(|body| attribute(cx, body, name)).unwrap_or_default().into()
}

/// Sets what [`body_attribute`] gives.
pub(crate) fn set_body_attribute(cx: &mut Cx, document: NodeId, name: &str, value: &DomString) {
    if let Some(body) = coloured_body(cx, document) {
        set_attribute(cx, body, name, &value.to_str());
    }
}

/// The elements that a document knows by a name.
///
/// <https://html.spec.whatwg.org/#dom-document-nameditem-filter>
pub(super) fn named_elements(cx: &Cx, document: NodeId, name: &str) -> Vec<NodeId> {
    named_in(&cx.engine().tree(), document, name)
}

/// As [`named_elements`].
pub(super) fn named_in(tree: &Tree, document: NodeId, name: &str) -> Vec<NodeId> {
    if name.is_empty() || !(tree.knows_element_name(name) || tree.has_id(document, name)) {
        return Vec::new();
    }
    let attribute = |id: NodeId, key: &str| tree.plain_attribute(id, &LocalName::from(key));
    tree.descendants(document)
        .filter(|&id| {
            if tree.namespace(id) != Some(&virga_dom::ns!(html)) {
                return false;
            }
            let named = attribute(id, "name") == Some(name);
            match tree.local_name(id).map_or("", |local| local) {
                "form" | "iframe" => named,
                "embed" | "object" => {
                    let exposed =
                        !tree.ancestors(id).any(|above| tree.is_html_element(above, "object"));
                    let by_id =
                        attribute(id, "id") == Some(name) && tree.is_html_element(id, "object");
                    exposed && (named || by_id)
                }
                "img" => {
                    let by_id = attribute(id, "id") == Some(name)
                        && attribute(id, "name").is_some_and(|name| !name.is_empty());
                    named || by_id
                }
                _ => false,
            }
        })
        .collect()
}
