use virga_dom::{LocalName, QualName, Tree, ns};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{Attr, Element, attr, names};
use crate::{agent::EngineCx, generated::NamedNodeMapMethods};

/// <https://dom.spec.whatwg.org/#interface-namednodemap>
#[derive(Trace, Platform)]
pub(crate) struct NamedNodeMap {
    element: Obj<Element>,
}

impl NamedNodeMap {
    pub(super) fn create(cx: &mut Cx, element: Obj<Element>) -> Obj<Self> {
        Obj::new(cx, Self { element })
    }
}

/// "Get an attribute by name": <https://dom.spec.whatwg.org/#concept-element-attributes-get-by-name>
pub(super) fn find(tree: &Tree, element: virga_dom::NodeId, qualified: &str) -> Option<QualName> {
    let html = tree.namespace(element) == Some(&ns!(html))
        && tree.owner_document(element).is_some_and(|document| tree.is_html_document(document));
    let lower;
    let wanted = if html && qualified.bytes().any(|byte| byte.is_ascii_uppercase()) {
        lower = qualified.to_ascii_lowercase();
        &lower
    } else {
        qualified
    };
    let is = |name: &QualName| match &name.prefix {
        None => *name.local == *wanted,
        Some(prefix) => wanted
            .strip_prefix(&**prefix)
            .and_then(|rest| rest.strip_prefix(':'))
            .is_some_and(|local| *local == *name.local),
    };
    tree.attributes(element).iter().map(|own| &own.name).find(|name| is(name)).cloned()
}

/// "Get an attribute by namespace and local name".
pub(super) fn find_ns(
    tree: &Tree,
    element: virga_dom::NodeId,
    namespace: Option<&DomString>,
    local: &DomString,
) -> Option<QualName> {
    let namespace = names::namespace(namespace);
    let local = LocalName::from(&*local.to_str());
    tree.attributes(element)
        .iter()
        .map(|own| &own.name)
        .find(|name| name.ns == namespace && name.local == local)
        .cloned()
}

fn absent(name: &DomString) -> Error {
    Error::dom(
        DomExceptionName::NotFound,
        format!("the element has no attribute {:?}", name.to_str()),
    )
}

impl NamedNodeMapMethods for Obj<NamedNodeMap> {
    #[expect(clippy::cast_possible_truncation, reason = "an element has fewer attributes")]
    fn length(&self, cx: &mut Cx) -> u32 {
        cx.engine().tree().attributes(self.element.id()).len() as u32
    }

    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<Attr>>> {
        let name = {
            let agent = cx.engine();
            let tree = agent.tree();
            tree.attributes(self.element.id()).get(index as usize).map(|own| own.name.clone())
        };
        Ok(name.map(|name| attr::of_element(cx, &self.element, &name)))
    }

    fn get_named_item(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<Obj<Attr>>> {
        let found = find(&cx.engine().tree(), self.element.id(), &name.to_str());
        Ok(found.map(|name| attr::of_element(cx, &self.element, &name)))
    }

    fn get_named_item_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<Option<Obj<Attr>>> {
        let found = find_ns(&cx.engine().tree(), self.element.id(), namespace.as_ref(), &local);
        Ok(found.map(|name| attr::of_element(cx, &self.element, &name)))
    }

    fn set_named_item(&self, cx: &mut Cx, attr: Obj<Attr>) -> Fallible<Option<Obj<Attr>>> {
        attr::set(cx, &self.element, &attr)
    }

    fn set_named_item_ns(&self, cx: &mut Cx, attr: Obj<Attr>) -> Fallible<Option<Obj<Attr>>> {
        attr::set(cx, &self.element, &attr)
    }

    fn remove_named_item(&self, cx: &mut Cx, name: DomString) -> Fallible<Obj<Attr>> {
        let found = find(&cx.engine().tree(), self.element.id(), &name.to_str());
        let found = found.ok_or_else(|| absent(&name))?;
        let node = attr::of_element(cx, &self.element, &found);
        attr::remove(cx, &self.element, &found);
        Ok(node)
    }

    fn remove_named_item_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<Obj<Attr>> {
        let found = find_ns(&cx.engine().tree(), self.element.id(), namespace.as_ref(), &local);
        let found = found.ok_or_else(|| absent(&local))?;
        let node = attr::of_element(cx, &self.element, &found);
        attr::remove(cx, &self.element, &found);
        Ok(node)
    }

    /// <https://dom.spec.whatwg.org/#interface-namednodemap> (supported property names)
    fn supported_names(&self, cx: &mut Cx) -> Vec<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        let id = self.element.id();
        let html = tree.namespace(id) == Some(&ns!(html))
            && tree.owner_document(id).is_some_and(|document| tree.is_html_document(document));
        let mut names: Vec<String> = Vec::new();
        for own in tree.attributes(id) {
            let name = own.qualified_name();
            let reachable = !html || !name.bytes().any(|byte| byte.is_ascii_uppercase());
            if reachable && !names.contains(&name) {
                names.push(name);
            }
        }
        names.into_iter().map(DomString::from).collect()
    }
}
