use std::cell::{Cell, RefCell};

use virga_dom::NodeId;
use virga_js::{Finalizer, GcCell, Obj};
use virga_js::{Platform, Trace};

use super::scope::Scope;
use crate::events::EventTarget;

/// The native data of every node's wrapper.
///
/// <https://dom.spec.whatwg.org/#interface-node>
#[derive(Trace, Platform)]
pub(crate) struct Node {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    id: NodeId,
    #[trace(skip)]
    _finalizer: Finalizer,
    pub(super) scope: RefCell<Option<GcCell<Scope>>>,
    /// The index among the scope's members.
    pub(super) index: Cell<u32>,
    /// What few nodes have.
    pub(crate) extras: RefCell<Option<Box<crate::dom::Extras>>>,
    /// The node's document, if no window holds it.
    document: RefCell<Option<Obj<Node>>>,
}

impl Node {
    pub(super) fn new(id: NodeId, finalizer: Finalizer) -> Self {
        Self {
            target: EventTarget::new(),
            id,
            _finalizer: finalizer,
            scope: RefCell::default(),
            index: Cell::new(0),
            extras: RefCell::default(),
            document: RefCell::default(),
        }
    }

    /// The node in the agent's tree.
    pub(crate) fn id(&self) -> NodeId {
        self.id
    }

    pub(super) fn keep_document(&self, document: Option<Obj<Self>>) {
        drop(self.document.replace(document));
    }
}
