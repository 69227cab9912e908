//! `DOMParser`: <https://html.spec.whatwg.org/#dom-parsing-and-serialization>

use virga_dom::{parser, xml};
use virga_js::webidl::Enumeration as _;
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace};

use super::{Document, document};
use crate::{
    agent::EngineCx,
    error::invalid_state,
    generated::{DOMParserMethods, DOMParserSupportedType, XMLSerializerMethods},
    window::Window,
    wrappers::Node,
};

/// <https://html.spec.whatwg.org/#domparser>
#[derive(Trace, Platform)]
pub(crate) struct DOMParser {
    /// The window that it was made in, whose address its documents have.
    window: Obj<Window>,
}

impl DOMParserMethods for Obj<DOMParser> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<DOMParser>> {
        let window = cx.window();
        Ok(Obj::new(cx, DOMParser { window }))
    }

    /// <https://html.spec.whatwg.org/#dom-domparser-parsefromstring>
    fn parse_from_string(
        &self,
        cx: &mut Cx,
        string: DomString,
        type_: DOMParserSupportedType,
    ) -> Fallible<Obj<Document>> {
        let agent = cx.engine();
        let text = string.to_str();
        // 1.–3.
        let id = if type_ == DOMParserSupportedType::TextHtml {
            parser::parse_inert_document(&mut agent.tree_mut(), &text)
        } else {
            let mut tree = agent.tree_mut();
            let id = tree.create_document(false);
            if let Err(error) = xml::parse_document(&mut tree, id, &text) {
                xml::show_error(&mut tree, id, &error);
            }
            id
        };
        crate::html::hooks::fragment_parsed(cx, id);
        let url = self.window.url();
        let document: Obj<Document> = document::made(cx, id)?;
        let name = DOMParserSupportedType::VALUES.iter().find(|(_, value)| *value == type_);
        document.set_content_type(name.map_or("text/html", |(name, _)| name));
        document.set_url(url);
        // 4.
        Ok(document)
    }
}

/// `Document.parseHTMLUnsafe`: a document with its shadow trees, whose scripts do not run.
///
/// <https://html.spec.whatwg.org/#dom-parsehtmlunsafe>
pub(super) fn parse_unsafely(cx: &mut Cx, text: &str) -> Fallible<Obj<Document>> {
    let agent = cx.engine();
    let id = parser::parse_inert_document_with_shadows(&mut agent.tree_mut(), text);
    crate::html::hooks::fragment_parsed(cx, id);
    let document: Obj<Document> = document::made(cx, id)?;
    document.set_content_type("text/html");
    Ok(document)
}

/// <https://html.spec.whatwg.org/#xmlserializer>
#[derive(Trace, Platform)]
pub(crate) struct XMLSerializer;

impl XMLSerializerMethods for Obj<XMLSerializer> {
    fn constructor(cx: &mut Cx) -> Fallible<Self> {
        Ok(Obj::new(cx, XMLSerializer))
    }

    /// <https://html.spec.whatwg.org/#dom-xmlserializer-serializetostring>
    fn serialize_to_string(&self, cx: &mut Cx, root: Obj<Node>) -> Fallible<DomString> {
        let text = xml::serialize(&cx.engine().tree(), root.id(), false);
        text.map(DomString::from).map_err(|error| invalid_state(error.to_string()))
    }
}
