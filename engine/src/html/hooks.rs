//! What follows in HTML when the tree changes: controls take their state from
//! content attributes and options settle. Called by the mutations of script and
//! after each step of the parser.

use virga_dom::{NodeId, QualName, ns};
use virga_js::Cx;

use super::forms;
use crate::agent::EngineCx;

/// The elements with state of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Input,
    Option,
    OptGroup,
    Select,
    TextArea,
}

fn kind(cx: &Cx, id: NodeId) -> Option<Kind> {
    let agent = cx.engine();
    let tree = agent.tree();
    if tree.namespace(id) != Some(&ns!(html)) {
        return None;
    }
    Some(match &**tree.local_name(id)? {
        "input" => Kind::Input,
        "option" => Kind::Option,
        "optgroup" => Kind::OptGroup,
        "select" => Kind::Select,
        "textarea" => Kind::TextArea,
        _ => return None,
    })
}

/// After a subtree was inserted. Looks at its root alone: what is below it had
/// its turn when it was put there.
pub(crate) fn inserted(cx: &mut Cx, root: NodeId) {
    if matches!(kind(cx, root), Some(Kind::Option | Kind::OptGroup)) {
        let parent = cx.engine().tree().parent(root);
        if let Some(parent) = parent {
            forms::options_changed(cx, parent);
        }
    }
}

/// After a subtree was removed from `parent`.
pub(crate) fn removed(cx: &mut Cx, root: NodeId, parent: NodeId) {
    if matches!(kind(cx, root), Some(Kind::Option | Kind::OptGroup)) {
        forms::options_changed(cx, parent);
    }
}

/// After an attribute was added, changed or removed.
pub(crate) fn attribute_changed(cx: &mut Cx, element: NodeId, name: &QualName, old: Option<&str>) {
    if name.ns != ns!() {
        return;
    }
    match &*name.local {
        "checked" if kind(cx, element) == Some(Kind::Input) => {
            forms::checked_attribute_changed(cx, element);
        }
        "type" if kind(cx, element) == Some(Kind::Input) => {
            forms::type_attribute_changed(cx, element, old);
        }
        "selected" if kind(cx, element) == Some(Kind::Option) => {
            forms::option_attribute_changed(cx, element);
        }
        "multiple" | "size" if kind(cx, element) == Some(Kind::Select) => {
            forms::options_changed(cx, element);
        }
        _ => {}
    }
}

/// After children of `parent` came, went or changed their text. Nothing in HTML
/// waits for it: the text of controls is read when it is asked for.
pub(crate) fn children_changed(_cx: &mut Cx, _parent: NodeId) {}

/// After the parser made an element, attributes and all, and inserted it.
pub(crate) fn parsed(cx: &mut Cx, element: NodeId) {
    match kind(cx, element) {
        Some(Kind::Input) => forms::checked_attribute_changed(cx, element),
        Some(Kind::Option) => {
            let selected = super::has_attribute(cx, element, "selected");
            if selected {
                forms::option_attribute_changed(cx, element);
            }
            inserted(cx, element);
        }
        _ => {}
    }
}

/// After a fragment was parsed: its controls take their state from their
/// attributes.
pub(crate) fn fragment_parsed(cx: &mut Cx, root: NodeId) {
    for element in with_state(cx, root) {
        parsed(cx, element);
    }
}

/// After a subtree was copied.
///
/// <https://html.spec.whatwg.org/#the-input-element:concept-node-clone-ext>
pub(crate) fn cloned(cx: &mut Cx, original: NodeId, copy: NodeId) {
    let copies = with_state(cx, copy);
    if copies.is_empty() {
        return;
    }
    let originals = with_state(cx, original);
    // A shallow copy has the root alone.
    for (&from, &to) in originals.iter().zip(&copies) {
        match kind(cx, to) {
            Some(Kind::Input | Kind::TextArea) => forms::copy_state(cx, from, to),
            _ => parsed(cx, to),
        }
    }
}

/// The elements with state of their own in a subtree, its root included.
fn with_state(cx: &Cx, root: NodeId) -> Vec<NodeId> {
    let mut out = Vec::new();
    let mut next = Some(root);
    while let Some(id) = next {
        if kind(cx, id).is_some() {
            out.push(id);
        }
        next = cx.engine().tree().next_in_order(id, root, false);
    }
    out
}
