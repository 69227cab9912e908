//! The page that stands in for one that cannot be shown.

/// HTML that says what went wrong.
pub(super) fn html(url: &str, reason: &str) -> String {
    let (url, reason) = (escape(url), escape(reason));
    format!(
        "<!doctype html><html><head><meta name=viewport content=width=device-width>\
         <title>Cannot open {url}</title><style>\
         body {{ font: 16px/1.5 sans-serif; margin: 15% auto; max-width: 32em; padding: 0 1.5em; \
         color: #222; background: #f6f6f4 }} h1 {{ font-size: 1.4em }} \
         code {{ overflow-wrap: anywhere }}</style></head>\
         <body><h1>This app cannot be opened</h1><p><code>{url}</code></p><p>{reason}</p></body></html>"
    )
}

/// Text in HTML, also inside of quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_reason_is_text() {
        let html = super::html("http://a/?<b>", "\"x\" & <script>");
        assert!(html.contains("http://a/?&lt;b&gt;"));
        assert!(html.contains("&quot;x&quot; &amp; &lt;script&gt;"));
    }
}
