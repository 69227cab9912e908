//! Style sheets: <https://drafts.csswg.org/cssom/#css-style-sheets>

use std::cell::{Cell, RefCell};

use url::Url;
use virga_dom::{
    NodeId,
    style::{
        Stylesheet,
        cssom::{Inserted, RuleChange},
    },
};
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Promise, Slot, Trace,
};

use super::{
    CSSRule, CSSRuleList, MediaList, effects, media_list::MediaOwner, rule::rule_error,
    rule_list::ListOwner,
};
use crate::{
    agent::EngineCx,
    dom::Element,
    generated::{CSSStyleSheetInit, CSSStyleSheetMethods, MediaListOrDOMString, StyleSheetMethods},
    loading,
    wrappers::Node,
};

/// <https://drafts.csswg.org/cssom/#the-stylesheet-interface>
#[derive(Trace, Platform)]
pub(crate) struct StyleSheet {
    /// The `style` or `link` element that it belongs to.
    owner: Slot<Option<Obj<Node>>>,
    /// The sheet that imported it.
    parent: Slot<Option<Obj<CSSStyleSheet>>>,
    media: Slot<Option<Obj<MediaList>>>,
    #[trace(skip)]
    sheet: Stylesheet,
    #[trace(skip)]
    href: Option<String>,
}

/// <https://drafts.csswg.org/cssom/#the-cssstylesheet-interface>
#[derive(Trace, Platform)]
pub(crate) struct CSSStyleSheet {
    #[base]
    base: StyleSheet,
    owner_rule: Slot<Option<Obj<CSSRule>>>,
    rules: Slot<Option<Obj<CSSRuleList>>>,
    /// Script of this document may read its rules.
    origin_clean: bool,
    /// The document whose window made it, if script did.
    #[trace(skip)]
    constructed_for: Option<NodeId>,
    #[trace(skip)]
    base_url: Option<Url>,
    /// `replace()` is under way.
    #[trace(skip)]
    locked: Cell<bool>,
    /// The documents and shadow roots that adopted it.
    #[trace(skip)]
    adopters: RefCell<Vec<NodeId>>,
}

impl CSSStyleSheet {
    fn with(sheet: Stylesheet, href: Option<String>) -> Self {
        Self {
            base: StyleSheet {
                owner: Slot::new(None),
                parent: Slot::new(None),
                media: Slot::new(None),
                sheet,
                href,
            },
            owner_rule: Slot::new(None),
            rules: Slot::new(None),
            origin_clean: true,
            constructed_for: None,
            base_url: None,
            locked: Cell::new(false),
            adopters: RefCell::default(),
        }
    }

    /// The object for the sheet of a `style` or `link` element.
    pub(super) fn of_element(cx: &mut Cx, owner: Obj<Node>, sheet: Stylesheet) -> Obj<Self> {
        let agent = cx.engine();
        let (is_link, url) = {
            let tree = agent.tree();
            (tree.is_html_element(owner.id(), "link"), sheet.url(&tree))
        };
        let clean = !is_link || is_same_origin(&cx.window().url(), &url);
        let mut data = Self::with(sheet, is_link.then(|| url.into()));
        data.origin_clean = clean;
        data.base.owner = Slot::new(Some(owner));
        Obj::new(cx, data)
    }

    /// The object for a sheet that a rule imported.
    pub(super) fn of_import(
        cx: &mut Cx,
        parent: Obj<Self>,
        rule: Obj<CSSRule>,
        sheet: Stylesheet,
    ) -> Obj<Self> {
        let url = sheet.url(&cx.engine().tree());
        let clean = is_same_origin(&cx.window().url(), &url);
        let mut data = Self::with(sheet, Some(url.into()));
        data.origin_clean = clean;
        data.base.parent = Slot::new(Some(parent));
        data.owner_rule = Slot::new(Some(rule));
        Obj::new(cx, data)
    }

    /// What the style system has of it.
    pub(crate) fn sheet(&self) -> Stylesheet {
        self.base.sheet.clone()
    }

    /// The document whose script made it with `new CSSStyleSheet`.
    pub(crate) fn constructed_for(&self) -> Option<NodeId> {
        self.constructed_for
    }

    /// Notes that a document or shadow root adopted it, or no longer has it.
    pub(super) fn set_adopted_by(&self, root: NodeId, adopted: bool) {
        let mut adopters = self.adopters.borrow_mut();
        adopters.retain(|other| *other != root);
        if adopted {
            adopters.push(root);
        }
    }

    /// The nodes that have the sheet: its element, or who adopted it.
    pub(super) fn users(&self) -> Vec<NodeId> {
        match self.base.owner.get() {
            Some(owner) => vec![owner.id()],
            None => self.adopters.borrow().clone(),
        }
    }

    /// The element lost its sheet: what script holds of it is on its own.
    pub(super) fn disown(&self) {
        self.base.owner.set(None);
    }

    fn check_clean(&self) -> Fallible<()> {
        if self.origin_clean {
            return Ok(());
        }
        Err(Error::dom(
            DomExceptionName::Security,
            "the rules of a style sheet of another origin cannot be accessed",
        ))
    }

    fn check_unlocked(&self) -> Fallible<()> {
        if self.locked.get() {
            return Err(Error::dom(
                DomExceptionName::NotAllowed,
                "the style sheet cannot be changed while replace() is under way",
            ));
        }
        Ok(())
    }

    fn check_constructed(&self) -> Fallible<()> {
        if self.constructed_for.is_none() {
            return Err(Error::dom(
                DomExceptionName::NotAllowed,
                "only style sheets made by the CSSStyleSheet constructor can be replaced",
            ));
        }
        self.check_unlocked()
    }
}

/// Whether a document may read what came from a URL.
fn is_same_origin(document: &Url, url: &Url) -> bool {
    document.origin() == url.origin()
        || matches!(url.scheme(), "about" | "data" | "blob")
        || (document.scheme() == "file" && url.scheme() == "file")
}

pub(super) trait CssSheet {
    fn outermost(&self) -> Obj<CSSStyleSheet>;
    fn rule_list(&self, cx: &mut Cx) -> Obj<CSSRuleList>;
}

impl CssSheet for Obj<CSSStyleSheet> {
    /// The sheet that imported it, in the end, or itself.
    fn outermost(&self) -> Obj<CSSStyleSheet> {
        let mut at = self.clone();
        while let Some(parent) = at.base.parent.get() {
            at = parent;
        }
        at
    }

    fn rule_list(&self, cx: &mut Cx) -> Obj<CSSRuleList> {
        if let Some(rules) = self.rules.get() {
            return rules;
        }
        let rules = CSSRuleList::create(cx, ListOwner::Sheet(self.clone()));
        self.rules.set(Some(rules.clone()));
        rules
    }
}

/// Replaces all rules of a constructed sheet.
///
/// <https://drafts.csswg.org/cssom/#synchronously-replace-the-rules-of-a-cssstylesheet>
fn replace(cx: &mut Cx, sheet: &Obj<CSSStyleSheet>, text: &str) -> Fallible<()> {
    let list = sheet.rule_list(cx);
    list.forget_all();
    let own = sheet.sheet();
    effects::change_sheet(cx, sheet, |tree| own.replace(tree, text)).map_err(|refused| {
        Error::dom(DomExceptionName::NotAllowed, format!("the style sheet was refused: {refused}"))
    })
}

impl StyleSheetMethods for Obj<StyleSheet> {
    fn type_(&self, _: &mut Cx) -> DomString {
        DomString::from("text/css")
    }

    fn href(&self, _: &mut Cx) -> Option<String> {
        self.href.clone()
    }

    fn owner_node(&self, _: &mut Cx) -> Option<Obj<Element>> {
        self.owner.get()?.downcast()
    }

    fn parent_style_sheet(&self, _: &mut Cx) -> Option<Obj<CSSStyleSheet>> {
        self.parent.get()
    }

    /// <https://drafts.csswg.org/cssom/#dom-stylesheet-title>
    fn title(&self, cx: &mut Cx) -> Option<DomString> {
        let owner = self.owner.get()?;
        let title = cx.engine().attribute(owner.id(), "title")?;
        (!title.is_empty()).then(|| DomString::from(title))
    }

    fn media(&self, cx: &mut Cx) -> Obj<MediaList> {
        if let Some(media) = self.media.get() {
            return media;
        }
        let owner = match self.downcast::<CSSStyleSheet>() {
            Some(sheet) => MediaOwner::Sheet(sheet),
            None => unreachable!("all style sheets are CSS's"),
        };
        let media = MediaList::create(cx, owner, self.sheet.media());
        self.media.set(Some(media.clone()));
        media
    }

    fn disabled(&self, _: &mut Cx) -> bool {
        self.sheet.disabled()
    }

    /// <https://drafts.csswg.org/cssom/#dom-stylesheet-disabled>
    fn set_disabled(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        if self.sheet.disabled() != value
            && let Some(sheet) = self.downcast::<CSSStyleSheet>()
        {
            effects::change_sheet(cx, &sheet, |_| self.sheet.set_disabled(value));
        }
        Ok(())
    }
}

impl CSSStyleSheetMethods for Obj<CSSStyleSheet> {
    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-cssstylesheet>
    fn constructor(cx: &mut Cx, options: CSSStyleSheetInit) -> Fallible<Self> {
        // 1.–3. The base URL is the document's, unless another is given.
        let agent = cx.engine();
        let window = cx.window();
        let mut base = window.base_url(&agent);
        let mut base_url = None;
        if let Some(text) = &options.base_url {
            base = base.join(&text.to_str()).map_err(|problem| {
                Error::dom(
                    DomExceptionName::NotAllowed,
                    format!("{:?} is not a valid URL: {problem}", text.to_str()),
                )
            })?;
            base_url = Some(base.clone());
        }
        // 9.–10.
        let media = match &options.media {
            MediaListOrDOMString::MediaList(list) => {
                crate::generated::MediaListMethods::media_text(list, cx)
            }
            MediaListOrDOMString::DOMString(text) => text.clone(),
        };
        let document = window.document_id();
        let sheet = Stylesheet::construct(&agent.tree(), document, "", &base, &media.to_str())
            .map_err(|refused| Error::dom(DomExceptionName::NotAllowed, refused.to_string()))?;
        // 11.
        sheet.set_disabled(options.disabled);
        let mut data = CSSStyleSheet::with(sheet, None);
        data.constructed_for = Some(document);
        data.base_url = base_url;
        Ok(Self::new(cx, data))
    }

    fn owner_rule(&self, _: &mut Cx) -> Option<Obj<CSSRule>> {
        self.owner_rule.get()
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-cssrules>
    fn css_rules(&self, cx: &mut Cx) -> Fallible<Obj<CSSRuleList>> {
        self.check_clean()?;
        Ok(self.rule_list(cx))
    }

    fn rules(&self, cx: &mut Cx) -> Fallible<Obj<CSSRuleList>> {
        self.css_rules(cx)
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-insertrule>
    fn insert_rule(&self, cx: &mut Cx, rule: DomString, index: u32) -> Fallible<u32> {
        // 1.–2.
        self.check_clean()?;
        self.check_unlocked()?;
        // 3.–5.
        let inserted = {
            let agent = cx.engine();
            let tree = agent.tree();
            self.base.sheet.insert_rule(&tree, &rule.to_str(), index as usize)
        };
        let Inserted { rule, imports } = inserted.map_err(rule_error)?;
        self.rule_list(cx).note_inserted(index as usize);
        effects::rule_changed(cx, self, &rule, RuleChange::Added);
        if !imports.is_empty()
            && let Some(owner) = self.outermost().base.owner.get()
        {
            loading::stylesheet::fetch_imports(cx, owner.id(), imports);
        }
        Ok(index)
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-deleterule>
    fn delete_rule(&self, cx: &mut Cx, index: u32) -> Fallible<()> {
        self.check_clean()?;
        self.check_unlocked()?;
        let removed = {
            let agent = cx.engine();
            let tree = agent.tree();
            self.base.sheet.remove_rule(&tree, index as usize)
        };
        let rule = removed.map_err(rule_error)?;
        self.rule_list(cx).note_removed(index as usize);
        effects::rule_changed(cx, self, &rule, RuleChange::Removed);
        Ok(())
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-replace>
    fn replace(&self, cx: &mut Cx, text: String) -> Fallible<Promise> {
        // 2.
        if let Err(refused) = self.check_constructed() {
            return Promise::rejected(cx, refused);
        }
        // 3.–4.
        self.locked.set(true);
        let (promise, resolver) = Promise::new(cx);
        let sheet = self.clone();
        let window = cx.window_id();
        cx.engine().queue_task(crate::agent::TaskSource::Dom, window, move |cx| {
            let result = replace(cx, &sheet, &text);
            sheet.locked.set(false);
            let settled = match result {
                Ok(()) => resolver.resolve(cx, sheet.value()),
                Err(refused) => resolver.reject(cx, refused),
            };
            if let Err(failed) = settled {
                crate::events::report_exception(cx, failed);
            }
        });
        // 5.
        Ok(promise)
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-replacesync>
    fn replace_sync(&self, cx: &mut Cx, text: String) -> Fallible<()> {
        self.check_constructed()?;
        replace(cx, self, &text)
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-addrule>
    fn add_rule(
        &self,
        cx: &mut Cx,
        selector: DomString,
        style: DomString,
        index: Option<u32>,
    ) -> Fallible<i32> {
        let (selector, style) = (selector.to_str(), style.to_str());
        let text = if style.is_empty() {
            format!("{selector} {{ }}")
        } else {
            format!("{selector} {{ {style} }}")
        };
        let end = self.base.sheet.rule_count(&cx.engine().tree());
        let index = index.unwrap_or(u32::try_from(end).unwrap_or(u32::MAX));
        self.insert_rule(cx, DomString::from(text), index)?;
        Ok(-1)
    }

    fn remove_rule(&self, cx: &mut Cx, index: u32) -> Fallible<()> {
        self.delete_rule(cx, index)
    }
}

/// What is thrown at `adoptedStyleSheets` for a sheet that it cannot have.
pub(super) fn check_adoptable(sheet: &Obj<CSSStyleSheet>, document: NodeId) -> Fallible<()> {
    match sheet.constructed_for() {
        Some(own) if own == document => Ok(()),
        Some(_) => Err(Error::dom(
            DomExceptionName::NotAllowed,
            "a style sheet that was constructed for another document cannot be adopted",
        )),
        None => Err(Error::dom(
            DomExceptionName::NotAllowed,
            "only style sheets made by the CSSStyleSheet constructor can be adopted",
        )),
    }
}
