//! Collections of nodes: <https://dom.spec.whatwg.org/#old-style-collections>
//!
//! A live collection keeps its members until something changes that they follow
//! from, which the tree's version numbers tell. It looks for no more of them
//! than it was asked for, so that `while (list[0]) list[0].remove()` does not
//! walk the document each time.

use std::cell::RefCell;

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
    /// All members at once, where there is no other way.
    fn find_all(&self, tree: &Tree, root: NodeId) -> Option<Vec<NodeId>> {
        match self {
            Self::Find(find) => Some(find(tree, root)),
            Self::FindNamed(find, name) => Some(find(tree, root, name)),
            _ => None,
        }
    }

    /// Whether the members are children of the root.
    fn is_of_children(&self) -> bool {
        matches!(self, Self::ChildNodes | Self::Children | Self::ChildrenThat(_))
    }

    /// The candidate after another one, or the first.
    fn next(&self, tree: &Tree, root: NodeId, last: Option<NodeId>) -> Option<NodeId> {
        match last {
            None => tree.first_child(root),
            Some(last) if self.is_of_children() => tree.next_sibling(last),
            Some(last) => tree.next_in_order(last, root, false),
        }
    }

    /// Numbers that the members follow from.
    fn mark(&self, tree: &Tree, root: NodeId) -> Mark {
        match self {
            Self::ChildNodes | Self::Children => (tree.children_version(root).unwrap_or(0), 0),
            Self::AllElements | Self::TagName { .. } | Self::TagNameNs { .. } => {
                (tree.descendants_version(root), 0)
            }
            Self::Classes { .. } => (tree.descendants_version(root), tree.classes_version()),
            Self::Name(_) => (tree.descendants_version(root), tree.names_version()),
            Self::Descendants(_) | Self::ChildrenThat(_) | Self::Find(_) | Self::FindNamed(..) => {
                (tree.version(), 0)
            }
        }
    }

    fn matches(&self, tree: &Tree, id: NodeId) -> bool {
        if let Self::ChildNodes = self {
            return true;
        }
        let Some(name) = tree.name(id) else { return false };
        match self {
            Self::Find(_) | Self::FindNamed(..) => false,
            Self::ChildNodes | Self::Children | Self::AllElements => true,
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
            Self::Descendants(test) | Self::ChildrenThat(test) => test(tree, id),
        }
    }
}

/// See [`Filter::mark`].
type Mark = (u64, u64);

/// A live collection.
#[derive(Trace)]
struct Live {
    root: Obj<Node>,
    #[trace(skip)]
    filter: Filter,
    #[trace(skip)]
    found: RefCell<Found>,
}

/// The members that were found so far, as of one state of the tree.
#[derive(Default)]
struct Found {
    mark: Option<Mark>,
    members: Vec<NodeId>,
    /// The last candidate that was looked at.
    last: Option<NodeId>,
    /// There are no more.
    complete: bool,
}

impl Live {
    fn new(root: Obj<Node>, filter: Filter) -> Self {
        Self { root, filter, found: RefCell::default() }
    }

    /// Looks at the members, of which as many as `wanted` were found, or all.
    fn with<R>(&self, cx: &Cx, wanted: usize, look: impl FnOnce(&[NodeId]) -> R) -> R {
        let agent = cx.engine();
        let root = self.root.id();
        let by_children = matches!(self.filter, Filter::ChildNodes | Filter::Children);
        if by_children && agent.tree().children_version(root).is_none() {
            agent.tree_mut().watch_children(root);
        }
        let tree = agent.tree();
        let mut found = self.found.borrow_mut();
        let mark = Some(self.filter.mark(&tree, root));
        if found.mark != mark {
            *found =
                Found { mark, members: std::mem::take(&mut found.members), ..Found::default() };
            found.members.clear();
        }
        if !found.complete
            && found.members.len() < wanted
            && let Some(members) = self.filter.find_all(&tree, root)
        {
            found.members = members;
            found.complete = true;
        }
        while !found.complete && found.members.len() < wanted {
            match self.filter.next(&tree, root, found.last) {
                Some(next) => {
                    found.last = Some(next);
                    if self.filter.matches(&tree, next) {
                        found.members.push(next);
                    }
                }
                None => found.complete = true,
            }
        }
        look(&found.members)
    }

    fn len(&self, cx: &Cx) -> usize {
        self.with(cx, usize::MAX, <[_]>::len)
    }

    fn get(&self, cx: &Cx, index: usize) -> Option<NodeId> {
        self.with(cx, index.saturating_add(1), |members| members.get(index).copied())
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
            Nodes::Live(live) => live.with(cx, usize::MAX, <[_]>::to_vec),
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
        let found = self.live.with(cx, usize::MAX, |members| {
            let tree = agent.tree();
            members.iter().copied().find(|id| names_of(&tree, *id).any(|own| own == name))
        });
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }

    /// <https://dom.spec.whatwg.org/#interface-htmlcollection> (supported property names)
    fn supported_names(&self, cx: &mut Cx) -> Vec<DomString> {
        let agent = cx.engine();
        self.live.with(cx, usize::MAX, |members| {
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
