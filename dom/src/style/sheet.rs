//! Style sheets: parsing them, and the media they are for.

use super::limits::{self, TooComplex};
use crate::tree::{NodeId, Tree};
use std::cell::RefCell;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use style::media_queries::MediaList;
use style::parser::ParserContext;
use style::servo_arc::Arc;
use style::shared_lock::{Locked, SharedRwLock, ToCssWithGuard};
use style::stylesheets::import_rule::{
    ImportLayer, ImportRule, ImportSheet, ImportSupportsCondition,
};
use style::stylesheets::{
    AllowImportRules, CssRuleType, Origin, StylesheetContents, StylesheetInDocument,
    StylesheetLoader, UrlExtraData,
};
use style::values::CssUrl;
use style_traits::ParsingMode;
use url::Url;

/// The base URL of CSS that has none.
pub(crate) fn about_blank() -> UrlExtraData {
    static BLANK: LazyLock<UrlExtraData> = LazyLock::new(|| {
        let url = Url::parse("about:blank").unwrap_or_else(|_| unreachable!("a constant URL"));
        UrlExtraData(Arc::new(url))
    });
    BLANK.clone()
}

/// A base URL as stylo takes it.
pub(crate) fn url_data(url: &Url) -> UrlExtraData {
    UrlExtraData(Arc::new(url.clone()))
}

/// An author's style sheet, parsed for one tree.
#[derive(Clone)]
pub struct Stylesheet {
    pub(crate) sheet: Arc<style::stylesheets::Stylesheet>,
    /// The sheet that it was imported by, in the end, or itself.
    pub(crate) root: Arc<style::stylesheets::Stylesheet>,
    facts: std::sync::Arc<Facts>,
    imports: Vec<Import>,
}

/// What is known of all text that went into a sheet.
#[derive(Default)]
struct Facts {
    /// A selector has a relative part, which needs wider invalidation.
    uses_has: AtomicBool,
    /// The longest chain of custom properties in it.
    variable_chain: AtomicUsize,
    /// Made by script, which may not import.
    constructed: bool,
}

impl Facts {
    fn add(&self, css: &str) {
        if css.contains(":has(") || css.contains(":HAS(") {
            self.uses_has.store(true, Ordering::Relaxed);
        }
        self.variable_chain.fetch_add(limits::variable_chain(css), Ordering::Relaxed);
    }
}

/// An `@import` rule whose sheet is to be loaded.
#[derive(Clone)]
pub struct Import {
    /// Where the sheet is.
    pub url: Url,
    rule: Arc<Locked<ImportRule>>,
    media: Arc<Locked<MediaList>>,
}

impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Stylesheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stylesheet").field("imports", &self.imports).finish_non_exhaustive()
    }
}

impl Stylesheet {
    /// Parses CSS for a document of `tree`. `url` is what relative URLs in it
    /// are relative to, `media` the media query that it is for (empty: all).
    ///
    /// CSS has no syntax errors; what is refused is what nests or chains so
    /// deep that no author wrote it.
    pub fn parse(
        tree: &Tree,
        document: NodeId,
        css: &str,
        url: &Url,
        media: &str,
    ) -> Result<Self, TooComplex> {
        limits::check(css)?;
        limits::check(media)?;
        Self::parse_with(tree, document, css, url, media, false)
    }

    /// Parses the text of a constructed sheet, in which `@import` is nothing.
    ///
    /// <https://drafts.csswg.org/cssom/#dom-cssstylesheet-replacesync>
    pub fn construct(
        tree: &Tree,
        document: NodeId,
        css: &str,
        url: &Url,
        media: &str,
    ) -> Result<Self, TooComplex> {
        limits::check(css)?;
        limits::check(media)?;
        Self::parse_with(tree, document, css, url, media, true)
    }

    fn parse_with(
        tree: &Tree,
        document: NodeId,
        css: &str,
        url: &Url,
        media: &str,
        constructed: bool,
    ) -> Result<Self, TooComplex> {
        let quirks = tree.quirks_mode(document);
        let base = url_data(url);
        let loader = Loader::default();
        let media = parse_media(media, &base, quirks);
        let imports = if constructed { AllowImportRules::No } else { AllowImportRules::Yes };
        let sheet = style::stylesheets::Stylesheet::from_str(
            &crate::select::with_in_range(css),
            base,
            Origin::Author,
            Arc::new(tree.lock.wrap(media)),
            tree.lock.clone(),
            Some(&loader),
            None,
            quirks,
            imports,
        );
        let facts = Facts { constructed, ..Facts::default() };
        facts.add(css);
        let sheet = Arc::new(sheet);
        Ok(Self {
            root: sheet.clone(),
            sheet,
            facts: std::sync::Arc::new(facts),
            imports: loader.into_imports(),
        })
    }

    /// A sheet that this one imported.
    pub(super) fn part(&self, sheet: Arc<style::stylesheets::Stylesheet>) -> Self {
        Self { sheet, root: self.root.clone(), facts: self.facts.clone(), imports: Vec::new() }
    }

    /// Checks text that is to become part of the sheet, and remembers what is to
    /// be known of it.
    pub(super) fn admit(&self, tree: &Tree, css: &str) -> Result<(), TooComplex> {
        limits::check(css)?;
        let more = limits::variable_chain(css);
        if self.variable_chain() + more > limits::MAX_TOTAL_CHAIN {
            // Text that is gone again was counted too; count what there is.
            let guard = tree.lock.read();
            let mut text = String::new();
            for rule in self.root.contents(&guard).rules(&guard) {
                text.push_str(&rule.to_css_string(&guard));
            }
            let chain = limits::variable_chain(&text);
            self.facts.variable_chain.store(chain, Ordering::Relaxed);
            if chain + more > limits::MAX_TOTAL_CHAIN {
                return Err(TooComplex::Variables);
            }
        }
        self.facts.add(css);
        Ok(())
    }

    /// Whether some selector has a relative part, which needs wider
    /// invalidation.
    pub(crate) fn uses_has(&self) -> bool {
        self.facts.uses_has.load(Ordering::Relaxed)
    }

    /// The longest chain of custom properties there can be in it.
    pub(crate) fn variable_chain(&self) -> usize {
        self.facts.variable_chain.load(Ordering::Relaxed)
    }

    /// Replaces all rules of a constructed sheet.
    pub fn replace(&self, tree: &Tree, css: &str) -> Result<(), TooComplex> {
        limits::check(css)?;
        let (url, quirks) = {
            let guard = tree.lock.read();
            let contents = self.sheet.contents(&guard);
            (contents.url_data.clone(), contents.quirks_mode)
        };
        let contents = StylesheetContents::from_str(
            &crate::select::with_in_range(css),
            url,
            Origin::Author,
            &tree.lock,
            None,
            None,
            quirks,
            AllowImportRules::No,
            None,
        );
        *self.sheet.contents.write_with(&mut tree.lock.write()) = contents;
        self.facts.uses_has.store(false, Ordering::Relaxed);
        self.facts.variable_chain.store(0, Ordering::Relaxed);
        self.facts.add(css);
        Ok(())
    }

    /// What URLs in it are relative to: where it came from.
    pub fn url(&self, tree: &Tree) -> Url {
        Url::clone(&self.sheet.contents(&tree.lock.read()).url_data.0)
    }

    /// Whether script made it.
    pub fn is_constructed(&self) -> bool {
        self.facts.constructed
    }

    /// The sheets that this one imports, in order.
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// Puts the loaded CSS of an import in its place. The sheet must then be
    /// set on its view again. Returns what the imported sheet imports itself.
    pub fn set_import(
        &mut self,
        tree: &Tree,
        document: NodeId,
        import: &Import,
        css: &str,
        url: &Url,
    ) -> Result<Vec<Import>, TooComplex> {
        limits::check(css)?;
        let loader = Loader::default();
        let sheet = style::stylesheets::Stylesheet::from_str(
            &crate::select::with_in_range(css),
            url_data(url),
            Origin::Author,
            import.media.clone(),
            tree.lock.clone(),
            Some(&loader),
            None,
            tree.quirks_mode(document),
            AllowImportRules::Yes,
        );
        let mut guard = tree.lock.write();
        import.rule.write_with(&mut guard).stylesheet = ImportSheet::new(Arc::new(sheet));
        self.facts.add(css);
        Ok(loader.into_imports())
    }

    /// Switches the sheet off or on (`sheet.disabled`). The sheet must then be
    /// set on its view again. Returns whether that made a difference.
    pub fn set_disabled(&self, disabled: bool) -> bool {
        self.sheet.set_disabled(disabled)
    }

    /// Whether the sheet is switched off.
    pub fn disabled(&self) -> bool {
        self.sheet.disabled()
    }

    /// How many rules the sheet has at its top level.
    pub fn rule_count(&self, tree: &Tree) -> usize {
        let guard = tree.lock.read();
        self.sheet.contents(&guard).rules.read_with(&guard).0.len()
    }
}

/// Parses a media query list; one that cannot be parsed is `not all`.
pub(crate) fn parse_media(
    text: &str,
    base: &UrlExtraData,
    quirks: style::context::QuirksMode,
) -> MediaList {
    let context = parser_context(base, quirks, CssRuleType::Media);
    MediaList::parse(&mut { context }, &mut cssparser::Parser::new(text))
}

/// The context in which a piece of author CSS is parsed.
pub(crate) fn parser_context(
    base: &UrlExtraData,
    quirks: style::context::QuirksMode,
    rule: CssRuleType,
) -> ParserContext<'_> {
    ParserContext::new(
        Origin::Author,
        base,
        Some(rule),
        ParsingMode::DEFAULT,
        quirks,
        Default::default(),
        None,
        None,
        Default::default(),
    )
}

/// Collects `@import` rules instead of loading them: loading is not ours.
#[derive(Default)]
pub(super) struct Loader {
    imports: RefCell<Vec<Import>>,
}

impl Loader {
    pub(super) fn into_imports(self) -> Vec<Import> {
        self.imports.into_inner()
    }
}

impl StylesheetLoader for Loader {
    fn request_stylesheet(
        &self,
        url: CssUrl,
        source_location: cssparser::SourceLocation,
        lock: &SharedRwLock,
        media: Arc<Locked<MediaList>>,
        supports: Option<ImportSupportsCondition>,
        layer: ImportLayer,
    ) -> Arc<Locked<ImportRule>> {
        let wanted = supports.as_ref().is_none_or(|s| s.enabled);
        let target = url.url().map(|u| (**u).clone());
        let stylesheet = if wanted && target.is_some() {
            ImportSheet::new_pending()
        } else {
            ImportSheet::new_refused()
        };
        let rule =
            Arc::new(lock.wrap(ImportRule { url, stylesheet, supports, layer, source_location }));
        if let Some(url) = target.filter(|_| wanted) {
            self.imports.borrow_mut().push(Import { url, rule: rule.clone(), media });
        }
        rule
    }
}
