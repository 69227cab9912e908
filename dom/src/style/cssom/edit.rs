//! Edits of rules: <https://drafts.csswg.org/cssom/#css-rules>

use super::rule::{Data, Rule};
use crate::style::limits;
use crate::style::sheet::{Import, Loader, Stylesheet};
use crate::tree::Tree;
use cssparser::Parser;
use selectors::parser::{ParseRelative, SelectorList};
use style::selector_parser::{SelectorImpl, SelectorParser};
use style::servo_arc::Arc;
use style::shared_lock::Locked;
use style::stylesheets::keyframes_rule::{Keyframe, KeyframeSelectors};
use style::stylesheets::{AllowImportRules, CssRule, CssRuleType, CssRuleTypes, CssRules, Origin};
use style::values::KeyframesName;

/// Why a rule list did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleError {
    /// The text is not one rule.
    Syntax,
    /// There is no such index.
    IndexSize,
    /// Such a rule must not stand there.
    HierarchyRequest,
    /// There are rules already that depend on namespaces.
    InvalidState,
}

/// A rule that was inserted, with what it imports.
#[derive(Debug)]
pub struct Inserted {
    /// The rule.
    pub rule: Rule,
    /// Sheets to load.
    pub imports: Vec<Import>,
}

/// Parses a rule and inserts it into a list that stands in the rules `around`.
pub(super) fn insert(
    sheet: &Stylesheet,
    tree: &Tree,
    list: &Arc<Locked<CssRules>>,
    around: &[CssRule],
    text: &str,
    index: usize,
) -> Result<Inserted, RuleError> {
    sheet.admit(tree, text)?;
    let contents = sheet.contents_arc(tree);
    let loader = Loader::default();
    let mut types = CssRuleTypes::default();
    let mut relative = None;
    for rule in around {
        let kind = rule.rule_type();
        types.insert(kind);
        if matches!(kind, CssRuleType::Style | CssRuleType::Scope) {
            relative = Some(kind);
        }
    }
    let imports_allowed =
        if sheet.is_constructed() { AllowImportRules::No } else { AllowImportRules::Yes };
    let rule = {
        let guard = tree.lock.read();
        list.read_with(&guard).parse_rule_for_insert(
            &tree.lock,
            text,
            &contents,
            index,
            types,
            relative,
            Some(&loader),
            imports_allowed,
        )?
    };
    list.write_with(&mut tree.lock.write()).0.insert(index, rule.clone());
    let rule = Rule { sheet: sheet.clone(), around: around.into(), data: Data::Rule(rule) };
    Ok(Inserted { rule, imports: loader.into_imports() })
}

impl Rule {
    /// `insertRule` of a group.
    pub fn insert(&self, tree: &Tree, text: &str, index: usize) -> Result<Inserted, RuleError> {
        let Data::Rule(own) = &self.data else { return Err(RuleError::HierarchyRequest) };
        let list = match self.list(tree) {
            Some(list) => list,
            // A style rule gets its list with the first rule in it.
            None => {
                let CssRule::Style(rule) = own else { return Err(RuleError::HierarchyRequest) };
                let list = CssRules::new(Vec::new(), &tree.lock);
                rule.write_with(&mut tree.lock.write()).rules = Some(list.clone());
                list
            }
        };
        let mut around = self.around.to_vec();
        around.push(own.clone());
        insert(&self.sheet, tree, &list, &around, text, index)
    }

    /// `deleteRule` of a group.
    pub fn remove(&self, tree: &Tree, index: usize) -> Result<Self, RuleError> {
        let old = self.child(tree, index).ok_or(RuleError::IndexSize)?;
        let list = self.list(tree).ok_or(RuleError::IndexSize)?;
        list.write_with(&mut tree.lock.write()).remove_rule(index)?;
        Ok(old)
    }

    /// The selectors in a text, if they are valid for this rule.
    fn parse_selectors(&self, tree: &Tree, text: &str) -> Option<SelectorList<SelectorImpl>> {
        limits::check(text).ok()?;
        let contents = self.sheet.contents_arc(tree);
        let parser = SelectorParser {
            stylesheet_origin: Origin::Author,
            namespaces: &contents.namespaces,
            url_data: &contents.url_data,
            for_supports_rule: false,
        };
        let relative = if self.around.iter().any(|rule| matches!(rule, CssRule::Style(_))) {
            ParseRelative::ForNesting
        } else if self.around.iter().any(|rule| matches!(rule, CssRule::Scope(_))) {
            ParseRelative::ForScope
        } else {
            ParseRelative::No
        };
        SelectorList::parse(&parser, &mut Parser::new(text), relative).ok()
    }

    /// Whether [`Self::set_selector_text`] would take a text.
    pub fn accepts_selector(&self, tree: &Tree, text: &str) -> bool {
        match &self.data {
            Data::Keyframe(_) => keyframe_selector(text).is_some(),
            Data::Rule(_) => self.parse_selectors(tree, text).is_some(),
        }
    }

    /// `selectorText`, `keyText`: nothing happens if the text is not valid.
    pub fn set_selector_text(&self, tree: &Tree, text: &str) {
        match &self.data {
            Data::Rule(CssRule::Style(rule)) => {
                let Some(selectors) = self.parse_selectors(tree, text) else { return };
                if self.sheet.admit(tree, text).is_err() {
                    return;
                }
                rule.write_with(&mut tree.lock.write()).selectors = selectors;
            }
            Data::Keyframe(rule) => {
                let Some(selector) = keyframe_selector(text) else { return };
                rule.write_with(&mut tree.lock.write()).selector = selector;
            }
            Data::Rule(_) => {}
        }
    }

    /// The name of `@keyframes`.
    pub fn set_name(&self, tree: &Tree, name: &str) {
        let Data::Rule(CssRule::Keyframes(rule)) = &self.data else { return };
        let name = KeyframesName::from_ident(name);
        rule.write_with(&mut tree.lock.write()).name = name;
    }

    /// `appendRule` of `@keyframes`. Whether the text is a keyframe.
    pub fn append_keyframe(&self, tree: &Tree, text: &str) -> bool {
        let Data::Rule(CssRule::Keyframes(rule)) = &self.data else { return false };
        if limits::check(text).is_err() {
            return false;
        }
        let contents = self.sheet.contents_arc(tree);
        let Ok(keyframe) = Keyframe::parse(text, &contents, &tree.lock) else { return false };
        rule.write_with(&mut tree.lock.write()).keyframes.push(keyframe);
        true
    }

    /// The index of the last keyframe with a selector.
    pub fn find_keyframe(&self, tree: &Tree, selector: &str) -> Option<usize> {
        let Data::Rule(CssRule::Keyframes(rule)) = &self.data else { return None };
        let guard = tree.lock.read();
        rule.read_with(&guard).find_rule(&guard, selector)
    }

    /// `deleteRule` of `@keyframes`.
    pub fn remove_keyframe(&self, tree: &Tree, index: usize) {
        let Data::Rule(CssRule::Keyframes(rule)) = &self.data else { return };
        let mut guard = tree.lock.write();
        let rule = rule.write_with(&mut guard);
        if index < rule.keyframes.len() {
            rule.keyframes.remove(index);
        }
    }
}

fn keyframe_selector(text: &str) -> Option<KeyframeSelectors> {
    limits::check(text).ok()?;
    Parser::new(text).parse_entirely(KeyframeSelectors::parse).ok()
}
