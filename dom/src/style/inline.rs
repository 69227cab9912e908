//! The declarations of `style` attributes, as script edits them.
//!
//! <https://drafts.csswg.org/cssom/#the-cssstyledeclaration-interface>

use super::cssom::block::{self, BlockContext, Change};
use super::limits;
use super::sheet::{about_blank, parser_context};
use crate::tree::slot::NodeSlot;
use crate::tree::{NodeId, Tree};
use markup5ever::{local_name, ns};
use style::context::QuirksMode;
use style::properties::{PropertyDeclarationBlock, PropertyId, parse_style_attribute};
use style::servo_arc::Arc;
use style::shared_lock::Locked;
use style::stylesheets::{CssRuleType, UrlExtraData};

type Block = Arc<Locked<PropertyDeclarationBlock>>;

/// A property of author CSS by its name.
pub(crate) fn property(name: &str) -> Option<PropertyId> {
    let base = about_blank();
    let context = parser_context(&base, QuirksMode::NoQuirks, CssRuleType::Style);
    PropertyId::parse(name, &context).ok()
}

impl Tree {
    fn declarations(&self, id: NodeId) -> Option<&Block> {
        self.arena.slot(id)?.inline_style()
    }

    fn read<R>(&self, id: NodeId, read: impl FnOnce(&PropertyDeclarationBlock) -> R) -> Option<R> {
        let block = self.declarations(id)?;
        let guard = self.lock.read();
        Some(read(block.read_with(&guard)))
    }

    /// The value of a property in an element's `style` attribute; empty if it
    /// is not there.
    pub fn style_property(&self, id: NodeId, name: &str) -> String {
        self.read(id, |own| block::value(own, name)).unwrap_or_default()
    }

    /// `important`, or nothing.
    pub fn style_priority(&self, id: NodeId, name: &str) -> &'static str {
        self.read(id, |own| block::priority(own, name)).unwrap_or("")
    }

    /// Sets a property of an element's `style` attribute. Nothing happens if
    /// the property or the value is not valid. Returns whether anything
    /// changed.
    pub fn set_style_property(
        &mut self,
        id: NodeId,
        name: &str,
        value: &str,
        important: bool,
    ) -> bool {
        if !self.is_element(id) {
            return false;
        }
        let (url, quirks) = self.css_context(id);
        let context = BlockContext { url, quirks, rule: CssRuleType::Style };
        let change = match self.declarations(id) {
            Some(own) => {
                let guard = self.lock.read();
                Change::set(own.read_with(&guard), &context, name, value, important)
            }
            None => {
                let empty = PropertyDeclarationBlock::new();
                Change::set(&empty, &context, name, value, important)
            }
        };
        let Some(change) = change else { return false };
        self.edit(id, |block| change.apply(block));
        true
    }

    /// Removes a property from an element's `style` attribute. Returns the
    /// value that it had.
    pub fn remove_style_property(&mut self, id: NodeId, name: &str) -> String {
        let Some(property) = property(name) else {
            return String::new();
        };
        let old = self.style_property(id, name);
        let first = self.read(id, |block| block.first_declaration_to_remove(&property)).flatten();
        if let Some(first) = first {
            self.edit(id, |block| block.remove_property(&property, first));
        }
        old
    }

    /// All declarations as text (`cssText`).
    pub fn style_text(&self, id: NodeId) -> String {
        self.read(id, block::text).unwrap_or_default()
    }

    /// Replaces all declarations by those in `text`.
    pub fn set_style_text(&mut self, id: NodeId, text: &str) {
        if !self.is_element(id) {
            return;
        }
        let (url, quirks) = self.css_context(id);
        let block = if limits::check(text).is_ok() {
            parse_style_attribute(text, &url, None, quirks, CssRuleType::Style)
        } else {
            PropertyDeclarationBlock::new()
        };
        let block = Arc::new(self.lock.wrap(block));
        self.set_inline_style(id, block);
    }

    /// How many declarations there are, shorthands counted as their longhands.
    pub fn style_length(&self, id: NodeId) -> usize {
        self.read(id, PropertyDeclarationBlock::len).unwrap_or(0)
    }

    /// The name of a declaration.
    pub fn style_item(&self, id: NodeId, index: usize) -> Option<String> {
        self.read(id, |own| block::item(own, index)).flatten()
    }

    fn css_context(&self, id: NodeId) -> (UrlExtraData, QuirksMode) {
        let document =
            self.arena.slot(id).and_then(NodeSlot::document).and_then(NodeSlot::document_data);
        (
            document.and_then(|d| d.base_url.clone()).unwrap_or_else(about_blank),
            document.map_or(QuirksMode::NoQuirks, |d| d.quirks),
        )
    }

    /// Changes the declarations in place: the rule tree keeps its node for
    /// them, and an app that animates `style.left` makes no garbage.
    fn edit(&mut self, id: NodeId, change: impl FnOnce(&mut PropertyDeclarationBlock)) {
        // The old text must be read before it changes, if anyone wants it.
        if self.is_recording() || self.style_attribute_is_selected(id) {
            let _ = self.attribute(id, &ns!(), &local_name!("style"));
        }
        let lock = self.lock.clone();
        let block = match self.declarations(id) {
            Some(block) => block.clone(),
            None => Arc::new(lock.wrap(PropertyDeclarationBlock::new())),
        };
        change(block.write_with(&mut lock.write()));
        self.set_inline_style(id, block);
    }
}
