//! `DOMParser`: <https://html.spec.whatwg.org/#dom-parsing-and-serialization>

use virga_dom::parser;
use virga_js::webidl::Enumeration as _;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{Document, document};
use crate::{
    agent::EngineCx,
    generated::{DOMParserMethods, DOMParserSupportedType},
};

/// <https://html.spec.whatwg.org/#domparser>
#[derive(Trace, Platform)]
pub(crate) struct DOMParser;

impl DOMParserMethods for Obj<DOMParser> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<DOMParser>> {
        Ok(Obj::new(cx, DOMParser))
    }

    /// <https://html.spec.whatwg.org/#dom-domparser-parsefromstring>
    fn parse_from_string(
        &self,
        cx: &mut Cx,
        string: DomString,
        type_: DOMParserSupportedType,
    ) -> Fallible<Obj<Document>> {
        if type_ != DOMParserSupportedType::TextHtml {
            let name = DOMParserSupportedType::VALUES.iter().find(|(_, value)| *value == type_);
            let name = name.map_or("", |(name, _)| name);
            let message = format!("DOMParser.parseFromString: {name} is not supported, only HTML");
            return Err(Error::dom(DomExceptionName::NotSupported, message));
        }
        let agent = cx.engine();
        let id = parser::parse_document(&mut agent.tree_mut(), &string.to_str());
        document::made(cx, id)
    }
}
