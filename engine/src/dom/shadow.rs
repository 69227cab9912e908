//! Shadow roots: <https://dom.spec.whatwg.org/#interface-shadowroot>

use virga_dom::{
    NodeId, ns,
    tree::{ShadowMode, ShadowRoot as Data},
};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace, Value};
use virga_protocol::Point;

use super::{DocumentFragment, Element, markup};
use crate::{
    agent::EngineCx,
    cssom::{self, StyleSheetList},
    custom_elements,
    generated::{
        GetHTMLOptions, ShadowRootInit, ShadowRootMethods, ShadowRootMode, SlotAssignmentMode,
    },
    window::{focus, rendering},
    wrappers::Node,
};

/// <https://dom.spec.whatwg.org/#interface-shadowroot>
#[derive(Trace, Platform)]
pub(crate) struct ShadowRoot {
    #[base]
    fragment: DocumentFragment,
}

pub(super) fn make_wrapper(cx: &mut Cx, node: Node) -> Obj<Node> {
    Obj::new(cx, ShadowRoot { fragment: DocumentFragment { node } }).upcast()
}

fn refuse(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::NotSupported, message)
}

/// "Attach a shadow root": <https://dom.spec.whatwg.org/#concept-attach-a-shadow-root>
pub(super) fn attach(cx: &mut Cx, element: NodeId, init: &ShadowRootInit) -> Fallible<NodeId> {
    let agent = cx.engine();
    let mode = match init.mode {
        ShadowRootMode::Open => ShadowMode::Open,
        ShadowRootMode::Closed => ShadowMode::Closed,
    };
    // 1.–2.
    let local = {
        let tree = agent.tree();
        let name = tree.name(element).filter(|name| name.ns == ns!(html));
        name.map(|name| name.local.clone())
    };
    let Some(local) = local else {
        return Err(refuse("only HTML elements can have a shadow root"));
    };
    if !agent.tree().may_be_shadow_host(element) {
        return Err(refuse(format!("a {} element cannot have a shadow root", &*local)));
    }
    // 3.
    if custom_elements::disables_shadow(cx, element) {
        return Err(refuse(format!("the definition of {} disables shadow roots", &*local)));
    }
    // 4.
    let existing = {
        let tree = agent.tree();
        let root = tree.shadow_root(element);
        root.map(|root| {
            (root, tree.shadow_data(root).is_some_and(|d| d.declarative && d.mode == mode))
        })
    };
    if let Some((root, takeover)) = existing {
        if !takeover {
            return Err(refuse("the element has a shadow root already"));
        }
        super::mutation::replace_all(cx, None, root);
        if let Some(data) = agent.tree_mut().shadow_data_mut(root) {
            data.declarative = false;
        }
        return Ok(root);
    }
    // 5.–13.
    let custom = custom_elements::is_custom(cx, element);
    let root = {
        let mut tree = agent.tree_mut();
        let root = tree.attach_shadow(element, mode);
        if let Some(data) = root.and_then(|root| tree.shadow_data_mut(root)) {
            data.delegates_focus = init.delegates_focus;
            data.manual_slots = init.slot_assignment == SlotAssignmentMode::Manual;
            data.clonable = init.clonable;
            data.serializable = init.serializable;
            data.available_to_internals = custom;
        }
        root
    };
    root.ok_or_else(|| refuse("the element cannot have a shadow root"))
}

/// The open shadow root of an element.
pub(super) fn open_root(cx: &mut Cx, element: NodeId) -> Option<Obj<ShadowRoot>> {
    let root = {
        let agent = cx.engine();
        let tree = agent.tree();
        let root = tree.shadow_root(element)?;
        tree.shadow_data(root).filter(|data| data.mode == ShadowMode::Open)?;
        root
    };
    cx.wrap_as(root)
}

/// The element that has the focus, as it shows in a tree; `None` if it is not in
/// there.
///
/// <https://html.spec.whatwg.org/#dom-documentorshadowroot-activeelement>
pub(crate) fn active_in(cx: &Cx, root: NodeId) -> Option<NodeId> {
    let focused = focus::focused(cx)?;
    let agent = cx.engine();
    let tree = agent.tree();
    let shown = tree.retarget(focused, Some(root));
    (tree.root(shown) == root).then_some(shown)
}

/// All that was hit, as it shows in a tree, each element once.
///
/// <https://drafts.csswg.org/cssom-view/#dom-documentorshadowroot-elementsfrompoint>
pub(crate) fn hits_in(cx: &Cx, root: NodeId, hits: Vec<NodeId>) -> Vec<NodeId> {
    let mut shown: Vec<NodeId> = Vec::with_capacity(hits.len());
    for hit in hits {
        if let Some(id) = hit_in(cx, root, hit).filter(|id| !shown.contains(id)) {
            shown.push(id);
        }
    }
    shown
}

/// What was hit, as it shows in a tree: an element.
///
/// <https://drafts.csswg.org/cssom-view/#dom-documentorshadowroot-elementfrompoint>
pub(crate) fn hit_in(cx: &Cx, root: NodeId, hit: NodeId) -> Option<NodeId> {
    let agent = cx.engine();
    let tree = agent.tree();
    let mut at = Some(hit);
    while let Some(id) = at {
        if tree.is_element(id) {
            return Some(tree.retarget(id, Some(root)));
        }
        at = tree.parent_or_shadow_host(id);
    }
    None
}

impl ShadowRoot {
    fn data<R: Default>(&self, cx: &Cx, read: impl FnOnce(&Data) -> R) -> R {
        cx.engine().tree().shadow_data(self.id()).map_or_else(R::default, read)
    }
}

impl ShadowRootMethods for Obj<ShadowRoot> {
    fn mode(&self, cx: &mut Cx) -> ShadowRootMode {
        if self.data(cx, |data| data.mode == ShadowMode::Closed) {
            ShadowRootMode::Closed
        } else {
            ShadowRootMode::Open
        }
    }

    fn delegates_focus(&self, cx: &mut Cx) -> bool {
        self.data(cx, |data| data.delegates_focus)
    }

    fn slot_assignment(&self, cx: &mut Cx) -> SlotAssignmentMode {
        if self.data(cx, |data| data.manual_slots) {
            SlotAssignmentMode::Manual
        } else {
            SlotAssignmentMode::Named
        }
    }

    fn clonable(&self, cx: &mut Cx) -> bool {
        self.data(cx, |data| data.clonable)
    }

    fn serializable(&self, cx: &mut Cx) -> bool {
        self.data(cx, |data| data.serializable)
    }

    fn host(&self, cx: &mut Cx) -> Obj<Element> {
        let host = self.data(cx, |data| Some(data.host));
        match host.and_then(|host| cx.wrap_as(host)) {
            Some(host) => host,
            None => unreachable!("a shadow root keeps its host"),
        }
    }

    fn active_element(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        active_in(cx, self.id()).and_then(|id| cx.wrap_as(id))
    }

    #[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
    fn element_from_point(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<Option<Obj<Element>>> {
        if !cx.engine().tree().is_connected(self.id()) {
            return Ok(None);
        }
        let viewport = cx.window().viewport();
        let inside = (0.0..=f64::from(viewport.width)).contains(&x)
            && (0.0..=f64::from(viewport.height)).contains(&y);
        if !inside {
            return Ok(None);
        }
        let hit = rendering::hit_text(cx, Point { x: x as f32, y: y as f32 });
        let found = hit.and_then(|hit| hit_in(cx, self.id(), hit));
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }

    #[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
    fn elements_from_point(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<Vec<Obj<Element>>> {
        if self.element_from_point(cx, x, y)?.is_none() {
            return Ok(Vec::new());
        }
        let hits = rendering::hit_test_all(cx, Point { x: x as f32, y: y as f32 });
        let found = hits_in(cx, self.id(), hits);
        Ok(found.into_iter().filter_map(|id| cx.wrap_as(id)).collect())
    }

    fn style_sheets(&self, cx: &mut Cx) -> Obj<StyleSheetList> {
        super::style_sheets_of(cx, &self.upcast())
    }

    fn adopted_style_sheets(&self, cx: &mut Cx) -> Fallible<Value> {
        Ok(cssom::adopted_style_sheets(cx, &self.upcast()))
    }

    fn set_adopted_style_sheets(&self, cx: &mut Cx, sheets: Value) -> Fallible<()> {
        cssom::set_adopted_style_sheets(cx, &self.upcast(), &sheets)
    }

    fn set_html_unsafe(&self, cx: &mut Cx, html: DomString) -> Fallible<()> {
        let id = self.id();
        let host = cx.engine().tree().host(id);
        markup::set_unsafely(cx, id, host.unwrap_or(id), &html.to_str());
        Ok(())
    }

    fn get_html(&self, cx: &mut Cx, options: GetHTMLOptions) -> Fallible<DomString> {
        Ok(markup::get(cx, self.id(), &options))
    }

    fn inner_html(&self, cx: &mut Cx) -> Fallible<DomString> {
        markup::inner(cx, self.id())
    }

    fn set_inner_html(&self, cx: &mut Cx, text: DomString) -> Fallible<()> {
        markup::set_shadow_inner(cx, self.id(), &text.to_str())
    }
}
