//! Rules that hold no rules.

use virga_js::{Cx, DomString, Obj, Object, Value};

use super::rule_class;
use crate::{
    agent::EngineCx,
    cssom::{CSSRule, CSSStyleDeclaration, CSSStyleSheet, MediaList, rule::CssRule as _},
    generated::{
        CSSFontFaceRuleMethods, CSSImportRuleMethods, CSSLayerStatementRuleMethods,
        CSSNamespaceRuleMethods, CSSNestedDeclarationsMethods, CSSPropertyRuleMethods,
    },
};

rule_class! {
    /// <https://drafts.csswg.org/cssom/#the-cssimportrule-interface>
    CSSImportRule(CSSRule, std::convert::identity);
    /// <https://drafts.csswg.org/cssom/#the-cssnamespacerule-interface>
    CSSNamespaceRule(CSSRule, std::convert::identity);
    /// <https://drafts.csswg.org/css-fonts/#om-fontface>
    CSSFontFaceRule(CSSRule, std::convert::identity);
    /// <https://drafts.csswg.org/css-cascade-5/#the-csslayerstatementrule-interface>
    CSSLayerStatementRule(CSSRule, std::convert::identity);
    /// <https://drafts.css-houdini.org/css-properties-values-api/#the-css-property-rule-interface>
    CSSPropertyRule(CSSRule, std::convert::identity);
    /// <https://drafts.csswg.org/css-nesting/#cssnesteddeclarations>
    CSSNestedDeclarations(CSSRule, std::convert::identity);
}

impl CSSImportRuleMethods for Obj<CSSImportRule> {
    fn href(&self, cx: &mut Cx) -> String {
        self.rule().href(&cx.engine().tree())
    }

    fn media(&self, cx: &mut Cx) -> Option<Obj<MediaList>> {
        self.upcast::<CSSRule>().media_list(cx)
    }

    fn style_sheet(&self, cx: &mut Cx) -> Option<Obj<CSSStyleSheet>> {
        self.upcast::<CSSRule>().imported(cx)
    }

    fn layer_name(&self, cx: &mut Cx) -> Option<DomString> {
        self.rule().import_layer(&cx.engine().tree()).map(DomString::from)
    }

    fn supports_text(&self, cx: &mut Cx) -> Option<DomString> {
        self.rule().import_supports(&cx.engine().tree()).map(DomString::from)
    }
}

impl CSSNamespaceRuleMethods for Obj<CSSNamespaceRule> {
    fn namespace_uri(&self, _: &mut Cx) -> DomString {
        DomString::from(self.rule().namespace().1)
    }

    fn prefix(&self, _: &mut Cx) -> DomString {
        DomString::from(self.rule().namespace().0)
    }
}

impl CSSFontFaceRuleMethods for Obj<CSSFontFaceRule> {
    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration> {
        self.upcast::<CSSRule>().style(cx)
    }
}

impl CSSLayerStatementRuleMethods for Obj<CSSLayerStatementRule> {
    fn name_list(&self, cx: &mut Cx) -> Value {
        let names = self.rule().layer_names().into_iter().map(|name| DomString::from(name).into());
        let names: Vec<Value> = names.collect();
        let array = Object::array(cx, names);
        // A frozen array: nothing can fail on a fresh one.
        let _ = array.freeze(cx);
        array.into()
    }
}

impl CSSPropertyRuleMethods for Obj<CSSPropertyRule> {
    fn name(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.rule().name(&cx.engine().tree()))
    }

    fn syntax(&self, _: &mut Cx) -> DomString {
        DomString::from(self.rule().property().0)
    }

    fn inherits(&self, _: &mut Cx) -> bool {
        self.rule().property().1
    }

    fn initial_value(&self, _: &mut Cx) -> Option<DomString> {
        self.rule().property().2.map(DomString::from)
    }
}

impl CSSNestedDeclarationsMethods for Obj<CSSNestedDeclarations> {
    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration> {
        self.upcast::<CSSRule>().style(cx)
    }
}
