//! Elements as properties of the global object:
//! <https://html.spec.whatwg.org/#named-access-on-the-window-object>
//!
//! The named properties object stands in the prototype chain of the window, so
//! it is only asked for names that nothing else has.

use std::rc::Rc;

use virga_dom::NodeId;
use virga_js::{
    Cx, DomString, Fallible, Flags, NativeFn, Object, Property, PropertyKey, Value,
    exotic::{self, Traps},
};

use crate::{
    agent::EngineCx,
    navigable::{self, Navigable, named},
    wrappers::Node,
};

/// Puts the named properties object between `Window.prototype` and
/// `EventTarget.prototype` of the current realm.
pub(super) fn install(cx: &mut Cx) {
    let Some(prototype) = cx.global().prototype() else { return };
    let Some(above) = prototype.prototype() else { return };
    let target = Object::with_prototype(cx, Some(&above));
    target.put(
        virga_js::Symbol::to_string_tag(),
        Property::data(DomString::from("WindowProperties"), Flags::TAG),
    );
    let traps = Traps {
        get: Some(NativeFn::new(get)),
        has: Some(NativeFn::new(has)),
        get_own_property_descriptor: Some(NativeFn::new(describe)),
        delete_property: Some(NativeFn::new(refuse)),
        define_property: Some(NativeFn::new(refuse)),
        prevent_extensions: Some(NativeFn::new(refuse)),
        ..Traps::default()
    };
    let handler = traps.handler(cx);
    let named = exotic::bare(cx, &target, &handler);
    prototype.set_prototype(Some(&named));
}

/// What a name stands for.
enum Named {
    Frame(Rc<Navigable>),
    Element(NodeId),
}

impl Named {
    fn value(self, cx: &mut Cx) -> Value {
        match self {
            Self::Frame(navigable) => navigable::proxy_value(cx, &navigable),
            Self::Element(id) => {
                let node: virga_js::Obj<Node> = cx.wrap(id);
                node.value()
            }
        }
    }
}

/// What a name stands for: the frame with that index or name, else the first element
/// with it as its id. The names of forms and images do not count: looking for them
/// would walk the document for every global that does not exist.
fn find(cx: &Cx, key: &Value) -> Option<Named> {
    let name = key.as_string()?;
    let name = name.to_str();
    if name.is_empty() {
        return None;
    }
    let agent = cx.engine();
    let window = cx.window();
    if let Some(own) = agent.navigable_of(&window).filter(|own| own.has_children()) {
        let children = agent.navigables.children(&agent, &own);
        let frame = match named::array_index(&name) {
            Some(index) => children.get(index).cloned(),
            None => children.into_iter().find(|child| child.name() == *name),
        };
        if let Some(frame) = frame {
            return Some(Named::Frame(frame));
        }
    }
    let tree = agent.tree();
    tree.element_by_id(window.document_id(), &name).map(Named::Element)
}

fn argument(args: &[Value], index: usize) -> Value {
    args.get(index).cloned().unwrap_or_default()
}

fn key_of(cx: &mut Cx, args: &[Value]) -> Fallible<PropertyKey> {
    argument(args, 1).to_property_key(cx)
}

fn get(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some(found) = find(cx, &argument(args, 1)) {
        return Ok(found.value(cx));
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

/// <https://webidl.spec.whatwg.org/#named-properties-object-getownproperty>
fn describe(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some(found) = find(cx, &argument(args, 1)) {
        let value = found.value(cx);
        let property = Property::data(value, Flags::HIDDEN);
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

fn target(args: &[Value]) -> Fallible<Object> {
    argument(args, 0)
        .as_object()
        .ok_or_else(|| virga_js::Error::type_error("a trap gets its target"))
}
