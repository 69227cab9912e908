//! Style sheets of `style` and `link`:
//! <https://html.spec.whatwg.org/#link-type-stylesheet>

use std::cell::Cell;

use encoding_rs::{Encoding, UTF_8};
use url::Url;
use virga_dom::{NodeId, style::Import, tree::QuirksMode};
use virga_js::{Cx, Obj};
use virga_protocol::{ConsoleLevel, FetchFailure, RequestMode};

use super::{
    advance,
    encoding::decode,
    fetch::{self, Fetched, request_for},
};
use crate::{
    agent::{Agent, EngineCx},
    events::{self, Bubbles, Cancelable, EventTarget},
    window::rendering,
};

/// <https://html.spec.whatwg.org/#update-a-style-block>
pub(crate) fn update_style(cx: &mut Cx, element: NodeId) {
    let agent = cx.engine();
    let type_ = agent.attribute(element, "type").unwrap_or_default();
    if !type_.is_empty() && !type_.eq_ignore_ascii_case("text/css") {
        return remove(cx, element);
    }
    let text = agent.tree().child_text_content(element);
    let media = agent.attribute(element, "media").unwrap_or_default();
    let base = cx.window().base_url(&agent);
    apply(cx, element, &text, &base, &media);
}

/// Gives an element its style sheet, and fetches what that imports.
fn apply(cx: &mut Cx, owner: NodeId, text: &str, base: &Url, media: &str) {
    match rendering::set_stylesheet(cx, owner, text, base, media) {
        Ok(imports) => {
            if is_unchosen(cx, owner) {
                rendering::disable_stylesheet(cx, owner);
            }
            fetch_imports(cx, owner, imports);
        }
        Err(error) => {
            rendering::remove_stylesheet(cx, owner);
            let text = format!("The style sheet {base} was refused: {error}");
            cx.engine().console(ConsoleLevel::Error, text, None);
        }
    }
}

/// <https://drafts.csswg.org/css-cascade/#at-import>
pub(crate) fn fetch_imports(cx: &mut Cx, owner: NodeId, imports: Vec<Import>) {
    for import in imports {
        cx.window().loading.block_load();
        let request = request_for(cx, import.url.as_str(), RequestMode::NoCors);
        cx.engine().requests.initiated_by("link");
        fetch::fetch(cx, request, move |cx, fetched| {
            let result = read(cx, owner, fetched).and_then(|(text, base)| {
                rendering::set_import(cx, owner, &import, &text, &base)
                    .map_err(|error| error.to_string())
            });
            match result {
                Ok(imports) => fetch_imports(cx, owner, imports),
                Err(reason) => {
                    let text = format!("Failed to load style sheet {}: {reason}", import.url);
                    cx.engine().console(ConsoleLevel::Error, text, None);
                }
            }
            cx.window().loading.unblock_load(cx);
        });
    }
}

/// Fetches what a `link` names, if it is a style sheet.
pub(crate) fn update_link(cx: &mut Cx, element: NodeId) {
    let agent = cx.engine();
    if !is_stylesheet(&agent, element) || agent.attribute(element, "disabled").is_some() {
        return remove(cx, element);
    }
    let href = agent.attribute(element, "href").unwrap_or_default();
    if href.is_empty() {
        return remove(cx, element);
    }
    let window = cx.window();
    let Ok(url) = window.parse_url(&agent, href.trim()) else {
        let text = format!("Failed to load style sheet: {href:?} is not a valid URL");
        agent.console(ConsoleLevel::Error, text, None);
        return;
    };
    let media = agent.attribute(element, "media").unwrap_or_default();
    // A sheet for other media is loaded, but nothing waits for it.
    let matters = rendering::matches_media(cx, &media);
    let by_parser = window.loading.ready_state() == super::ReadyState::Loading;
    let blocks = matters && by_parser;
    let wrapper = cx.wrap(element);
    window.loading.block_load();
    if blocks {
        add(&window.loading.script_blocking_sheets, 1);
        add(&window.loading.render_blocking, 1);
    }
    let request = request_for(cx, url.as_str(), RequestMode::NoCors);
    cx.engine().requests.initiated_by("css");
    fetch::fetch(cx, request, move |cx, fetched| {
        let agent = cx.engine();
        let window = cx.window();
        let target: Obj<EventTarget> = wrapper.upcast();
        let ok = match read(cx, element, fetched) {
            Ok((text, base)) => {
                // It may have gone, or name another sheet by now.
                let current = agent.attribute(element, "href").unwrap_or_default();
                if agent.tree().is_connected(element) && current == href {
                    let media = agent.attribute(element, "media").unwrap_or_default();
                    apply(cx, element, &text, &base, &media);
                }
                true
            }
            Err(reason) => {
                let text = format!("Failed to load style sheet {url}: {reason}");
                agent.console(ConsoleLevel::Error, text, None);
                false
            }
        };
        if blocks {
            add(&window.loading.script_blocking_sheets, -1);
            add(&window.loading.render_blocking, -1);
        }
        let name = if ok { "load" } else { "error" };
        events::fire(cx, &target, name, Bubbles(false), Cancelable(false));
        window.loading.unblock_load(cx);
        advance(cx);
    });
}

fn add(count: &Cell<u32>, by: i32) {
    count.set(count.get().saturating_add_signed(by));
}

/// The element has no style sheet any more.
pub(super) fn remove(cx: &mut Cx, element: NodeId) {
    rendering::remove_stylesheet(cx, element);
}

/// Whether a `link` is for a style sheet, be it an alternative one.
fn is_stylesheet(agent: &Agent, element: NodeId) -> bool {
    let rel = agent.attribute(element, "rel").unwrap_or_default();
    let stylesheet = rel.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case("stylesheet"));
    let title = agent.attribute(element, "title").unwrap_or_default();
    let type_ = agent.attribute(element, "type").unwrap_or_default();
    stylesheet
        && (type_.is_empty() || type_.eq_ignore_ascii_case("text/css"))
        && !(is_alternate(agent, element) && title.is_empty())
}

fn is_alternate(agent: &Agent, element: NodeId) -> bool {
    let rel = agent.attribute(element, "rel").unwrap_or_default();
    rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("alternate"))
}

/// The `disabled` attribute of a `link` was removed: its sheet applies from then on,
/// also if it is an alternative one.
///
/// <https://html.spec.whatwg.org/#explicitly-enabled>
pub(crate) fn enable_explicitly(cx: &Cx, link: NodeId) {
    cx.window().loading.enabled_links.borrow_mut().insert(link);
}

/// Whether a sheet that arrived does not apply, since it is of a set that was not
/// chosen: sheets with one title are a set, and the first one is the preferred.
///
/// <https://drafts.csswg.org/cssom/#add-a-css-style-sheet>
fn is_unchosen(cx: &Cx, owner: NodeId) -> bool {
    let agent = cx.engine();
    let window = cx.window();
    if window.loading.enabled_links.borrow().contains(&owner) {
        return false;
    }
    let title = agent.attribute(owner, "title").unwrap_or_default();
    if title.is_empty() {
        return false;
    }
    let mut preferred = window.loading.preferred_sheets.borrow_mut();
    if is_alternate(&agent, owner) {
        return preferred.as_deref() != Some(&title);
    }
    *preferred.get_or_insert_with(|| title.clone()) != title
}

/// The text of a fetched sheet and its base URL, or why there is none.
fn read(
    cx: &Cx,
    element: NodeId,
    fetched: Result<Fetched, FetchFailure>,
) -> Result<(String, Url), String> {
    let fetched = fetched.map_err(|failure| failure.to_string())?;
    if let Some(refusal) = fetched.refusal() {
        return Err(refusal);
    }
    let essence = fetched.essence();
    let agent = cx.engine();
    let quirks = agent.tree().quirks_mode(cx.document_id()) == QuirksMode::Quirks;
    if essence != "text/css" && !quirks {
        return Err(format!("its type is {essence:?}, not text/css"));
    }
    let charset = agent.attribute(element, "charset");
    let fallback = charset
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| charset_rule(&fetched.body))
        .or_else(|| Encoding::for_label(cx.window().loading.encoding().as_bytes()))
        .unwrap_or(UTF_8);
    let base = Url::parse(&fetched.head.url).map_err(|error| error.to_string())?;
    Ok((decode(&fetched.body, fetched.content_type(), fallback), base))
}

/// <https://drafts.csswg.org/css-syntax/#input-byte-stream>
fn charset_rule(bytes: &[u8]) -> Option<&'static Encoding> {
    let label = bytes.strip_prefix(b"@charset \"")?;
    let end = label.iter().take(1000).position(|byte| *byte == b'"')?;
    (label.get(end + 1) == Some(&b';')).then_some(())?;
    let encoding = Encoding::for_label(&label[..end])?;
    let wide = encoding == encoding_rs::UTF_16BE || encoding == encoding_rs::UTF_16LE;
    Some(if wide { UTF_8 } else { encoding })
}

#[cfg(test)]
mod tests {
    use super::charset_rule;

    #[test]
    fn the_charset_rule_is_read_byte_by_byte() {
        for (css, expected) in [
            ("@charset \"iso-8859-2\"; a {}", Some("ISO-8859-2")),
            ("@charset \"utf-16\";", Some("UTF-8")),
            ("@charset 'utf-8';", None),
            ("@charset \"utf-8\"", None),
            (" @charset \"utf-8\";", None),
        ] {
            assert_eq!(charset_rule(css.as_bytes()).map(|found| found.name()), expected, "{css}");
        }
    }
}
