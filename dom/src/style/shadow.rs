//! The style sheets of shadow trees.
//!
//! Each shadow tree has sheets of its own, which say nothing about nodes
//! outside of it but for its host, what its slots show, and parts. Trees with
//! the same sheets (the instances of a component that adopt theirs) share what
//! stylo makes of them.

use super::engine::OwnedSheet;
use super::sheet::Stylesheet;
use crate::tree::{NodeId, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use style::author_styles::AuthorStyles;
use style::invalidation::element::restyle_hints::RestyleHint;
use style::servo_arc::Arc;
use style::stylesheets::DocumentStyleSheet;
use style::stylist::Stylist;

/// The sheets of all shadow trees of a document, by the root.
#[derive(Default)]
pub(super) struct ShadowStyles {
    scopes: FxHashMap<NodeId, Scope>,
    /// The root of the tree that a sheet's owner is in.
    owners: FxHashMap<NodeId, NodeId>,
    /// Roots whose rules are to be collected again.
    dirty: FxHashSet<NodeId>,
}

/// The sheets of one shadow tree.
#[derive(Default)]
struct Scope {
    /// Those of elements, in tree order.
    owned: Vec<OwnedSheet>,
    /// Those that script has adopted, after them.
    adopted: Vec<Stylesheet>,
    /// What was made of them.
    styles: AuthorStyles<DocumentStyleSheet>,
}

impl Scope {
    fn sheets(&self) -> impl Iterator<Item = &Stylesheet> {
        self.owned.iter().map(|s| &s.sheet).chain(&self.adopted)
    }
}

impl ShadowStyles {
    pub(super) fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    pub(super) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// All rules are to be collected again: a sheet or the device changed.
    pub(super) fn force_dirty(&mut self) {
        self.dirty.extend(self.scopes.keys().copied());
    }

    /// A sheet, or what it imports, was changed in place.
    pub(super) fn sheet_changed(&mut self, sheet: &Arc<style::stylesheets::Stylesheet>) {
        let has = |scope: &Scope| scope.sheets().any(|own| Arc::ptr_eq(&own.sheet, sheet));
        let changed = self.scopes.iter().filter(|(_, scope)| has(scope)).map(|(root, _)| *root);
        self.dirty.extend(changed);
    }

    /// Sets or removes the sheet of an element, if it is in the shadow tree
    /// `root` or had a sheet in one. Says whether this is all there is to do.
    pub(super) fn take(
        &mut self,
        tree: &Tree,
        owner: NodeId,
        root: Option<NodeId>,
        sheet: &Option<Stylesheet>,
    ) -> bool {
        let before = self.owners.remove(&owner);
        if let Some(before) = before {
            if let Some(scope) = self.scopes.get_mut(&before) {
                scope.owned.retain(|s| s.owner != owner);
            }
            self.dirty.insert(before);
        }
        let (Some(root), Some(sheet)) = (root, sheet) else {
            return before.is_some() && sheet.is_none();
        };
        let scope = self.scopes.entry(root).or_default();
        let at = scope.owned.iter().rposition(|other| {
            tree.tree_order(owner, other.owner) != Some(std::cmp::Ordering::Less)
        });
        let at = at.map_or(0, |last| last + 1);
        scope.owned.insert(at, OwnedSheet { owner, sheet: sheet.clone() });
        self.owners.insert(owner, root);
        self.dirty.insert(root);
        true
    }

    /// Replaces the sheets that a shadow tree has adopted.
    pub(super) fn set_adopted(&mut self, root: NodeId, sheets: Vec<Stylesheet>) {
        if sheets.is_empty() && !self.scopes.contains_key(&root) {
            return;
        }
        self.scopes.entry(root).or_default().adopted = sheets;
        self.dirty.insert(root);
    }

    pub(super) fn sheet(&self, owner: NodeId) -> Option<&Stylesheet> {
        let scope = self.scopes.get(self.owners.get(&owner)?)?;
        scope.owned.iter().find(|s| s.owner == owner).map(|s| &s.sheet)
    }

    pub(super) fn sheet_mut(&mut self, owner: NodeId) -> Option<&mut Stylesheet> {
        let scope = self.scopes.get_mut(self.owners.get(&owner)?)?;
        scope.owned.iter_mut().find(|s| s.owner == owner).map(|s| &mut s.sheet)
    }

    /// The elements of a shadow tree that have a sheet, in tree order.
    pub(super) fn owners_in(&self, root: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.scopes.get(&root).into_iter().flat_map(|scope| scope.owned.iter().map(|s| s.owner))
    }

    pub(super) fn uses_has(&self) -> bool {
        self.scopes.values().any(|scope| scope.sheets().any(Stylesheet::uses_has))
    }

    pub(super) fn depends_on_attribute(&self, name: &style::LocalName) -> bool {
        self.scopes.values().any(|s| s.styles.data.might_have_attribute_dependency(name))
    }

    /// Collects the rules of the trees whose sheets changed, and has their hosts
    /// styled again with all that they show.
    pub(super) fn flush(&mut self, tree: &mut Tree, stylist: &mut Stylist) {
        if self.dirty.is_empty() {
            return;
        }
        let lock = tree.lock.clone();
        let guard = lock.read();
        for root in std::mem::take(&mut self.dirty) {
            let Some(scope) = self.scopes.get_mut(&root) else { continue };
            let Some(host) = tree.shadow_data(root).map(|shadow| shadow.host) else {
                self.scopes.remove(&root);
                continue;
            };
            let mut styles = AuthorStyles::new();
            // Lets stylo see that what it has for these sheets is out of date.
            styles.data = scope.styles.data.clone();
            let sheets: Vec<_> = scope.sheets().collect();
            for (index, sheet) in sheets.iter().enumerate() {
                // Of one that is adopted more than once, the last place counts.
                if sheets[index + 1..].iter().any(|later| Arc::ptr_eq(&later.sheet, &sheet.sheet)) {
                    continue;
                }
                let sheet = DocumentStyleSheet(sheet.sheet.clone());
                styles.stylesheets.append_stylesheet(sheet, &guard);
            }
            styles.stylesheets.force_dirty();
            styles.flush(stylist, &guard);
            let empty = scope.owned.is_empty() && scope.adopted.is_empty();
            let data = styles.data.clone();
            scope.styles = styles;
            if let Some(shadow) = tree.shadow_data_mut(root) {
                shadow.cascade = (!empty).then_some(data);
            }
            if empty {
                self.scopes.remove(&root);
            }
            tree.restyle(host.index(), RestyleHint::restyle_subtree());
            tree.forget_selected_attributes(host);
        }
        stylist.remove_unique_author_data_cache_entries();
        if self.scopes.len() > 64 {
            self.scopes.retain(|root, _| tree.contains(*root));
        }
    }
}
