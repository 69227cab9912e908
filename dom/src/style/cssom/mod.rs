//! Style sheets as script reads and edits them:
//! <https://drafts.csswg.org/cssom/#css-style-sheets>
//!
//! A [`Rule`] is a handle: what it names is shared with the sheet, so an edit
//! has effect at once on what the rule says. What it says of elements follows
//! when a view was told ([`StyleEngine::rule_changed`]), and only for elements
//! that the rule could match.
//!
//! [`StyleEngine::rule_changed`]: super::StyleEngine::rule_changed

pub(crate) mod block;
mod descriptors;
mod edit;
mod media;
mod properties;
mod rule;

pub use descriptors::Descriptors;
pub use edit::{Inserted, RuleError};
pub use media::Media;
pub use properties::RegistrationError;
pub(crate) use properties::registration;
pub use rule::{Declarations, Rule, RuleKind};

use super::limits::TooComplex;
use super::sheet::Stylesheet;
use crate::tree::Tree;
use style::servo_arc::Arc;
use style::shared_lock::Locked;
use style::stylesheets::{
    CssRule, CssRules, RulesMutateError, StylesheetContents, StylesheetInDocument,
};

/// What happened to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleChange {
    /// It is part of its sheet now, or its condition or selector is another
    /// than before.
    Added,
    /// It is no longer part of its sheet, or its condition or selector is
    /// about to change.
    Removed,
    /// Its declarations are others.
    Declarations,
    /// Anything else: all elements are looked at.
    Other,
}

impl Stylesheet {
    /// What the rules of this sheet are parsed and kept in.
    pub(super) fn contents_arc(&self, tree: &Tree) -> Arc<StylesheetContents> {
        self.sheet.contents.read_with(&tree.lock.read()).clone()
    }

    pub(super) fn rule_list(&self, tree: &Tree) -> Arc<Locked<CssRules>> {
        self.contents_arc(tree).rules.clone()
    }

    /// The rule at an index of the top level.
    pub fn rule(&self, tree: &Tree, index: usize) -> Option<Rule> {
        let guard = tree.lock.read();
        let rule = self.sheet.contents(&guard).rules(&guard).get(index)?.clone();
        Some(Rule::top(self.clone(), rule))
    }

    /// `insertRule`. The views that have the sheet are to be told of the rule.
    pub fn insert_rule(
        &self,
        tree: &Tree,
        text: &str,
        index: usize,
    ) -> Result<Inserted, RuleError> {
        edit::insert(self, tree, &self.rule_list(tree), &[], text, index)
    }

    /// `deleteRule`. The views that have the sheet are to be told of the rule.
    pub fn remove_rule(&self, tree: &Tree, index: usize) -> Result<Rule, RuleError> {
        let old = self.rule(tree, index).ok_or(RuleError::IndexSize)?;
        let list = self.rule_list(tree);
        let mut guard = tree.lock.write();
        list.write_with(&mut guard).remove_rule(index)?;
        Ok(old)
    }

    /// The media that the sheet is for.
    pub fn media(&self) -> Media {
        Media::new(self.sheet.media.clone())
    }

    /// Whether two handles are of the same sheet.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.sheet, &other.sheet)
    }
}

impl From<RulesMutateError> for RuleError {
    fn from(error: RulesMutateError) -> Self {
        match error {
            RulesMutateError::Syntax => Self::Syntax,
            RulesMutateError::IndexSize => Self::IndexSize,
            RulesMutateError::HierarchyRequest => Self::HierarchyRequest,
            RulesMutateError::InvalidState => Self::InvalidState,
        }
    }
}

impl From<TooComplex> for RuleError {
    fn from(_: TooComplex) -> Self {
        Self::Syntax
    }
}

/// Whether a rule is a group of other rules.
fn is_group(rule: &CssRule) -> bool {
    matches!(
        rule,
        CssRule::Media(_)
            | CssRule::Supports(_)
            | CssRule::Container(_)
            | CssRule::LayerBlock(_)
            | CssRule::Scope(_)
            | CssRule::StartingStyle(_)
            | CssRule::Page(_)
            | CssRule::Style(_)
    )
}

#[cfg(test)]
mod tests;
