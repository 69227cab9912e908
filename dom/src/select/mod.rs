//! Selectors, as script asks with them.
//!
//! <https://dom.spec.whatwg.org/#scope-match-a-selectors-string>

use crate::style::limits::{self, TooComplex};
use crate::style::scope::{self, Handle};
use crate::style::sheet::about_blank;
use crate::tree::{NodeId, NodeKind, Tree};
use rustc_hash::FxHashMap;
use selectors::SelectorList;
use selectors::parser::Component;
use std::sync::{Arc, Mutex};
use style::dom::{TDocument, TNode};
use style::dom_apis::{
    MayUseInvalidation, QueryAll, QueryFirst, QuerySelectorAllResult, element_closest,
    element_matches, query_selector as query,
};
use style::selector_parser::{SelectorImpl, SelectorParser};

/// Why text is no selector that can be matched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// It does not parse, or names a pseudo-class that is not known.
    #[error("`{0}` is not a valid selector")]
    Syntax(String),
    /// It was not parsed at all.
    #[error("the selector was refused: {0}")]
    TooComplex(#[from] TooComplex),
}

/// Parsed selectors, by their text. An app asks with the same few again and
/// again.
#[derive(Default)]
pub(crate) struct SelectorCache(Mutex<FxHashMap<Box<str>, Arc<SelectorList<SelectorImpl>>>>);

/// More texts than this, and the cache starts over.
const MAX_CACHED: usize = 512;

impl SelectorCache {
    fn get(&self, text: &str) -> Result<Arc<SelectorList<SelectorImpl>>, SelectorError> {
        let mut cache = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(list) = cache.get(text) {
            return Ok(list.clone());
        }
        limits::check(text)?;
        let known = with_in_range(text);
        let list = SelectorParser::parse_author_origin_no_namespace(&known, &about_blank())
            .map_err(|_| SelectorError::Syntax(shorten(text)))?;
        let list = Arc::new(list);
        if cache.len() >= MAX_CACHED {
            cache.clear();
        }
        cache.insert(text.into(), list.clone());
        Ok(list)
    }
}

/// stylo matches `:in-range` but does not know it by name; the state of another
/// pseudo-class that nothing sets stands in for it.
pub(crate) fn with_in_range(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains(":in-range") {
        text.replace(":in-range", ":-moz-meter-optimum").into()
    } else {
        text.into()
    }
}

/// Text for an error message: not all of a megabyte.
fn shorten(text: &str) -> String {
    const MOST: usize = 100;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The first descendant of `root` in tree order that matches.
pub fn query_selector(
    tree: &Tree,
    root: NodeId,
    selectors: &str,
) -> Result<Option<NodeId>, SelectorError> {
    let list = tree.selectors.get(selectors)?;
    if let Some(id) = only_id(&list)
        && tree.kind(root) == Some(NodeKind::Document)
    {
        return Ok(tree.element_by_id(root, id));
    }
    let Some(root) = scope::handle(tree, root) else {
        return Ok(None);
    };
    let mut found: Option<Handle<'_>> = None;
    query::<_, QueryFirst>(root, &list, &mut found, MayUseInvalidation::No);
    Ok(found.map(|h| h.slot().id()))
}

/// All descendants of `root` that match, in tree order.
pub fn query_selector_all(
    tree: &Tree,
    root: NodeId,
    selectors: &str,
) -> Result<Vec<NodeId>, SelectorError> {
    let list = tree.selectors.get(selectors)?;
    let Some(root) = scope::handle(tree, root) else {
        return Ok(Vec::new());
    };
    let mut found: QuerySelectorAllResult<Handle<'_>> = QuerySelectorAllResult::new();
    query::<_, QueryAll>(root, &list, &mut found, MayUseInvalidation::No);
    Ok(found.into_iter().map(|h| h.slot().id()).collect())
}

/// Whether an element matches.
pub fn matches(tree: &Tree, element: NodeId, selectors: &str) -> Result<bool, SelectorError> {
    let list = tree.selectors.get(selectors)?;
    let Some(handle) = scope::handle(tree, element).filter(|_| tree.is_element(element)) else {
        return Ok(false);
    };
    Ok(element_matches(&handle, &list, handle.owner_doc().quirks_mode()))
}

/// The nearest inclusive ancestor that matches.
pub fn closest(
    tree: &Tree,
    element: NodeId,
    selectors: &str,
) -> Result<Option<NodeId>, SelectorError> {
    let list = tree.selectors.get(selectors)?;
    let Some(handle) = scope::handle(tree, element).filter(|_| tree.is_element(element)) else {
        return Ok(None);
    };
    let quirks = handle.owner_doc().quirks_mode();
    Ok(element_closest(handle, &list, quirks).map(|h| h.slot().id()))
}

/// The id, if the selector is nothing but one.
fn only_id(list: &SelectorList<SelectorImpl>) -> Option<&str> {
    let [selector] = list.slice() else { return None };
    let mut parts = selector.iter_raw_match_order();
    match (parts.next(), parts.next()) {
        (Some(Component::ID(id)), None) => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::parse_document;

    /// The ids of what a selector finds.
    fn check(html: &str, selector: &str, expected: &str) {
        let mut tree = Tree::new();
        let document = parse_document(&mut tree, html);
        let ids = |nodes: &[NodeId]| -> Vec<String> {
            nodes
                .iter()
                .map(|n| tree.element_id(*n).map(ToString::to_string).unwrap_or_default())
                .collect()
        };
        let all = query_selector_all(&tree, document, selector).unwrap();
        assert_eq!(ids(&all).join(" "), expected, "{selector}");
        let first = query_selector(&tree, document, selector).unwrap();
        assert_eq!(first, all.first().copied(), "{selector}");
        for node in tree.descendants(document).filter(|n| tree.is_element(*n)) {
            assert_eq!(
                matches(&tree, node, selector).unwrap(),
                all.contains(&node),
                "{selector} on {node:?}"
            );
        }
    }

    const HTML: &str = "<!DOCTYPE html><div id=a class='x y' lang=en-GB><p id=b title=t>1</p>\
        <p id=c></p><a id=d href=#></a><input id=e disabled></div><p id=f class=X>";

    #[test]
    fn selectors_select() {
        check(HTML, "p", "b c f");
        check(HTML, "#b", "b");
        check(HTML, "#nothing", "");
        check(HTML, ".x.y > p", "b c");
        check(HTML, ".X", "f");
        check(HTML, "p:empty", "c f");
        check(HTML, "p:nth-child(2), a", "c d f");
        check(HTML, "p + p", "c");
        check(HTML, "div ~ p", "f");
        check(HTML, "[title^=t]", "b");
        check(HTML, "[TITLE=t]", "b");
        check(HTML, ":is(a, input):not(:link)", "e");
        check(HTML, "div:has(> a)", "a");
        check(HTML, ":lang(en) > p", "b c");
        check(HTML, "input:disabled", "e");
        check(HTML, "div > *:last-child", "e");
        check(HTML, "p:first-of-type", "b f");
    }

    #[test]
    fn scope_is_the_root_of_the_query() {
        let mut tree = Tree::new();
        let document = parse_document(&mut tree, "<div><p><b></b></p></div>");
        let p = query_selector(&tree, document, "p").unwrap().unwrap();
        let b = query_selector(&tree, p, ":scope > b").unwrap();
        assert!(b.is_some());
        assert_eq!(query_selector(&tree, p, "div > p > b").unwrap(), b, "ancestors count");
        assert_eq!(query_selector(&tree, p, "p").unwrap(), None, "the root does not");
        assert_eq!(closest(&tree, b.unwrap(), "p").unwrap(), Some(p));
        assert_eq!(closest(&tree, p, ":scope").unwrap(), Some(p));
    }

    #[test]
    fn detached_trees_can_be_asked() {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let fragment = tree.create_fragment(document);
        let p = tree.create_html_element(document, "p");
        tree.append(fragment, p);
        assert_eq!(query_selector_all(&tree, fragment, "p").unwrap(), [p]);
        assert!(!matches(&tree, p, ":root").unwrap());
    }

    #[test]
    fn bad_selectors_are_errors_that_say_so() {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        for bad in ["", "p:", "p::nope", ":nope", "[", "a >", ">", "p{", "*|", "::before:x"] {
            assert!(query_selector(&tree, document, bad).is_err(), "{bad:?}");
        }
        let error = query_selector(&tree, document, "p!").unwrap_err();
        assert_eq!(error.to_string(), "`p!` is not a valid selector");
        let long = format!("p!{}", "x".repeat(1 << 20));
        assert!(query_selector(&tree, document, &long).unwrap_err().to_string().len() < 200);
        let deep = ":not(".repeat(10_000);
        assert_eq!(
            query_selector(&tree, document, &deep),
            Err(SelectorError::TooComplex(TooComplex::Nesting))
        );
        assert!(query_selector(&tree, document, &".a".repeat(1 << 19)).is_ok(), "a megabyte");
    }
}
