//! What `autocomplete` says: <https://html.spec.whatwg.org/#autofill>

use virga_dom::{NodeId, Tree};
use virga_js::Cx;

use super::kind::InputType;
use crate::agent::EngineCx;

/// The groups of controls that a field's keyword fits in:
/// <https://html.spec.whatwg.org/#attr-fe-autocomplete>
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Text,
    Multiline,
    Password,
    Url,
    Username,
    Tel,
    Numeric,
    Month,
    Date,
}

use Group::{Date, Month, Multiline, Numeric, Password, Tel, Text, Url, Username};

/// Fields, and whether they are of a person's contact points.
const FIELDS: [(&str, Group, bool); 54] = [
    ("name", Text, false),
    ("honorific-prefix", Text, false),
    ("given-name", Text, false),
    ("additional-name", Text, false),
    ("family-name", Text, false),
    ("honorific-suffix", Text, false),
    ("nickname", Text, false),
    ("organization-title", Text, false),
    ("username", Username, false),
    ("new-password", Password, false),
    ("current-password", Password, false),
    ("one-time-code", Password, false),
    ("organization", Text, false),
    ("street-address", Multiline, false),
    ("address-line1", Text, false),
    ("address-line2", Text, false),
    ("address-line3", Text, false),
    ("address-level4", Text, false),
    ("address-level3", Text, false),
    ("address-level2", Text, false),
    ("address-level1", Text, false),
    ("country", Text, false),
    ("country-name", Text, false),
    ("postal-code", Text, false),
    ("cc-name", Text, false),
    ("cc-given-name", Text, false),
    ("cc-additional-name", Text, false),
    ("cc-family-name", Text, false),
    ("cc-number", Text, false),
    ("cc-exp", Month, false),
    ("cc-exp-month", Numeric, false),
    ("cc-exp-year", Numeric, false),
    ("cc-csc", Text, false),
    ("cc-type", Text, false),
    ("transaction-currency", Text, false),
    ("transaction-amount", Numeric, false),
    ("language", Text, false),
    ("bday", Date, false),
    ("bday-day", Numeric, false),
    ("bday-month", Numeric, false),
    ("bday-year", Numeric, false),
    ("sex", Text, false),
    ("url", Url, false),
    ("photo", Url, false),
    ("tel", Tel, true),
    ("tel-country-code", Text, true),
    ("tel-national", Text, true),
    ("tel-area-code", Text, true),
    ("tel-local", Text, true),
    ("tel-local-prefix", Text, true),
    ("tel-local-suffix", Text, true),
    ("tel-extension", Text, true),
    ("email", Username, true),
    ("impp", Url, true),
];

/// Whether a control can take a field of this group.
fn fits(tree: &Tree, control: NodeId, group: Group) -> bool {
    let Some(type_) = InputType::of(tree, control) else {
        // Text areas and selects take everything.
        return true;
    };
    match type_ {
        // Addresses of several lines are put on one.
        InputType::Hidden | InputType::Text | InputType::Search => true,
        InputType::Password => group == Password,
        InputType::Url => group == Url,
        InputType::Email => group == Username,
        InputType::Tel => group == Tel,
        InputType::Number => group == Numeric,
        InputType::Month => group == Month,
        InputType::Date => group == Date,
        _ => false,
    }
}

/// "The IDL-exposed autofill value".
///
/// <https://html.spec.whatwg.org/#autofill-processing-model>
pub(super) fn exposed(cx: &Cx, control: NodeId) -> String {
    let agent = cx.engine();
    let tree = agent.tree();
    let value = tree.plain_attribute(control, &"autocomplete".into()).unwrap_or_default();
    exposed_value(value, InputType::of(&tree, control) == Some(InputType::Hidden), |group| {
        fits(&tree, control, group)
    })
    .unwrap_or_default()
}

/// Steps 3 to 30, from the end of the tokens to their start; `None` is the
/// default of step 32.
fn exposed_value(value: &str, is_hidden: bool, fits: impl Fn(Group) -> bool) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let mut tokens: Vec<&str> =
        lower.split([' ', '\t', '\n', '\x0c', '\r']).filter(|token| !token.is_empty()).collect();
    let field = tokens.pop()?;
    // "off" and "on" stand alone, and not on what users never see.
    if matches!(field, "off" | "on") {
        return (tokens.is_empty() && !is_hidden).then(|| field.to_owned());
    }
    let mut out = vec![field];
    if field == "webauthn" {
        let Some(next) = tokens.pop() else { return Some(field.to_owned()) };
        return with_field(next, tokens, out, fits);
    }
    out.clear();
    with_field(field, tokens, out, fits)
}

fn with_field<'a>(
    field: &'a str,
    mut tokens: Vec<&'a str>,
    mut out: Vec<&'a str>,
    fits: impl Fn(Group) -> bool,
) -> Option<String> {
    let (_, group, contact) = FIELDS.iter().find(|(name, ..)| *name == field)?;
    if !fits(*group) {
        return None;
    }
    out.insert(0, field);
    let mut next = tokens.pop();
    if *contact
        && let Some(kind) = next
        && matches!(kind, "home" | "work" | "mobile" | "fax" | "pager")
    {
        out.insert(0, kind);
        next = tokens.pop();
    }
    if let Some(mode) = next
        && matches!(mode, "shipping" | "billing")
    {
        out.insert(0, mode);
        next = tokens.pop();
    }
    if let Some(section) = next
        && section.starts_with("section-")
    {
        out.insert(0, section);
        next = tokens.pop();
    }
    next.is_none().then(|| out.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_in_their_order() {
        for (value, expected) in [
            ("", None),
            (" ON ", Some("on")),
            ("off on", None),
            ("name", Some("name")),
            ("Shipping  Street-Address", Some("shipping street-address")),
            ("section-a billing home tel", Some("section-a billing home tel")),
            ("home name", None),
            ("nothing", None),
            ("name webauthn", Some("name webauthn")),
            ("webauthn", Some("webauthn")),
        ] {
            assert_eq!(exposed_value(value, false, |_| true).as_deref(), expected, "{value:?}");
        }
        assert_eq!(exposed_value("on", true, |_| true), None);
        assert_eq!(exposed_value("tel", false, |_| false), None);
    }
}
