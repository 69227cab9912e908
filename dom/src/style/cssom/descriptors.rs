//! The descriptors of `@font-face`:
//! <https://drafts.csswg.org/css-fonts/#om-fontface>

use super::rule::{Data, Rule};
use crate::style::limits;
use crate::style::sheet::{Stylesheet, parser_context};
use crate::tree::Tree;
use cssparser::Parser;
use style::font_face::{DescriptorId, FontFaceRule};
use style::servo_arc::Arc;
use style::shared_lock::Locked;
use style::stylesheets::{CssRule, CssRuleType};

/// The descriptors of a rule, shared with it.
pub struct Descriptors {
    sheet: Stylesheet,
    rule: Arc<Locked<FontFaceRule>>,
}

impl std::fmt::Debug for Descriptors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Descriptors").finish_non_exhaustive()
    }
}

fn id(name: &str) -> Option<DescriptorId> {
    Parser::new(name).parse_entirely(DescriptorId::parse).ok()
}

impl Rule {
    /// The descriptors of `@font-face`.
    pub fn descriptors(&self) -> Option<Descriptors> {
        match &self.data {
            Data::Rule(CssRule::FontFace(rule)) => {
                Some(Descriptors { sheet: self.sheet.clone(), rule: rule.clone() })
            }
            _ => None,
        }
    }
}

impl Descriptors {
    /// The value of a descriptor; empty if it is not there.
    pub fn value(&self, tree: &Tree, name: &str) -> String {
        let mut text = String::new();
        let Some(id) = id(name) else { return text };
        let guard = tree.lock.read();
        match self.rule.read_with(&guard).descriptors.get(id, &mut text) {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }

    /// Sets a descriptor, or removes it with an empty value. Nothing happens if
    /// the value is not valid.
    pub fn set(&self, tree: &Tree, name: &str, value: &str) {
        let Some(id) = id(name) else { return };
        if limits::check(value).is_err() {
            return;
        }
        let contents = self.sheet.contents_arc(tree);
        let context =
            parser_context(&contents.url_data, contents.quirks_mode, CssRuleType::FontFace);
        let mut guard = tree.lock.write();
        let descriptors = &mut self.rule.write_with(&mut guard).descriptors;
        if value.is_empty() {
            descriptors.remove(id);
        } else {
            // What cannot be parsed changes nothing.
            let _ = descriptors.set(id, &context, &mut Parser::new(value));
        }
    }

    /// How many there are.
    pub fn len(&self, tree: &Tree) -> usize {
        self.rule.read_with(&tree.lock.read()).descriptors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self, tree: &Tree) -> bool {
        self.len(tree) == 0
    }

    /// The name of one.
    pub fn item(&self, tree: &Tree, index: usize) -> Option<String> {
        let guard = tree.lock.read();
        let id = self.rule.read_with(&guard).descriptors.at(index)?;
        Some(id.name().to_owned())
    }

    /// All as text.
    pub fn text(&self, tree: &Tree) -> String {
        use style_traits::ToCss;
        self.rule.read_with(&tree.lock.read()).descriptors.to_css_string().trim_end().to_owned()
    }
}
