//! From XML to a tree.

use super::XmlError;
use super::chars::{is_char, is_space};
use super::content::{self, StartTag};
use super::doctype;
use super::entities::{self, Entities, Entity, MAX_DEPTH, Reference};
use super::names::Scope;
use super::reader::{Reader, Step, Stop, fail};
use crate::parser::{MAX_OPEN_ELEMENTS, ParserYield};
use crate::tree::{NodeId, Tree};
use markup5ever::{LocalName, Namespace, QualName, ns};

/// The namespace of the element that stands for a document that is not
/// well-formed.
const ERROR_NAMESPACE: &str = "http://www.mozilla.org/newlayout/xml/parsererror.xml";

/// The parser of one document, or of a fragment.
#[derive(Debug)]
pub struct XmlParser {
    /// What owns the nodes.
    document: NodeId,
    /// What the outermost nodes go into.
    root: NodeId,
    kind: Kind,
    /// The document, and the entities that are being read in it.
    inputs: Vec<Input>,
    open: Vec<Open>,
    scope: Scope,
    entities: Entities,
    progress: Progress,
    closed: Vec<NodeId>,
    error: Option<XmlError>,
    done: bool,
}

/// What is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A document that is shown, whose scripts run.
    Shown,
    /// A document that script asked for.
    Inert,
    /// Content of an element.
    Fragment,
}

/// How far a document has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Progress {
    Start,
    Prolog,
    AfterDoctype,
    /// In the document element, or after it.
    Root,
}

#[derive(Debug)]
struct Input {
    reader: Reader,
    /// How many elements were open when it began.
    depth: usize,
}

/// An element that is open.
#[derive(Debug)]
struct Open {
    node: NodeId,
    /// What its children go into: of a template, its content.
    into: NodeId,
    name: String,
    line: u64,
    /// How many namespaces were in scope around it.
    scope: usize,
}

/// What one construct brought.
enum Found {
    Something,
    Script(NodeId),
    End,
}

impl XmlParser {
    /// A parser that fills a document that is shown. It pauses at scripts.
    pub fn new(document: NodeId) -> Self {
        Self::of(document, document, Kind::Shown, Reader::partial())
    }

    fn of(document: NodeId, root: NodeId, kind: Kind, reader: Reader) -> Self {
        Self {
            document,
            root,
            kind,
            inputs: vec![Input { reader, depth: 0 }],
            open: Vec::new(),
            scope: Scope::default(),
            entities: Entities::default(),
            progress: Progress::Start,
            closed: Vec::new(),
            error: None,
            done: false,
        }
    }

    /// Adds input, and parses up to the next script or to the end of what there
    /// is.
    pub fn feed(&mut self, tree: &mut Tree, text: &str) -> ParserYield {
        if let Some(input) = self.inputs.first_mut() {
            input.reader.push(text);
        }
        self.resume(tree)
    }

    /// Says that no more input will come, and parses on.
    pub fn finish(&mut self, tree: &mut Tree) -> ParserYield {
        if let Some(input) = self.inputs.first_mut() {
            input.reader.end();
        }
        self.resume(tree)
    }

    /// Parses on after a script.
    pub fn resume(&mut self, tree: &mut Tree) -> ParserYield {
        while !self.done {
            let mark = self.reader().mark();
            match self.construct(tree) {
                Ok(Found::Something) => {}
                Ok(Found::Script(script)) => return ParserYield::Script(script),
                Ok(Found::End) => self.done = true,
                Err(Stop::Incomplete) => {
                    self.reader().reset(mark);
                    return ParserYield::NeedInput;
                }
                Err(Stop::Error(message)) => {
                    let (line, column) = self.position();
                    self.error = Some(XmlError { message, line, column });
                    self.done = true;
                }
            }
        }
        ParserYield::Done
    }

    /// Why parsing ended early, if it did.
    pub fn error(&self) -> Option<&XmlError> {
        self.error.as_ref()
    }

    /// The line that was parsed last, from 1.
    pub fn line(&self) -> u64 {
        self.position().0
    }

    /// As [`HtmlParser::take_closed`](crate::parser::HtmlParser::take_closed).
    pub fn take_closed(&mut self) -> Vec<NodeId> {
        std::mem::take(&mut self.closed)
    }

    fn position(&self) -> (u64, u64) {
        self.inputs.first().map_or((1, 1), |input| input.reader.position())
    }

    fn reader(&mut self) -> &mut Reader {
        let last = self.inputs.len() - 1;
        &mut self.inputs[last].reader
    }

    /// Reads the next construct and puts it into the tree.
    fn construct(&mut self, tree: &mut Tree) -> Step<Found> {
        if self.progress == Progress::Start && self.kind != Kind::Fragment {
            content::xml_declaration(self.reader())?;
            self.progress = Progress::Prolog;
            return Ok(Found::Something);
        }
        if self.reader().is_at_end()? {
            return self.end_of_input();
        }
        let reader = self.reader();
        match reader.peek()? {
            Some('<') => {}
            Some('&') => return self.reference(tree),
            _ => return self.text(tree),
        }
        if reader.eat("<!--")? {
            let text = doctype::comment(reader)?;
            let node = tree.create_comment(self.document, text);
            self.place(tree, node);
        } else if reader.eat("<![CDATA[")? {
            if self.is_outside() {
                return fail("a CDATA section can only be in an element");
            }
            let text = self.reader().until("]]>", "a CDATA section")?;
            let node = tree.create_cdata_section(self.document, text);
            self.place(tree, node);
        } else if reader.eat("<!DOCTYPE")? {
            self.doctype(tree)?;
        } else if reader.eat("<?")? {
            let (target, data) = doctype::instruction(reader)?;
            let node = tree.create_processing_instruction(self.document, target, data);
            self.place(tree, node);
        } else if reader.eat("</")? {
            return self.end_tag(tree);
        } else {
            reader.skip(1);
            return self.start_tag(tree);
        }
        Ok(Found::Something)
    }

    fn end_of_input(&mut self) -> Step<Found> {
        let depth = self.inputs.last().map_or(0, |input| input.depth);
        if self.inputs.len() > 1 {
            if self.open.len() != depth {
                return fail("an element begins or ends within an entity");
            }
            self.inputs.pop();
            return Ok(Found::Something);
        }
        if let Some(open) = self.open.last() {
            return fail(format!("<{}> of line {} is not closed", open.name, open.line));
        }
        if self.kind != Kind::Fragment && self.progress < Progress::Root {
            return fail("the document has no element");
        }
        Ok(Found::End)
    }

    /// Whether no element is open in a document.
    fn is_outside(&self) -> bool {
        self.open.is_empty() && self.kind != Kind::Fragment
    }

    fn refuse_outside<T>(&self) -> Step<T> {
        fail(if self.progress < Progress::Root {
            "expected \"<\" at the start of the document"
        } else {
            "there is content after the end of the document"
        })
    }

    fn target(&self) -> NodeId {
        self.open.last().map_or(self.root, |open| open.into)
    }

    fn place(&self, tree: &mut Tree, node: NodeId) {
        tree.append(self.target(), node);
    }

    fn add_text(&self, tree: &mut Tree, text: &str) {
        if !text.is_empty() {
            tree.append_merged_text(self.target(), text);
        }
    }

    fn text(&mut self, tree: &mut Tree) -> Step<Found> {
        let outside = self.is_outside();
        let reader = self.reader();
        let rest = reader.rest();
        let text = match rest.find(['<', '&']) {
            Some(end) => &rest[..end],
            // What follows may make `]]>` of them.
            None if !reader.is_complete() => rest.trim_end_matches(']'),
            None => rest,
        };
        if text.is_empty() {
            return Err(Stop::Incomplete);
        }
        if outside && let Some(start) = text.find(|c| !is_space(c)) {
            reader.skip(start);
            return self.refuse_outside();
        }
        if let Some(end) = text.find("]]>") {
            reader.skip(end);
            return fail("\"]]>\" can only end a CDATA section");
        }
        if let Some((at, bad)) = text.char_indices().find(|(_, c)| !is_char(*c)) {
            reader.skip(at);
            return fail(format!("the character U+{:04X} is not allowed", u32::from(bad)));
        }
        let text = text.to_owned();
        reader.skip(text.len());
        if !outside {
            self.add_text(tree, &text);
        }
        Ok(Found::Something)
    }

    fn reference(&mut self, tree: &mut Tree) -> Step<Found> {
        if self.is_outside() {
            return self.refuse_outside();
        }
        match entities::reference(self.reader())? {
            Reference::Char(c) => self.add_text(tree, c.encode_utf8(&mut [0; 4])),
            Reference::Entity(name) => {
                let Entity::Internal(text) = self.entities.find(&name)? else {
                    // An external one is not read: nothing stands in its place.
                    return Ok(Found::Something);
                };
                if !text.contains(['<', '&']) {
                    self.add_text(tree, &text);
                } else if self.inputs.len() > MAX_DEPTH {
                    return fail(format!("the entity \"{name}\" refers to itself"));
                } else {
                    let depth = self.open.len();
                    self.inputs.push(Input { reader: Reader::whole(&text), depth });
                }
            }
        }
        Ok(Found::Something)
    }

    fn doctype(&mut self, tree: &mut Tree) -> Step<()> {
        if self.kind == Kind::Fragment || self.progress != Progress::Prolog {
            return fail("a document type declaration can only stand before the first element");
        }
        let (doctype, entities) = doctype::read(self.reader())?;
        self.entities = entities;
        self.progress = Progress::AfterDoctype;
        let node = tree.create_doctype(self.document, doctype);
        self.place(tree, node);
        Ok(())
    }

    fn start_tag(&mut self, tree: &mut Tree) -> Step<Found> {
        let line = self.position().0;
        if self.is_outside() && self.progress == Progress::Root {
            return self.refuse_outside();
        }
        if self.open.len() >= MAX_OPEN_ELEMENTS {
            return fail(format!("more than {MAX_OPEN_ELEMENTS} elements are open"));
        }
        let last = self.inputs.len() - 1;
        let tag = content::start_tag(&mut self.inputs[last].reader, &mut self.entities)?;
        self.progress = Progress::Root;
        let scope = self.scope.len();
        self.scope.declare(&tag.attributes)?;
        let node = self.element(tree, &tag)?;
        self.place(tree, node);
        let into = tree.template_content(node).unwrap_or(node);
        self.open.push(Open { node, into, name: tag.name, line, scope });
        if tag.empty { Ok(self.close(tree)) } else { Ok(Found::Something) }
    }

    /// Makes an element with its attributes.
    fn element(&self, tree: &mut Tree, tag: &StartTag) -> Step<NodeId> {
        let name = self.scope.element(&tag.name)?;
        let mut attributes: Vec<(QualName, &str)> = Vec::with_capacity(tag.attributes.len());
        for (qualified, value) in &tag.attributes {
            let name = self.scope.attribute(qualified)?;
            if attributes.iter().any(|(own, _)| own.ns == name.ns && own.local == name.local) {
                return fail(format!("the attribute \"{qualified}\" is there twice"));
            }
            attributes.push((name, value));
        }
        let node = tree.create_element(self.document, name);
        for (name, value) in attributes {
            tree.set_attribute(node, name, value);
        }
        tree.set_parser_inserted(node, self.kind == Kind::Shown);
        if self.kind != Kind::Shown && is_script(tree, node) {
            tree.set_script_started(node, true);
        }
        Ok(node)
    }

    fn end_tag(&mut self, tree: &Tree) -> Step<Found> {
        let name = content::end_tag(self.reader())?;
        match self.open.last() {
            Some(open) if open.name == name => {}
            Some(open) => {
                return fail(format!(
                    "<{}> of line {} is closed by </{name}>",
                    open.name, open.line
                ));
            }
            None => return fail(format!("</{name}> closes nothing")),
        }
        if self.inputs.last().is_some_and(|input| input.depth >= self.open.len()) {
            return fail("an element begins or ends within an entity");
        }
        Ok(self.close(tree))
    }

    /// Closes the innermost element.
    fn close(&mut self, tree: &Tree) -> Found {
        let Some(open) = self.open.pop() else { return Found::Something };
        self.scope.truncate(open.scope);
        if self.kind != Kind::Shown {
            return Found::Something;
        }
        if is_script(tree, open.node) {
            return Found::Script(open.node);
        }
        let acts = tree.local_name(open.node).is_some_and(|name| {
            matches!(&**name, "style" | "title" | "textarea" | "select" | "option" | "object")
        });
        if acts {
            self.closed.push(open.node);
        }
        Found::Something
    }
}

fn is_script(tree: &Tree, node: NodeId) -> bool {
    tree.name(node)
        .is_some_and(|name| &*name.local == "script" && matches!(name.ns, ns!(html) | ns!(svg)))
}

/// Parses a whole document that is at hand, running no scripts, into `document`.
///
/// # Errors
/// What is not well-formed; the document holds what was read until then.
pub fn parse_document(tree: &mut Tree, document: NodeId, text: &str) -> Result<(), XmlError> {
    run(tree, XmlParser::of(document, document, Kind::Inert, Reader::whole(text)))
}

/// Parses content as that of `context` would be (`innerHTML`), into a new
/// fragment of its document.
///
/// <https://html.spec.whatwg.org/multipage/xhtml.html#parsing-xhtml-fragments>
///
/// # Errors
/// What is not well-formed.
pub fn parse_fragment(tree: &mut Tree, context: NodeId, text: &str) -> Result<NodeId, XmlError> {
    let document = tree.owner_document(context).unwrap_or(context);
    let fragment = tree.create_fragment(document);
    let mut parser = XmlParser::of(document, fragment, Kind::Fragment, Reader::whole(text));
    declare_scope(tree, context, &mut parser.scope);
    if let Some(doctype) = tree.doctype(document) {
        parser.entities.set_public_id(&doctype.public_id);
    }
    match run(tree, parser) {
        Ok(()) => Ok(fragment),
        Err(error) => {
            tree.free_subtree(fragment);
            Err(error)
        }
    }
}

fn run(tree: &mut Tree, mut parser: XmlParser) -> Result<(), XmlError> {
    // A whole text is never short of input, and no script stops it.
    let end = parser.resume(tree);
    debug_assert_eq!(end, ParserYield::Done);
    match parser.error {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The namespaces that are in scope in an element.
fn declare_scope(tree: &Tree, element: NodeId, scope: &mut Scope) {
    let mut chain: Vec<NodeId> = std::iter::once(element).chain(tree.ancestors(element)).collect();
    chain.reverse();
    for node in chain {
        for attribute in tree.attributes(node) {
            if attribute.name.ns == ns!(xmlns) {
                let prefixed = attribute.name.prefix.is_some();
                let prefix = prefixed.then(|| (*attribute.name.local).into());
                scope.push(prefix, Namespace::from(attribute.value()));
            }
        }
        if let Some(name) = tree.name(node).filter(|name| name.ns != ns!()) {
            scope.push(name.prefix.clone(), name.ns.clone());
        }
    }
}

/// Puts what went wrong in the place of a document's content.
pub fn show_error(tree: &mut Tree, document: NodeId, error: &XmlError) {
    tree.remove_children(document);
    let name =
        QualName::new(None, Namespace::from(ERROR_NAMESPACE), LocalName::from("parsererror"));
    let element = tree.create_element(document, name);
    let text = tree.create_text(document, format!("This document is not well-formed XML. {error}"));
    tree.append(element, text);
    tree.append(document, element);
}
