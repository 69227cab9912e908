//! `script`: <https://html.spec.whatwg.org/#the-script-element>. Loading and
//! running is [`crate::loading`]'s.

use virga_js::{Cx, DomString, Fallible, Obj};

use super::{HTMLScriptElement, has_attribute, toggle_attribute};
use crate::{agent::EngineCx, dom::mutation, generated::HTMLScriptElementMethods, loading};

impl HTMLScriptElementMethods for Obj<HTMLScriptElement> {
    /// <https://html.spec.whatwg.org/#dom-script-async>: a script that a script
    /// made is asynchronous until told otherwise.
    fn async_(&self, cx: &mut Cx) -> bool {
        loading::forces_async(cx, self.id()) || has_attribute(cx, self.id(), "async")
    }

    fn set_async(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        loading::clear_force_async(cx, self.id());
        toggle_attribute(cx, self.id(), "async", value);
        Ok(())
    }

    fn text(&self, cx: &mut Cx) -> DomString {
        cx.engine().tree().child_text_content(self.id()).into()
    }

    fn set_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        mutation::string_replace_all(cx, &value.to_str(), self.id());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-script-supports>
    fn supports(_cx: &mut Cx, type_: DomString) -> Fallible<bool> {
        Ok(matches!(&*type_.to_str(), "classic" | "module" | "importmap"))
    }
}
