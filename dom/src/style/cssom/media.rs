//! Lists of media queries: <https://drafts.csswg.org/cssom/#the-medialist-interface>

use crate::style::limits;
use crate::style::sheet::{about_blank, parse_media, parser_context};
use crate::tree::Tree;
use style::context::QuirksMode;
use style::media_queries::MediaList;
use style::servo_arc::Arc;
use style::shared_lock::Locked;
use style::stylesheets::CssRuleType;
use style_traits::ToCss;

/// The media of a sheet or of a rule, shared with it.
#[derive(Clone)]
pub struct Media {
    pub(super) list: Arc<Locked<MediaList>>,
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media").finish_non_exhaustive()
    }
}

impl Media {
    pub(super) fn new(list: Arc<Locked<MediaList>>) -> Self {
        Self { list }
    }

    /// The list as text.
    pub fn text(&self, tree: &Tree) -> String {
        self.list.read_with(&tree.lock.read()).to_css_string()
    }

    /// Replaces the list. What cannot be parsed is `not all`.
    pub fn set_text(&self, tree: &Tree, text: &str) {
        let text = if limits::check(text).is_ok() { text } else { "not all" };
        let list = parse_media(text, &about_blank(), QuirksMode::NoQuirks);
        *self.list.write_with(&mut tree.lock.write()) = list;
    }

    /// How many queries there are.
    pub fn len(&self, tree: &Tree) -> usize {
        self.list.read_with(&tree.lock.read()).media_queries.len()
    }

    /// Whether there is no query: all media.
    pub fn is_empty(&self, tree: &Tree) -> bool {
        self.len(tree) == 0
    }

    /// The query at an index.
    pub fn item(&self, tree: &Tree, index: usize) -> Option<String> {
        let guard = tree.lock.read();
        self.list.read_with(&guard).media_queries.get(index).map(ToCss::to_css_string)
    }

    /// `appendMedium`. Nothing happens if the text is not one query, or is
    /// there.
    pub fn append(&self, tree: &Tree, text: &str) {
        let Some(query) = single(text) else { return };
        let mut guard = tree.lock.write();
        let list = self.list.write_with(&mut guard);
        if !list.media_queries.contains(&query) {
            list.media_queries.push(query);
        }
    }

    /// `deleteMedium`. Whether the query was there; nothing happens if the
    /// text is not one query.
    pub fn delete(&self, tree: &Tree, text: &str) -> Option<bool> {
        let query = single(text)?;
        let mut guard = tree.lock.write();
        let list = self.list.write_with(&mut guard);
        let before = list.media_queries.len();
        list.media_queries.retain(|other| *other != query);
        Some(list.media_queries.len() != before)
    }
}

/// "Parse a media query": the only one of a list.
fn single(text: &str) -> Option<style::media_queries::MediaQuery> {
    limits::check(text).ok()?;
    let base = about_blank();
    let mut context = parser_context(&base, QuirksMode::NoQuirks, CssRuleType::Media);
    let mut list = MediaList::parse(&mut context, &mut cssparser::Parser::new(text));
    (list.media_queries.len() == 1).then(|| list.media_queries.pop()).flatten()
}
