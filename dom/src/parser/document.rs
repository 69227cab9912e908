use super::{HtmlParser, ParseOptions, ParserYield};
use crate::tree::{NodeId, Tree};
use crate::xml::{XmlError, XmlParser};

/// The parser of a document that is shown: of HTML or of XML.
#[derive(Debug)]
pub enum DocumentParser {
    /// Of an HTML document.
    Html(Box<HtmlParser>),
    /// Of an XML document.
    Xml(Box<XmlParser>),
}

impl DocumentParser {
    /// A parser that fills `document`, as its kind asks for.
    pub fn new(tree: &mut Tree, document: NodeId, options: ParseOptions) -> Self {
        if tree.is_html_document(document) {
            Self::Html(Box::new(HtmlParser::new(tree, document, options)))
        } else {
            Self::Xml(Box::new(XmlParser::new(document)))
        }
    }

    /// Adds input at the end, and parses up to the next script or to the end of
    /// what there is.
    pub fn feed(&mut self, tree: &mut Tree, text: &str) -> ParserYield {
        match self {
            Self::Html(parser) => parser.feed(tree, text),
            Self::Xml(parser) => parser.feed(tree, text),
        }
    }

    /// Parses on after a script.
    pub fn resume(&mut self, tree: &mut Tree) -> ParserYield {
        match self {
            Self::Html(parser) => parser.resume(tree),
            Self::Xml(parser) => parser.resume(tree),
        }
    }

    /// Says that no more input will come, and parses on.
    pub fn finish(&mut self, tree: &mut Tree) -> ParserYield {
        match self {
            Self::Html(parser) => parser.finish(tree),
            Self::Xml(parser) => parser.finish(tree),
        }
    }

    /// `document.write`: see [`HtmlParser::write`]. XML has none.
    pub fn write(&mut self, tree: &mut Tree, text: &str) -> ParserYield {
        match self {
            Self::Html(parser) => parser.write(tree, text),
            Self::Xml(_) => ParserYield::NeedInput,
        }
    }

    /// The line that was parsed last, from 1.
    pub fn line(&self) -> u64 {
        match self {
            Self::Html(parser) => parser.line(),
            Self::Xml(parser) => parser.line(),
        }
    }

    /// See [`HtmlParser::take_closed`].
    pub fn take_closed(&mut self) -> Vec<NodeId> {
        match self {
            Self::Html(parser) => parser.take_closed(),
            Self::Xml(parser) => parser.take_closed(),
        }
    }

    /// Why an XML document ended early.
    pub fn error(&self) -> Option<&XmlError> {
        match self {
            Self::Html(_) => None,
            Self::Xml(parser) => parser.error(),
        }
    }
}
