//! CSS Object Model: <https://drafts.csswg.org/cssom/>
//!
//! A declaration block of script is a view: on an element's `style` attribute,
//! which the tree keeps parsed, on its computed values, which are brought up to
//! date for what is asked and nothing else, or on a rule. Sheets and rules are
//! objects made when script asks for them; what they say is the style system's
//! own, and each edit tells the documents that have the sheet what it may have
//! changed, so that only elements that a rule could match are styled again.

mod adopted;
mod css;
mod declaration;
mod effects;
mod media_list;
mod properties;
mod rule;
mod rule_list;
mod rules;
mod sheet;
mod style_sheet_list;

pub(crate) use adopted::{Adopted, adopted_style_sheets, set_adopted_style_sheets};
pub(crate) use css::CSS;
pub(crate) use declaration::CSSStyleDeclaration;
pub(crate) use declaration::{computed_style, inline_style};
pub(crate) use media_list::MediaList;
pub(crate) use properties::install_property_accessors;
pub(crate) use rule::{CSSGroupingRule, CSSRule};
pub(crate) use rule_list::CSSRuleList;
pub(crate) use rules::*;
pub(crate) use sheet::{CSSStyleSheet, StyleSheet};
pub(crate) use style_sheet_list::{StyleSheetList, sheet_gone, sheet_of};
