//! Rules that hold rules.

use virga_js::{Cx, DomString, Fallible, Obj};

use super::rule_class;
use crate::{
    agent::EngineCx,
    cssom::{
        CSSGroupingRule, CSSRule, CSSStyleDeclaration, MediaList, effects, rule::CssRule as _,
    },
    generated::{
        CSSConditionRuleMethods, CSSLayerBlockRuleMethods, CSSMediaRuleMethods,
        CSSScopeRuleMethods, CSSStyleRuleMethods, CSSSupportsRuleMethods,
    },
};

rule_class! {
    /// <https://drafts.csswg.org/cssom/#the-cssstylerule-interface>
    CSSStyleRule(CSSGroupingRule, CSSGroupingRule::new);
    /// <https://drafts.csswg.org/css-conditional/#the-cssconditionrule-interface>
    CSSConditionRule(CSSGroupingRule, CSSGroupingRule::new);
    /// <https://drafts.csswg.org/css-conditional/#the-cssmediarule-interface>
    CSSMediaRule(CSSConditionRule, CSSConditionRule::new);
    /// <https://drafts.csswg.org/css-conditional/#the-csssupportsrule-interface>
    CSSSupportsRule(CSSConditionRule, CSSConditionRule::new);
    /// <https://drafts.csswg.org/css-cascade-5/#the-csslayerblockrule-interface>
    CSSLayerBlockRule(CSSGroupingRule, CSSGroupingRule::new);
    /// <https://drafts.csswg.org/css-cascade-6/#the-cssscoperule-interface>
    CSSScopeRule(CSSGroupingRule, CSSGroupingRule::new);
}

impl CSSStyleRuleMethods for Obj<CSSStyleRule> {
    /// <https://drafts.csswg.org/cssom/#dom-cssstylerule-selectortext>
    fn selector_text(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.rule().selector_text(&cx.engine().tree()))
    }

    fn set_selector_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let rule: Obj<CSSRule> = self.upcast();
        let text = value.to_str();
        // 1. What is not valid changes nothing.
        if rule.rule().accepts_selector(&cx.engine().tree(), &text) {
            effects::change_meaning(cx, &rule, |tree| rule.rule().set_selector_text(tree, &text));
        }
        Ok(())
    }

    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration> {
        self.upcast::<CSSRule>().style(cx)
    }
}

impl CSSConditionRuleMethods for Obj<CSSConditionRule> {
    fn condition_text(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.rule().condition_text(&cx.engine().tree()))
    }
}

impl CSSMediaRuleMethods for Obj<CSSMediaRule> {
    fn media(&self, cx: &mut Cx) -> Obj<MediaList> {
        match self.upcast::<CSSRule>().media_list(cx) {
            Some(media) => media,
            None => unreachable!("an @media rule has media"),
        }
    }
}

impl CSSSupportsRuleMethods for Obj<CSSSupportsRule> {}

impl CSSLayerBlockRuleMethods for Obj<CSSLayerBlockRule> {
    fn name(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.rule().name(&cx.engine().tree()))
    }
}

impl CSSScopeRuleMethods for Obj<CSSScopeRule> {
    fn start(&self, _: &mut Cx) -> Option<DomString> {
        self.rule().scope_bounds().0.map(DomString::from)
    }

    fn end(&self, _: &mut Cx) -> Option<DomString> {
        self.rule().scope_bounds().1.map(DomString::from)
    }
}
