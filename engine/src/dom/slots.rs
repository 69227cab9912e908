//! Slots: <https://html.spec.whatwg.org/#the-slot-element>,
//! <https://dom.spec.whatwg.org/#mixin-slotable>

use virga_dom::{NodeId, Tree, tree::ShadowMode};
use virga_js::{Cx, Fallible, Obj};

use super::{Element, Text, mutation_observer};
use crate::{
    agent::EngineCx,
    events::{self, Bubbles, Cancelable},
    generated::{AssignedNodesOptions, ElementOrText, HTMLSlotElementMethods, SlottableMethods},
    interfaces::HTMLSlotElement,
    wrappers::Node,
};

/// Has slots whose nodes changed hear of it. To be called after what may have
/// changed a tree.
pub(crate) fn signal_slots(cx: &mut Cx) {
    let agent = cx.engine();
    if !agent.tree().has_signaled_slots() {
        return;
    }
    let slots = agent.tree_mut().take_signaled_slots();
    mutation_observer::queue_slots(cx, slots);
}

pub(super) fn fire_slotchange(cx: &mut Cx, slot: &Obj<Node>) {
    let target = slot.upcast();
    events::fire(cx, &target, "slotchange", Bubbles(true), Cancelable(false));
}

/// "Find flattened slottables".
///
/// <https://dom.spec.whatwg.org/#find-flattened-slotables>
fn flattened(tree: &Tree, slot: NodeId) -> Vec<NodeId> {
    let is_slot = |id: NodeId| tree.is_html_element(id, "slot") && tree.is_in_shadow_tree(id);
    if !is_slot(slot) {
        return Vec::new();
    }
    let shown = |slot: NodeId| {
        let nodes = tree.assigned_nodes(slot);
        if !nodes.is_empty() {
            return nodes;
        }
        tree.children(slot).filter(|id| tree.is_element(*id) || tree.is_text(*id)).collect()
    };
    let mut out = Vec::new();
    // Slots may be in slots, as deep as shadow trees nest.
    let mut todo = shown(slot);
    todo.reverse();
    while let Some(node) = todo.pop() {
        if is_slot(node) {
            todo.extend(shown(node).into_iter().rev());
        } else {
            out.push(node);
        }
    }
    out
}

fn nodes_of(cx: &Cx, slot: NodeId, flatten: bool) -> Vec<NodeId> {
    let agent = cx.engine();
    let tree = agent.tree();
    if flatten { flattened(&tree, slot) } else { tree.assigned_nodes(slot) }
}

impl HTMLSlotElementMethods for Obj<HTMLSlotElement> {
    /// <https://html.spec.whatwg.org/#dom-slot-assignednodes>
    fn assigned_nodes(
        &self,
        cx: &mut Cx,
        options: AssignedNodesOptions,
    ) -> Fallible<Vec<Obj<Node>>> {
        let nodes = nodes_of(cx, self.upcast::<Node>().id(), options.flatten);
        Ok(nodes.into_iter().map(|id| cx.wrap(id)).collect())
    }

    /// <https://html.spec.whatwg.org/#dom-slot-assignedelements>
    fn assigned_elements(
        &self,
        cx: &mut Cx,
        options: AssignedNodesOptions,
    ) -> Fallible<Vec<Obj<Element>>> {
        let nodes = nodes_of(cx, self.upcast::<Node>().id(), options.flatten);
        Ok(nodes.into_iter().filter_map(|id| cx.wrap_as(id)).collect())
    }

    /// <https://html.spec.whatwg.org/#dom-slot-assign>
    fn assign(&self, cx: &mut Cx, nodes: Vec<ElementOrText>) -> Fallible<()> {
        let nodes: Vec<NodeId> = nodes
            .iter()
            .map(|node| match node {
                ElementOrText::Element(element) => element.upcast::<Node>().id(),
                ElementOrText::Text(text) => text.upcast::<Node>().id(),
            })
            .collect();
        let slot = self.upcast::<Node>().id();
        cx.engine().tree_mut().assign_manually(slot, &nodes);
        signal_slots(cx);
        Ok(())
    }
}

/// What can be assigned to a slot.
pub(crate) trait IsSlottable: virga_js::Platform {}

impl IsSlottable for Element {}
impl IsSlottable for Text {}

impl<T: IsSlottable> SlottableMethods for Obj<T> {
    /// <https://dom.spec.whatwg.org/#dom-slotable-assignedslot>
    fn assigned_slot(&self, cx: &mut Cx) -> Option<Obj<HTMLSlotElement>> {
        let slot = {
            let agent = cx.engine();
            let tree = agent.tree();
            let slot = tree.assigned_slot(self.upcast::<Node>().id())?;
            let root = tree.containing_shadow(slot)?;
            tree.shadow_data(root).filter(|data| data.mode == ShadowMode::Open)?;
            slot
        };
        cx.wrap_as(slot)
    }
}
