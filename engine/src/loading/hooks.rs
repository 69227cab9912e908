//! What follows for a document when its tree changes: scripts to run, sheets and
//! images to fetch. Called by the mutations of script and after each step of the
//! parser.

use virga_dom::{NodeId, QualName, Tree, tree::Mutation};
use virga_js::Cx;

use super::{image, script, stylesheet};
use crate::{agent::EngineCx, events::handler, wrappers};

/// Elements that something follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Script,
    Style,
    Link,
    Image,
    Base,
    Title,
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
        _ => return None,
    })
}

/// After the subtree at `root` became connected by a script's doing.
pub(crate) fn node_inserted(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let found: Vec<(NodeId, Role)> = {
        let tree = agent.tree();
        let mut found = Vec::new();
        for id in tree.shadow_including_descendants(root) {
            found.extend(role(&tree, id).map(|role| (id, role)));
        }
        found
    };
    // Scripts run after all else is in place.
    let (scripts, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(_, role)| *role == Role::Script);
    for (id, role) in others {
        connected(cx, id, role);
    }
    for (id, _) in scripts {
        script::prepare_inserted(cx, id);
    }
}

fn connected(cx: &mut Cx, id: NodeId, role: Role) {
    match role {
        Role::Script => {}
        Role::Style => stylesheet::update_style(cx, id),
        Role::Link => stylesheet::update_link(cx, id),
        Role::Image => image::update(cx, id),
        Role::Base => cx.window().loading.forget_base_url(),
        Role::Title => cx.window().loading.title_changed.set(true),
    }
}

/// After the subtree at `root` was removed from its parent.
pub(crate) fn node_removed(cx: &mut Cx, root: NodeId, was_connected: bool) {
    if !was_connected {
        return;
    }
    let agent = cx.engine();
    let found: Vec<(NodeId, Role)> = {
        let tree = agent.tree();
        let mut found = Vec::new();
        for id in tree.shadow_including_descendants(root) {
            found.extend(role(&tree, id).map(|role| (id, role)));
        }
        found
    };
    for (id, role) in found {
        match role {
            Role::Style | Role::Link => stylesheet::remove(cx, id),
            Role::Base => cx.window().loading.forget_base_url(),
            Role::Title => cx.window().loading.title_changed.set(true),
            Role::Script | Role::Image => {}
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
    match role {
        Some(Role::Script) => script::prepare_inserted(cx, parent),
        Some(Role::Style) => stylesheet::update_style(cx, parent),
        Some(Role::Title) => cx.window().loading.title_changed.set(true),
        _ => {}
    }
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
    match (role, local) {
        (Some(Role::Script), "src") => script::prepare_inserted(cx, element),
        (Some(Role::Style), "media" | "type") => stylesheet::update_style(cx, element),
        (Some(Role::Link), "href" | "rel" | "media" | "type" | "disabled") => {
            stylesheet::update_link(cx, element);
        }
        (Some(Role::Image), "src") => image::update(cx, element),
        (Some(Role::Base), "href") => cx.window().loading.forget_base_url(),
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
                    if !tree.is_connected(node) {
                        continue;
                    }
                    (role(&tree, node), role(&tree, parent))
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
