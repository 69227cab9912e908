//! The `Element` interface: <https://dom.spec.whatwg.org/#interface-element>

use virga_dom::{LocalName, NodeId, QualName, ns, select, tree::QuirksMode};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{
    Attr, DOMTokenList, Filter, HTMLCollection, NamedNodeMap, ShadowRoot, attr, markup, mutation,
    named_node_map::{find, find_ns},
    names,
    node::tag_name,
    parent_node::selector_error,
    same_object,
};
use crate::{
    agent::EngineCx,
    generated::{
        BooleanOrScrollIntoViewOptions, ElementMethods, GetHTMLOptions, ScrollToOptions,
        ShadowRootInit,
    },
    geometry::{DOMRect, DOMRectList},
    html::cssom_view,
    wrappers::Node,
};

/// <https://dom.spec.whatwg.org/#interface-element>
#[derive(Trace, Platform)]
pub(crate) struct Element {
    #[base]
    node: Node,
}

impl Element {
    pub(crate) fn new(node: Node) -> Self {
        Self { node }
    }
}

/// Whether an element is an HTML element of an HTML document, whose attributes
/// ignore case.
fn ignores_case(cx: &Cx, id: NodeId) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    tree.namespace(id) == Some(&ns!(html))
        && tree.owner_document(id).is_some_and(|document| tree.is_html_document(document))
}

/// The attribute name that `setAttribute` and its like mean.
fn attribute_name(cx: &Cx, id: NodeId, name: &DomString) -> Fallible<QualName> {
    let name = name.to_str();
    names::check_attribute_local_name(&name)?;
    let lower = name.bytes().any(|byte| byte.is_ascii_uppercase()) && ignores_case(cx, id);
    let name = if lower { name.to_ascii_lowercase().into() } else { name };
    // An attribute of that qualified name keeps its namespace.
    let known = find(&cx.engine().tree(), id, &name);
    Ok(known.unwrap_or_else(|| names::plain(&name)))
}

/// `getElementsByTagName` of elements and documents.
pub(super) fn by_tag_name(cx: &mut Cx, root: Obj<Node>, name: &DomString) -> Obj<HTMLCollection> {
    let name = name.to_str();
    let filter = if name == "*" {
        Filter::AllElements
    } else {
        let html = {
            let agent = cx.engine();
            let tree = agent.tree();
            tree.owner_document(root.id()).is_some_and(|document| tree.is_html_document(document))
        };
        let qualified = name.clone().into_owned();
        let lowercase = if html { name.to_ascii_lowercase() } else { qualified.clone() };
        Filter::TagName { qualified, lowercase }
    };
    HTMLCollection::create(cx, root, filter)
}

/// `getElementsByTagNameNS` of elements and documents.
pub(super) fn by_tag_name_ns(
    cx: &mut Cx,
    root: Obj<Node>,
    namespace: Option<&DomString>,
    local: &DomString,
) -> Obj<HTMLCollection> {
    let any_namespace = namespace.is_some_and(|text| text.to_str() == "*");
    let local = local.to_str();
    let filter = Filter::TagNameNs {
        namespace: (!any_namespace).then(|| names::namespace(namespace)),
        local: (local != "*").then(|| LocalName::from(&*local)),
    };
    HTMLCollection::create(cx, root, filter)
}

/// `getElementsByClassName` of elements and documents.
pub(super) fn by_class_name(
    cx: &mut Cx,
    root: Obj<Node>,
    names: &DomString,
) -> Obj<HTMLCollection> {
    let classes = names.to_str().split_ascii_whitespace().map(str::to_owned).collect();
    let quirks = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.owner_document(root.id())
            .is_some_and(|document| tree.quirks_mode(document) == QuirksMode::Quirks)
    };
    HTMLCollection::create(cx, root, Filter::Classes { classes, quirks })
}

impl ElementMethods for Obj<Element> {
    fn attach_shadow(&self, cx: &mut Cx, init: ShadowRootInit) -> Fallible<Obj<ShadowRoot>> {
        let root = super::shadow::attach(cx, self.id(), &init)?;
        super::document::made(cx, root)
    }

    fn shadow_root(&self, cx: &mut Cx) -> Option<Obj<ShadowRoot>> {
        super::shadow::open_root(cx, self.id())
    }

    fn namespace_uri(&self, cx: &mut Cx) -> Option<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        let namespace = tree.namespace(self.id())?;
        (*namespace != ns!()).then(|| DomString::from(&**namespace))
    }

    fn prefix(&self, cx: &mut Cx) -> Option<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.name(self.id())?.prefix.as_ref().map(|prefix| DomString::from(&**prefix))
    }

    fn local_name(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let tree = agent.tree();
        DomString::from(tree.local_name(self.id()).map_or("", |name| name))
    }

    fn tag_name(&self, cx: &mut Cx) -> DomString {
        DomString::from(tag_name(&cx.engine().tree(), self.id()))
    }

    fn class_list(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        super::token_list_of(cx, self, "class")
    }

    fn has_attributes(&self, cx: &mut Cx) -> Fallible<bool> {
        Ok(!cx.engine().tree().attributes(self.id()).is_empty())
    }

    fn attributes(&self, cx: &mut Cx) -> Obj<NamedNodeMap> {
        same_object(
            cx,
            &self.upcast(),
            |extras| &mut extras.attributes,
            |cx| NamedNodeMap::create(cx, self.clone()),
        )
    }

    fn get_attribute_names(&self, cx: &mut Cx) -> Fallible<Vec<DomString>> {
        let agent = cx.engine();
        let tree = agent.tree();
        let names = tree.attributes(self.id()).iter().map(|own| own.qualified_name());
        Ok(names.map(DomString::from).collect())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-getattribute>
    fn get_attribute(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<DomString>> {
        let agent = cx.engine();
        let tree = agent.tree();
        let found = find(&tree, self.id(), &name.to_str());
        Ok(found
            .and_then(|name| tree.attribute(self.id(), &name.ns, &name.local))
            .map(DomString::from))
    }

    fn get_attribute_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<Option<DomString>> {
        let agent = cx.engine();
        let tree = agent.tree();
        let namespace = names::namespace(namespace.as_ref());
        let local = LocalName::from(&*local.to_str());
        Ok(tree.attribute(self.id(), &namespace, &local).map(DomString::from))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-setattribute>
    fn set_attribute(&self, cx: &mut Cx, name: DomString, value: DomString) -> Fallible<()> {
        let name = attribute_name(cx, self.id(), &name)?;
        mutation::set_attribute(cx, self.id(), &name, &value.to_str());
        Ok(())
    }

    fn set_attribute_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        qualified_name: DomString,
        value: DomString,
    ) -> Fallible<()> {
        let name = names::validate_and_extract(
            namespace.as_ref(),
            &qualified_name.to_str(),
            names::Context::Attribute,
        )?;
        mutation::set_attribute(cx, self.id(), &name, &value.to_str());
        Ok(())
    }

    fn remove_attribute(&self, cx: &mut Cx, name: DomString) -> Fallible<()> {
        let found = find(&cx.engine().tree(), self.id(), &name.to_str());
        if let Some(name) = found {
            attr::remove(cx, self, &name);
        }
        Ok(())
    }

    fn remove_attribute_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<()> {
        let found = find_ns(&cx.engine().tree(), self.id(), namespace.as_ref(), &local);
        if let Some(name) = found {
            attr::remove(cx, self, &name);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-element-toggleattribute>
    fn toggle_attribute(
        &self,
        cx: &mut Cx,
        name: DomString,
        force: Option<bool>,
    ) -> Fallible<bool> {
        let wanted = attribute_name(cx, self.id(), &name)?;
        let found = find(&cx.engine().tree(), self.id(), &name.to_str());
        match (found, force) {
            (None, None | Some(true)) => {
                mutation::set_attribute(cx, self.id(), &wanted, "");
                Ok(true)
            }
            (None, Some(false)) => Ok(false),
            (Some(name), None | Some(false)) => {
                attr::remove(cx, self, &name);
                Ok(false)
            }
            (Some(_), Some(true)) => Ok(true),
        }
    }

    fn has_attribute(&self, cx: &mut Cx, name: DomString) -> Fallible<bool> {
        Ok(find(&cx.engine().tree(), self.id(), &name.to_str()).is_some())
    }

    fn has_attribute_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<bool> {
        Ok(find_ns(&cx.engine().tree(), self.id(), namespace.as_ref(), &local).is_some())
    }

    fn get_attribute_node(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<Obj<Attr>>> {
        let found = find(&cx.engine().tree(), self.id(), &name.to_str());
        Ok(found.map(|name| attr::of_element(cx, self, &name)))
    }

    fn get_attribute_node_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<Option<Obj<Attr>>> {
        let found = find_ns(&cx.engine().tree(), self.id(), namespace.as_ref(), &local);
        Ok(found.map(|name| attr::of_element(cx, self, &name)))
    }

    fn set_attribute_node(&self, cx: &mut Cx, attr: Obj<Attr>) -> Fallible<Option<Obj<Attr>>> {
        attr::set(cx, self, &attr)
    }

    fn set_attribute_node_ns(&self, cx: &mut Cx, attr: Obj<Attr>) -> Fallible<Option<Obj<Attr>>> {
        attr::set(cx, self, &attr)
    }

    fn remove_attribute_node(&self, cx: &mut Cx, attr: Obj<Attr>) -> Fallible<Obj<Attr>> {
        let name = cx.engine().tree().attribute_name(attr.id()).cloned();
        match (attr.owner(), name) {
            (Some(owner), Some(name)) if owner == *self => {
                attr::remove(cx, self, &name);
                Ok(attr)
            }
            _ => Err(Error::dom(
                DomExceptionName::NotFound,
                "the attribute does not belong to this element",
            )),
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-element-closest>
    fn closest(&self, cx: &mut Cx, selectors: DomString) -> Fallible<Option<Obj<Element>>> {
        crate::html::forms::validity::refresh(cx);
        let found = select::closest(&cx.engine().tree(), self.id(), &selectors.to_str());
        Ok(found.map_err(selector_error)?.and_then(|id| cx.wrap_as(id)))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-matches>
    fn matches(&self, cx: &mut Cx, selectors: DomString) -> Fallible<bool> {
        crate::html::forms::validity::refresh(cx);
        select::matches(&cx.engine().tree(), self.id(), &selectors.to_str()).map_err(selector_error)
    }

    fn webkit_matches_selector(&self, cx: &mut Cx, selectors: DomString) -> Fallible<bool> {
        self.matches(cx, selectors)
    }

    fn get_elements_by_tag_name(
        &self,
        cx: &mut Cx,
        name: DomString,
    ) -> Fallible<Obj<HTMLCollection>> {
        Ok(by_tag_name(cx, self.upcast(), &name))
    }

    fn get_elements_by_tag_name_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<Obj<HTMLCollection>> {
        Ok(by_tag_name_ns(cx, self.upcast(), namespace.as_ref(), &local))
    }

    fn get_elements_by_class_name(
        &self,
        cx: &mut Cx,
        names: DomString,
    ) -> Fallible<Obj<HTMLCollection>> {
        Ok(by_class_name(cx, self.upcast(), &names))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-insertadjacentelement>
    fn insert_adjacent_element(
        &self,
        cx: &mut Cx,
        where_: DomString,
        element: Obj<Element>,
    ) -> Fallible<Option<Obj<Element>>> {
        let inserted = markup::insert_adjacent(cx, self.id(), &where_, element.id())?;
        Ok(inserted.then_some(element))
    }

    /// <https://dom.spec.whatwg.org/#dom-element-insertadjacenttext>
    fn insert_adjacent_text(
        &self,
        cx: &mut Cx,
        where_: DomString,
        data: DomString,
    ) -> Fallible<()> {
        let text = {
            let agent = cx.engine();
            let mut tree = agent.tree_mut();
            let document = tree.owner_document(self.id()).unwrap_or(self.id());
            tree.create_text(document, data.to_str().into_owned())
        };
        cx.engine().wrappers.release(text);
        markup::insert_adjacent(cx, self.id(), &where_, text)?;
        Ok(())
    }

    fn set_html_unsafe(&self, cx: &mut Cx, html: DomString) -> Fallible<()> {
        let id = self.id();
        let target = cx.engine().tree().template_content(id).unwrap_or(id);
        markup::set_unsafely(cx, target, id, &html.to_str());
        Ok(())
    }

    fn get_html(&self, cx: &mut Cx, options: GetHTMLOptions) -> Fallible<DomString> {
        Ok(markup::get(cx, self.id(), &options))
    }

    fn inner_html(&self, cx: &mut Cx) -> Fallible<DomString> {
        markup::inner(cx, self.id())
    }

    fn set_inner_html(&self, cx: &mut Cx, text: DomString) -> Fallible<()> {
        markup::set_inner(cx, self.id(), &text.to_str())
    }

    fn outer_html(&self, cx: &mut Cx) -> Fallible<DomString> {
        markup::outer(cx, self.id())
    }

    fn set_outer_html(&self, cx: &mut Cx, text: DomString) -> Fallible<()> {
        markup::set_outer(cx, self.id(), &text.to_str())
    }

    fn insert_adjacent_html(
        &self,
        cx: &mut Cx,
        position: DomString,
        text: DomString,
    ) -> Fallible<()> {
        markup::insert_adjacent_html(cx, self.id(), &position, &text.to_str())
    }

    fn get_client_rects(&self, cx: &mut Cx) -> Fallible<Obj<DOMRectList>> {
        Ok(cssom_view::client_rects(cx, self))
    }

    fn get_bounding_client_rect(&self, cx: &mut Cx) -> Fallible<Obj<DOMRect>> {
        Ok(cssom_view::bounding_client_rect(cx, self))
    }

    fn scroll_into_view(&self, cx: &mut Cx, arg: BooleanOrScrollIntoViewOptions) -> Fallible<()> {
        cssom_view::scroll_into_view(cx, self.id(), &arg);
        Ok(())
    }

    fn scroll(&self, cx: &mut Cx, options: ScrollToOptions) -> Fallible<()> {
        cssom_view::scroll_to(cx, self.id(), &options);
        Ok(())
    }

    fn scroll_with_x_and_y(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<()> {
        cssom_view::set_scroll_position(cx, self.id(), Some(x), Some(y));
        Ok(())
    }

    fn scroll_to(&self, cx: &mut Cx, options: ScrollToOptions) -> Fallible<()> {
        cssom_view::scroll_to(cx, self.id(), &options);
        Ok(())
    }

    fn scroll_to_with_x_and_y(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<()> {
        cssom_view::set_scroll_position(cx, self.id(), Some(x), Some(y));
        Ok(())
    }

    fn scroll_by(&self, cx: &mut Cx, options: ScrollToOptions) -> Fallible<()> {
        cssom_view::scroll_by(cx, self.id(), &options);
        Ok(())
    }

    fn scroll_by_with_x_and_y(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<()> {
        let options = ScrollToOptions { left: Some(x), top: Some(y), ..Default::default() };
        cssom_view::scroll_by(cx, self.id(), &options);
        Ok(())
    }

    fn scroll_top(&self, cx: &mut Cx) -> f64 {
        cssom_view::scroll_position(cx, self.id()).1
    }

    fn set_scroll_top(&self, cx: &mut Cx, value: f64) -> Fallible<()> {
        cssom_view::set_scroll_position(cx, self.id(), None, Some(value));
        Ok(())
    }

    fn scroll_left(&self, cx: &mut Cx) -> f64 {
        cssom_view::scroll_position(cx, self.id()).0
    }

    fn set_scroll_left(&self, cx: &mut Cx, value: f64) -> Fallible<()> {
        cssom_view::set_scroll_position(cx, self.id(), Some(value), None);
        Ok(())
    }

    fn scroll_width(&self, cx: &mut Cx) -> i32 {
        cssom_view::scroll_extent(cx, self.id()).0
    }

    fn scroll_height(&self, cx: &mut Cx) -> i32 {
        cssom_view::scroll_extent(cx, self.id()).1
    }

    fn client_top(&self, cx: &mut Cx) -> i32 {
        cssom_view::client_offset(cx, self.id()).1
    }

    fn client_left(&self, cx: &mut Cx) -> i32 {
        cssom_view::client_offset(cx, self.id()).0
    }

    fn client_width(&self, cx: &mut Cx) -> i32 {
        cssom_view::client_size(cx, self.id()).0
    }

    fn client_height(&self, cx: &mut Cx) -> i32 {
        cssom_view::client_size(cx, self.id()).1
    }
}
