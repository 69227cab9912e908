//! <https://xhr.spec.whatwg.org/#response>

use encoding_rs::{Encoding, UTF_8};
use virga_js::{Buffer, Cx, Fallible, Obj, Value};
use virga_protocol::HttpHead;

use super::{XMLHttpRequest, request::State};
use crate::{
    agent::EngineCx,
    dom::{DOMParser, Document},
    encoding::utf8_decode,
    fetch::MimeType,
    file::Blob,
    generated::{
        DOMParserMethods, DOMParserSupportedType, XMLHttpRequestResponseType as ResponseType,
    },
};

/// A response as far as it has come. The default is a network error.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) head: Option<HttpHead>,
    pub(super) bytes: Vec<u8>,
}

impl Received {
    pub(super) fn new(head: HttpHead) -> Self {
        Self { head: Some(head), bytes: Vec::new() }
    }

    /// The values of a header, joined.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let head = self.head.as_ref()?;
        let values: Vec<_> = head
            .headers
            .iter()
            .filter(|(of, _)| of.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// How much has come, and of how much if that is known.
    pub(super) fn progress(&self) -> (usize, Option<usize>) {
        let total = match self.header("content-encoding") {
            Some(_) => None,
            None => self.header("content-length").and_then(|length| length.parse().ok()),
        };
        (self.bytes.len(), total)
    }

    /// <https://xhr.spec.whatwg.org/#response-mime-type>
    fn mime(&self) -> MimeType {
        let text_xml = || MimeType::parse("text/xml").into_iter().next();
        self.header("content-type")
            .and_then(|value| MimeType::extract(&value))
            .or_else(text_xml)
            .unwrap_or_else(MimeType::octet_stream)
    }
}

impl XMLHttpRequest {
    /// <https://xhr.spec.whatwg.org/#final-mime-type>
    fn final_mime(&self) -> MimeType {
        self.override_mime.borrow().clone().unwrap_or_else(|| self.received.borrow().mime())
    }

    /// <https://xhr.spec.whatwg.org/#final-charset>
    fn final_charset(&self) -> Option<&'static Encoding> {
        let overriding = self.override_mime.borrow();
        let label = overriding
            .as_ref()
            .and_then(|mime| mime.parameter("charset").map(str::to_owned))
            .or_else(|| self.received.borrow().mime().parameter("charset").map(str::to_owned))?;
        Encoding::for_label(label.as_bytes())
    }

    /// <https://xhr.spec.whatwg.org/#text-response>
    pub(super) fn text(&self) -> String {
        let received = self.received.borrow();
        if received.head.is_none() {
            return String::new();
        }
        let encoding = self
            .final_charset()
            .or_else(|| {
                let is_xml =
                    self.response_type.get() == ResponseType::Empty && self.final_mime().is_xml();
                if is_xml { declared_encoding(&received.bytes) } else { None }
            })
            .unwrap_or(UTF_8);
        encoding.decode(&received.bytes).0.into_owned()
    }

    /// <https://xhr.spec.whatwg.org/#document-response>
    pub(super) fn document(&self, cx: &mut Cx) -> Fallible<Option<Obj<Document>>> {
        if self.received.borrow().head.is_none() {
            return Ok(None);
        }
        let mime = self.final_mime();
        let is_html = mime.is_html();
        if !is_html && !mime.is_xml() {
            return Ok(None);
        }
        if self.response_type.get() == ResponseType::Empty && is_html {
            return Ok(None);
        }
        if self.received.borrow().bytes.is_empty() && !is_html {
            return Ok(None);
        }
        let encoding = self.final_charset().or_else(|| {
            let received = self.received.borrow();
            if is_html { meta_charset(&received.bytes) } else { declared_encoding(&received.bytes) }
        });
        let text = {
            let received = self.received.borrow();
            encoding.unwrap_or(UTF_8).decode(&received.bytes).0.into_owned()
        };
        let type_ = if is_html {
            DOMParserSupportedType::TextHtml
        } else {
            DOMParserSupportedType::ApplicationXml
        };
        let parser = <Obj<DOMParser> as DOMParserMethods>::constructor(cx)?;
        let document = DOMParserMethods::parse_from_string(&parser, cx, text.into(), type_)?;
        Ok(Some(document).filter(|document| is_html || !is_parser_error(cx, document)))
    }

    /// The value of `response` for a type that is no text, once all has come.
    pub(super) fn response_value(&self, cx: &mut Cx) -> Fallible<Value> {
        if self.state.get() != State::Done || self.received.borrow().head.is_none() {
            return Ok(Value::null());
        }
        if let Some(value) = self.response_object.get() {
            return Ok(value);
        }
        let value = match self.response_type.get() {
            ResponseType::Arraybuffer => {
                let bytes = self.received.borrow().bytes.clone();
                Value::from(Buffer::array_buffer(cx, &bytes)?)
            }
            ResponseType::Blob => {
                let bytes = self.received.borrow().bytes.clone();
                let type_ = self.final_mime().to_string();
                Obj::new(cx, Blob::new(bytes, &type_)).value()
            }
            ResponseType::Document => Value::from(self.document(cx)?),
            ResponseType::Json => {
                let text = utf8_decode(&self.received.borrow().bytes);
                let json = cx.global_property("JSON")?;
                let parsed = match json.as_object() {
                    Some(json) => json.invoke(cx, "parse", &[Value::from(text)]),
                    None => Ok(Value::null()),
                };
                match parsed {
                    Ok(value) => value,
                    Err(error) if error.is_catchable() => Value::null(),
                    Err(error) => return Err(error),
                }
            }
            ResponseType::Empty | ResponseType::Text => Value::null(),
        };
        self.response_object.set(Some(value.clone()));
        Ok(value)
    }
}

/// Whether a document stands for text that is no XML.
fn is_parser_error(cx: &mut Cx, document: &Obj<Document>) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    let document: Obj<crate::wrappers::Node> = document.upcast();
    tree.document_element(document.id())
        .and_then(|root| tree.local_name(root).map(|name| &**name == "parsererror"))
        .unwrap_or(true)
}

/// The encoding that an XML declaration names.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..bytes.len().min(512))?;
    let text: String = start.iter().copied().map(char::from).collect();
    let declaration = text.strip_prefix("<?xml")?.split("?>").next()?;
    let after = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?;
    let after = after.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(after[1..].split(quote).next()?.as_bytes())
}

/// The encoding that a `meta` element within the first bytes names.
fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..bytes.len().min(1024))?;
    let text: String = start.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let meta = text.split("<meta").nth(1)?;
    let after = meta.split('>').next()?.split("charset").nth(1)?.trim_start();
    let after = after.strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let label = after.split(['"', '\'', ' ', ';', '/']).next()?;
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_within_documents() {
        let name = |encoding: Option<&'static Encoding>| encoding.map(Encoding::name);
        let xml = b"<?xml version='1.0' encoding = \"iso-8859-15\"?><a/>";
        assert_eq!(name(declared_encoding(xml)), Some("ISO-8859-15"));
        assert_eq!(name(declared_encoding(b"<a encoding='x'/>")), None);
        assert_eq!(name(meta_charset(b"<title>x</title><meta charset=GBK>")), Some("GBK"));
        assert_eq!(name(meta_charset(b"<p>charset=GBK")), None);
    }
}
