//! Collections of nodes: <https://dom.spec.whatwg.org/#old-style-collections>
//!
//! A live collection finds its members anew whenever the tree has changed since
//! it last looked, which the tree's version tells; in between it keeps them.

use std::cell::{Cell, RefCell};

use virga_dom::{LocalName, Namespace, NodeId, Tree, ns};
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace, webidl};

use super::Element;
use crate::{
    agent::EngineCx,
    generated::{HTMLCollectionMethods, NodeListMethods},
    wrappers::Node,
};

/// Which descendants of its root a live collection has.
#[derive(Clone)]
pub(crate) enum Filter {
    /// All child nodes.
    ChildNodes,
    /// The children that are elements.
    Children,
    /// `getElementsByTagName("*")`
    AllElements,
    /// `getElementsByTagName`: the name as given, and in lower case for HTML
    /// elements of HTML documents.
    TagName { qualified: String, lowercase: String },
    /// `getElementsByTagNameNS`; `None` stands for `*`.
    TagNameNs { namespace: Option<Namespace>, local: Option<LocalName> },
    /// `getElementsByClassName`
    Classes { classes: Vec<String>, quirks: bool },
    /// `getElementsByName`
    Name(String),
    /// Descendants for which this holds.
    Descendants(fn(&Tree, NodeId) -> bool),
    /// Children for which this holds.
    ChildrenThat(fn(&Tree, NodeId) -> bool),
    /// Whatever this finds below the root, in order.
    Find(fn(&Tree, NodeId) -> Vec<NodeId>),
    /// Whatever this finds for a name.
    FindNamed(fn(&Tree, NodeId, &str) -> Vec<NodeId>, String),
}

impl Filter {
    fn find(&self, tree: &Tree, root: NodeId) -> Vec<NodeId> {
        match self {
            Self::ChildNodes => return tree.children(root).collect(),
            Self::Children => {
                return tree.children(root).filter(|id| tree.is_element(*id)).collect();
            }
            Self::ChildrenThat(test) => {
                return tree.children(root).filter(|id| test(tree, *id)).collect();
            }
            Self::Find(find) => return find(tree, root),
            Self::FindNamed(find, name) => return find(tree, root, name),
            _ => {}
        }
        tree.descendants(root).filter(|id| self.matches(tree, *id)).collect()
    }

    /// Whether a change of an attribute can change the members.
    fn follows_attributes(&self) -> bool {
        match self {
            Self::ChildNodes
            | Self::Children
            | Self::AllElements
            | Self::TagName { .. }
            | Self::TagNameNs { .. } => false,
            Self::Classes { .. }
            | Self::Name(_)
            | Self::Descendants(_)
            | Self::ChildrenThat(_)
            | Self::Find(_)
            | Self::FindNamed(..) => true,
        }
    }

    fn matches(&self, tree: &Tree, id: NodeId) -> bool {
        let Some(name) = tree.name(id).filter(|_| tree.is_element(id)) else { return false };
        match self {
            Self::ChildNodes
            | Self::Children
            | Self::ChildrenThat(_)
            | Self::Find(_)
            | Self::FindNamed(..) => false,
            Self::AllElements => true,
            Self::TagName { qualified, lowercase } => {
                let wanted = if name.ns == ns!(html) { lowercase } else { qualified };
                match &name.prefix {
                    None => *name.local == **wanted,
                    Some(prefix) => wanted
                        .strip_prefix(&**prefix)
                        .and_then(|rest| rest.strip_prefix(':'))
                        .is_some_and(|local| *local == *name.local),
                }
            }
            Self::TagNameNs { namespace, local } => {
                namespace.as_ref().is_none_or(|wanted| *wanted == name.ns)
                    && local.as_ref().is_none_or(|wanted| *wanted == name.local)
            }
            Self::Classes { classes, quirks } => {
                let has = tree.classes(id);
                !classes.is_empty()
                    && classes.iter().all(|wanted| {
                        has.iter().any(|class| {
                            let class: &str = class;
                            class == wanted || (*quirks && class.eq_ignore_ascii_case(wanted))
                        })
                    })
            }
            Self::Name(wanted) => {
                name.ns == ns!(html)
                    && tree.plain_attribute(id, &LocalName::from("name")) == Some(wanted)
            }
            Self::Descendants(test) => test(tree, id),
        }
    }
}

/// The members of a live collection, as of one version of the tree.
#[derive(Trace)]
struct Live {
    root: Obj<Node>,
    #[trace(skip)]
    filter: Filter,
    #[trace(skip)]
    version: Cell<Option<u64>>,
    #[trace(skip)]
    members: RefCell<Vec<NodeId>>,
}

impl Live {
    fn new(root: Obj<Node>, filter: Filter) -> Self {
        Self { root, filter, version: Cell::new(None), members: RefCell::default() }
    }

    /// What the members follow from.
    fn version_of(&self, tree: &Tree) -> u64 {
        if self.filter.follows_attributes() { tree.version() } else { tree.structure_version() }
    }

    fn with<R>(&self, cx: &Cx, look: impl FnOnce(&[NodeId]) -> R) -> R {
        let agent = cx.engine();
        let tree = agent.tree();
        let version = Some(self.version_of(&tree));
        if self.version.get() != version {
            self.members.replace(self.filter.find(&tree, self.root.id()));
            self.version.set(version);
        }
        look(&self.members.borrow())
    }

    fn len(&self, cx: &Cx) -> usize {
        self.with(cx, <[_]>::len)
    }

    fn get(&self, cx: &Cx, index: usize) -> Option<NodeId> {
        // Loops that empty a parent ask for its first child after each change.
        if index < 4 && matches!(self.filter, Filter::ChildNodes | Filter::Children) {
            let agent = cx.engine();
            let tree = agent.tree();
            if self.version.get() != Some(self.version_of(&tree)) {
                let all = matches!(self.filter, Filter::ChildNodes);
                let mut members =
                    tree.children(self.root.id()).filter(|id| all || tree.is_element(*id));
                return members.nth(index);
            }
        }
        self.with(cx, |members| members.get(index).copied())
    }
}

/// <https://dom.spec.whatwg.org/#interface-nodelist>
#[derive(Trace, Platform)]
pub(crate) struct NodeList {
    nodes: Nodes,
}

#[derive(Trace)]
enum Nodes {
    Static(Vec<Obj<Node>>),
    Live(Live),
}

/// A list that never changes, such as `querySelectorAll` returns. Its members
/// are own properties, so it needs no proxy.
pub(crate) fn static_node_list(cx: &mut Cx, nodes: Vec<Obj<Node>>) -> Obj<NodeList> {
    match webidl::new_static_list(cx, NodeList { nodes: Nodes::Static(nodes) }) {
        Ok(list) => list,
        Err(error) => unreachable!("the members of a static list are at hand: {error}"),
    }
}

impl NodeList {
    /// The data of a live list over the tree below `root`.
    pub(crate) fn new_live(root: Obj<Node>, filter: Filter) -> Self {
        Self { nodes: Nodes::Live(Live::new(root, filter)) }
    }

    /// The members of a live list, as they are now.
    pub(crate) fn members(&self, cx: &Cx) -> Vec<NodeId> {
        match &self.nodes {
            Nodes::Static(nodes) => nodes.iter().map(|node| node.id()).collect(),
            Nodes::Live(live) => live.with(cx, <[_]>::to_vec),
        }
    }

    /// A live list over the tree below `root`.
    pub(crate) fn live(cx: &mut Cx, root: Obj<Node>, filter: Filter) -> Obj<Self> {
        Obj::new(cx, Self { nodes: Nodes::Live(Live::new(root, filter)) })
    }
}

impl NodeListMethods for Obj<NodeList> {
    /// <https://dom.spec.whatwg.org/#dom-nodelist-item>
    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<Node>>> {
        let index = index as usize;
        match &self.nodes {
            Nodes::Static(nodes) => Ok(nodes.get(index).cloned()),
            Nodes::Live(live) => Ok(live.get(cx, index).map(|id| cx.wrap(id))),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the tree numbers nodes with 32 bits")]
    fn length(&self, cx: &mut Cx) -> u32 {
        match &self.nodes {
            Nodes::Static(nodes) => nodes.len() as u32,
            Nodes::Live(live) => live.len(cx) as u32,
        }
    }
}

/// <https://dom.spec.whatwg.org/#interface-htmlcollection>
#[derive(Trace, Platform)]
pub(crate) struct HTMLCollection {
    live: Live,
}

impl HTMLCollection {
    /// The data of a live collection over the tree below `root`.
    pub(crate) fn new(root: Obj<Node>, filter: Filter) -> Self {
        Self { live: Live::new(root, filter) }
    }

    /// The members, as they are now.
    pub(crate) fn members(&self, cx: &Cx) -> Vec<NodeId> {
        self.live.with(cx, <[_]>::to_vec)
    }

    /// A live collection over the tree below `root`.
    pub(crate) fn create(cx: &mut Cx, root: Obj<Node>, filter: Filter) -> Obj<Self> {
        Obj::new(cx, Self::new(root, filter))
    }
}

impl HTMLCollectionMethods for Obj<HTMLCollection> {
    #[expect(clippy::cast_possible_truncation, reason = "the tree numbers nodes with 32 bits")]
    fn length(&self, cx: &mut Cx) -> u32 {
        self.live.len(cx) as u32
    }

    /// <https://dom.spec.whatwg.org/#dom-htmlcollection-item>
    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<Element>>> {
        Ok(self.live.get(cx, index as usize).and_then(|id| cx.wrap_as(id)))
    }

    /// <https://dom.spec.whatwg.org/#dom-htmlcollection-nameditem>
    fn named_item(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<Obj<Element>>> {
        if name.is_empty() {
            return Ok(None);
        }
        let name = name.to_str();
        let agent = cx.engine();
        let found = self.live.with(cx, |members| {
            let tree = agent.tree();
            members.iter().copied().find(|id| names_of(&tree, *id).any(|own| own == name))
        });
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }

    /// <https://dom.spec.whatwg.org/#interface-htmlcollection> (supported property names)
    fn supported_names(&self, cx: &mut Cx) -> Vec<DomString> {
        let agent = cx.engine();
        self.live.with(cx, |members| {
            let tree = agent.tree();
            let mut names: Vec<&str> = Vec::new();
            for name in members.iter().flat_map(|id| names_of(&tree, *id)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names.into_iter().map(DomString::from).collect()
        })
    }
}

/// The names by which a collection knows an element: its id, and the name of an
/// HTML element.
fn names_of(tree: &Tree, id: NodeId) -> impl Iterator<Item = &str> {
    let own_id = tree.plain_attribute(id, &LocalName::from("id"));
    let is_html = tree.namespace(id) == Some(&ns!(html));
    let name = is_html.then(|| tree.plain_attribute(id, &LocalName::from("name"))).flatten();
    own_id.into_iter().chain(name).filter(|text| !text.is_empty())
}
