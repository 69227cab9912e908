//! Changes of sheets that a document has already, and the sheets that script
//! made for it.

use super::cssom::RuleChange;
use super::engine::StyleEngine;
use super::limits;
use super::sheet::{Stylesheet, url_data};
use crate::style::cssom::{RegistrationError, Rule, registration};
use crate::tree::{NodeId, Tree};
use style::invalidation::element::restyle_hints::RestyleHint;
use style::invalidation::stylesheets::RuleChangeKind;
use style::servo_arc::Arc;
use style::stylesheets::{CssRule, CssRuleRef, DocumentStyleSheet};
use url::Url;

impl StyleEngine {
    /// Whether a sheet is one of this document's.
    fn has(&self, sheet: &Arc<style::stylesheets::Stylesheet>) -> bool {
        self.sheets.iter().any(|own| Arc::ptr_eq(&own.sheet.sheet, sheet))
            || self.adopted.iter().any(|own| Arc::ptr_eq(&own.sheet, sheet))
    }

    /// Replaces the sheets that script has adopted for a shadow tree.
    pub fn set_adopted_in(&mut self, shadow_root: NodeId, sheets: &[Stylesheet]) {
        self.shadows.set_adopted(shadow_root, sheets.to_vec());
    }

    /// Says that a rule was changed. Only elements that it may match are styled
    /// again. Of a rule whose condition or selector changes, both
    /// [`RuleChange::Removed`] is to be said before and [`RuleChange::Added`]
    /// after.
    pub fn rule_changed(&mut self, tree: &Tree, rule: &Rule, change: RuleChange) {
        self.shadows.sheet_changed(&rule.root_sheet().root);
        if !self.has(&rule.root_sheet().root) {
            return;
        }
        let sheet = DocumentStyleSheet(rule.root_sheet().root.clone());
        let around = rule.around();
        let (css, kind) = match (rule.as_css(), around.last()) {
            // What nested declarations say is said of their rule's elements.
            (Some(CssRule::NestedDeclarations(_)), Some(outer)) => {
                (outer, RuleChangeKind::StyleRuleDeclarations)
            }
            (Some(own), _) => (
                own,
                match change {
                    RuleChange::Added => RuleChangeKind::Insertion,
                    RuleChange::Removed => RuleChangeKind::Removal,
                    RuleChange::Declarations => RuleChangeKind::StyleRuleDeclarations,
                    RuleChange::Other => RuleChangeKind::Generic,
                },
            ),
            // A keyframe is a part of its rule.
            (None, Some(outer)) => (outer, RuleChangeKind::Removal),
            (None, None) => return,
        };
        let refs: Vec<CssRuleRef<'_>> = around.iter().map(CssRuleRef::from).collect();
        self.stylist.rule_changed(&sheet, css, &tree.lock.read(), kind, &refs);
    }

    /// Changes what decides whether a sheet applies at all: its media, or
    /// whether it is disabled.
    pub fn change_sheet(
        &mut self,
        tree: &Tree,
        sheet: &Stylesheet,
        change: impl FnOnce(&Stylesheet),
    ) {
        self.shadows.sheet_changed(&sheet.sheet);
        self.shadows.sheet_changed(&sheet.root);
        if !self.has(&sheet.sheet) {
            // One that was imported: there is no telling what it applied to.
            change(sheet);
            if self.has(&sheet.root) {
                self.stylesheets_changed();
            }
            return;
        }
        let next = self.after(&sheet.sheet);
        let own = DocumentStyleSheet(sheet.sheet.clone());
        self.stylist.remove_stylesheet(own.clone(), &tree.lock.read());
        change(sheet);
        let guard = tree.lock.read();
        match next {
            Some(next) => {
                self.stylist.insert_stylesheet_before(own, DocumentStyleSheet(next), &guard);
            }
            None => self.stylist.append_stylesheet(own, &guard),
        }
    }

    /// The sheet that comes after one.
    fn after(
        &self,
        sheet: &Arc<style::stylesheets::Stylesheet>,
    ) -> Option<Arc<style::stylesheets::Stylesheet>> {
        let all = self.sheets.iter().map(|own| &own.sheet.sheet);
        let mut all = all.chain(self.adopted.iter().map(|own| &own.sheet));
        all.find(|own| Arc::ptr_eq(own, sheet))?;
        all.next().cloned()
    }

    /// The first of the sheets that script made for the document.
    pub(super) fn first_adopted(&self) -> Option<&Stylesheet> {
        self.adopted.first()
    }

    /// `document.adoptedStyleSheets`: they come after all others. Of a sheet
    /// that is there twice the later place counts.
    pub fn set_adopted(&mut self, tree: &Tree, sheets: &[Stylesheet]) {
        let mut wanted: Vec<Stylesheet> = Vec::with_capacity(sheets.len());
        for (index, sheet) in sheets.iter().enumerate() {
            if !sheets[index + 1..].iter().any(|later| later.is_same(sheet)) {
                wanted.push(sheet.clone());
            }
        }
        // What stays at its place at the front is not touched.
        let same = wanted.iter().zip(&self.adopted).take_while(|(a, b)| a.is_same(b)).count();
        let guard = tree.lock.read();
        for old in self.adopted.drain(same..) {
            self.stylist.remove_stylesheet(DocumentStyleSheet(old.sheet), &guard);
        }
        let mut chain: usize = self.sheets.iter().map(|s| s.sheet.variable_chain()).sum();
        chain += self.adopted.iter().map(Stylesheet::variable_chain).sum::<usize>();
        for sheet in wanted.into_iter().skip(same) {
            chain += sheet.variable_chain();
            if chain > limits::MAX_TOTAL_CHAIN {
                tracing::warn!("a style sheet was refused: custom properties chain too far");
                break;
            }
            self.stylist.append_stylesheet(DocumentStyleSheet(sheet.sheet.clone()), &guard);
            self.adopted.push(sheet);
        }
    }

    /// `CSS.registerProperty`
    pub fn register_property(
        &mut self,
        tree: &mut Tree,
        name: &str,
        syntax: &str,
        inherits: bool,
        initial: Option<&str>,
        base: &Url,
    ) -> Result<(), RegistrationError> {
        let base = url_data(base);
        registration(
            self.stylist.register_custom_property(&base, name, syntax, inherits, initial),
        )?;
        // Any element may have the property, or its initial value now.
        if let Some(root) = tree.document_element(self.document()) {
            tree.restyle(root.index(), RestyleHint::recascade_subtree());
            self.all_dirty = true;
        }
        Ok(())
    }
}
