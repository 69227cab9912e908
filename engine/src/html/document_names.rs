//! Elements as properties of the document:
//! <https://html.spec.whatwg.org/#dom-document-nameditem>
//!
//! A document would have to be a proxy for that, and everything asked of it
//! slower. Instead the first element with a name that counts puts an object with
//! the names between the document and its prototype: documents without such
//! elements pay nothing.

use virga_dom::NodeId;
use virga_js::{
    Cx, Fallible, Flags, NativeFn, Obj, Object, Property, PropertyKey, Value,
    exotic::{self, Traps},
};

use super::document::named_elements;
use crate::{
    agent::EngineCx,
    dom::{Filter, HTMLCollection},
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
    let traps = Traps {
        get: Some(NativeFn::new(get)),
        has: Some(NativeFn::new(has)),
        get_own_property_descriptor: Some(NativeFn::new(describe)),
        define_property: Some(NativeFn::new(refuse)),
        ..Traps::default()
    };
    let handler = traps.handler(cx);
    let named = exotic::bare(cx, &target, &handler);
    document.object().set_prototype(Some(&named));
}

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

fn argument(args: &[Value], index: usize) -> Value {
    args.get(index).cloned().unwrap_or_default()
}

fn target(args: &[Value]) -> Fallible<Object> {
    argument(args, 0)
        .as_object()
        .ok_or_else(|| virga_js::Error::type_error("a trap gets its target"))
}

fn key_of(cx: &mut Cx, args: &[Value]) -> Fallible<PropertyKey> {
    argument(args, 1).to_property_key(cx)
}

fn get(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some(found) = find(cx, &argument(args, 1)) {
        return Ok(found);
    }
    exotic::ordinary_get(cx, &target(args)?, &argument(args, 1), &argument(args, 2))
}

fn has(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if find(cx, &argument(args, 1)).is_some() {
        return Ok(true.into());
    }
    let key = key_of(cx, args)?;
    Ok(target(args)?.has(cx, key)?.into())
}

fn describe(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some(found) = find(cx, &argument(args, 1)) {
        let property = Property::data(found, Flags::HIDDEN);
        return Ok(property.to_object(cx)?.into());
    }
    let key = key_of(cx, args)?;
    match target(args)?.own_property(cx, key)? {
        Some(property) => Ok(property.to_object(cx)?.into()),
        None => Ok(Value::undefined()),
    }
}

fn refuse(_: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    Ok(false.into())
}
