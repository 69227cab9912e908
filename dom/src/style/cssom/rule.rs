//! A rule of a sheet, and what it says of itself.

use super::{Media, block, is_group};
use crate::style::inline::property;
use crate::style::sheet::Stylesheet;
use crate::tree::Tree;
use selectors::parser::SelectorList;
use std::rc::Rc;
use style::properties::PropertyDeclarationBlock;
use style::selector_parser::SelectorImpl;
use style::servo_arc::Arc;
use style::shared_lock::{Locked, SharedRwLockReadGuard, ToCssWithGuard};
use style::stylesheets::import_rule::{ImportLayer, ImportSheet};
use style::stylesheets::keyframes_rule::Keyframe;
use style::stylesheets::{CssRule, CssRuleType, CssRules};
use style_traits::ToCss;

/// What a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are CSS's")]
pub enum RuleKind {
    Style,
    Import,
    Media,
    FontFace,
    Keyframes,
    Keyframe,
    Namespace,
    Supports,
    LayerBlock,
    LayerStatement,
    Property,
    Scope,
    StartingStyle,
    NestedDeclarations,
    /// One that has no interface of its own here.
    Other,
}

#[derive(Clone)]
pub(super) enum Data {
    Rule(CssRule),
    Keyframe(Arc<Locked<Keyframe>>),
}

/// A handle to a rule. See the module.
#[derive(Clone)]
pub struct Rule {
    /// The sheet that it is or was in.
    pub(super) sheet: Stylesheet,
    /// The rules around it, outermost first.
    pub(super) around: Rc<[CssRule]>,
    pub(super) data: Data,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

fn selectors(list: &SelectorList<SelectorImpl>) -> String {
    cssparser::ToCss::to_css_string(list)
}

fn css(tree: &Tree, write: impl FnOnce(&SharedRwLockReadGuard<'_>) -> String) -> String {
    write(&tree.lock.read())
}

impl Rule {
    pub(super) fn top(sheet: Stylesheet, rule: CssRule) -> Self {
        Self { sheet, around: Rc::default(), data: Data::Rule(rule) }
    }

    pub(super) fn inside(&self, data: Data) -> Self {
        let mut around = self.around.to_vec();
        if let Data::Rule(rule) = &self.data {
            around.push(rule.clone());
        }
        Self { sheet: self.sheet.clone(), around: around.into(), data }
    }

    /// What it is.
    pub fn kind(&self) -> RuleKind {
        let rule = match &self.data {
            Data::Keyframe(_) => return RuleKind::Keyframe,
            Data::Rule(rule) => rule,
        };
        match rule {
            CssRule::Style(_) => RuleKind::Style,
            CssRule::Import(_) => RuleKind::Import,
            CssRule::Media(_) => RuleKind::Media,
            CssRule::FontFace(_) => RuleKind::FontFace,
            CssRule::Keyframes(_) => RuleKind::Keyframes,
            CssRule::Namespace(_) => RuleKind::Namespace,
            CssRule::Supports(_) => RuleKind::Supports,
            CssRule::LayerBlock(_) => RuleKind::LayerBlock,
            CssRule::LayerStatement(_) => RuleKind::LayerStatement,
            CssRule::Property(_) => RuleKind::Property,
            CssRule::Scope(_) => RuleKind::Scope,
            CssRule::StartingStyle(_) => RuleKind::StartingStyle,
            CssRule::NestedDeclarations(_) => RuleKind::NestedDeclarations,
            _ => RuleKind::Other,
        }
    }

    /// `cssText`
    pub fn text(&self, tree: &Tree) -> String {
        let guard = tree.lock.read();
        match &self.data {
            Data::Rule(rule) => rule.to_css_string(&guard),
            Data::Keyframe(keyframe) => keyframe.read_with(&guard).to_css_string(&guard),
        }
    }

    /// The rules in it, if it is a group of rules.
    pub(super) fn list(&self, tree: &Tree) -> Option<Arc<Locked<CssRules>>> {
        let Data::Rule(rule) = &self.data else { return None };
        Some(match rule {
            CssRule::Media(rule) => rule.rules.clone(),
            CssRule::Supports(rule) => rule.rules.clone(),
            CssRule::Container(rule) => rule.rules.clone(),
            CssRule::LayerBlock(rule) => rule.rules.clone(),
            CssRule::Scope(rule) => rule.rules.clone(),
            CssRule::StartingStyle(rule) => rule.rules.clone(),
            CssRule::Style(rule) => rule.read_with(&tree.lock.read()).rules.clone()?,
            _ => return None,
        })
    }

    /// How many rules there are in it.
    pub fn len(&self, tree: &Tree) -> usize {
        if let Data::Rule(CssRule::Keyframes(rule)) = &self.data {
            return rule.read_with(&tree.lock.read()).keyframes.len();
        }
        self.list(tree).map_or(0, |list| list.read_with(&tree.lock.read()).0.len())
    }

    /// Whether there is no rule in it.
    pub fn is_empty(&self, tree: &Tree) -> bool {
        self.len(tree) == 0
    }

    /// The rule at an index in it.
    pub fn child(&self, tree: &Tree, index: usize) -> Option<Self> {
        let guard = tree.lock.read();
        if let Data::Rule(CssRule::Keyframes(rule)) = &self.data {
            let keyframe = rule.read_with(&guard).keyframes.get(index)?.clone();
            return Some(self.inside(Data::Keyframe(keyframe)));
        }
        let list = self.list(tree)?;
        let child = list.read_with(&guard).0.get(index)?.clone();
        Some(self.inside(Data::Rule(child)))
    }

    /// The declarations of it, if it has any.
    pub fn declarations(&self, tree: &Tree) -> Option<Declarations> {
        let guard = tree.lock.read();
        let (block, kind) = match &self.data {
            Data::Keyframe(rule) => (&rule.read_with(&guard).block, CssRuleType::Keyframe),
            Data::Rule(CssRule::Style(rule)) => (&rule.read_with(&guard).block, CssRuleType::Style),
            Data::Rule(CssRule::NestedDeclarations(rule)) => {
                (&rule.read_with(&guard).block, CssRuleType::Style)
            }
            Data::Rule(_) => return None,
        };
        let contents = self.sheet.contents_arc(tree);
        let context = block::BlockContext {
            url: contents.url_data.clone(),
            quirks: contents.quirks_mode,
            rule: kind,
        };
        Some(Declarations { sheet: self.sheet.clone(), block: block.clone(), context })
    }

    /// `selectorText`, `keyText`.
    pub fn selector_text(&self, tree: &Tree) -> String {
        css(tree, |guard| match &self.data {
            Data::Keyframe(rule) => rule.read_with(guard).selector.to_css_string(),
            Data::Rule(CssRule::Style(rule)) => selectors(&rule.read_with(guard).selectors),
            Data::Rule(_) => String::new(),
        })
    }

    /// The name of `@keyframes`, of an `@layer` block or of `@property`.
    pub fn name(&self, tree: &Tree) -> String {
        css(tree, |guard| match &self.data {
            Data::Rule(CssRule::Keyframes(rule)) => {
                rule.read_with(guard).name.as_atom().to_string()
            }
            Data::Rule(CssRule::LayerBlock(rule)) => {
                rule.name.as_ref().map(ToCss::to_css_string).unwrap_or_default()
            }
            Data::Rule(CssRule::Property(rule)) => format!("--{}", rule.name.0),
            _ => String::new(),
        })
    }

    /// The names of an `@layer` statement.
    pub fn layer_names(&self) -> Vec<String> {
        match &self.data {
            Data::Rule(CssRule::LayerStatement(rule)) => {
                rule.names.iter().map(ToCss::to_css_string).collect()
            }
            _ => Vec::new(),
        }
    }

    /// `conditionText`
    pub fn condition_text(&self, tree: &Tree) -> String {
        match &self.data {
            Data::Rule(CssRule::Media(rule)) => {
                rule.media_queries.read_with(&tree.lock.read()).to_css_string()
            }
            Data::Rule(CssRule::Supports(rule)) => rule.condition.to_css_string(),
            _ => String::new(),
        }
    }

    /// The bounds of `@scope`.
    pub fn scope_bounds(&self) -> (Option<String>, Option<String>) {
        match &self.data {
            Data::Rule(CssRule::Scope(rule)) => {
                (rule.bounds.start.as_ref().map(selectors), rule.bounds.end.as_ref().map(selectors))
            }
            _ => (None, None),
        }
    }

    /// The media of `@media` or `@import`.
    pub fn media(&self, tree: &Tree) -> Option<Media> {
        match &self.data {
            Data::Rule(CssRule::Media(rule)) => Some(Media::new(rule.media_queries.clone())),
            Data::Rule(CssRule::Import(rule)) => {
                let guard = tree.lock.read();
                let sheet = rule.read_with(&guard).stylesheet.as_sheet()?.clone();
                Some(Media::new(sheet.media.clone()))
            }
            _ => None,
        }
    }

    /// The sheet that `@import` brought in, once it is there.
    pub fn imported(&self, tree: &Tree) -> Option<Stylesheet> {
        let Data::Rule(CssRule::Import(rule)) = &self.data else { return None };
        let guard = tree.lock.read();
        match &rule.read_with(&guard).stylesheet {
            ImportSheet::Sheet(sheet) => Some(self.sheet.part(sheet.clone())),
            _ => None,
        }
    }

    /// The URL of `@import`, as it was written.
    pub fn href(&self, tree: &Tree) -> String {
        let Data::Rule(CssRule::Import(rule)) = &self.data else { return String::new() };
        let guard = tree.lock.read();
        let url = &rule.read_with(&guard).url;
        url.as_str().to_owned()
    }

    /// The layer of `@import`: `None` without one, empty for an anonymous one.
    pub fn import_layer(&self, tree: &Tree) -> Option<String> {
        let Data::Rule(CssRule::Import(rule)) = &self.data else { return None };
        match &rule.read_with(&tree.lock.read()).layer {
            ImportLayer::None => None,
            ImportLayer::Anonymous => Some(String::new()),
            ImportLayer::Named(name) => Some(name.to_css_string()),
        }
    }

    /// The `supports()` of `@import`.
    pub fn import_supports(&self, tree: &Tree) -> Option<String> {
        let Data::Rule(CssRule::Import(rule)) = &self.data else { return None };
        let guard = tree.lock.read();
        rule.read_with(&guard).supports.as_ref().map(|s| s.condition.to_css_string())
    }

    /// The prefix and the URI of `@namespace`.
    pub fn namespace(&self) -> (String, String) {
        match &self.data {
            Data::Rule(CssRule::Namespace(rule)) => (
                rule.prefix.as_ref().map(|prefix| prefix.0.to_string()).unwrap_or_default(),
                rule.url.to_string(),
            ),
            _ => (String::new(), String::new()),
        }
    }

    /// The descriptors of `@property`: syntax, whether it inherits, the initial
    /// value.
    pub fn property(&self) -> (String, bool, Option<String>) {
        let Data::Rule(CssRule::Property(rule)) = &self.data else {
            return (String::new(), false, None);
        };
        let descriptors = &rule.descriptors;
        let syntax = descriptors.syntax.as_ref().and_then(|syntax| syntax.specified_string());
        (
            syntax.unwrap_or("*").to_owned(),
            descriptors.inherits(),
            descriptors.initial_value.as_ref().map(|value| value.to_css_string()),
        )
    }

    /// Whether rules may be inserted into it.
    pub fn is_group(&self) -> bool {
        matches!(&self.data, Data::Rule(rule) if is_group(rule))
    }

    /// The sheet that it is or was in.
    pub(crate) fn root_sheet(&self) -> &Stylesheet {
        &self.sheet
    }

    /// The rules around it, outermost first.
    pub(crate) fn around(&self) -> &[CssRule] {
        &self.around
    }

    /// The rule, if it is not a keyframe.
    pub(crate) fn as_css(&self) -> Option<&CssRule> {
        match &self.data {
            Data::Rule(rule) => Some(rule),
            Data::Keyframe(_) => None,
        }
    }

    /// Whether two handles are of the same rule.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.data, &other.data) {
            (Data::Keyframe(a), Data::Keyframe(b)) => Arc::ptr_eq(a, b),
            (Data::Rule(CssRule::Style(a)), Data::Rule(CssRule::Style(b))) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// The declaration block of a rule, shared with it.
pub struct Declarations {
    sheet: Stylesheet,
    block: Arc<Locked<PropertyDeclarationBlock>>,
    context: block::BlockContext,
}

impl std::fmt::Debug for Declarations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Declarations").finish_non_exhaustive()
    }
}

impl Declarations {
    fn read<R>(&self, tree: &Tree, read: impl FnOnce(&PropertyDeclarationBlock) -> R) -> R {
        read(self.block.read_with(&tree.lock.read()))
    }

    /// The value of a property; empty if it is not there.
    pub fn value(&self, tree: &Tree, name: &str) -> String {
        self.read(tree, |b| block::value(b, name))
    }

    /// `important`, or nothing.
    pub fn priority(&self, tree: &Tree, name: &str) -> &'static str {
        self.read(tree, |b| block::priority(b, name))
    }

    /// All declarations as text.
    pub fn text(&self, tree: &Tree) -> String {
        self.read(tree, block::text)
    }

    /// How many declarations there are, shorthands counted as their longhands.
    pub fn len(&self, tree: &Tree) -> usize {
        self.read(tree, PropertyDeclarationBlock::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self, tree: &Tree) -> bool {
        self.len(tree) == 0
    }

    /// The name of a declaration.
    pub fn item(&self, tree: &Tree, index: usize) -> Option<String> {
        self.read(tree, |b| block::item(b, index))
    }

    /// Sets a property. Whether anything changed.
    pub fn set(&self, tree: &Tree, name: &str, value: &str, important: bool) -> bool {
        let change =
            self.read(tree, |b| block::Change::set(b, &self.context, name, value, important));
        let Some(change) = change else { return false };
        // Chained one by one, variables would escape the check of whole texts.
        let refers = name.starts_with("--") && value.contains("var(");
        if refers && self.sheet.admit(tree, &format!("{name}:{value}")).is_err() {
            return false;
        }
        change.apply(self.block.write_with(&mut tree.lock.write()));
        true
    }

    /// Removes a property. Whether anything changed.
    pub fn remove(&self, tree: &Tree, name: &str) -> bool {
        let Some(property) = property(name) else { return false };
        let Some(first) = self.read(tree, |b| b.first_declaration_to_remove(&property)) else {
            return false;
        };
        self.block.write_with(&mut tree.lock.write()).remove_property(&property, first);
        true
    }

    /// Replaces all declarations by those in `text`.
    pub fn set_text(&self, tree: &Tree, text: &str) {
        let parsed = if self.sheet.admit(tree, text).is_ok() {
            style::properties::parse_style_attribute(
                text,
                &self.context.url,
                None,
                self.context.quirks,
                self.context.rule,
            )
        } else {
            PropertyDeclarationBlock::new()
        };
        *self.block.write_with(&mut tree.lock.write()) = parsed;
    }
}
