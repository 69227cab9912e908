//! What a sandboxed document may not do:
//! <https://html.spec.whatwg.org/#sandboxing>

/// The sandboxing flags of a document, said the other way around: what it is
/// allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a set of independent flags")]
pub(crate) struct Sandbox {
    /// It runs script.
    pub(crate) scripts: bool,
    /// It keeps the origin that its address gives it.
    pub(crate) same_origin: bool,
    /// It submits forms.
    pub(crate) forms: bool,
    /// It opens windows.
    pub(crate) popups: bool,
    /// The windows that it opens have no sandbox.
    pub(crate) popups_escape: bool,
    /// It navigates the top-level window.
    pub(crate) top_navigation: bool,
    /// It opens dialogs.
    pub(crate) modals: bool,
}

impl Sandbox {
    /// No sandbox.
    pub(crate) const NONE: Self = Self {
        scripts: true,
        same_origin: true,
        forms: true,
        popups: true,
        popups_escape: true,
        top_navigation: true,
        modals: true,
    };

    /// <https://html.spec.whatwg.org/#parse-a-sandboxing-directive>
    pub(crate) fn parse(attribute: &str) -> Self {
        let allows = |token: &str| {
            attribute.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(token))
        };
        Self {
            scripts: allows("allow-scripts"),
            same_origin: allows("allow-same-origin"),
            forms: allows("allow-forms"),
            popups: allows("allow-popups"),
            popups_escape: allows("allow-popups-to-escape-sandbox"),
            top_navigation: allows("allow-top-navigation"),
            modals: allows("allow-modals"),
        }
    }

    /// What both allow.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            scripts: self.scripts && other.scripts,
            same_origin: self.same_origin && other.same_origin,
            forms: self.forms && other.forms,
            popups: self.popups && other.popups,
            popups_escape: self.popups_escape && other.popups_escape,
            top_navigation: self.top_navigation && other.top_navigation,
            modals: self.modals && other.modals,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sandbox;

    #[test]
    fn an_empty_attribute_allows_nothing() {
        let sandbox = Sandbox::parse("");
        assert!(!sandbox.scripts && !sandbox.same_origin && !sandbox.forms);
    }

    #[test]
    fn tokens_are_ascii_case_insensitive_and_restrictions_add_up() {
        let outer = Sandbox::parse("ALLOW-Scripts\tallow-forms");
        assert!(outer.scripts && outer.forms && !outer.popups);
        let inner = outer.and(Sandbox::parse("allow-scripts allow-popups"));
        assert!(inner.scripts && !inner.forms && !inner.popups);
    }
}
