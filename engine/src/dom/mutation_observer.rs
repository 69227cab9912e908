//! Mutation observers: <https://dom.spec.whatwg.org/#mutation-observers>
//!
//! A registration lives with the node's wrapper, which lives as long as the
//! node's tree does. The agent counts registrations, so that without any a
//! change costs one comparison.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use virga_dom::{NodeId, QualName, ns, tree::Mutation};
use virga_js::{Cx, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{NodeList, static_node_list};
use crate::{
    agent::{Agent, EngineCx},
    generated::{
        MutationCallback, MutationObserverInit, MutationObserverMethods, MutationRecordMethods,
    },
    wrappers::Node,
};

/// An observer that is registered on a node.
#[derive(Clone, Trace)]
pub(super) struct Registered {
    observer: Obj<MutationObserver>,
    #[trace(skip)]
    options: Rc<Options>,
    /// Registered because the node left a subtree that is observed; ends when
    /// the observer is notified.
    transient: bool,
}

/// What is observed, as `observe` understood it.
#[derive(PartialEq)]
struct Options {
    child_list: bool,
    attributes: bool,
    character_data: bool,
    subtree: bool,
    attribute_old_value: bool,
    character_data_old_value: bool,
    attribute_filter: Option<Vec<String>>,
}

/// The agent's observers that have something to tell.
#[derive(Default)]
pub(crate) struct ObserverQueue {
    registrations: Cell<usize>,
    pending: RefCell<Vec<Obj<MutationObserver>>>,
    microtask_queued: Cell<bool>,
    /// <https://dom.spec.whatwg.org/#signal-slot-list>
    slots: RefCell<Vec<Obj<Node>>>,
    /// Parents whose child lists change without records at the moment.
    quiet: RefCell<Vec<NodeId>>,
}

/// Whether anything is observed at all.
pub(super) fn is_active(agent: &Agent) -> bool {
    agent.observers.registrations.get() > 0
}

/// While it lives, changes of one parent's children make no records.
pub(super) struct Quiet(Rc<Agent>);

impl Drop for Quiet {
    fn drop(&mut self) {
        self.0.observers.quiet.borrow_mut().pop();
    }
}

/// See [`Quiet`].
pub(super) fn suppress_children_of(agent: &Rc<Agent>, parent: NodeId) -> Quiet {
    agent.observers.quiet.borrow_mut().push(parent);
    Quiet(Rc::clone(agent))
}

/// A change, before anybody was found to be interested.
pub(super) enum Record {
    Children {
        added: Vec<NodeId>,
        removed: Vec<NodeId>,
        previous: Option<NodeId>,
        next: Option<NodeId>,
    },
    Attribute {
        name: QualName,
        old: Option<String>,
    },
    CharacterData {
        old: String,
    },
}

impl Record {
    pub(super) fn children(
        added: Vec<NodeId>,
        removed: Vec<NodeId>,
        previous: Option<NodeId>,
        next: Option<NodeId>,
    ) -> Self {
        Self::Children { added, removed, previous, next }
    }

    pub(super) fn attribute(name: &QualName, old: Option<String>) -> Self {
        Self::Attribute { name: name.clone(), old }
    }

    pub(super) fn character_data(old: String) -> Self {
        Self::CharacterData { old }
    }

    fn type_(&self) -> &'static str {
        match self {
            Self::Children { .. } => "childList",
            Self::Attribute { .. } => "attributes",
            Self::CharacterData { .. } => "characterData",
        }
    }

    /// Whether a registration asks for this, and for the old value with it.
    fn wanted_by(&self, options: &Options) -> Option<bool> {
        match self {
            Self::Children { .. } => options.child_list.then_some(false),
            Self::Attribute { name, .. } => {
                let named = |filter: &Vec<String>| {
                    name.ns == ns!() && filter.iter().any(|wanted| **wanted == *name.local)
                };
                (options.attributes && options.attribute_filter.as_ref().is_none_or(named))
                    .then_some(options.attribute_old_value)
            }
            Self::CharacterData { .. } => {
                options.character_data.then_some(options.character_data_old_value)
            }
        }
    }
}

/// "Queue a mutation record": <https://dom.spec.whatwg.org/#queue-a-mutation-record>
pub(super) fn queue(cx: &mut Cx, target: NodeId, record: impl FnOnce() -> Record) {
    let agent = cx.engine();
    if !is_active(&agent) {
        return;
    }
    let record = record();
    if matches!(record, Record::Children { .. }) && agent.observers.quiet.borrow().contains(&target)
    {
        return;
    }
    // 1.–3. Who is interested, and who of them in the old value.
    let mut interested: Vec<(Obj<MutationObserver>, bool)> = Vec::new();
    let nodes: Vec<NodeId> =
        std::iter::once(target).chain(agent.tree().ancestors(target)).collect();
    for id in nodes {
        let Some(node) = agent.wrappers.get(cx, id) else { continue };
        node.with_extras(|extras| {
            for registered in &extras.observers {
                if id != target && !registered.options.subtree {
                    continue;
                }
                let Some(old) = record.wanted_by(&registered.options) else { continue };
                match interested.iter_mut().find(|(known, _)| *known == registered.observer) {
                    Some((_, wants_old)) => *wants_old |= old,
                    None => interested.push((registered.observer.clone(), old)),
                }
            }
        });
    }
    // 4.
    for (observer, wants_old) in interested {
        let record = MutationRecord::create(cx, target, &record, wants_old);
        observer.records.borrow_mut().push(record);
        let mut pending = agent.observers.pending.borrow_mut();
        if !pending.contains(&observer) {
            pending.push(observer);
        }
    }
    // 5.
    queue_microtask(cx, &agent);
}

/// Queues the record of a change that the parser made.
pub(crate) fn queue_parsed(cx: &mut Cx, mutation: &Mutation) {
    match mutation {
        Mutation::Inserted { parent, node, previous, next } => {
            queue(cx, *parent, || Record::children(vec![*node], vec![], *previous, *next));
        }
        Mutation::Removed { parent, node, previous, next } => {
            queue(cx, *parent, || Record::children(vec![], vec![*node], *previous, *next));
        }
        Mutation::Attribute { node, name, old } => {
            queue(cx, *node, || Record::attribute(name, old.clone()));
        }
        Mutation::CharacterData { node, old } => {
            queue(cx, *node, || Record::character_data(old.clone()));
        }
    }
}

/// Has slots hear of their nodes with the next notification.
pub(super) fn queue_slots(cx: &mut Cx, slots: Vec<NodeId>) {
    let agent = cx.engine();
    for slot in slots {
        // What listens to the slot may be all that holds it.
        let slot = cx.wrap(slot);
        let mut list = agent.observers.slots.borrow_mut();
        if !list.contains(&slot) {
            list.push(slot);
        }
    }
    queue_microtask(cx, &agent);
}

/// "Queue a mutation observer microtask".
fn queue_microtask(cx: &mut Cx, agent: &Agent) {
    let nothing =
        agent.observers.pending.borrow().is_empty() && agent.observers.slots.borrow().is_empty();
    if nothing || agent.observers.microtask_queued.replace(true) {
        return;
    }
    cx.queue_microtask(notify);
}

/// "Notify mutation observers": <https://dom.spec.whatwg.org/#notify-mutation-observers>
fn notify(cx: &mut Cx) {
    let agent = cx.engine();
    agent.observers.microtask_queued.set(false);
    let pending = std::mem::take(&mut *agent.observers.pending.borrow_mut());
    let slots = std::mem::take(&mut *agent.observers.slots.borrow_mut());
    for observer in pending {
        let records = observer.records.take();
        observer.forget(cx, true);
        if records.is_empty() {
            continue;
        }
        let this = observer.value();
        if let Err(error) = observer.callback.call(cx, &this, records, observer.clone()) {
            crate::events::report_exception(cx, error);
        }
    }
    // 7.
    for slot in slots {
        super::slots::fire_slotchange(cx, &slot);
    }
}

/// To be called before `node` leaves `parent`: who observes the subtree it was in
/// goes on observing it until the next notification.
pub(super) fn note_removal(cx: &mut Cx, node: NodeId, parent: NodeId) {
    let agent = cx.engine();
    if !is_active(&agent) {
        return;
    }
    let nodes: Vec<NodeId> =
        std::iter::once(parent).chain(agent.tree().ancestors(parent)).collect();
    let mut watching: Vec<Registered> = Vec::new();
    for id in nodes {
        let Some(above) = agent.wrappers.get(cx, id) else { continue };
        above.with_extras(|extras| {
            watching.extend(extras.observers.iter().filter(|r| r.options.subtree).cloned());
        });
    }
    if watching.is_empty() {
        return;
    }
    let node = cx.wrap(node);
    for registered in watching {
        registered.observer.nodes.borrow_mut().push(node.id());
        agent.observers.registrations.update(|count| count + 1);
        node.with_extras_mut(|extras| {
            extras.observers.push(Registered { transient: true, ..registered });
        });
    }
}

/// <https://dom.spec.whatwg.org/#interface-mutationobserver>
#[derive(Trace, Platform)]
pub(crate) struct MutationObserver {
    callback: MutationCallback,
    /// Nodes it is registered on; by number, so that they may go.
    #[trace(skip)]
    nodes: RefCell<Vec<NodeId>>,
    records: RefCell<Vec<Obj<MutationRecord>>>,
}

impl MutationObserver {
    /// Ends its registrations, or the transient ones.
    fn forget(&self, cx: &Cx, only_transient: bool) {
        let agent = cx.engine();
        let nodes = self.nodes.borrow().clone();
        let mut kept = Vec::new();
        for id in nodes {
            let Some(node) = agent.wrappers.get(cx, id) else { continue };
            let mine = |registered: &Registered| std::ptr::eq(&*registered.observer, self);
            let mut still = false;
            let ended = node.with_extras_mut(|extras| {
                let before = extras.observers.len();
                extras.observers.retain(|r| !mine(r) || (only_transient && !r.transient));
                still = extras.observers.iter().any(mine);
                before - extras.observers.len()
            });
            agent.observers.registrations.update(|count| count.saturating_sub(ended));
            if still && !kept.contains(&id) {
                kept.push(id);
            }
        }
        self.nodes.replace(kept);
    }
}

impl MutationObserverMethods for Obj<MutationObserver> {
    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-mutationobserver>
    fn constructor(cx: &mut Cx, callback: MutationCallback) -> Fallible<Self> {
        let observer =
            MutationObserver { callback, nodes: RefCell::default(), records: RefCell::default() };
        Ok(Self::new(cx, observer))
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-observe>
    fn observe(&self, cx: &mut Cx, target: Obj<Node>, init: MutationObserverInit) -> Fallible<()> {
        // 1.–2.
        let attributes = init
            .attributes
            .unwrap_or(init.attribute_old_value.is_some() || init.attribute_filter.is_some());
        let character_data = init.character_data.unwrap_or(init.character_data_old_value.is_some());
        let options = Options {
            child_list: init.child_list,
            attributes,
            character_data,
            subtree: init.subtree,
            attribute_old_value: init.attribute_old_value.unwrap_or(false),
            character_data_old_value: init.character_data_old_value.unwrap_or(false),
            attribute_filter: init
                .attribute_filter
                .map(|names| names.iter().map(|name| name.to_str().into_owned()).collect()),
        };
        // 3.–6.
        let refuse = |why: &str| Err(Error::type_error(format!("MutationObserver.observe: {why}")));
        if !(options.child_list || options.attributes || options.character_data) {
            return refuse("one of childList, attributes and characterData must be true");
        }
        if options.attribute_old_value && !options.attributes {
            return refuse("attributeOldValue needs attributes");
        }
        if options.attribute_filter.is_some() && !options.attributes {
            return refuse("attributeFilter needs attributes");
        }
        if options.character_data_old_value && !options.character_data {
            return refuse("characterDataOldValue needs characterData");
        }
        // 7.–8.
        let agent = cx.engine();
        let options = Rc::new(options);
        let known = target.with_extras_mut(|extras| {
            let mine = extras.observers.iter_mut().find(|r| r.observer == *self && !r.transient);
            match mine {
                Some(registered) => {
                    registered.options = Rc::clone(&options);
                    true
                }
                None => false,
            }
        });
        if known {
            self.forget(cx, true);
        } else {
            let observer = self.clone();
            target.with_extras_mut(|extras| {
                extras.observers.push(Registered { observer, options, transient: false });
            });
            self.nodes.borrow_mut().push(target.id());
            agent.observers.registrations.update(|count| count + 1);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-disconnect>
    fn disconnect(&self, cx: &mut Cx) -> Fallible<()> {
        self.forget(cx, false);
        self.records.take();
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-mutationobserver-takerecords>
    fn take_records(&self, _cx: &mut Cx) -> Fallible<Vec<Obj<MutationRecord>>> {
        Ok(self.records.take())
    }
}

/// <https://dom.spec.whatwg.org/#interface-mutationrecord>
#[derive(Trace, Platform)]
pub(crate) struct MutationRecord {
    #[trace(skip)]
    type_: &'static str,
    target: Obj<Node>,
    added: Obj<NodeList>,
    removed: Obj<NodeList>,
    previous: Option<Obj<Node>>,
    next: Option<Obj<Node>>,
    attribute_name: Option<DomString>,
    attribute_namespace: Option<DomString>,
    old_value: Option<DomString>,
}

impl MutationRecord {
    fn create(cx: &mut Cx, target: NodeId, record: &Record, wants_old: bool) -> Obj<Self> {
        let mut list = |ids: &[NodeId]| {
            let nodes = ids.iter().map(|id| cx.wrap(*id)).collect();
            static_node_list(cx, nodes)
        };
        let (added, removed) = match record {
            Record::Children { added, removed, .. } => (list(added), list(removed)),
            _ => (list(&[]), list(&[])),
        };
        let (previous, next) = match record {
            Record::Children { previous, next, .. } => (*previous, *next),
            _ => (None, None),
        };
        let old = match record {
            Record::Attribute { old, .. } => old.as_deref(),
            Record::CharacterData { old } => Some(old.as_str()),
            Record::Children { .. } => None,
        };
        let name = match record {
            Record::Attribute { name, .. } => Some(name),
            _ => None,
        };
        let namespace = name.filter(|name| name.ns != ns!()).map(|name| DomString::from(&*name.ns));
        let data = Self {
            type_: record.type_(),
            target: cx.wrap(target),
            added,
            removed,
            previous: previous.map(|id| cx.wrap(id)),
            next: next.map(|id| cx.wrap(id)),
            attribute_name: name.map(|name| DomString::from(&*name.local)),
            attribute_namespace: namespace,
            old_value: old.filter(|_| wants_old).map(DomString::from),
        };
        Obj::new(cx, data)
    }
}

impl MutationRecordMethods for Obj<MutationRecord> {
    fn type_(&self, _cx: &mut Cx) -> DomString {
        DomString::from(self.type_)
    }

    fn target(&self, _cx: &mut Cx) -> Obj<Node> {
        self.target.clone()
    }

    fn added_nodes(&self, _cx: &mut Cx) -> Obj<NodeList> {
        self.added.clone()
    }

    fn removed_nodes(&self, _cx: &mut Cx) -> Obj<NodeList> {
        self.removed.clone()
    }

    fn previous_sibling(&self, _cx: &mut Cx) -> Option<Obj<Node>> {
        self.previous.clone()
    }

    fn next_sibling(&self, _cx: &mut Cx) -> Option<Obj<Node>> {
        self.next.clone()
    }

    fn attribute_name(&self, _cx: &mut Cx) -> Option<DomString> {
        self.attribute_name.clone()
    }

    fn attribute_namespace(&self, _cx: &mut Cx) -> Option<DomString> {
        self.attribute_namespace.clone()
    }

    fn old_value(&self, _cx: &mut Cx) -> Option<DomString> {
        self.old_value.clone()
    }
}
