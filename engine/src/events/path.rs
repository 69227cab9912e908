//! The way of an event: <https://dom.spec.whatwg.org/#event-path>

use virga_dom::{NodeId, Tree, tree::ShadowMode};
use virga_js::{Cx, DomString, Obj, Trace};

use super::{Event, EventTarget};
use crate::{
    agent::{Agent, EngineCx},
    window::Window,
    wrappers::Node,
};

/// The way of an event: its target first, the window last.
#[derive(Default, Trace)]
pub(super) struct Path {
    steps: Vec<Step>,
    /// What shadow trees make of it, where there are any.
    shadow: Option<Box<ShadowPath>>,
}

/// An object on the way.
#[derive(Clone, Trace)]
pub(super) enum Step {
    /// A node, which has no listeners as long as it has no wrapper.
    Node(#[trace(skip)] NodeId),
    /// Anything else, or the target.
    Object(Obj<EventTarget>),
}

impl Step {
    pub(super) fn resolve(&self, cx: &mut Cx) -> Obj<EventTarget> {
        match self {
            Self::Node(id) => cx.wrap(*id).upcast(),
            Self::Object(object) => object.clone(),
        }
    }

    fn is(&self, cx: &Cx, object: &Obj<EventTarget>) -> bool {
        match self {
            Self::Node(id) => cx.engine().wrappers.get(cx, *id).is_some_and(|node| node == *object),
            Self::Object(own) => own == object,
        }
    }
}

/// What an event with shadow trees on its way looks like at each step.
#[derive(Default, Trace)]
struct ShadowPath {
    steps: Vec<ShadowStep>,
    /// The event shall not tell its targets afterwards.
    clear_targets: bool,
}

#[derive(Clone, Trace)]
struct ShadowStep {
    /// The shadow-adjusted target, where another one than before shows.
    target: Option<Step>,
    related: Option<Step>,
    root_of_closed_tree: bool,
    slot_in_closed_tree: bool,
    in_shadow_tree: bool,
}

/// What an event says of itself at a step of its way.
pub(super) struct Look {
    pub(super) target: Obj<EventTarget>,
    pub(super) related: Option<Obj<EventTarget>>,
    pub(super) in_shadow_tree: bool,
}

impl Path {
    /// The way to a target that is no node.
    pub(super) fn alone(target: &Obj<EventTarget>) -> Self {
        Self { steps: vec![Step::Object(target.clone())], shadow: None }
    }

    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn step(&self, index: usize) -> Option<Step> {
        self.steps.get(index).cloned()
    }

    /// Whether the step has the event at its target.
    pub(super) fn is_at_target(&self, index: usize) -> bool {
        match &self.shadow {
            None => index == 0,
            Some(shadow) => shadow.steps.get(index).is_some_and(|step| step.target.is_some()),
        }
    }

    /// Whether the event's targets are forgotten when it was dispatched.
    pub(super) fn clears_targets(&self) -> bool {
        self.shadow.as_ref().is_some_and(|shadow| shadow.clear_targets)
    }

    /// What the event looks like at a step, if shadow trees have a say in it.
    pub(super) fn look(event: &Event, cx: &mut Cx, index: usize) -> Option<Look> {
        let (target, related, in_shadow_tree) = {
            let path = event.path.borrow();
            let steps = &path.shadow.as_ref()?.steps;
            let step = steps.get(index)?;
            let target = steps[..=index].iter().rev().find_map(|step| step.target.clone())?;
            (target, step.related.clone(), step.in_shadow_tree)
        };
        Some(Look {
            target: target.resolve(cx),
            related: related.map(|step| step.resolve(cx)),
            in_shadow_tree,
        })
    }

    /// <https://dom.spec.whatwg.org/#dom-event-composedpath>
    pub(super) fn composed(event: &Event, cx: &mut Cx) -> Vec<Obj<EventTarget>> {
        let current = event.current_target_object();
        let chosen: Vec<Step> = {
            let path = event.path.borrow();
            match (&path.shadow, current) {
                (None, _) | (_, None) => path.steps.clone(),
                (Some(shadow), Some(current)) => path.visible_from(cx, &shadow.steps, &current),
            }
        };
        chosen.into_iter().map(|step| step.resolve(cx)).collect()
    }

    /// The steps that are not hidden from `current` in closed trees.
    fn visible_from(&self, cx: &Cx, steps: &[ShadowStep], current: &Obj<EventTarget>) -> Vec<Step> {
        // 6.–9.
        let mut at = 0;
        let mut level = 0_i32;
        for (index, step) in self.steps.iter().enumerate().rev() {
            level += i32::from(steps[index].root_of_closed_tree);
            if step.is(cx, current) {
                at = index;
                break;
            }
            level -= i32::from(steps[index].slot_in_closed_tree);
        }
        // 10.–12.
        let mut out = Vec::new();
        let (mut now, mut most) = (level, level);
        for index in (0..at).rev() {
            now += i32::from(steps[index].root_of_closed_tree);
            if now <= most {
                out.push(self.steps[index].clone());
            }
            if steps[index].slot_in_closed_tree {
                now -= 1;
                most = most.min(now);
            }
        }
        out.reverse();
        out.push(self.steps[at].clone());
        // 13.–15.
        (now, most) = (level, level);
        for (own, step) in self.steps.iter().zip(steps).skip(at + 1) {
            now += i32::from(step.slot_in_closed_tree);
            if now <= most {
                out.push(own.clone());
            }
            if step.root_of_closed_tree {
                now -= 1;
                most = most.min(now);
            }
        }
        out
    }

    /// The way of an event to a node: what "get the parent" gives, again and
    /// again. `None` if it goes nowhere, as it would end where it comes from.
    ///
    /// `each` hears of what the event may activate: the node, and whether it is
    /// a target.
    ///
    /// <https://dom.spec.whatwg.org/#concept-event-dispatch> steps 4 to 6.
    pub(super) fn to_node(
        cx: &mut Cx,
        target: &Obj<EventTarget>,
        node: NodeId,
        event: &Obj<Event>,
        type_: &DomString,
        mut each: impl FnMut(NodeId, bool),
    ) -> Option<Self> {
        let agent = cx.engine();
        let related = event.related_target();
        let related_node =
            related.as_ref().and_then(|object| object.downcast::<Node>()).map(|node| node.id());
        let climbed = {
            let tree = agent.tree();
            match plain(&tree, target, node, related_node) {
                Some((steps, last)) => Ok((steps, last)),
                None => Err(()),
            }
        };
        match climbed {
            Ok((mut steps, last)) => {
                each(node, true);
                for step in &steps[1..] {
                    if let Step::Node(id) = step {
                        each(*id, false);
                    }
                }
                steps.extend(window_after(&agent, last, type_));
                Some(Self { steps, shadow: None })
            }
            Err(()) => through_shadow_trees(
                &agent,
                target,
                node,
                event.is_composed(),
                type_,
                related.as_ref(),
                related_node,
                each,
            ),
        }
    }
}

/// The way up where no shadow tree is near, and its last node.
fn plain(
    tree: &Tree,
    target: &Obj<EventTarget>,
    node: NodeId,
    related: Option<NodeId>,
) -> Option<(Vec<Step>, NodeId)> {
    if tree.is_in_shadow_tree(node)
        || related.is_some_and(|related| related == node || tree.is_in_shadow_tree(related))
    {
        return None;
    }
    let mut steps = vec![Step::Object(target.clone())];
    let mut last = node;
    while let Some(parent) = tree.parent(last) {
        if tree.is_shadow_host(parent) && tree.assigned_slot(last).is_some() {
            return None;
        }
        steps.push(Step::Node(parent));
        last = parent;
    }
    Some((steps, last))
}

/// <https://html.spec.whatwg.org/#events-and-the-window-object>
fn window_after(agent: &Agent, last: NodeId, type_: &DomString) -> Option<Step> {
    if *type_ == "load" {
        return None;
    }
    let window: Obj<Window> = agent.window_of_document(last)?;
    Some(Step::Object(window.upcast()))
}

#[expect(clippy::too_many_arguments, reason = "what an event has, and where it goes")]
fn through_shadow_trees(
    agent: &Agent,
    target: &Obj<EventTarget>,
    node: NodeId,
    composed: bool,
    type_: &DomString,
    related: Option<&Obj<EventTarget>>,
    related_node: Option<NodeId>,
    mut each: impl FnMut(NodeId, bool),
) -> Option<Path> {
    let mut activations = Vec::new();
    let mut path = Path::default();
    let mut shadow = ShadowPath::default();
    let mut last = node;
    {
        let tree = agent.tree();
        let related_at = |at: NodeId| -> Option<Step> {
            match related_node {
                Some(id) => Some(Step::Node(tree.retarget(id, Some(at)))),
                None => related.cloned().map(Step::Object),
            }
        };
        let is_node = |step: &Option<Step>, id: NodeId| matches!(step, Some(Step::Node(other)) if *other == id);
        let closed = |id: NodeId| {
            tree.shadow_data(id).is_some_and(|shadow| shadow.mode == ShadowMode::Closed)
        };
        let mut push = |step: Step, id: Option<NodeId>, shown: Option<NodeId>, related, slot| {
            path.steps.push(step);
            shadow.steps.push(ShadowStep {
                target: shown.map(Step::Node),
                related,
                root_of_closed_tree: id.is_some_and(closed),
                slot_in_closed_tree: slot,
                in_shadow_tree: id.is_some_and(|id| tree.is_in_shadow_tree(id)),
            });
        };
        // 4.–6. An event whose related target is its target all the way up does
        // not happen.
        let first = related_at(node);
        if is_node(&first, node) && related_node != Some(node) {
            return None;
        }
        push(Step::Object(target.clone()), Some(node), Some(node), first, false);
        activations.push((node, true));
        let root = tree.root(node);
        // The target as it shows at this height.
        let mut shown = node;
        loop {
            // "Get the parent".
            let slot = tree.assigned_slot(last);
            let parent = match slot.or_else(|| tree.parent(last)) {
                Some(parent) => parent,
                None => match tree.shadow_data(last) {
                    Some(data) if composed || last != root => data.host,
                    _ => break,
                },
            };
            let in_closed_slot = slot.is_some() && closed(tree.root(parent));
            let related = related_at(parent);
            if tree.is_shadow_including_inclusive_ancestor(tree.root(shown), parent) {
                push(Step::Node(parent), Some(parent), None, related, in_closed_slot);
                activations.push((parent, false));
            } else if is_node(&related, parent) {
                break;
            } else {
                shown = parent;
                push(Step::Node(parent), Some(parent), Some(parent), related, in_closed_slot);
                activations.push((parent, true));
            }
            last = parent;
        }
        if tree.kind(last) == Some(virga_dom::tree::NodeKind::Document)
            && let Some(step) = window_after(agent, last, type_)
        {
            let related = related_at(last);
            push(step, None, None, related, false);
        }
        // 6.10.–6.11.
        let in_shadow = |step: &Option<Step>| matches!(step, Some(Step::Node(id)) if tree.is_in_shadow_tree(*id));
        let last_target = shadow.steps.iter().rev().find(|step| step.target.is_some());
        shadow.clear_targets =
            last_target.is_some_and(|step| in_shadow(&step.target) || in_shadow(&step.related));
    }
    for (id, is_target) in activations {
        each(id, is_target);
    }
    path.shadow = Some(Box::new(shadow));
    Some(path)
}
