//! Elements as properties of the document:
//! <https://html.spec.whatwg.org/#dom-document-nameditem>
//!
//! A document would have to be a proxy for that, and everything asked of it
//! slower. Instead the first element with a name that counts puts an object with
//! the names between the document and its prototype: documents without such
//! elements pay nothing.

use virga_dom::NodeId;
use virga_js::{Cx, Obj, Object, Value, exotic};

use super::document::named_elements;
use crate::{
    agent::EngineCx,
    dom::{
        Filter, HTMLCollection,
        named_properties::{self, Named},
    },
    wrappers::Node,
};

/// An element came into a document, or got a name.
pub(super) fn note(cx: &mut Cx, element: NodeId) {
    let counts = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.namespace(element) == Some(&virga_dom::ns!(html))
            && tree.is_connected(element)
            && tree.owner_document(element) == Some(cx.document_id())
            && match tree.local_name(element).map_or("", |name| name) {
                "form" | "iframe" | "embed" | "img" => {
                    tree.plain_attribute(element, &"name".into()).is_some()
                }
                "object" => {
                    tree.plain_attribute(element, &"name".into()).is_some()
                        || tree.plain_attribute(element, &"id".into()).is_some()
                }
                _ => false,
            }
    };
    if !counts || cx.window().document_names.replace(true) {
        return;
    }
    let document = cx.document_id();
    let document = cx.wrap(document);
    let Some(above) = document.object().prototype() else { return };
    let target = Object::with_prototype(cx, Some(&above));
    let handler = named_properties::traps::<Names>().handler(cx);
    let named = exotic::bare(cx, &target, &handler);
    document.object().set_prototype(Some(&named));
}

struct Names;

impl Named for Names {
    /// What a name stands for: an element, or a collection of several.
    fn find(cx: &mut Cx, key: &Value) -> Option<Value> {
        let name = key.as_string()?;
        let name = name.to_str();
        let document = cx.document_id();
        match named_elements(cx, document, &name).as_slice() {
            [] => None,
            [one] => {
                let frame = cx.engine().navigables.of_container(*one);
                if let Some(frame) = frame {
                    return Some(crate::navigable::proxy_value(cx, &frame));
                }
                let node: Obj<Node> = cx.wrap(*one);
                Some(node.value())
            }
            _ => {
                let root = cx.wrap(document);
                let filter = Filter::FindNamed(super::document::named_in, name.into_owned());
                Some(HTMLCollection::create(cx, root, filter).value())
            }
        }
    }
}
