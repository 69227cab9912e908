use virga_dom::style::cssom::RegistrationError;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible};

use crate::{
    agent::EngineCx,
    generated::{CSSMethods, PropertyDefinition},
};

/// <https://drafts.csswg.org/css-conditional/#the-css-namespace>
///
/// A namespace: there are no values of it.
#[expect(clippy::upper_case_acronyms, reason = "the name of the namespace")]
pub(crate) enum CSS {}

impl CSSMethods for CSS {
    /// <https://drafts.csswg.org/css-conditional/#dom-css-supports>
    fn supports(_cx: &mut Cx, property: DomString, value: DomString) -> Fallible<bool> {
        Ok(virga_dom::style::supports_declaration(&property.to_str(), &value.to_str()))
    }

    /// <https://drafts.csswg.org/css-conditional/#dom-css-supports-conditiontext-conditiontext>
    fn supports_with_condition_text(_cx: &mut Cx, condition: DomString) -> Fallible<bool> {
        let condition = condition.to_str();
        Ok(virga_dom::style::supports_condition(&condition)
            || virga_dom::style::supports_condition(&format!("({condition})")))
    }

    /// <https://drafts.csswg.org/cssom/#dom-css-escape>
    fn escape(_cx: &mut Cx, ident: DomString) -> Fallible<DomString> {
        Ok(DomString::from_utf16(&escape(&ident.to_utf16())))
    }

    /// <https://drafts.css-houdini.org/css-properties-values-api/#the-registerproperty-function>
    fn register_property(cx: &mut Cx, definition: PropertyDefinition) -> Fallible<()> {
        let agent = cx.engine();
        let window = cx.window();
        let base = window.base_url(&agent);
        let initial = definition.initial_value.as_ref().map(|value| value.to_str());
        let name = definition.name.to_str();
        let registered = window.view.borrow_mut().register_property(
            &mut agent.tree_mut(),
            &name,
            &definition.syntax.to_str(),
            definition.inherits,
            initial.as_deref(),
            &base,
        );
        registered.map_err(|problem| {
            let kind = match problem {
                RegistrationError::Registered => DomExceptionName::InvalidModification,
                _ => DomExceptionName::Syntax,
            };
            Error::dom(kind, format!("CSS.registerProperty: {name}: {problem}"))
        })
    }
}

/// "Serialize an identifier", on UTF-16 code units.
///
/// <https://drafts.csswg.org/cssom/#serialize-an-identifier>
fn escape(ident: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(ident.len());
    let push_hex = |out: &mut Vec<u16>, unit: u16| {
        out.push(u16::from(b'\\'));
        out.extend(format!("{unit:x} ").encode_utf16());
    };
    let is = |unit: Option<&u16>, byte: u8| unit == Some(&u16::from(byte));
    for (index, &unit) in ident.iter().enumerate() {
        let ascii = u8::try_from(unit).unwrap_or(0x80);
        let second_after_dash = index == 1 && is(ident.first(), b'-');
        match ascii {
            0 if unit == 0 => out.push(0xfffd),
            0x01..=0x1f | 0x7f => push_hex(&mut out, unit),
            b'0'..=b'9' if index == 0 || second_after_dash => push_hex(&mut out, unit),
            b'-' if index == 0 && ident.len() == 1 => {
                out.extend([u16::from(b'\\'), unit]);
            }
            0x80.. | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => out.push(unit),
            _ => out.extend([u16::from(b'\\'), unit]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    fn check(input: &str, expected: &str) {
        let escaped = escape(&input.encode_utf16().collect::<Vec<_>>());
        assert_eq!(String::from_utf16(&escaped).unwrap(), expected);
    }

    #[test]
    fn identifiers_are_escaped() {
        check("", "");
        check("\0", "\u{fffd}");
        check("0a", "\\30 a");
        check("-0a", "-\\30 a");
        check("--a", "--a");
        check("-", "\\-");
        check("a-b_c9", "a-b_c9");
        check("\u{1}\u{7f}", "\\1 \\7f ");
        check("a b.c", "a\\ b\\.c");
        check("größe", "größe");
    }
}
