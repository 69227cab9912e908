//! Attributes as nodes: <https://dom.spec.whatwg.org/#interface-attr>
//!
//! An element's attributes are names and values in the tree. An `Attr` is made
//! when script asks for one; while it has an owner its value is the element's.

use std::cell::RefCell;

use virga_dom::QualName;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{Element, mutation};
use crate::{agent::EngineCx, generated::AttrMethods, wrappers::Node};

/// <https://dom.spec.whatwg.org/#interface-attr>
#[derive(Trace, Platform)]
pub(crate) struct Attr {
    #[base]
    node: Node,
    owner: RefCell<Option<Obj<Element>>>,
}

impl Attr {
    pub(super) fn new(node: Node) -> Self {
        Self { node, owner: RefCell::default() }
    }

    /// The element it belongs to.
    pub(super) fn owner(&self) -> Option<Obj<Element>> {
        self.owner.borrow().clone()
    }
}

fn name(cx: &Cx, attr: &Obj<Attr>) -> QualName {
    let agent = cx.engine();
    let tree = agent.tree();
    tree.attribute_name(attr.id()).cloned().unwrap_or_else(|| super::names::plain(""))
}

/// The node for an attribute that an element has.
pub(super) fn of_element(cx: &mut Cx, element: &Obj<Element>, wanted: &QualName) -> Obj<Attr> {
    let known = element.with_extras(|extras| extras.attribute_nodes.clone()).unwrap_or_default();
    for attr in known {
        let own = name(cx, &attr);
        if own.ns == wanted.ns && own.local == wanted.local {
            return attr;
        }
    }
    let agent = cx.engine();
    let id = {
        let mut tree = agent.tree_mut();
        let document = tree.owner_document(element.id()).unwrap_or(element.id());
        tree.create_attribute(document, wanted.clone(), "")
    };
    match cx.wrap_as::<Attr>(id) {
        Some(attr) => {
            attach(element, &attr);
            attr
        }
        None => unreachable!("the wrapper of an attribute is an Attr"),
    }
}

fn attach(element: &Obj<Element>, attr: &Obj<Attr>) {
    attr.owner.replace(Some(element.clone()));
    element.with_extras_mut(|extras| extras.attribute_nodes.push(attr.clone()));
}

/// To be called when an element loses an attribute: its node, if script has seen
/// it, keeps the value and stands alone.
pub(super) fn detach(cx: &mut Cx, element: &Obj<Element>, wanted: &QualName, value: &str) {
    let known = element.with_extras(|extras| extras.attribute_nodes.clone()).unwrap_or_default();
    for attr in known {
        let own = name(cx, &attr);
        if own.ns == wanted.ns && own.local == wanted.local {
            cx.engine().tree_mut().set_text(attr.id(), value);
            attr.owner.replace(None);
            element.with_extras_mut(|extras| extras.attribute_nodes.retain(|other| *other != attr));
        }
    }
}

/// Takes an attribute from its element; its node stands alone from then on.
pub(super) fn remove(cx: &mut Cx, element: &Obj<Element>, name: &QualName) -> Option<String> {
    let value = mutation::remove_attribute(cx, element.id(), name)?;
    detach(cx, element, name, &value);
    Some(value)
}

/// "Set an attribute": <https://dom.spec.whatwg.org/#concept-element-attributes-set>
pub(super) fn set(
    cx: &mut Cx,
    element: &Obj<Element>,
    attr: &Obj<Attr>,
) -> Fallible<Option<Obj<Attr>>> {
    // 1.
    match attr.owner() {
        Some(owner) if owner == *element => return Ok(Some(attr.clone())),
        Some(_) => {
            return Err(Error::dom(
                DomExceptionName::InUseAttribute,
                "the attribute belongs to another element",
            ));
        }
        None => {}
    }
    let name = name(cx, attr);
    let value = value(cx, attr).to_str().into_owned();
    // 2.–6.
    let old_name = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.attributes(element.id())
            .iter()
            .find(|own| own.name.ns == name.ns && own.name.local == name.local)
            .map(|own| (own.name.clone(), own.value().to_owned()))
    };
    let old = match old_name {
        Some((old_name, old_value)) => {
            let old = of_element(cx, element, &old_name);
            detach(cx, element, &old_name, &old_value);
            Some(old)
        }
        None => None,
    };
    attach(element, attr);
    mutation::set_attribute(cx, element.id(), &name, &value);
    Ok(old)
}

/// The value: the element's, while there is one.
pub(super) fn value(cx: &mut Cx, attr: &Obj<Attr>) -> DomString {
    let agent = cx.engine();
    let tree = agent.tree();
    if let Some(owner) = attr.owner()
        && let Some(name) = tree.attribute_name(attr.id())
    {
        let value = tree.attribute(owner.id(), &name.ns, &name.local);
        return DomString::from(value.unwrap_or_default());
    }
    DomString::from(tree.text(attr.id()))
}

/// "Set an existing attribute value".
///
/// <https://dom.spec.whatwg.org/#set-an-existing-attribute-value>
pub(super) fn set_value(cx: &mut Cx, attr: &Obj<Attr>, value: &DomString) {
    match attr.owner() {
        Some(owner) => {
            let name = name(cx, attr);
            mutation::set_attribute(cx, owner.id(), &name, &value.to_str());
        }
        None => {
            cx.engine().tree_mut().set_text(attr.id(), value.to_str().into_owned());
        }
    }
}

impl AttrMethods for Obj<Attr> {
    fn namespace_uri(&self, cx: &mut Cx) -> Option<DomString> {
        let name = name(cx, self);
        (name.ns != virga_dom::ns!()).then(|| DomString::from(&*name.ns))
    }

    fn prefix(&self, cx: &mut Cx) -> Option<DomString> {
        name(cx, self).prefix.map(|prefix| DomString::from(&*prefix))
    }

    fn local_name(&self, cx: &mut Cx) -> DomString {
        DomString::from(&*name(cx, self).local)
    }

    fn name(&self, cx: &mut Cx) -> DomString {
        DomString::from(super::node::qualified_name(&cx.engine().tree(), self.id()))
    }

    fn value(&self, cx: &mut Cx) -> DomString {
        value(cx, self)
    }

    fn set_value(&self, cx: &mut Cx, new: DomString) -> Fallible<()> {
        set_value(cx, self, &new);
        Ok(())
    }

    fn owner_element(&self, _cx: &mut Cx) -> Option<Obj<Element>> {
        self.owner()
    }

    fn specified(&self, _cx: &mut Cx) -> bool {
        true
    }
}
