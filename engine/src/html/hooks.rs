//! What follows in HTML when the tree changes: controls take their state from
//! content attributes and options settle. Called by the mutations of script and
//! after each step of the parser.

use virga_dom::{NodeId, QualName, Tree, ns, tree::ControlFlags};
use virga_js::Cx;

use super::{
    autofocus, dialog, document_names,
    forms::{self, kind::InputType},
    media, popover, source_set, toggle,
};
use crate::{agent::EngineCx, loading};

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
    let agent = cx.engine();
    if agent.tree().has_controls() {
        let mut tree = agent.tree_mut();
        tree.forget_parser_forms(root);
        controls_moved(&mut tree, root, None);
    }
    dialog::inserted(cx, root);
    media_child_inserted(cx, root);
    picture_changed(cx, root);
    autofocus_inserted(cx, root);
    names_inserted(cx, root);
}

/// Elements of an inserted subtree that the document knows by name.
fn names_inserted(cx: &mut Cx, root: NodeId) {
    if cx.window().document_names.get() {
        return;
    }
    let named: Vec<NodeId> = {
        let agent = cx.engine();
        let tree = agent.tree();
        if !tree.has_exposed_names() || !tree.is_connected(root) {
            return;
        }
        std::iter::once(root)
            .chain(tree.descendants(root))
            .filter(|&id| tree.is_element(id))
            .collect()
    };
    for id in named {
        document_names::note(cx, id);
    }
}

/// The parser made an element that is, or is in, a media element.
fn media_parsed(cx: &mut Cx, element: NodeId) {
    let loads = {
        let agent = cx.engine();
        let tree = agent.tree();
        is_media(&tree, element) && tree.plain_attribute(element, &"src".into()).is_some()
    };
    if loads {
        media::src_changed(cx, element);
    } else {
        media_child_inserted(cx, element);
    }
}

/// The `src` of a media element or track changed.
fn media_source_changed(cx: &mut Cx, element: NodeId) {
    let is = |name: &str| cx.engine().tree().is_html_element(element, name);
    if is("video") || is("audio") {
        media::src_changed(cx, element);
    } else if is("track") {
        media::track_element::src_changed(cx, element);
    }
}

/// A `source` or image in a `picture` came, went or changed: the images in it
/// may have another source.
fn picture_changed(cx: &mut Cx, child: NodeId) {
    let images = {
        let agent = cx.engine();
        let tree = agent.tree();
        if !tree.is_html_element(child, "source") {
            return;
        }
        let picture = tree.parent(child);
        picture.map(|picture| source_set::images_of(&tree, picture)).unwrap_or_default()
    };
    for image in images {
        loading::image::update(cx, image);
    }
}

/// A child of a media element came.
fn media_child_inserted(cx: &mut Cx, child: NodeId) {
    let (is_track, media) = {
        let agent = cx.engine();
        let tree = agent.tree();
        let is_track = tree.is_html_element(child, "track");
        if !is_track && !tree.is_html_element(child, "source") {
            return;
        }
        let media = tree.parent(child).filter(|&id| is_media(&tree, id));
        (is_track, media)
    };
    match media {
        Some(_) if is_track => media::track_element::inserted(cx, child),
        Some(media) => media::source_inserted(cx, media),
        None => {}
    }
}

fn is_media(tree: &Tree, id: NodeId) -> bool {
    tree.is_html_element(id, "video") || tree.is_html_element(id, "audio")
}

/// Elements of an inserted subtree that would like the focus.
fn autofocus_inserted(cx: &Cx, root: NodeId) {
    let wanting: Vec<NodeId> = {
        let agent = cx.engine();
        let tree = agent.tree();
        if !tree.has_autofocus() || !tree.is_connected(root) {
            return;
        }
        std::iter::once(root)
            .chain(tree.descendants(root))
            .filter(|&id| tree.plain_attribute(id, &"autofocus".into()).is_some())
            .collect()
    };
    for id in wanting {
        autofocus::inserted(cx, id);
    }
}

/// After a subtree was removed from `parent`.
pub(crate) fn removed(cx: &mut Cx, root: NodeId, parent: NodeId) {
    if matches!(kind(cx, root), Some(Kind::Option | Kind::OptGroup)) {
        forms::options_changed(cx, parent);
    }
    let agent = cx.engine();
    if agent.tree().has_controls() {
        controls_moved(&mut agent.tree_mut(), root, Some(parent));
    }
    let left_media = {
        let tree = agent.tree();
        tree.is_html_element(root, "track") && is_media(&tree, parent)
    };
    if left_media {
        media::track_element::removed(cx, root, parent);
    }
}

/// Controls came to another place: radio buttons meet another group, and forms
/// and fieldsets have other members.
fn controls_moved(tree: &mut Tree, root: NodeId, from: Option<NodeId>) {
    let mut found = Vec::new();
    let mut next = Some(root);
    while let Some(id) = next {
        if forms::owner::is_listed(tree, id) {
            found.push(id);
        }
        next = tree.next_in_order(id, root, false);
    }
    if found.is_empty() {
        return;
    }
    for id in found {
        if from.is_none() && InputType::of(tree, id) == Some(InputType::Radio) {
            forms::radio::joined(tree, id);
        }
        tree.note_control_changed(id);
    }
    // What is left where they were.
    if let Some(parent) = from {
        let above: Vec<NodeId> = std::iter::once(parent).chain(tree.ancestors(parent)).collect();
        for id in above {
            if tree.is_html_element(id, "form") || tree.is_html_element(id, "fieldset") {
                tree.note_control_changed(id);
            }
        }
    }
}

/// After an attribute was added, changed or removed.
pub(crate) fn attribute_changed(cx: &mut Cx, element: NodeId, name: &QualName, old: Option<&str>) {
    if name.ns != ns!() {
        return;
    }
    match &*name.local {
        "checked" if kind(cx, element) == Some(Kind::Input) => {
            forms::checkedness::attribute_changed(cx, element);
        }
        "name" | "form" if kind(cx, element) == Some(Kind::Input) => {
            let agent = cx.engine();
            let mut tree = agent.tree_mut();
            if InputType::of(&tree, element) == Some(InputType::Radio) {
                forms::radio::joined(&mut tree, element);
            }
        }
        "name" | "id" if kind(cx, element).is_none() => {
            document_names::note(cx, element);
            if &*name.local == "name" {
                toggle::details_attribute_changed(cx, element, &name.local, old);
            }
        }
        "open" => toggle::details_attribute_changed(cx, element, &name.local, old),
        "src" => media_source_changed(cx, element),
        "srcset" | "sizes" | "media" => picture_changed(cx, element),
        "popover" => popover::attribute_changed(cx, element, old),
        "type" if kind(cx, element) == Some(Kind::Input) => {
            forms::type_attribute_changed(cx, element, old);
        }
        "type" => picture_changed(cx, element),
        "selected" if kind(cx, element) == Some(Kind::Option) => {
            forms::option_attribute_changed(cx, element);
        }
        "multiple" | "size" if kind(cx, element) == Some(Kind::Select) => {
            forms::options_changed(cx, element);
        }
        _ => {}
    }
}

/// After children of `parent` came, went or changed their text: a text area
/// whose value nobody set follows.
pub(crate) fn children_changed(cx: &mut Cx, parent: NodeId) {
    if kind(cx, parent) != Some(Kind::TextArea) {
        return;
    }
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    if !tree.control_flags(parent).contains(ControlFlags::VALUE_DIRTY) {
        tree.clear_form_value(parent);
    }
    tree.note_control_changed(parent);
}

/// After the parser made an element, attributes and all, and inserted it.
pub(crate) fn parsed(cx: &mut Cx, element: NodeId) {
    let wants_focus = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.has_autofocus() && tree.plain_attribute(element, &"autofocus".into()).is_some()
    };
    if wants_focus {
        autofocus::inserted(cx, element);
    }
    media_parsed(cx, element);
    if !cx.window().document_names.get() && cx.engine().tree().has_exposed_names() {
        document_names::note(cx, element);
    }
    control_parsed(cx, element);
}

/// The part of [`parsed`] that elements in the contents of templates have, too: they
/// take their state from their attributes.
pub(crate) fn control_parsed(cx: &mut Cx, element: NodeId) {
    match kind(cx, element) {
        Some(Kind::Input) => forms::checkedness::attribute_changed(cx, element),
        Some(Kind::Option) => {
            let selected = super::has_attribute(cx, element, "selected");
            if selected {
                forms::option_attribute_changed(cx, element);
            }
            inserted(cx, element);
        }
        _ => toggle::parsed(cx, element),
    }
}

/// After a fragment was parsed: its controls take their state from their
/// attributes.
pub(crate) fn fragment_parsed(cx: &mut Cx, root: NodeId) {
    for element in with_state(cx, root, true) {
        parsed(cx, element);
    }
}

/// After a subtree was copied.
///
/// <https://html.spec.whatwg.org/#the-input-element:concept-node-clone-ext>
pub(crate) fn cloned(cx: &mut Cx, original: NodeId, copy: NodeId) {
    let copies = with_state(cx, copy, false);
    if copies.is_empty() {
        return;
    }
    let originals = with_state(cx, original, false);
    // A shallow copy has the root alone.
    for (&from, &to) in originals.iter().zip(&copies) {
        match kind(cx, to) {
            Some(Kind::Input | Kind::TextArea) => forms::copy_state(cx, from, to),
            _ => parsed(cx, to),
        }
    }
}

/// The elements with state of their own in a subtree, its root and the contents of
/// its templates included, and those in shadow trees if so wished.
fn with_state(cx: &Cx, root: NodeId, in_shadows: bool) -> Vec<NodeId> {
    let mut out = Vec::new();
    let mut roots = vec![root];
    while let Some(root) = roots.pop() {
        let mut next = Some(root);
        while let Some(id) = next {
            if kind(cx, id).is_some() {
                out.push(id);
            }
            let agent = cx.engine();
            let tree = agent.tree();
            roots.extend(tree.template_content(id));
            if in_shadows && tree.is_shadow_host(id) {
                roots.extend(tree.shadow_root(id));
            }
            next = tree.next_in_order(id, root, false);
        }
    }
    out
}
