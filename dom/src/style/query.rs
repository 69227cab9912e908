//! Styles of what a pass does not style: elements that are not displayed, and
//! pseudo-elements that are only looked up.

use super::engine::{NoPainters, StyleEngine};
use super::scope::StyleScope;
use super::ua;
use crate::tree::{NodeId, Tree};
use style::context::{
    SharedStyleContext, StyleContext, StyleSystemOptions, ThreadLocalStyleContext,
};
use style::properties::ComputedValues;
use style::selector_parser::{PseudoElement, SnapshotMap};
use style::servo_arc::Arc;
use style::shared_lock::StylesheetGuards;
use style::stylist::RuleInclusion;
use style::traversal::resolve_style;
use style::traversal_flags::TraversalFlags;

/// A pseudo-element by its name, with its colons.
pub(crate) fn pseudo_element(name: &str) -> Option<PseudoElement> {
    let name = name.strip_prefix(':')?;
    let name = name.strip_prefix(':').unwrap_or(name);
    Some(match &*name.to_ascii_lowercase() {
        "before" => PseudoElement::Before,
        "after" => PseudoElement::After,
        "first-letter" => PseudoElement::FirstLetter,
        "selection" => PseudoElement::Selection,
        "marker" => PseudoElement::Marker,
        "placeholder" => PseudoElement::Placeholder,
        "backdrop" => PseudoElement::Backdrop,
        "file-selector-button" => PseudoElement::FileSelectorButton,
        _ => return None,
    })
}

impl StyleEngine {
    /// The style of an element of this document or of a pseudo-element of it,
    /// also if it is not displayed. Styles must be up to date. `None` if there
    /// is no such pseudo-element, or the element is not connected.
    pub fn style_of(
        &self,
        tree: &mut Tree,
        id: NodeId,
        pseudo: Option<PseudoElement>,
    ) -> Option<Arc<ComputedValues>> {
        if tree.owner_document(id) != Some(self.document()) || !tree.is_connected(id) {
            return None;
        }
        let own = match tree.computed_style(id) {
            Some(style) => style,
            None => self.resolve(tree, id)?,
        };
        let Some(pseudo) = pseudo else {
            return Some(own);
        };
        if pseudo.is_eager() {
            return tree.pseudo_style(id, &pseudo);
        }
        self.lazy(tree, id, pseudo, &own)
    }

    /// Computes the style of an element that has none, since an ancestor is not
    /// displayed.
    fn resolve(&self, tree: &mut Tree, id: NodeId) -> Option<Arc<ComputedValues>> {
        let lock = tree.lock.clone();
        let (author, ua) = (lock.read(), ua::lock().read());
        let guards = StylesheetGuards { author: &author, ua_or_user: &ua };
        let snapshots = SnapshotMap::new();
        let scope = StyleScope::new(tree);
        let handle = scope.handle(id)?;
        handle.slot().element()?;
        let shared = SharedStyleContext {
            stylist: self.stylist(),
            visited_styles_enabled: false,
            options: StyleSystemOptions::default(),
            guards,
            current_time_for_animations: 0.0,
            traversal_flags: TraversalFlags::empty(),
            snapshot_map: &snapshots,
            animations: Default::default(),
            registered_speculative_painters: &NoPainters,
        };
        let mut local = ThreadLocalStyleContext::new();
        let mut context = StyleContext { shared: &shared, thread_local: &mut local };
        let styles = resolve_style(&mut context, handle, RuleInclusion::All, None, None);
        styles.get_primary().cloned()
    }

    /// Computes the style of a pseudo-element that stylo computes on demand.
    fn lazy(
        &self,
        tree: &mut Tree,
        id: NodeId,
        pseudo: PseudoElement,
        own: &Arc<ComputedValues>,
    ) -> Option<Arc<ComputedValues>> {
        let lock = tree.lock.clone();
        let (author, ua) = (lock.read(), ua::lock().read());
        let guards = StylesheetGuards { author: &author, ua_or_user: &ua };
        let scope = StyleScope::new(tree);
        let handle = scope.handle(id)?;
        handle.slot().element()?;
        self.stylist().lazily_compute_pseudo_element_style(
            &guards,
            handle,
            &pseudo,
            RuleInclusion::All,
            own,
            false,
            None,
        )
    }
}
