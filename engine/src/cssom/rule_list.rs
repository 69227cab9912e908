use virga_dom::style::cssom::Rule;
use virga_js::{Cx, Fallible, Obj, Platform, Trace, Traced};

use super::{CSSRule, CSSStyleSheet, rule};
use crate::{agent::EngineCx, generated::CSSRuleListMethods};

/// The rules of a sheet or of a rule.
///
/// <https://drafts.csswg.org/cssom/#the-cssrulelist-interface>
#[derive(Trace, Platform)]
pub(crate) struct CSSRuleList {
    owner: ListOwner,
    /// The objects that script has seen, at their indices.
    known: Traced<Vec<Option<Obj<CSSRule>>>>,
}

/// Whose rules they are.
#[derive(Trace, Clone)]
pub(super) enum ListOwner {
    Sheet(Obj<CSSStyleSheet>),
    Rule(Obj<CSSRule>),
}

impl CSSRuleList {
    pub(super) fn create(cx: &mut Cx, owner: ListOwner) -> Obj<Self> {
        Obj::new(cx, Self { owner, known: Traced::new(Vec::new()) })
    }

    fn count(&self, cx: &Cx) -> usize {
        let agent = cx.engine();
        let tree = agent.tree();
        match &self.owner {
            ListOwner::Sheet(sheet) => sheet.sheet().rule_count(&tree),
            ListOwner::Rule(rule) => rule.rule().len(&tree),
        }
    }

    fn rule(&self, cx: &Cx, index: usize) -> Option<Rule> {
        let agent = cx.engine();
        let tree = agent.tree();
        match &self.owner {
            ListOwner::Sheet(sheet) => sheet.sheet().rule(&tree, index),
            ListOwner::Rule(rule) => rule.rule().child(&tree, index),
        }
    }

    /// The object for the rule at an index.
    pub(super) fn at(&self, cx: &mut Cx, index: usize) -> Option<Obj<CSSRule>> {
        if let Some(Some(known)) = self.known.borrow().get(index) {
            return Some(known.clone());
        }
        let own = self.rule(cx, index)?;
        let (sheet, parent) = match &self.owner {
            ListOwner::Sheet(sheet) => (Some(sheet.clone()), None),
            ListOwner::Rule(rule) => (rule.sheet(), Some(rule.clone())),
        };
        let object = rule::create(cx, own, sheet, parent);
        let mut known = self.known.borrow_mut();
        if known.len() <= index {
            known.resize(index + 1, None);
        }
        known[index] = Some(object.clone());
        Some(object)
    }

    /// A rule was inserted at an index.
    pub(super) fn note_inserted(&self, index: usize) {
        let mut known = self.known.borrow_mut();
        if index < known.len() {
            known.insert(index, None);
        }
    }

    /// The rule at an index was removed.
    pub(super) fn note_removed(&self, index: usize) {
        let mut known = self.known.borrow_mut();
        if index < known.len()
            && let Some(rule) = known.remove(index)
        {
            rule.detach();
        }
    }

    /// All rules were replaced.
    pub(super) fn forget_all(&self) {
        for rule in std::mem::take(&mut *self.known.borrow_mut()).into_iter().flatten() {
            rule.detach();
        }
    }
}

impl CSSRuleListMethods for Obj<CSSRuleList> {
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer rules")]
    fn length(&self, cx: &mut Cx) -> u32 {
        self.count(cx) as u32
    }

    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<CSSRule>>> {
        Ok(self.at(cx, index as usize))
    }
}
