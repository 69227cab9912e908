//! What follows for a document when its tree changes: scripts to run, sheets and
//! images to fetch. Called by the mutations of script and after each step of the
//! parser.

use virga_dom::{NodeId, QualName, Tree, tree::Mutation};
use virga_js::Cx;

use super::{image, refresh, script, stylesheet};
use crate::{agent::EngineCx, events::handler, navigable::frame, wrappers};

/// Elements that something follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Script,
    Style,
    Link,
    Image,
    Base,
    Title,
    Frame,
    Meta,
}

fn role(tree: &Tree, id: NodeId) -> Option<Role> {
    if tree.namespace(id) != Some(&virga_dom::ns!(html)) {
        return None;
    }
    Some(match &**tree.local_name(id)? {
        "script" => Role::Script,
        "style" => Role::Style,
        "link" => Role::Link,
        "img" => Role::Image,
        "base" => Role::Base,
        "title" => Role::Title,
        "iframe" | "frame" => Role::Frame,
        "meta" => Role::Meta,
        _ => return None,
    })
}

/// After the subtree at `root` became connected by a script's doing.
pub(crate) fn node_inserted(cx: &mut Cx, root: NodeId) {
    cx.in_window_of(root, |cx| inserted(cx, root));
}

fn inserted(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let found: Vec<(NodeId, Role)> = {
        let tree = agent.tree();
        let mut found = Vec::new();
        for id in tree.shadow_including_descendants(root) {
            found.extend(role(&tree, id).map(|role| (id, role)));
        }
        found
    };
    if found.is_empty() || !is_current(cx, root) {
        return;
    }
    // Scripts and frames, which may run script, come after all else is in place.
    let (last, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(_, role)| matches!(role, Role::Script | Role::Frame));
    for (id, role) in others {
        connected(cx, id, role);
    }
    for (id, role) in last {
        // What came before may have taken it away again.
        let still = agent.tree().is_connected(id) && is_current(cx, id);
        match role {
            Role::Script => script::prepare_inserted(cx, id),
            _ if still => connected(cx, id, role),
            _ => {}
        }
    }
}

/// Whether a node's document is the one that the current realm's window shows:
/// nothing is loaded for any other.
fn is_current(cx: &Cx, node: NodeId) -> bool {
    let agent = cx.engine();
    let document = agent.tree().owner_document(node);
    document.is_some_and(|document| agent.is_shown(document) && document == cx.document_id())
}

fn connected(cx: &mut Cx, id: NodeId, role: Role) {
    match role {
        Role::Script => {}
        Role::Style => stylesheet::update_style(cx, id),
        Role::Link => stylesheet::update_link(cx, id),
        Role::Image => image::update(cx, id),
        Role::Base => cx.window().loading.forget_base_url(),
        Role::Title => cx.window().loading.title_changed.set(true),
        Role::Frame => frame::inserted(cx, id),
        Role::Meta => refresh::meta(cx, id),
    }
}

/// After the subtree at `root` was removed from its parent.
pub(crate) fn node_removed(cx: &mut Cx, root: NodeId, was_connected: bool) {
    if was_connected {
        cx.in_window_of(root, |cx| removed(cx, root));
    }
}

fn removed(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let found: Vec<(NodeId, Role)> = {
        let tree = agent.tree();
        let mut found = Vec::new();
        for id in tree.shadow_including_descendants(root) {
            found.extend(role(&tree, id).map(|role| (id, role)));
        }
        found
    };
    if !is_current(cx, root) {
        return;
    }
    for (id, role) in found {
        match role {
            Role::Frame => frame::removed(cx, id),
            Role::Style | Role::Link => stylesheet::remove(cx, id),
            Role::Base => cx.window().loading.forget_base_url(),
            Role::Title => cx.window().loading.title_changed.set(true),
            Role::Script | Role::Image | Role::Meta => {}
        }
    }
    crate::html::dialog::removed(cx, root);
    crate::window::input::node_removed(cx, root);
}

/// After children of `parent` were added, removed or changed their text.
pub(crate) fn children_changed(cx: &mut Cx, parent: NodeId) {
    let agent = cx.engine();
    let role = {
        let tree = agent.tree();
        if !tree.is_connected(parent) {
            return;
        }
        role(&tree, parent)
    };
    let Some(role @ (Role::Script | Role::Style | Role::Title)) = role else { return };
    cx.in_window_of(parent, |cx| {
        if !is_current(cx, parent) {
            return;
        }
        match role {
            Role::Script => script::prepare_inserted(cx, parent),
            Role::Style => stylesheet::update_style(cx, parent),
            _ => cx.window().loading.title_changed.set(true),
        }
    });
}

/// After an attribute of an element was added, changed or removed.
pub(crate) fn attribute_changed(cx: &mut Cx, element: NodeId, name: &QualName, _old: Option<&str>) {
    if name.ns != virga_dom::ns!() {
        return;
    }
    let local = &*name.local;
    if local.starts_with("on") {
        return handler::content_attribute_changed(cx, element, name);
    }
    let agent = cx.engine();
    let role = {
        let tree = agent.tree();
        // An image is fetched wherever it is; everything else only in a document.
        role(&tree, element).filter(|role| *role == Role::Image || tree.is_connected(element))
    };
    let Some(role) = role else { return };
    cx.in_window_of(element, |cx| {
        if is_current(cx, element) {
            role_attribute_changed(cx, element, role, local);
        }
    });
}

fn role_attribute_changed(cx: &mut Cx, element: NodeId, role: Role, name: &str) {
    match (role, name) {
        (Role::Script, "src") => script::prepare_inserted(cx, element),
        (Role::Style, "media" | "type") => stylesheet::update_style(cx, element),
        (Role::Link, "disabled") => {
            if cx.engine().attribute(element, "disabled").is_none() {
                stylesheet::enable_explicitly(cx, element);
            }
            stylesheet::update_link(cx, element);
        }
        (Role::Link, "href" | "rel" | "media" | "type") => {
            stylesheet::update_link(cx, element);
        }
        (Role::Image, "src" | "srcset" | "sizes") => image::update(cx, element),
        (Role::Base, "href") => cx.window().loading.forget_base_url(),
        (Role::Frame, "src" | "srcdoc" | "name") => frame::attribute_changed(cx, element, name),
        (Role::Meta, "content" | "http-equiv") => refresh::meta(cx, element),
        _ => {}
    }
}

/// After a step of the parser: what it put into the tree, node by node.
pub(super) fn parsed(cx: &mut Cx, mutations: Vec<Mutation>) {
    let agent = cx.engine();
    let mut changed_parents: Vec<NodeId> = Vec::new();
    for mutation in mutations {
        crate::dom::queue_parsed(cx, &mutation);
        match mutation {
            Mutation::Inserted { parent, node, .. } => {
                wrappers::inserted(cx, node);
                let (role, parent_role) = {
                    let tree = agent.tree();
                    let connected = tree.is_connected(node);
                    (connected.then(|| role(&tree, node)), role(&tree, parent))
                };
                let Some(role) = role else {
                    // The content of a template.
                    crate::html::hooks::control_parsed(cx, node);
                    continue;
                };
                if let Some(role) = role {
                    connected(cx, node, role);
                }
                crate::html::hooks::parsed(cx, node);
                crate::custom_elements::parsed(cx, node);
                if parent_role.is_some() && changed_parents.last() != Some(&parent) {
                    changed_parents.push(parent);
                }
            }
            Mutation::Removed { node, .. } => {
                wrappers::removed(cx, node);
                crate::custom_elements::removed(cx, node, true);
            }
            Mutation::CharacterData { node, .. } => {
                let parent = agent.tree().parent(node);
                if let Some(parent) = parent
                    && changed_parents.last() != Some(&parent)
                {
                    changed_parents.push(parent);
                }
            }
            Mutation::Attribute { .. } => {}
        }
    }
    crate::dom::signal_slots(cx);
    for parent in changed_parents {
        // The parser itself says when a script is complete.
        let is_script = agent.tree().is_html_element(parent, "script");
        if !is_script {
            children_changed(cx, parent);
        }
    }
}
