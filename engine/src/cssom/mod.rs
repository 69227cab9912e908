//! CSS Object Model: <https://drafts.csswg.org/cssom/>
//!
//! A declaration block of script is a view on an element: on its `style`
//! attribute, which the tree keeps parsed, or on its computed values, which are
//! brought up to date for what is asked and nothing else.

mod css;
mod declaration;
mod properties;

pub(crate) use css::CSS;
pub(crate) use declaration::CSSStyleDeclaration;
pub(crate) use declaration::{computed_style, inline_style};
pub(crate) use properties::install_property_accessors;
