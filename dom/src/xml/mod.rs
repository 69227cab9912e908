//! XML: parsing and serializing.
//!
//! <https://www.w3.org/TR/xml/>, <https://www.w3.org/TR/xml-names/>,
//! <https://html.spec.whatwg.org/multipage/xhtml.html>
//!
//! A non-validating parser that reads the internal subset of a document type
//! declaration and no external one; documents of the XHTML document types know
//! the named characters of HTML. What is not well-formed ends parsing with an
//! [`XmlError`]: unlike HTML, XML has no recovery.

mod chars;
mod content;
mod doctype;
mod entities;
mod names;
mod parser;
mod reader;
mod serialize;

pub use chars::{is_name, is_xml_text};
pub use parser::{XmlParser, parse_document, parse_fragment, show_error};
pub use serialize::{NotWellFormed, serialize, serialize_children};

/// Why a text is not a well-formed XML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlError {
    /// What is wrong.
    pub message: String,
    /// The line it was noticed in, from 1.
    pub line: u64,
    /// The character in that line, from 1.
    pub column: u64,
}

impl std::fmt::Display for XmlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for XmlError {}

#[cfg(test)]
mod tests;
