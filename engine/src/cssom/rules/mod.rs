//! The classes of rules, each of which says little more than what its rule says.

mod grouping;
mod keyframes;
mod plain;

pub(crate) use grouping::{
    CSSConditionRule, CSSLayerBlockRule, CSSMediaRule, CSSScopeRule, CSSStyleRule, CSSSupportsRule,
};
pub(crate) use keyframes::{CSSKeyframeRule, CSSKeyframesRule};
pub(crate) use plain::{
    CSSFontFaceRule, CSSImportRule, CSSLayerStatementRule, CSSNamespaceRule, CSSNestedDeclarations,
    CSSPropertyRule,
};

/// A class of rules that has no data of its own.
macro_rules! rule_class {
    ($($(#[$doc:meta])* $name:ident($base:ty, $make:expr);)*) => { $(
        $(#[$doc])*
        #[derive(virga_js::Trace, virga_js::Platform)]
        pub(crate) struct $name {
            #[base]
            base: $base,
        }

        impl $name {
            pub(in crate::cssom) fn new(rule: crate::cssom::CSSRule) -> Self {
                Self { base: $make(rule) }
            }
        }
    )* };
}
use rule_class;
