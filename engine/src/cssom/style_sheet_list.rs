use virga_dom::NodeId;
use virga_js::{Cx, Fallible, Obj, Platform, Trace};

use super::CSSStyleSheet;
use crate::{agent::EngineCx, generated::StyleSheetListMethods, wrappers::Node};

/// The sheets of a document's elements.
///
/// <https://drafts.csswg.org/cssom/#the-stylesheetlist-interface>
#[derive(Trace, Platform)]
pub(crate) struct StyleSheetList {
    root: Obj<Node>,
}

impl StyleSheetList {
    /// The list of a document or a shadow root.
    pub(crate) fn create(cx: &mut Cx, root: Obj<Node>) -> Obj<Self> {
        Obj::new(cx, Self { root })
    }

    fn owners(&self, cx: &Cx) -> Vec<NodeId> {
        let agent = cx.engine();
        let tree = agent.tree();
        let root = self.root.id();
        let document = tree.owner_document(root).unwrap_or(root);
        let Some(window) = agent.window_of_document(document) else { return Vec::new() };
        let view = window.view.borrow();
        if tree.shadow_data(root).is_some() {
            return view.stylesheet_owners_in(root).collect();
        }
        view.stylesheet_owners().filter(|owner| tree.root(*owner) == root).collect()
    }
}

/// The sheet of a `style` or `link` element; the same object each time.
pub(crate) fn sheet_of(cx: &mut Cx, owner: NodeId) -> Option<Obj<CSSStyleSheet>> {
    let agent = cx.engine();
    let document = agent.tree().owner_document(owner)?;
    let window = agent.window_of_document(document)?;
    let sheet = window.view.borrow_mut().stylesheet(owner)?.clone();
    let node = cx.wrap(owner);
    if let Some(known) = crate::dom::sheet_object(&node) {
        if known.sheet().is_same(&sheet) {
            return Some(known);
        }
        known.disown();
    }
    let object = CSSStyleSheet::of_element(cx, node.clone(), sheet);
    crate::dom::set_sheet_object(&node, Some(object.clone()));
    Some(object)
}

/// The element has another sheet now, or none: what script holds of the old one
/// is on its own.
pub(crate) fn sheet_gone(cx: &Cx, owner: NodeId) {
    let Some(node) = cx.engine().wrappers.get(cx, owner) else { return };
    if let Some(known) = crate::dom::sheet_object(&node) {
        known.disown();
        crate::dom::set_sheet_object(&node, None);
    }
}

impl StyleSheetListMethods for Obj<StyleSheetList> {
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer sheets")]
    fn length(&self, cx: &mut Cx) -> u32 {
        self.owners(cx).len() as u32
    }

    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<CSSStyleSheet>>> {
        let owner = self.owners(cx).get(index as usize).copied();
        Ok(owner.and_then(|owner| sheet_of(cx, owner)))
    }
}
