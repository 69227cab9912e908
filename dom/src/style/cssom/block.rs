//! Declaration blocks, wherever they stand: in a `style` attribute or a rule.
//!
//! <https://drafts.csswg.org/cssom/#the-cssstyledeclaration-interface>

use crate::style::inline::property;
use crate::style::limits;
use style::context::QuirksMode;
use style::properties::{
    Importance, PropertyDeclarationBlock, SourcePropertyDeclaration,
    SourcePropertyDeclarationUpdate, parse_one_declaration_into,
};
use style::stylesheets::{CssRuleType, Origin, UrlExtraData};
use style_traits::ParsingMode;

/// What the values of a block are parsed with.
pub(crate) struct BlockContext {
    pub(crate) url: UrlExtraData,
    pub(crate) quirks: QuirksMode,
    pub(crate) rule: CssRuleType,
}

/// The value of a property; empty if it is not there.
pub(crate) fn value(block: &PropertyDeclarationBlock, name: &str) -> String {
    let mut text = String::new();
    match property(name).map(|property| block.property_value_to_css(&property, &mut text)) {
        Some(Ok(())) => text,
        _ => String::new(),
    }
}

/// `important`, or nothing.
pub(crate) fn priority(block: &PropertyDeclarationBlock, name: &str) -> &'static str {
    let important = property(name).is_some_and(|p| block.property_priority(&p).important());
    if important { "important" } else { "" }
}

/// All declarations as text.
pub(crate) fn text(block: &PropertyDeclarationBlock) -> String {
    let mut text = String::new();
    match block.to_css(&mut text) {
        Ok(()) => text,
        Err(_) => String::new(),
    }
}

/// The name of a declaration.
pub(crate) fn item(block: &PropertyDeclarationBlock, index: usize) -> Option<String> {
    block.declarations().get(index).map(|d| d.id().name().into_owned())
}

/// A change of a block that was found to be one.
pub(crate) struct Change {
    source: SourcePropertyDeclaration,
    importance: Importance,
    updates: SourcePropertyDeclarationUpdate,
}

impl Change {
    /// Parses a value for a property and compares it with what is there. `None`
    /// if it is not valid, or changes nothing.
    pub(crate) fn set(
        block: &PropertyDeclarationBlock,
        context: &BlockContext,
        name: &str,
        value: &str,
        important: bool,
    ) -> Option<Self> {
        let property = property(name)?;
        limits::check(value).ok()?;
        // Chained one by one, variables would escape the check of whole texts.
        let refers = name.starts_with("--") && value.contains("var(");
        if refers && block.len() >= limits::MAX_INLINE_VARIABLES {
            tracing::warn!("`{name}` refused: too many custom properties in one declaration block");
            return None;
        }
        let mut source = SourcePropertyDeclaration::default();
        parse_one_declaration_into(
            &mut source,
            property,
            value,
            Origin::Author,
            &context.url,
            None,
            ParsingMode::DEFAULT,
            context.quirks,
            context.rule,
        )
        .ok()?;
        let importance = if important { Importance::Important } else { Importance::Normal };
        let mut updates = SourcePropertyDeclarationUpdate::default();
        block.prepare_for_update(&source, importance, &mut updates).then_some(Self {
            source,
            importance,
            updates,
        })
    }

    /// Makes the change.
    pub(crate) fn apply(mut self, block: &mut PropertyDeclarationBlock) {
        block.update(self.source.drain(), self.importance, &mut self.updates);
    }
}
