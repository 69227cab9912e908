//! <https://drafts.csswg.org/css-animations/#interface-dom>

use virga_dom::style::cssom::RuleChange;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};

use super::rule_class;
use crate::{
    agent::EngineCx,
    cssom::{CSSRule, CSSRuleList, CSSStyleDeclaration, effects, rule::CssRule as _},
    generated::{CSSKeyframeRuleMethods, CSSKeyframesRuleMethods},
};

rule_class! {
    /// <https://drafts.csswg.org/css-animations/#interface-csskeyframerule>
    CSSKeyframeRule(CSSRule, std::convert::identity);
    /// <https://drafts.csswg.org/css-animations/#interface-csskeyframesrule>
    CSSKeyframesRule(CSSRule, std::convert::identity);
}

impl CSSKeyframeRuleMethods for Obj<CSSKeyframeRule> {
    fn key_text(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(DomString::from(self.rule().selector_text(&cx.engine().tree())))
    }

    /// <https://drafts.csswg.org/css-animations/#dom-csskeyframerule-keytext>
    fn set_key_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let rule: Obj<CSSRule> = self.upcast();
        let text = value.to_str();
        if !rule.rule().accepts_selector(&cx.engine().tree(), &text) {
            return Err(Error::dom(
                DomExceptionName::Syntax,
                format!("{text:?} is not a keyframe selector"),
            ));
        }
        rule.rule().set_selector_text(&cx.engine().tree(), &text);
        effects::changed(cx, &rule, RuleChange::Other);
        Ok(())
    }

    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration> {
        self.upcast::<CSSRule>().style(cx)
    }
}

impl CSSKeyframesRuleMethods for Obj<CSSKeyframesRule> {
    fn name(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.rule().name(&cx.engine().tree()))
    }

    fn set_name(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let rule: Obj<CSSRule> = self.upcast();
        effects::change_meaning(cx, &rule, |tree| rule.rule().set_name(tree, &value.to_str()));
        Ok(())
    }

    fn css_rules(&self, cx: &mut Cx) -> Obj<CSSRuleList> {
        self.upcast::<CSSRule>().rule_list(cx)
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are fewer keyframes")]
    fn length(&self, cx: &mut Cx) -> u32 {
        self.rule().len(&cx.engine().tree()) as u32
    }

    fn indexed_getter(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<CSSKeyframeRule>>> {
        let rules = self.upcast::<CSSRule>().rule_list(cx);
        Ok(rules.at(cx, index as usize).and_then(|rule| rule.downcast()))
    }

    /// <https://drafts.csswg.org/css-animations/#dom-csskeyframesrule-appendrule>
    fn append_rule(&self, cx: &mut Cx, rule: DomString) -> Fallible<()> {
        if self.rule().append_keyframe(&cx.engine().tree(), &rule.to_str()) {
            effects::changed(cx, &self.upcast(), RuleChange::Removed);
        }
        Ok(())
    }

    /// <https://drafts.csswg.org/css-animations/#dom-csskeyframesrule-deleterule>
    fn delete_rule(&self, cx: &mut Cx, select: DomString) -> Fallible<()> {
        let own: Obj<CSSRule> = self.upcast();
        let found = own.rule().find_keyframe(&cx.engine().tree(), &select.to_str());
        if let Some(index) = found {
            own.rule().remove_keyframe(&cx.engine().tree(), index);
            own.rule_list(cx).note_removed(index);
            effects::changed(cx, &own, RuleChange::Removed);
        }
        Ok(())
    }

    /// <https://drafts.csswg.org/css-animations/#dom-csskeyframesrule-findrule>
    fn find_rule(&self, cx: &mut Cx, select: DomString) -> Fallible<Option<Obj<CSSKeyframeRule>>> {
        let own: Obj<CSSRule> = self.upcast();
        let found = own.rule().find_keyframe(&cx.engine().tree(), &select.to_str());
        let Some(index) = found else { return Ok(None) };
        let rules = own.rule_list(cx);
        Ok(rules.at(cx, index).and_then(|rule| rule.downcast()))
    }
}
