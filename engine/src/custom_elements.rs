//! Where custom elements will hook in:
//! <https://html.spec.whatwg.org/#custom-elements>
//!
//! Generated code already brackets every member with `[CEReactions]`, so that
//! reactions queued by it run before it returns to script. No element has
//! reactions yet: there is no `customElements`, and a class that extends an
//! element's interface cannot be constructed.

use virga_js::{Cx, Error, Fallible, Object, Value, webidl::InterfaceSpec};

/// An element queue pushed on the reactions stack.
///
/// <https://html.spec.whatwg.org/#custom-element-reactions-stack>
#[must_use = "pop it after the steps"]
pub(crate) struct Reactions(());

impl Reactions {
    /// Pushes a new element queue.
    pub(crate) fn push(_cx: &mut Cx) -> Self {
        Self(())
    }

    /// Pops the queue, and runs the reactions in it.
    pub(crate) fn pop(self, _cx: &mut Cx) {}
}

/// <https://html.spec.whatwg.org/#html-element-constructors>
pub(crate) fn html_constructor(
    _cx: &mut Cx,
    _new_target: &Object,
    spec: &'static InterfaceSpec,
) -> Fallible<Value> {
    Err(Error::type_error(format!(
        "Illegal constructor: {} objects are made by document.createElement; custom elements are not supported",
        spec.name
    )))
}
