//! How html5ever writes into a tree.

use crate::tree::{Doctype, NodeId, NodeKind, ShadowMode, Tree};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, Namespace, QualName};
use markup5ever::ns;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

/// The shared end of a sink: the builder owns one, the parser another.
#[derive(Clone)]
pub(super) struct Sink(Rc<State>);

struct State {
    document: NodeId,
    /// Whether elements are made for a document that may run their scripts.
    for_document: bool,
    /// The tree, while a step of the parser has borrowed it.
    tree: RefCell<Tree>,
    line: Cell<u64>,
    errors: Cell<u64>,
    closed: RefCell<Vec<NodeId>>,
    /// The element that script made for the tag that is processed next.
    constructed: Cell<Option<NodeId>>,
    /// Templates may be shadow trees.
    declarative: Cell<bool>,
    /// The shadow roots that templates stand for.
    shadows: RefCell<FxHashMap<NodeId, NodeId>>,
}

/// The name of an element, copied out of the tree.
#[derive(Debug)]
pub(super) struct Name {
    namespace: Namespace,
    local: LocalName,
}

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.namespace
    }

    fn local_name(&self) -> &LocalName {
        &self.local
    }
}

/// Gives the tree back to its owner, also if the builder panics.
struct Lent<'a> {
    state: &'a State,
    owner: &'a mut Tree,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        std::mem::swap(self.owner, &mut self.state.tree.borrow_mut());
    }
}

impl Sink {
    pub(super) fn new(document: NodeId, for_document: bool) -> Self {
        Self(Rc::new(State {
            document,
            for_document,
            tree: RefCell::new(Tree::new()),
            line: Cell::new(1),
            errors: Cell::new(0),
            closed: RefCell::new(Vec::new()),
            constructed: Cell::new(None),
            declarative: Cell::new(for_document),
            shadows: RefCell::default(),
        }))
    }

    /// Another end of the same sink.
    pub(super) fn handle(&self) -> Self {
        self.clone()
    }

    /// Runs a step of the builder on `tree`.
    ///
    /// html5ever calls its sink through a shared reference that outlives any
    /// borrow we could give it, so the tree moves into the sink for the step
    /// (a tree is a few words) and back after it.
    pub(super) fn with<R>(&self, tree: &mut Tree, step: impl FnOnce(Self) -> R) -> R {
        std::mem::swap(tree, &mut self.0.tree.borrow_mut());
        let lent = Lent { state: &self.0, owner: tree };
        let result = step(self.clone());
        drop(lent);
        result
    }

    pub(super) fn document(&self) -> NodeId {
        self.0.document
    }

    /// Gives the element for the tag that is processed next.
    pub(super) fn construct(&self, element: Option<NodeId>) {
        self.0.constructed.set(element);
    }

    /// Lets templates be shadow trees, or not.
    pub(super) fn set_declarative_shadow_roots(&self, on: bool) {
        self.0.declarative.set(on);
    }

    pub(super) fn is_template(&self, node: NodeId) -> bool {
        self.tree().is_html_element(node, "template")
            && !self.0.shadows.borrow().contains_key(&node)
    }

    pub(super) fn lacks_body(&self) -> bool {
        self.tree().body(self.0.document).is_none()
    }

    fn tree(&self) -> RefMut<'_, Tree> {
        self.0.tree.borrow_mut()
    }

    pub(super) fn line(&self) -> u64 {
        self.0.line.get()
    }

    pub(super) fn errors(&self) -> u64 {
        self.0.errors.get()
    }

    pub(super) fn take_closed(&self) -> Vec<NodeId> {
        self.0.closed.take()
    }

    fn place(&self, parent: NodeId, before: Option<NodeId>, child: NodeOrText<NodeId>) {
        let mut tree = self.tree();
        match child {
            NodeOrText::AppendNode(node) => {
                tree.insert(parent, node, before);
            }
            NodeOrText::AppendText(text) => {
                // A document has no text: the builder drops it, but a fragment
                // parsed for a document's child may ask for it.
                if tree.kind(parent) != Some(NodeKind::Document) {
                    tree.insert_merged_text(parent, &text, before);
                }
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = ();
    type ElemName<'a> = Name;

    fn finish(self) {}

    fn parse_error(&self, _message: Cow<'static, str>) {
        self.0.errors.set(self.0.errors.get() + 1);
    }

    fn get_document(&self) -> NodeId {
        self.0.document
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Name {
        let tree = self.tree();
        match tree.name(*target) {
            Some(name) => Name { namespace: name.ns.clone(), local: name.local.clone() },
            // Script freed the element meanwhile: a name that matches nothing.
            None => Name { namespace: Namespace::default(), local: LocalName::default() },
        }
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        let mut tree = self.tree();
        if name.ns == ns!(html)
            && let Some(made) = self.0.constructed.take()
        {
            if tree.local_name(made) == Some(&name.local) {
                tree.set_parser_inserted(made, self.0.for_document);
                return made;
            }
            self.0.constructed.set(Some(made));
        }
        // Made in the document that will hold it: a template's content is
        // adopted by its inert document when it is inserted there.
        let id = tree.create_element(self.0.document, name);
        for attribute in attributes {
            if *attribute.name.local == *"is" && attribute.name.ns == ns!() {
                tree.set_is_value(id, &*attribute.value);
                tree.set_defined(id, false);
            }
            tree.set_attribute(id, attribute.name, &*attribute.value);
        }
        tree.set_parser_inserted(id, self.0.for_document);
        tree.note_parser_flags(
            id,
            flags.mathml_annotation_xml_integration_point,
            flags.had_duplicate_attributes,
        );
        id
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.tree().create_comment(self.0.document, &*text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.tree().create_processing_instruction(self.0.document, &*target, &*data)
    }

    /// Noted only where the tree does not say the same.
    fn associate_with_form(
        &self,
        target: &NodeId,
        form: &NodeId,
        nodes: (&NodeId, Option<&NodeId>),
    ) {
        let mut tree = self.tree();
        let parent = match nodes {
            (element, Some(previous)) => tree.parent(*element).unwrap_or(*previous),
            (parent, None) => *parent,
        };
        if tree.root(parent) != tree.root(*form) {
            return;
        }
        let nearest = std::iter::once(parent)
            .chain(tree.ancestors(parent))
            .find(|id| tree.is_html_element(*id, "form"));
        if nearest != Some(*form) {
            tree.set_parser_form(*target, *form);
        }
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.place(*parent, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let parent = self.tree().parent(*element);
        match parent {
            Some(parent) => self.place(parent, Some(*element), child),
            None => self.place(*previous, None, child),
        }
    }

    fn append_doctype_to_document(
        &self,
        name: StrTendril,
        public_id: StrTendril,
        system_id: StrTendril,
    ) {
        let mut tree = self.tree();
        let doctype = Doctype {
            name: name.to_string(),
            public_id: public_id.to_string(),
            system_id: system_id.to_string(),
        };
        let node = tree.create_doctype(self.0.document, doctype);
        tree.append(self.0.document, node);
    }

    fn mark_script_already_started(&self, node: &NodeId) {
        self.tree().set_script_started(*node, true);
    }

    fn pop(&self, node: &NodeId) {
        let tree = self.tree();
        let acts = tree.local_name(*node).is_some_and(|name| {
            matches!(&**name, "style" | "title" | "textarea" | "select" | "option" | "object")
        });
        let is_option = acts && tree.is_html_element(*node, "option");
        drop(tree);
        if acts {
            self.0.closed.borrow_mut().push(*node);
        }
        // The builder's own hook comes at end tags alone.
        if is_option {
            show_selected(&mut self.tree(), *node);
        }
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        if let Some(shadow) = self.0.shadows.borrow().get(target) {
            return *shadow;
        }
        // The builder asks templates only; one that script freed has none.
        self.tree().template_content(*target).unwrap_or(*target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        use style::context::QuirksMode as Ours;
        let mode = match mode {
            QuirksMode::Quirks => Ours::Quirks,
            QuirksMode::LimitedQuirks => Ours::LimitedQuirks,
            QuirksMode::NoQuirks => Ours::NoQuirks,
        };
        self.tree().set_quirks_mode(self.0.document, mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let parent = self.tree().parent(*sibling);
        if let Some(parent) = parent {
            self.place(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        let mut tree = self.tree();
        for attribute in attributes {
            let name = attribute.name;
            if tree.attribute(*target, &name.ns, &name.local).is_none() {
                tree.set_attribute(*target, name, &*attribute.value);
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree().remove(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree().move_children(*node, *new_parent);
    }

    fn is_mathml_annotation_xml_integration_point(&self, node: &NodeId) -> bool {
        self.tree().is_html_integration_point(*node)
    }

    fn allow_declarative_shadow_roots(&self, _intended_parent: &NodeId) -> bool {
        self.0.declarative.get()
    }

    /// Steps 5 to 8 of <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inhead>
    /// for a template.
    fn attach_declarative_shadow(
        &self,
        host: &NodeId,
        template: &NodeId,
        attributes: &[Attribute],
    ) -> bool {
        let value =
            |name: &str| attributes.iter().find(|a| *a.name.local == *name).map(|a| &*a.value);
        let mode = match value("shadowrootmode") {
            Some(mode) if mode.eq_ignore_ascii_case("open") => ShadowMode::Open,
            Some(mode) if mode.eq_ignore_ascii_case("closed") => ShadowMode::Closed,
            _ => return false,
        };
        let mut tree = self.tree();
        if !tree.may_be_shadow_host(*host) {
            return false;
        }
        let Some(root) = tree.attach_shadow(*host, mode) else {
            return false;
        };
        if let Some(shadow) = tree.shadow_data_mut(root) {
            shadow.delegates_focus = value("shadowrootdelegatesfocus").is_some();
            shadow.clonable = value("shadowrootclonable").is_some();
            shadow.serializable = value("shadowrootserializable").is_some();
            shadow.declarative = true;
            shadow.available_to_internals = true;
        }
        self.0.shadows.borrow_mut().insert(*template, root);
        true
    }

    fn set_current_line(&self, line: u64) {
        self.0.line.set(line);
    }
}

/// Copies a closed option into the element that shows which option of its
/// select is selected, if it is that one.
///
/// <https://html.spec.whatwg.org/#maybe-clone-an-option-into-selectedcontent>
fn show_selected(tree: &mut Tree, option: NodeId) {
    let selected = markup5ever::local_name!("selected");
    let is_selected = |tree: &Tree, id| tree.plain_attribute(id, &selected).is_some();
    let found = {
        let select = tree.ancestors(option).find(|id| tree.is_html_element(*id, "select"));
        select.filter(|id| tree.plain_attribute(*id, &"multiple".into()).is_none()).and_then(|id| {
            // It stands in the button, before all options.
            let shows = |id: &NodeId| tree.is_html_element(*id, "selectedcontent");
            let is_before = |id: &NodeId| !tree.is_html_element(*id, "option");
            Some((id, tree.descendants(id).take_while(is_before).find(shows)?))
        })
    };
    let Some((select, shown)) = found else { return };
    // Without any that says so, the first option is selected.
    let wanted = tree
        .descendants(select)
        .filter(|id| tree.is_html_element(*id, "option"))
        .reduce(|best, id| if is_selected(tree, id) { id } else { best });
    if wanted != Some(option) {
        return;
    }
    for child in tree.remove_children(shown) {
        tree.free_subtree(child);
    }
    let Some(document) = tree.owner_document(shown) else { return };
    let children: Vec<NodeId> = tree.children(option).collect();
    for child in children {
        let options = crate::tree::CloneOptions { deep: true };
        if let Some(copy) = tree.clone_node(child, document, options) {
            tree.append(shown, copy);
        }
    }
}
