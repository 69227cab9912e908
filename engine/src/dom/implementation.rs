use virga_dom::{
    QualName, local_name, ns,
    tree::{Doctype, QuirksMode},
};
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace};

use super::{Document, XMLDocument, document, mutation, names};
use crate::{
    agent::EngineCx,
    generated::{DOMImplementationMethods, DocumentTypeMethods},
    wrappers::Node,
};

/// <https://dom.spec.whatwg.org/#interface-documenttype>
#[derive(Trace, Platform)]
pub(crate) struct DocumentType {
    #[base]
    pub(super) node: Node,
}

impl DocumentTypeMethods for Obj<DocumentType> {
    fn name(&self, cx: &mut Cx) -> DomString {
        DomString::from(cx.engine().tree().doctype(self.id()).map_or("", |own| &own.name))
    }

    fn public_id(&self, cx: &mut Cx) -> DomString {
        DomString::from(cx.engine().tree().doctype(self.id()).map_or("", |own| &own.public_id))
    }

    fn system_id(&self, cx: &mut Cx) -> DomString {
        DomString::from(cx.engine().tree().doctype(self.id()).map_or("", |own| &own.system_id))
    }
}

/// <https://dom.spec.whatwg.org/#interface-domimplementation>
#[derive(Trace, Platform)]
pub(crate) struct DOMImplementation {
    document: Obj<Node>,
}

impl DOMImplementation {
    pub(super) fn create(cx: &mut Cx, document: Obj<Node>) -> Obj<Self> {
        Obj::new(cx, Self { document })
    }
}

impl DOMImplementationMethods for Obj<DOMImplementation> {
    /// <https://dom.spec.whatwg.org/#dom-domimplementation-createdocumenttype>
    fn create_document_type(
        &self,
        cx: &mut Cx,
        name: DomString,
        public_id: DomString,
        system_id: DomString,
    ) -> Fallible<Obj<DocumentType>> {
        let name = name.to_str().into_owned();
        names::check_doctype_name(&name)?;
        let doctype = Doctype {
            name,
            public_id: public_id.to_str().into_owned(),
            system_id: system_id.to_str().into_owned(),
        };
        let id = cx.engine().tree_mut().create_doctype(self.document.id(), doctype);
        document::made(cx, id)
    }

    /// <https://dom.spec.whatwg.org/#dom-domimplementation-createdocument>
    fn create_document(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
        qualified_name: DomString,
        doctype: Option<Obj<DocumentType>>,
    ) -> Fallible<Obj<XMLDocument>> {
        // 2.–3. Checked first, so that nothing is left behind by an error.
        let qualified_name = qualified_name.to_str();
        let name = if qualified_name.is_empty() {
            None
        } else {
            Some(names::validate_and_extract(
                namespace.as_ref(),
                &qualified_name,
                names::Context::Element,
            )?)
        };
        // 1.
        let id = cx.engine().tree_mut().create_document(false);
        let document: Obj<XMLDocument> = document::made(cx, id)?;
        let content_type = match namespace.as_ref().map(|text| text.to_str()).as_deref() {
            Some("http://www.w3.org/1999/xhtml") => "application/xhtml+xml",
            Some("http://www.w3.org/2000/svg") => "image/svg+xml",
            _ => "application/xml",
        };
        document.set_content_type(content_type);
        // 4.–5.
        if let Some(doctype) = doctype {
            mutation::append(cx, doctype.id(), id)?;
        }
        if let Some(name) = name {
            let element = cx.engine().tree_mut().create_element(id, name);
            mutation::append(cx, element, id)?;
        }
        Ok(document)
    }

    /// <https://dom.spec.whatwg.org/#dom-domimplementation-createhtmldocument>
    fn create_html_document(
        &self,
        cx: &mut Cx,
        title: Option<DomString>,
    ) -> Fallible<Obj<Document>> {
        let agent = cx.engine();
        let id = {
            let mut tree = agent.tree_mut();
            let id = tree.create_document(true);
            tree.set_quirks_mode(id, QuirksMode::NoQuirks);
            let doctype = Doctype { name: "html".to_owned(), ..Doctype::default() };
            let doctype = tree.create_doctype(id, doctype);
            tree.append(id, doctype);
            let name = |local| QualName::new(None, ns!(html), local);
            let html = tree.create_element(id, name(local_name!("html")));
            tree.append(id, html);
            let head = tree.create_element(id, name(local_name!("head")));
            tree.append(html, head);
            if let Some(title) = title {
                let element = tree.create_element(id, name(local_name!("title")));
                tree.append(head, element);
                let text = tree.create_text(id, title.to_str().into_owned());
                tree.append(element, text);
            }
            let body = tree.create_element(id, name(local_name!("body")));
            tree.append(html, body);
            id
        };
        document::made(cx, id)
    }

    fn has_feature(&self, _cx: &mut Cx) -> Fallible<bool> {
        Ok(true)
    }
}
