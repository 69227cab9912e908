use super::{CustomElementNames, HtmlParser, ParseOptions, ParserYield, PendingElement};
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

    /// See [`HtmlParser::written_depth`].
    pub fn written_depth(&self) -> usize {
        match self {
            Self::Html(parser) => parser.written_depth(),
            Self::Xml(_) => 0,
        }
    }

    /// `document.write`: see [`HtmlParser::write`]. XML has none.
    pub fn write(&mut self, text: &str, depth: usize) {
        if let Self::Html(parser) = self {
            parser.write(text, depth);
        }
    }

    /// See [`HtmlParser::resume_written`].
    pub fn resume_written(&mut self, tree: &mut Tree, depth: usize) -> ParserYield {
        match self {
            Self::Html(parser) => parser.resume_written(tree, depth),
            Self::Xml(_) => ParserYield::NeedInput,
        }
    }

    /// See [`HtmlParser::set_custom_elements`]. Custom elements of XML are
    /// upgraded once they were inserted.
    pub fn set_custom_elements(&self, names: CustomElementNames) {
        if let Self::Html(parser) = self {
            parser.set_custom_elements(names);
        }
    }

    /// See [`HtmlParser::pending_element`].
    pub fn pending_element(&self) -> Option<PendingElement> {
        match self {
            Self::Html(parser) => parser.pending_element(),
            Self::Xml(_) => None,
        }
    }

    /// See [`HtmlParser::provide_element`].
    pub fn provide_element(&self, element: NodeId) {
        if let Self::Html(parser) = self {
            parser.provide_element(element);
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
