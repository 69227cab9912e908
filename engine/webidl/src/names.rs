//! How WebIDL names become Rust names.

/// `getElementsByTagNameNS` → `get_elements_by_tag_name_ns`; a keyword gets
/// a trailing underscore.
pub fn snake(name: &str) -> String {
    let mut out = plain_snake(name);
    if is_keyword(&out) {
        out.push('_');
    }
    out
}

/// Snake case without care for keywords, for parts of names and modules.
pub fn plain_snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (i, &c) in chars.iter().enumerate() {
        if c == '-' || c == '_' {
            if !out.ends_with('_') && !out.is_empty() {
                out.push('_');
            }
            continue;
        }
        if c.is_uppercase() && i > 0 {
            let before = chars[i - 1];
            let after_is_lower = chars.get(i + 1).is_some_and(|n| n.is_lowercase());
            // A digit belongs to the word before it: `Uint8Array`, `H1`.
            let starts_word = before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && after_is_lower && !plural_acronym(&chars, i));
            if starts_word && !out.ends_with('_') {
                out.push('_');
            }
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `URLs`: the `s` belongs to the acronym.
fn plural_acronym(chars: &[char], i: usize) -> bool {
    chars.get(i + 1) == Some(&'s') && i + 2 == chars.len()
}

/// `snake_case` in capitals, for statics.
pub fn screaming(name: &str) -> String {
    plain_snake(name).to_uppercase()
}

/// `double-click` → `DoubleClick`; the empty string is `Empty`; a leading
/// digit gets an underscore before it.
pub fn variant(value: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for c in value.chars() {
        if c.is_alphanumeric() {
            if upper {
                out.extend(c.to_uppercase());
            } else {
                out.push(c);
            }
            upper = false;
        } else {
            upper = true;
        }
    }
    if out.is_empty() {
        return "Empty".to_owned();
    }
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, '_');
    }
    if out == "Self" {
        out.push('_');
    }
    out
}

fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "as" | "async"
            | "await"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "crate"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "final"
            | "fn"
            | "for"
            | "gen"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "override"
            | "priv"
            | "pub"
            | "ref"
            | "return"
            | "self"
            | "static"
            | "struct"
            | "super"
            | "trait"
            | "true"
            | "try"
            | "type"
            | "typeof"
            | "unsafe"
            | "unsized"
            | "use"
            | "virtual"
            | "where"
            | "while"
            | "yield"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_case() {
        for (input, expected) in [
            ("appendChild", "append_child"),
            ("innerHTML", "inner_html"),
            ("URL", "url"),
            ("namespaceURI", "namespace_uri"),
            ("getElementsByTagNameNS", "get_elements_by_tag_name_ns"),
            ("HTMLElement", "html_element"),
            ("DOMRectReadOnly", "dom_rect_read_only"),
            ("CSSStyleDeclaration", "css_style_declaration"),
            ("type", "type_"),
            ("match", "match_"),
            ("createObjectURLs", "create_object_urls"),
            ("HTMLH1Element", "htmlh1_element"),
            ("Uint8Array", "uint8_array"),
            ("x", "x"),
            ("clientX", "client_x"),
            ("WEBGL_lose_context", "webgl_lose_context"),
            ("console", "console"),
        ] {
            assert_eq!(snake(input), expected, "{input}");
        }
    }

    #[test]
    fn variants() {
        for (input, expected) in [
            ("auto", "Auto"),
            ("double-click", "DoubleClick"),
            ("", "Empty"),
            ("2d", "_2d"),
            ("no-cors", "NoCors"),
            ("self", "Self_"),
            ("text/html", "TextHtml"),
        ] {
            assert_eq!(variant(input), expected, "{input}");
        }
    }
}
