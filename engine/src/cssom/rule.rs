//! Rules: <https://drafts.csswg.org/cssom/#css-rules>

use virga_dom::style::cssom::{Inserted, Rule, RuleChange, RuleError, RuleKind};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Slot, Trace};

use super::{
    CSSRuleList, CSSStyleDeclaration, CSSStyleSheet, MediaList, declaration, effects,
    media_list::MediaOwner, rule_list::ListOwner, rules::*, sheet::CssSheet,
};
use crate::{
    agent::EngineCx,
    generated::{CSSGroupingRuleMethods, CSSRuleMethods},
    loading,
};

/// <https://drafts.csswg.org/cssom/#the-cssrule-interface>
#[derive(Trace, Platform)]
pub(crate) struct CSSRule {
    #[trace(skip)]
    rule: Rule,
    sheet: Slot<Option<Obj<CSSStyleSheet>>>,
    parent: Slot<Option<Obj<CSSRule>>>,
    rules: Slot<Option<Obj<CSSRuleList>>>,
    style: Slot<Option<Obj<CSSStyleDeclaration>>>,
    media: Slot<Option<Obj<MediaList>>>,
    imported: Slot<Option<Obj<CSSStyleSheet>>>,
}

/// <https://drafts.csswg.org/cssom/#the-cssgroupingrule-interface>
#[derive(Trace, Platform)]
pub(crate) struct CSSGroupingRule {
    #[base]
    rule: CSSRule,
}

impl CSSGroupingRule {
    pub(super) fn new(rule: CSSRule) -> Self {
        Self { rule }
    }
}

/// The object for a rule, of the class that it has.
pub(super) fn create(
    cx: &mut Cx,
    rule: Rule,
    sheet: Option<Obj<CSSStyleSheet>>,
    parent: Option<Obj<CSSRule>>,
) -> Obj<CSSRule> {
    let kind = rule.kind();
    let base = CSSRule {
        rule,
        sheet: Slot::new(sheet),
        parent: Slot::new(parent),
        rules: Slot::new(None),
        style: Slot::new(None),
        media: Slot::new(None),
        imported: Slot::new(None),
    };
    match kind {
        RuleKind::Style => Obj::new(cx, CSSStyleRule::new(base)).upcast(),
        RuleKind::Import => Obj::new(cx, CSSImportRule::new(base)).upcast(),
        RuleKind::Media => Obj::new(cx, CSSMediaRule::new(base)).upcast(),
        RuleKind::FontFace => Obj::new(cx, CSSFontFaceRule::new(base)).upcast(),
        RuleKind::Keyframes => Obj::new(cx, CSSKeyframesRule::new(base)).upcast(),
        RuleKind::Keyframe => Obj::new(cx, CSSKeyframeRule::new(base)).upcast(),
        RuleKind::Namespace => Obj::new(cx, CSSNamespaceRule::new(base)).upcast(),
        RuleKind::Supports => Obj::new(cx, CSSSupportsRule::new(base)).upcast(),
        RuleKind::LayerBlock => Obj::new(cx, CSSLayerBlockRule::new(base)).upcast(),
        RuleKind::LayerStatement => Obj::new(cx, CSSLayerStatementRule::new(base)).upcast(),
        RuleKind::Property => Obj::new(cx, CSSPropertyRule::new(base)).upcast(),
        RuleKind::Scope => Obj::new(cx, CSSScopeRule::new(base)).upcast(),
        RuleKind::StartingStyle => Obj::new(cx, CSSGroupingRule::new(base)).upcast(),
        RuleKind::NestedDeclarations => Obj::new(cx, CSSNestedDeclarations::new(base)).upcast(),
        RuleKind::Other => Obj::new(cx, base),
    }
}

/// What script gets when a rule list cannot change.
pub(super) fn rule_error(error: RuleError) -> Error {
    let (name, text) = match error {
        RuleError::Syntax => (DomExceptionName::Syntax, "the text is not one valid CSS rule"),
        RuleError::IndexSize => (DomExceptionName::IndexSize, "there is no rule at that index"),
        RuleError::HierarchyRequest => {
            (DomExceptionName::HierarchyRequest, "such a rule must not stand at that place")
        }
        RuleError::InvalidState => {
            (DomExceptionName::InvalidState, "a namespace can change only before all other rules")
        }
    };
    Error::dom(name, text)
}

impl CSSRule {
    /// What the style system has of it.
    pub(super) fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The sheet that it is in. A rule that left it has none, and with it those
    /// inside.
    pub(super) fn sheet(&self) -> Option<Obj<CSSStyleSheet>> {
        match self.parent.get() {
            Some(parent) => parent.sheet(),
            None => self.sheet.get(),
        }
    }

    /// The rule around it.
    pub(super) fn parent(&self) -> Option<Obj<Self>> {
        self.parent.get()
    }

    /// It was removed from its sheet or rule.
    pub(super) fn detach(&self) {
        self.sheet.set(None);
        self.parent.set(None);
    }
}

pub(super) trait CssRule {
    fn rule_list(&self, cx: &mut Cx) -> Obj<CSSRuleList>;
    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration>;
    fn media_list(&self, cx: &mut Cx) -> Option<Obj<MediaList>>;
    fn imported(&self, cx: &mut Cx) -> Option<Obj<CSSStyleSheet>>;
}

impl CssRule for Obj<CSSRule> {
    fn rule_list(&self, cx: &mut Cx) -> Obj<CSSRuleList> {
        if let Some(rules) = self.rules.get() {
            return rules;
        }
        let rules = CSSRuleList::create(cx, ListOwner::Rule(self.clone()));
        self.rules.set(Some(rules.clone()));
        rules
    }

    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration> {
        if let Some(style) = self.style.get() {
            return style;
        }
        let style = declaration::rule_style(cx, self);
        self.style.set(Some(style.clone()));
        style
    }

    fn media_list(&self, cx: &mut Cx) -> Option<Obj<MediaList>> {
        if let Some(media) = self.media.get() {
            return Some(media);
        }
        let media = self.rule.media(&cx.engine().tree())?;
        let media = MediaList::create(cx, MediaOwner::Rule(self.clone()), media);
        self.media.set(Some(media.clone()));
        Some(media)
    }

    fn imported(&self, cx: &mut Cx) -> Option<Obj<CSSStyleSheet>> {
        let now = self.rule.imported(&cx.engine().tree())?;
        if let Some(sheet) = self.imported.get().filter(|known| known.sheet().is_same(&now)) {
            return Some(sheet);
        }
        let parent = self.sheet()?;
        let sheet = CSSStyleSheet::of_import(cx, parent, self.clone(), now);
        self.imported.set(Some(sheet.clone()));
        Some(sheet)
    }
}

impl CSSRuleMethods for Obj<CSSRule> {
    fn css_text(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.rule.text(&cx.engine().tree()))
    }

    /// Setting it does nothing: <https://drafts.csswg.org/cssom/#dom-cssrule-csstext>
    fn set_css_text(&self, _: &mut Cx, _: DomString) -> Fallible<()> {
        Ok(())
    }

    fn parent_rule(&self, _: &mut Cx) -> Option<Obj<CSSRule>> {
        self.parent()
    }

    fn parent_style_sheet(&self, _: &mut Cx) -> Option<Obj<CSSStyleSheet>> {
        self.sheet()
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssrule-type>
    fn type_(&self, _: &mut Cx) -> u16 {
        match self.rule.kind() {
            RuleKind::Style => 1,
            RuleKind::Import => 3,
            RuleKind::Media => 4,
            RuleKind::FontFace => 5,
            RuleKind::Keyframes => 7,
            RuleKind::Keyframe => 8,
            RuleKind::Namespace => 10,
            RuleKind::Supports => 12,
            _ => 0,
        }
    }
}

impl CSSGroupingRuleMethods for Obj<CSSGroupingRule> {
    fn css_rules(&self, cx: &mut Cx) -> Obj<CSSRuleList> {
        self.upcast::<CSSRule>().rule_list(cx)
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssgroupingrule-insertrule>
    fn insert_rule(&self, cx: &mut Cx, rule: DomString, index: u32) -> Fallible<u32> {
        let own: Obj<CSSRule> = self.upcast();
        let inserted = {
            let agent = cx.engine();
            let tree = agent.tree();
            own.rule.insert(&tree, &rule.to_str(), index as usize)
        };
        let Inserted { rule, imports } = inserted.map_err(rule_error)?;
        own.rule_list(cx).note_inserted(index as usize);
        if let Some(sheet) = own.sheet() {
            effects::rule_changed(cx, &sheet, &rule, RuleChange::Added);
            if let Some(owner) = sheet.outermost().users().first().copied()
                && !imports.is_empty()
            {
                loading::stylesheet::fetch_imports(cx, owner, imports);
            }
        }
        Ok(index)
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssgroupingrule-deleterule>
    fn delete_rule(&self, cx: &mut Cx, index: u32) -> Fallible<()> {
        let own: Obj<CSSRule> = self.upcast();
        let removed = {
            let agent = cx.engine();
            let tree = agent.tree();
            own.rule.remove(&tree, index as usize)
        };
        let rule = removed.map_err(rule_error)?;
        own.rule_list(cx).note_removed(index as usize);
        if let Some(sheet) = own.sheet() {
            effects::rule_changed(cx, &sheet, &rule, RuleChange::Removed);
        }
        Ok(())
    }
}
