//! The `Document` interface: <https://dom.spec.whatwg.org/#interface-document>,
//! <https://html.spec.whatwg.org/#the-document-object>

use std::cell::{Cell, RefCell};

use url::Url;
use virga_dom::{
    LocalName, NodeId, QualName, Tree, ns,
    parser::HtmlParser,
    tree::{CloneOptions, NodeKind, QuirksMode},
};
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Realm, Trace, Value,
};
use virga_protocol::Point;

use super::{
    Attr, CDATASection, Comment, DOMImplementation, DocumentFragment, DocumentType, Element,
    Filter, HTMLCollection, NodeIterator, NodeList, ProcessingInstruction, Range, Text, TreeWalker,
    collection_of, element, mutation, names, ranges::Boundary, same_object, traversal,
};
use crate::{
    agent::EngineCx,
    cssom::{self, StyleSheetList},
    cssom_view::CaretPosition,
    custom_elements,
    events::{self, Event},
    generated::{
        DOMStringOrElementCreationOptions, DocumentFragmentMethods, DocumentMethods,
        DocumentReadyState, DocumentVisibilityState, NodeFilter, WindowMethods, XMLDocumentMethods,
    },
    interfaces::{HTMLElement, HTMLHeadElement, HTMLScriptElement, Location},
    loading::{ReadyState, open, title},
    selection::Selection,
    window::{Window, rendering},
    wrappers::Node,
};

/// <https://dom.spec.whatwg.org/#interface-document>
#[derive(Trace, Platform)]
pub(crate) struct Document {
    #[base]
    node: Node,
    /// The type of a document that no window shows.
    #[trace(skip)]
    content_type: Cell<Option<&'static str>>,
    /// The address of a document that no window shows.
    #[trace(skip)]
    url: RefCell<Option<Url>>,
    /// The realm that it was made in.
    realm: Realm,
    /// What `document.open` made for a document that no window shows.
    #[trace(skip)]
    pub(crate) parser: RefCell<Option<Box<HtmlParser>>>,
}

impl Document {
    /// The realm that the document was made in.
    pub(crate) fn realm(&self) -> &Realm {
        &self.realm
    }

    /// Tells the type of a document that script made.
    pub(super) fn set_content_type(&self, content_type: &'static str) {
        self.content_type.set(Some(content_type));
    }

    /// Tells the address of a document that script had parsed.
    pub(super) fn set_url(&self, url: Url) {
        self.url.replace(Some(url));
    }
}

/// <https://dom.spec.whatwg.org/#interface-xmldocument>
#[derive(Trace, Platform)]
pub(crate) struct XMLDocument {
    #[base]
    document: Document,
}

impl XMLDocumentMethods for Obj<XMLDocument> {}

pub(super) fn make_wrapper(cx: &mut Cx, node: Node) -> Obj<Node> {
    let is_plain = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.is_html_document(node.id()) || tree.is_generic_document(node.id())
    };
    let document = Document {
        node,
        content_type: Cell::new(None),
        url: RefCell::default(),
        realm: cx.realm(),
        parser: RefCell::default(),
    };
    if is_plain {
        Obj::new(cx, document).upcast()
    } else {
        Obj::new(cx, XMLDocument { document }).upcast()
    }
}

/// The wrapper of a node that was made as a `T`.
pub(super) fn made<T: 'static>(cx: &mut Cx, id: NodeId) -> Fallible<Obj<T>> {
    cx.wrap_as(id).ok_or_else(|| Error::type_error("the node is not what it was made as"))
}

/// What a copy has that is not in the tree. Gives its wrapper.
pub(super) fn finish_clone(cx: &mut Cx, original: NodeId, copy: NodeId) -> Obj<Node> {
    crate::html::hooks::cloned(cx, original, copy);
    custom_elements::cloned(cx, copy);
    let node = cx.wrap(copy);
    let original = cx.engine().wrappers.get(cx, original);
    if let Some(original) = original.and_then(|node| node.downcast::<Document>())
        && let Some(document) = node.downcast::<Document>()
    {
        document.content_type.set(original.content_type.get());
        document.url.replace(original.url.borrow().clone());
    }
    node
}

/// The window that shows a document.
fn window_of(cx: &Cx, document: &Obj<Document>) -> Option<Obj<Window>> {
    cx.engine().window_of_document(document.id())
}

/// The serialized base URL of a document.
pub(super) fn base_url(cx: &Cx, document: NodeId) -> String {
    let agent = cx.engine();
    match agent.window_of_document(document) {
        Some(window) => window.base_url(&agent).to_string(),
        None => {
            let wrapper = agent.wrappers.get(cx, document).and_then(|node| node.downcast());
            let url = wrapper.and_then(|document: Obj<Document>| document.url.borrow().clone());
            match url {
                Some(url) => crate::loading::base_url(&agent, document, &url).to_string(),
                None => "about:blank".to_owned(),
            }
        }
    }
}

/// Whether a document was served as XHTML, so that its elements are HTML's.
fn is_xhtml(cx: &Cx, document: &Obj<Document>) -> bool {
    match window_of(cx, document) {
        Some(window) => window.loading.content_type() == "application/xhtml+xml",
        None => document.content_type.get() == Some("application/xhtml+xml"),
    }
}

/// The `is` value that options ask for.
fn is_option(options: &DOMStringOrElementCreationOptions) -> Option<String> {
    match options {
        DOMStringOrElementCreationOptions::ElementCreationOptions(options) => {
            options.is.as_ref().map(|is| is.to_str().into_owned())
        }
        DOMStringOrElementCreationOptions::DOMString(_) => None,
    }
}

fn has_href(tree: &Tree, id: NodeId) -> bool {
    tree.plain_attribute(id, &LocalName::from("href")).is_some()
}

fn is_link(tree: &Tree, id: NodeId) -> bool {
    (tree.is_html_element(id, "a") || tree.is_html_element(id, "area")) && has_href(tree, id)
}

impl DocumentFragmentMethods for Obj<DocumentFragment> {
    /// <https://dom.spec.whatwg.org/#dom-documentfragment-documentfragment>
    fn constructor(cx: &mut Cx) -> Fallible<Self> {
        let document = cx.document_id();
        let id = cx.engine().tree_mut().create_fragment(document);
        made(cx, id)
    }
}

fn joined(text: &[DomString], end: &str) -> String {
    let mut all: String = text.iter().map(|part| part.to_str().into_owned()).collect();
    all.push_str(end);
    all
}

impl DocumentMethods for Obj<Document> {
    /// <https://dom.spec.whatwg.org/#dom-document-document>
    fn constructor(cx: &mut Cx) -> Fallible<Self> {
        let id = {
            let agent = cx.engine();
            let mut tree = agent.tree_mut();
            let id = tree.create_document(false);
            tree.set_generic_document(id);
            id
        };
        made(cx, id)
    }

    /// <https://html.spec.whatwg.org/#dom-parsehtmlunsafe>
    fn parse_html_unsafe(cx: &mut Cx, html: DomString) -> Fallible<Self> {
        super::parser::parse_unsafely(cx, &html.to_str())
    }

    fn implementation(&self, cx: &mut Cx) -> Obj<DOMImplementation> {
        let node: Obj<Node> = self.upcast();
        same_object(
            cx,
            &node,
            |extras| &mut extras.implementation,
            |cx| DOMImplementation::create(cx, node.clone()),
        )
    }

    fn url(&self, cx: &mut Cx) -> String {
        let url = match window_of(cx, self) {
            Some(window) => Some(window.url()),
            None => self.url.borrow().clone(),
        };
        url.map_or_else(|| "about:blank".to_owned(), |url| url.to_string())
    }

    fn document_uri(&self, cx: &mut Cx) -> String {
        self.url(cx)
    }

    fn compat_mode(&self, cx: &mut Cx) -> DomString {
        let quirks = cx.engine().tree().quirks_mode(self.id()) == QuirksMode::Quirks;
        DomString::from(if quirks { "BackCompat" } else { "CSS1Compat" })
    }

    fn character_set(&self, cx: &mut Cx) -> DomString {
        DomString::from(window_of(cx, self).map_or("UTF-8", |window| window.loading.encoding()))
    }

    fn charset(&self, cx: &mut Cx) -> DomString {
        self.character_set(cx)
    }

    fn input_encoding(&self, cx: &mut Cx) -> DomString {
        self.character_set(cx)
    }

    fn content_type(&self, cx: &mut Cx) -> DomString {
        if let Some(window) = window_of(cx, self) {
            return DomString::from(window.loading.content_type());
        }
        let html = cx.engine().tree().is_html_document(self.id());
        let fallback = if html { "text/html" } else { "application/xml" };
        DomString::from(self.content_type.get().unwrap_or(fallback))
    }

    fn doctype(&self, cx: &mut Cx) -> Option<Obj<DocumentType>> {
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            tree.children(self.id()).find(|id| tree.kind(*id) == Some(NodeKind::Doctype))
        };
        found.and_then(|id| cx.wrap_as(id))
    }

    fn document_element(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let found = cx.engine().tree().document_element(self.id());
        found.and_then(|id| cx.wrap_as(id))
    }

    fn get_elements_by_tag_name(
        &self,
        cx: &mut Cx,
        name: DomString,
    ) -> Fallible<Obj<HTMLCollection>> {
        Ok(element::by_tag_name(cx, self.upcast(), &name))
    }

    fn get_elements_by_tag_name_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        local: DomString,
    ) -> Fallible<Obj<HTMLCollection>> {
        Ok(element::by_tag_name_ns(cx, self.upcast(), namespace.as_ref(), &local))
    }

    fn get_elements_by_class_name(
        &self,
        cx: &mut Cx,
        names: DomString,
    ) -> Fallible<Obj<HTMLCollection>> {
        Ok(element::by_class_name(cx, self.upcast(), &names))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createelement>
    fn create_element(
        &self,
        cx: &mut Cx,
        local_name: DomString,
        options: DOMStringOrElementCreationOptions,
    ) -> Fallible<Obj<Element>> {
        // 1.–2.
        let name = local_name.to_str();
        names::check_element_local_name(&name)?;
        let html = cx.engine().tree().is_html_document(self.id());
        let local = if html && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            LocalName::from(name.to_ascii_lowercase())
        } else {
            LocalName::from(&*name)
        };
        // 5.
        let namespace = if html || is_xhtml(cx, self) { ns!(html) } else { ns!() };
        // 6.
        let is = is_option(&options);
        let name = QualName::new(None, namespace, local);
        custom_elements::create_element(cx, self.id(), name, is.as_deref(), true)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createelementns>
    fn create_element_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        qualified_name: DomString,
        options: DOMStringOrElementCreationOptions,
    ) -> Fallible<Obj<Element>> {
        let name = names::validate_and_extract(
            namespace.as_ref(),
            &qualified_name.to_str(),
            names::Context::Element,
        )?;
        let is = is_option(&options);
        custom_elements::create_element(cx, self.id(), name, is.as_deref(), true)
    }

    fn create_document_fragment(&self, cx: &mut Cx) -> Fallible<Obj<DocumentFragment>> {
        let id = cx.engine().tree_mut().create_fragment(self.id());
        made(cx, id)
    }

    fn create_text_node(&self, cx: &mut Cx, data: DomString) -> Fallible<Obj<Text>> {
        let id = cx.engine().tree_mut().create_text(self.id(), data.to_str().into_owned());
        made(cx, id)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createcdatasection>
    fn create_cdata_section(&self, cx: &mut Cx, data: DomString) -> Fallible<Obj<CDATASection>> {
        if cx.engine().tree().is_html_document(self.id()) {
            return Err(Error::dom(
                DomExceptionName::NotSupported,
                "an HTML document has no CDATA sections",
            ));
        }
        let data = data.to_str();
        if data.contains("]]>") {
            return Err(Error::dom(
                DomExceptionName::InvalidCharacter,
                "the data of a CDATA section cannot contain \"]]>\"",
            ));
        }
        let id = cx.engine().tree_mut().create_cdata_section(self.id(), data);
        made(cx, id)
    }

    fn create_comment(&self, cx: &mut Cx, data: DomString) -> Fallible<Obj<Comment>> {
        let id = cx.engine().tree_mut().create_comment(self.id(), data.to_str().into_owned());
        made(cx, id)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createprocessinginstruction>
    fn create_processing_instruction(
        &self,
        cx: &mut Cx,
        target: DomString,
        data: DomString,
    ) -> Fallible<Obj<ProcessingInstruction>> {
        let (target, data) = (target.to_str(), data.to_str());
        // 1.
        if !virga_dom::xml::is_name(&target) {
            return Err(Error::dom(
                DomExceptionName::InvalidCharacter,
                format!("{target:?} is not a valid target of a processing instruction"),
            ));
        }
        // 2.
        if data.contains("?>") {
            return Err(Error::dom(
                DomExceptionName::InvalidCharacter,
                "the data of a processing instruction cannot contain \"?>\"",
            ));
        }
        let id = cx.engine().tree_mut().create_processing_instruction(self.id(), target, data);
        made(cx, id)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-importnode>
    fn import_node(&self, cx: &mut Cx, node: Obj<Node>, subtree: bool) -> Fallible<Obj<Node>> {
        let refuse =
            |what| Error::dom(DomExceptionName::NotSupported, format!("{what} cannot be imported"));
        let copy = {
            let agent = cx.engine();
            let mut tree = agent.tree_mut();
            match tree.kind(node.id()) {
                Some(NodeKind::Document) => return Err(refuse("a document")),
                Some(NodeKind::ShadowRoot) => return Err(refuse("a shadow root")),
                _ => {}
            }
            let options = CloneOptions { deep: subtree };
            tree.clone_node(node.id(), self.id(), options)
        };
        match copy {
            Some(copy) => Ok(finish_clone(cx, node.id(), copy)),
            None => Err(refuse("this node")),
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-document-adoptnode>
    fn adopt_node(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<Obj<Node>> {
        let (kind, has_host) = {
            let agent = cx.engine();
            let tree = agent.tree();
            (tree.kind(node.id()), tree.host(node.id()).is_some())
        };
        match kind {
            Some(NodeKind::Document) => {
                return Err(Error::dom(
                    DomExceptionName::NotSupported,
                    "a document cannot be adopted",
                ));
            }
            Some(NodeKind::ShadowRoot) => {
                return Err(Error::dom(
                    DomExceptionName::HierarchyRequest,
                    "a shadow root cannot be adopted without its host",
                ));
            }
            Some(NodeKind::Fragment) if has_host => {}
            _ => mutation::adopt(cx, node.id(), self.id()),
        }
        Ok(node)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createattribute>
    fn create_attribute(&self, cx: &mut Cx, local_name: DomString) -> Fallible<Obj<Attr>> {
        let name = local_name.to_str();
        names::check_attribute_local_name(&name)?;
        let html = cx.engine().tree().is_html_document(self.id());
        let name =
            if html { names::plain(&name.to_ascii_lowercase()) } else { names::plain(&name) };
        let id = cx.engine().tree_mut().create_attribute(self.id(), name, "");
        made(cx, id)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createattributens>
    fn create_attribute_ns(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        qualified_name: DomString,
    ) -> Fallible<Obj<Attr>> {
        let name = names::validate_and_extract(
            namespace.as_ref(),
            &qualified_name.to_str(),
            names::Context::Attribute,
        )?;
        let id = cx.engine().tree_mut().create_attribute(self.id(), name, "");
        made(cx, id)
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createrange>
    fn create_range(&self, cx: &mut Cx) -> Fallible<Obj<Range>> {
        let place = Boundary::start_of(self.id());
        Ok(Range::create(cx, place, place))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createnodeiterator>
    fn create_node_iterator(
        &self,
        cx: &mut Cx,
        root: Obj<Node>,
        what_to_show: u32,
        filter: Option<NodeFilter>,
    ) -> Fallible<Obj<NodeIterator>> {
        Ok(traversal::create_iterator(cx, root, what_to_show, filter))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createtreewalker>
    fn create_tree_walker(
        &self,
        cx: &mut Cx,
        root: Obj<Node>,
        what_to_show: u32,
        filter: Option<NodeFilter>,
    ) -> Fallible<Obj<TreeWalker>> {
        Ok(traversal::create_walker(cx, root, what_to_show, filter))
    }

    /// <https://w3c.github.io/selection-api/#dom-document-getselection>
    fn get_selection(&self, cx: &mut Cx) -> Fallible<Option<Obj<Selection>>> {
        Ok(crate::selection::of_document(cx, self.id()))
    }

    /// <https://dom.spec.whatwg.org/#dom-document-createevent>
    fn create_event(&self, cx: &mut Cx, interface: DomString) -> Fallible<Obj<Event>> {
        let interface = interface.to_str();
        events::create_legacy(cx, &interface.to_ascii_lowercase()).ok_or_else(|| {
            Error::dom(
                DomExceptionName::NotSupported,
                format!("createEvent makes no {interface:?}; use its constructor"),
            )
        })
    }

    fn location(&self, cx: &mut Cx) -> Option<Obj<Location>> {
        let window = window_of(cx, self)?;
        Some(crate::location::location(cx, &window))
    }

    fn domain(&self, cx: &mut Cx) -> String {
        window_of(cx, self)
            .and_then(|window| window.url().host_str().map(str::to_owned))
            .unwrap_or_default()
    }

    fn referrer(&self, cx: &mut Cx) -> String {
        window_of(cx, self).map(|window| window.referrer()).unwrap_or_default()
    }

    fn ready_state(&self, cx: &mut Cx) -> DocumentReadyState {
        let state = window_of(cx, self).map(|window| window.loading.ready_state());
        match state {
            Some(ReadyState::Loading) => DocumentReadyState::Loading,
            Some(ReadyState::Interactive) => DocumentReadyState::Interactive,
            Some(ReadyState::Complete) | None => DocumentReadyState::Complete,
        }
    }

    fn title(&self, cx: &mut Cx) -> DomString {
        DomString::from(title(&cx.engine(), self.id()))
    }

    fn open(&self, cx: &mut Cx, _: DomString, _: DomString) -> Fallible<Obj<Document>> {
        open::open(cx, self)?;
        Ok(self.clone())
    }

    /// <https://html.spec.whatwg.org/#dom-document-open-window>
    fn open_with_url_and_name_and_features(
        &self,
        cx: &mut Cx,
        url: String,
        name: DomString,
        features: DomString,
    ) -> Fallible<Value> {
        match window_of(cx, self) {
            Some(window) => WindowMethods::open(&window, cx, url, name, features),
            None => Err(Error::dom(
                DomExceptionName::InvalidAccess,
                "Document.open: the document has no window",
            )),
        }
    }

    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        open::close(cx, self)
    }

    fn write(&self, cx: &mut Cx, text: Vec<DomString>) -> Fallible<()> {
        open::write(cx, self, &joined(&text, ""))
    }

    fn writeln(&self, cx: &mut Cx, text: Vec<DomString>) -> Fallible<()> {
        open::write(cx, self, &joined(&text, "\n"))
    }

    /// <https://html.spec.whatwg.org/#dom-document-lastmodified>
    fn last_modified(&self, cx: &mut Cx) -> DomString {
        let stated = window_of(cx, self).and_then(|window| window.loading.last_modified());
        crate::loading::last_modified(&cx.engine(), stated.as_deref()).into()
    }

    fn set_title(&self, cx: &mut Cx, title: DomString) -> Fallible<()> {
        let agent = cx.engine();
        let (element, head) = {
            let tree = agent.tree();
            let found = tree.descendants(self.id()).find(|id| tree.is_html_element(*id, "title"));
            (found, tree.head(self.id()))
        };
        let element = match (element, head) {
            (Some(element), _) => element,
            (None, Some(head)) => {
                let element = agent.tree_mut().create_html_element(self.id(), "title");
                mutation::append(cx, element, head)?;
                element
            }
            (None, None) => return Ok(()),
        };
        mutation::string_replace_all(cx, &title.to_str(), element);
        Ok(())
    }

    fn dir(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let tree = agent.tree();
        let value = tree
            .document_element(self.id())
            .and_then(|html| tree.plain_attribute(html, &LocalName::from("dir")))
            .map(str::to_ascii_lowercase)
            .filter(|value| matches!(value.as_str(), "ltr" | "rtl" | "auto"));
        DomString::from(value.unwrap_or_default())
    }

    fn set_dir(&self, cx: &mut Cx, dir: DomString) -> Fallible<()> {
        let html = cx.engine().tree().document_element(self.id());
        if let Some(html) = html {
            mutation::set_attribute(cx, html, &names::plain("dir"), &dir.to_str());
        }
        Ok(())
    }

    fn body(&self, cx: &mut Cx) -> Option<Obj<HTMLElement>> {
        let body = cx.engine().tree().body(self.id());
        body.and_then(|id| cx.wrap_as(id))
    }

    /// <https://html.spec.whatwg.org/#dom-document-body>
    fn set_body(&self, cx: &mut Cx, body: Option<Obj<HTMLElement>>) -> Fallible<()> {
        let refuse = |why: &str| Err(Error::dom(DomExceptionName::HierarchyRequest, why));
        let agent = cx.engine();
        // 1.
        let Some(body) = body else { return refuse("the body cannot be null") };
        let (suitable, old, root) = {
            let tree = agent.tree();
            let suitable = tree.is_html_element(body.id(), "body")
                || tree.is_html_element(body.id(), "frameset");
            (suitable, tree.body(self.id()), tree.document_element(self.id()))
        };
        if !suitable {
            return refuse("only a body or a frameset can be the body");
        }
        // 2.–5.
        match (old, root) {
            (Some(old), _) if old == body.id() => Ok(()),
            (Some(old), Some(_)) => {
                let parent = agent.tree().parent(old);
                match parent {
                    Some(parent) => mutation::replace(cx, old, body.id(), parent),
                    None => Ok(()),
                }
            }
            (_, None) => refuse("the document has no element"),
            (None, Some(root)) => mutation::append(cx, body.id(), root),
        }
    }

    fn head(&self, cx: &mut Cx) -> Option<Obj<HTMLHeadElement>> {
        let head = cx.engine().tree().head(self.id());
        head.and_then(|id| cx.wrap_as(id))
    }

    fn images(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let filter = Filter::Descendants(|tree, id| tree.is_html_element(id, "img"));
        collection_of(cx, &self.upcast(), "images", filter)
    }

    fn embeds(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let filter = Filter::Descendants(|tree, id| tree.is_html_element(id, "embed"));
        collection_of(cx, &self.upcast(), "embeds", filter)
    }

    /// <https://html.spec.whatwg.org/#dom-document-plugins>
    fn plugins(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        self.embeds(cx)
    }

    fn links(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        collection_of(cx, &self.upcast(), "links", Filter::Descendants(is_link))
    }

    fn forms(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let filter = Filter::Descendants(|tree, id| tree.is_html_element(id, "form"));
        collection_of(cx, &self.upcast(), "forms", filter)
    }

    fn scripts(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let filter = Filter::Descendants(|tree, id| tree.is_html_element(id, "script"));
        collection_of(cx, &self.upcast(), "scripts", filter)
    }

    /// <https://html.spec.whatwg.org/#dom-document-anchors>
    fn anchors(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let filter = Filter::Descendants(|tree, id| {
            tree.is_html_element(id, "a")
                && tree.plain_attribute(id, &LocalName::from("name")).is_some()
        });
        collection_of(cx, &self.upcast(), "anchors", filter)
    }

    fn fg_color(&self, cx: &mut Cx) -> DomString {
        crate::html::document::body_attribute(cx, self.id(), "text")
    }

    fn set_fg_color(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        crate::html::document::set_body_attribute(cx, self.id(), "text", &value);
        Ok(())
    }

    fn link_color(&self, cx: &mut Cx) -> DomString {
        crate::html::document::body_attribute(cx, self.id(), "link")
    }

    fn set_link_color(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        crate::html::document::set_body_attribute(cx, self.id(), "link", &value);
        Ok(())
    }

    fn vlink_color(&self, cx: &mut Cx) -> DomString {
        crate::html::document::body_attribute(cx, self.id(), "vlink")
    }

    fn set_vlink_color(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        crate::html::document::set_body_attribute(cx, self.id(), "vlink", &value);
        Ok(())
    }

    fn alink_color(&self, cx: &mut Cx) -> DomString {
        crate::html::document::body_attribute(cx, self.id(), "alink")
    }

    fn set_alink_color(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        crate::html::document::set_body_attribute(cx, self.id(), "alink", &value);
        Ok(())
    }

    fn bg_color(&self, cx: &mut Cx) -> DomString {
        crate::html::document::body_attribute(cx, self.id(), "bgcolor")
    }

    fn set_bg_color(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        crate::html::document::set_body_attribute(cx, self.id(), "bgcolor", &value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-document-applets>: always empty.
    fn applets(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let nothing = |_: &Tree, _: NodeId| false;
        collection_of(cx, &self.upcast(), "applets", Filter::ChildrenThat(nothing))
    }

    fn clear(&self, _: &mut Cx) -> Fallible<()> {
        Ok(())
    }

    fn capture_events(&self, _: &mut Cx) -> Fallible<()> {
        Ok(())
    }

    fn release_events(&self, _: &mut Cx) -> Fallible<()> {
        Ok(())
    }

    fn get_elements_by_name(&self, cx: &mut Cx, name: DomString) -> Fallible<Obj<NodeList>> {
        let filter = Filter::Name(name.to_str().into_owned());
        Ok(NodeList::live(cx, self.upcast(), filter))
    }

    fn current_script(&self, cx: &mut Cx) -> Option<Obj<HTMLScriptElement>> {
        let id = window_of(cx, self)?.loading.current_script()?;
        cx.wrap_as(id)
    }

    fn default_view(&self, cx: &mut Cx) -> Option<Obj<Window>> {
        window_of(cx, self)
    }

    fn has_focus(&self, cx: &mut Cx) -> Fallible<bool> {
        let Some(window) = window_of(cx, self) else { return Ok(false) };
        Ok(crate::navigable::input::has_focus(cx, &window))
    }

    fn hidden(&self, cx: &mut Cx) -> bool {
        let window = window_of(cx, self);
        !(window.is_some_and(|window| !window.loading.hidden.get()) && cx.engine().is_visible())
    }

    fn visibility_state(&self, cx: &mut Cx) -> DocumentVisibilityState {
        if self.hidden(cx) {
            DocumentVisibilityState::Hidden
        } else {
            DocumentVisibilityState::Visible
        }
    }

    /// <https://html.spec.whatwg.org/#dom-documentorshadowroot-activeelement>
    fn active_element(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        window_of(cx, self)?;
        let active = super::shadow::active_in(cx, self.id()).or_else(|| {
            let agent = cx.engine();
            let tree = agent.tree();
            tree.body(self.id()).or_else(|| tree.document_element(self.id()))
        });
        active.and_then(|id| cx.wrap_as(id))
    }

    fn fonts(&self, cx: &mut Cx) -> Fallible<Obj<crate::css_font_loading::FontFaceSet>> {
        super::fonts_of(cx, &self.upcast())
    }

    fn style_sheets(&self, cx: &mut Cx) -> Obj<StyleSheetList> {
        super::style_sheets_of(cx, &self.upcast())
    }

    fn adopted_style_sheets(&self, cx: &mut Cx) -> Fallible<Value> {
        Ok(cssom::adopted_style_sheets(cx, &self.upcast()))
    }

    fn set_adopted_style_sheets(&self, cx: &mut Cx, sheets: Value) -> Fallible<()> {
        cssom::set_adopted_style_sheets(cx, &self.upcast(), &sheets)
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-document-elementsfrompoint>
    #[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
    fn elements_from_point(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<Vec<Obj<Element>>> {
        let Some(window) = window_of(cx, self) else { return Ok(Vec::new()) };
        // 2.
        let viewport = window.viewport();
        let inside = (0.0..=f64::from(viewport.width)).contains(&x)
            && (0.0..=f64::from(viewport.height)).contains(&y);
        if !inside {
            return Ok(Vec::new());
        }
        // 3.
        let hits = rendering::hit_test_all(cx, Point { x: x as f32, y: y as f32 });
        let mut found = super::shadow::hits_in(cx, self.id(), hits);
        // 4. The root element is everywhere.
        let root = cx.engine().tree().document_element(self.id());
        found.extend(root.filter(|root| found.last() != Some(root)));
        Ok(found.into_iter().filter_map(|id| cx.wrap_as(id)).collect())
    }

    fn caret_position_from_point(
        &self,
        cx: &mut Cx,
        x: f64,
        y: f64,
    ) -> Fallible<Option<Obj<CaretPosition>>> {
        Ok(window_of(cx, self).and_then(|_| crate::cssom_view::caret_position(cx, x, y)))
    }

    fn caret_range_from_point(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<Option<Obj<Range>>> {
        Ok(window_of(cx, self).and_then(|_| crate::cssom_view::caret_range(cx, x, y)))
    }

    /// <https://drafts.csswg.org/cssom-view/#dom-document-elementfrompoint>
    #[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
    fn element_from_point(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<Option<Obj<Element>>> {
        let Some(window) = window_of(cx, self) else { return Ok(None) };
        // 1.–2.
        let viewport = window.viewport();
        let inside = (0.0..=f64::from(viewport.width)).contains(&x)
            && (0.0..=f64::from(viewport.height)).contains(&y);
        if !inside {
            return Ok(None);
        }
        // 3.–5.
        let hit = rendering::hit_text(cx, Point { x: x as f32, y: y as f32 });
        let found = match hit {
            Some(hit) => super::shadow::hit_in(cx, self.id(), hit),
            None => cx.engine().tree().document_element(self.id()),
        };
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }

    fn scrolling_element(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            if tree.quirks_mode(self.id()) == QuirksMode::Quirks {
                tree.body(self.id())
            } else {
                tree.document_element(self.id())
            }
        };
        found.and_then(|id| cx.wrap_as(id))
    }
}
