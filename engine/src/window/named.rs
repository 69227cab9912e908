//! Elements as properties of the global object:
//! <https://html.spec.whatwg.org/#named-access-on-the-window-object>
//!
//! The named properties object stands in the prototype chain of the window, so
//! it is only asked for names that nothing else has.

use virga_dom::{NodeId, Tree};
use virga_js::{
    Cx, DomString, Flags, NativeFn, Object, Property, Value,
    exotic::{self, Traps},
};

use crate::{
    agent::EngineCx,
    dom::{
        Filter, HTMLCollection,
        named_properties::{self, Named},
    },
    navigable::{self, named as frames},
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
        delete_property: Some(NativeFn::new(named_properties::refuse)),
        prevent_extensions: Some(NativeFn::new(named_properties::refuse)),
        ..named_properties::traps::<Names>()
    };
    let handler = traps.handler(cx);
    let named = exotic::bare(cx, &target, &handler);
    prototype.set_prototype(Some(&named));
}

struct Names;

impl Named for Names {
    /// What a name stands for: the frame with that index or name, the element with it
    /// as its id, or as the name of one of the kinds that count; a collection if there
    /// are several.
    ///
    /// <https://html.spec.whatwg.org/#dom-window-nameditem>
    fn find(cx: &mut Cx, key: &Value) -> Option<Value> {
        let name = key.as_string()?;
        let name = name.to_str();
        if name.is_empty() {
            return None;
        }
        let agent = cx.engine();
        let window = cx.window();
        if let Some(own) = agent.navigable_of(&window).filter(|own| own.has_children()) {
            let children = agent.navigables.children(&own);
            let frame = match frames::array_index(&name) {
                Some(index) => children.get(index).cloned(),
                None => children.into_iter().find(|child| child.name() == *name),
            };
            if let Some(frame) = frame {
                return Some(navigable::proxy_value(cx, &frame));
            }
        }
        let document = window.document_id();
        let first = {
            let tree = agent.tree();
            // No name that is looked for walks the document for nothing.
            if !tree.knows_element_name(&name) {
                let only = tree.element_by_id(document, &name)?;
                if tree.count_id(document, &name) == 1 { Some(only) } else { None }
            } else {
                None
            }
        };
        if let Some(only) = first {
            return Some(cx.wrap(only).value());
        }
        let found = named(&agent.tree(), document, &name);
        match found.as_slice() {
            [] => None,
            [one] => Some(cx.wrap(*one).value()),
            _ => {
                let root = cx.wrap(document);
                let filter = Filter::FindNamed(named, name.into_owned());
                Some(HTMLCollection::create(cx, root, filter).value())
            }
        }
    }
}

/// The named objects of a name, but for frames.
fn named(tree: &Tree, document: NodeId, name: &str) -> Vec<NodeId> {
    tree.descendants(document)
        .filter(|&id| {
            let by_id = tree.element_id(id).is_some_and(|own| &**own == name);
            let counts = ["embed", "form", "img", "object"]
                .iter()
                .any(|kind| tree.is_html_element(id, kind));
            by_id || counts && tree.plain_attribute(id, &"name".into()) == Some(name)
        })
        .collect()
}
