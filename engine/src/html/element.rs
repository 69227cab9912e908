//! The members of all HTML elements: <https://html.spec.whatwg.org/#htmlelement>

use virga_dom::NodeId;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform};

use super::{
    DOMStringMap, HTMLElement, SVGElement, attribute,
    forms::{kind::InputType, owner},
    inner_text,
    numbers::parse_integer,
    popover, remove_attribute, set_attribute,
};
use crate::{
    agent::EngineCx,
    custom_elements::ElementInternals,
    dom::{self, Element},
    generated::{
        BooleanOrUnrestrictedDoubleOrDOMString, FocusOptions, HTMLElementMethods,
        HTMLOrSVGElementMethods, ShowPopoverOptions, TogglePopoverOptionsOrBoolean,
    },
    window::{
        activation,
        focus::{self, FocusBy},
    },
};

/// The value of an attribute that is `true` or `false` here, or inherited from
/// the nearest ancestor that says.
fn inherited_flag(
    cx: &Cx,
    element: NodeId,
    says: impl Fn(&Cx, NodeId) -> Option<bool>,
) -> Option<bool> {
    let mut at = Some(element);
    while let Some(id) = at {
        if let Some(flag) = says(cx, id) {
            return Some(flag);
        }
        at = cx.engine().tree().parent(id);
    }
    None
}

/// <https://html.spec.whatwg.org/#attr-contenteditable>
fn editable_state(cx: &Cx, element: NodeId) -> Option<&'static str> {
    let text = attribute(cx, element, "contenteditable")?.to_ascii_lowercase();
    match text.as_str() {
        "" | "true" => Some("true"),
        "false" => Some("false"),
        "plaintext-only" => Some("plaintext-only"),
        _ => None,
    }
}

impl HTMLElementMethods for Obj<HTMLElement> {
    /// <https://html.spec.whatwg.org/#dom-translate>
    fn translate(&self, cx: &mut Cx) -> bool {
        let says = |cx: &Cx, id| match attribute(cx, id, "translate")?.to_ascii_lowercase().as_str()
        {
            "" | "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        inherited_flag(cx, self.id(), says).unwrap_or(true)
    }

    fn set_translate(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        set_attribute(cx, self.id(), "translate", if value { "yes" } else { "no" });
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-draggable>
    fn draggable(&self, cx: &mut Cx) -> bool {
        match attribute(cx, self.id(), "draggable")
            .as_deref()
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("true") => true,
            Some("false") => false,
            _ => {
                let agent = cx.engine();
                let tree = agent.tree();
                tree.is_html_element(self.id(), "img")
                    || tree.is_html_element(self.id(), "a")
                        && tree.plain_attribute(self.id(), &"href".into()).is_some()
            }
        }
    }

    fn set_draggable(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        set_attribute(cx, self.id(), "draggable", if value { "true" } else { "false" });
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-spellcheck>
    fn spellcheck(&self, cx: &mut Cx) -> bool {
        let says =
            |cx: &Cx, id| match attribute(cx, id, "spellcheck")?.to_ascii_lowercase().as_str() {
                "" | "true" => Some(true),
                "false" => Some(false),
                _ => None,
            };
        inherited_flag(cx, self.id(), says).unwrap_or(true)
    }

    fn set_spellcheck(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        set_attribute(cx, self.id(), "spellcheck", if value { "true" } else { "false" });
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-contenteditable>
    fn content_editable(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(editable_state(cx, self.id()).unwrap_or("inherit").into())
    }

    fn set_content_editable(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let text = value.to_str().to_ascii_lowercase();
        match text.as_str() {
            "inherit" => remove_attribute(cx, self.id(), "contenteditable"),
            "true" | "false" | "plaintext-only" => {
                set_attribute(cx, self.id(), "contenteditable", &text);
            }
            _ => {
                return Err(Error::dom(
                    DomExceptionName::Syntax,
                    format!(
                        "contentEditable cannot be '{value}': it is true, false, plaintext-only or inherit"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-iscontenteditable>
    fn is_content_editable(&self, cx: &mut Cx) -> bool {
        is_content_editable(cx, self.id())
    }

    fn inner_text(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(inner_text::get(cx, self.id()).into())
    }

    /// <https://html.spec.whatwg.org/#dom-hidden>
    fn hidden(&self, cx: &mut Cx) -> Option<BooleanOrUnrestrictedDoubleOrDOMString> {
        use BooleanOrUnrestrictedDoubleOrDOMString::{Boolean, DOMString};
        Some(match attribute(cx, self.id(), "hidden") {
            Some(value) if value.eq_ignore_ascii_case("until-found") => {
                DOMString(virga_js::dom_string!("until-found"))
            }
            value => Boolean(value.is_some()),
        })
    }

    fn set_hidden(
        &self,
        cx: &mut Cx,
        value: Option<BooleanOrUnrestrictedDoubleOrDOMString>,
    ) -> Fallible<()> {
        use BooleanOrUnrestrictedDoubleOrDOMString::{Boolean, DOMString, UnrestrictedDouble};
        let text = match value {
            Some(DOMString(text)) if text.to_str().eq_ignore_ascii_case("until-found") => {
                Some("until-found")
            }
            None | Some(Boolean(false)) => None,
            Some(DOMString(text)) if text.is_empty() => None,
            Some(UnrestrictedDouble(number)) if number.0 == 0.0 || number.0.is_nan() => None,
            Some(_) => Some(""),
        };
        match text {
            Some(text) => set_attribute(cx, self.id(), "hidden", text),
            None => remove_attribute(cx, self.id(), "hidden"),
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-accesskeylabel>: no keys are assigned.
    fn access_key_label(&self, _: &mut Cx) -> DomString {
        DomString::empty()
    }

    /// <https://html.spec.whatwg.org/#dom-autocapitalize>
    fn autocapitalize(&self, cx: &mut Cx) -> DomString {
        let own = attribute(cx, self.id(), "autocapitalize");
        let value = own.or_else(|| {
            let agent = cx.engine();
            let tree = agent.tree();
            let inherits = ["button", "fieldset", "input", "output", "select", "textarea"]
                .iter()
                .any(|name| tree.is_html_element(self.id(), name));
            let form = inherits.then(|| owner::form_owner(&tree, self.id())).flatten()?;
            tree.plain_attribute(form, &"autocapitalize".into()).map(str::to_owned)
        });
        let Some(value) = value else { return DomString::empty() };
        match value.to_ascii_lowercase().as_str() {
            "" => "",
            "none" | "off" => "none",
            "words" => "words",
            "characters" => "characters",
            _ => "sentences",
        }
        .into()
    }

    fn set_autocapitalize(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_attribute(cx, self.id(), "autocapitalize", &value.to_str());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-autocorrect>
    fn autocorrect(&self, cx: &mut Cx) -> bool {
        let never = {
            let type_ = InputType::of(&cx.engine().tree(), self.id());
            matches!(type_, Some(InputType::Url | InputType::Email | InputType::Password))
        };
        let stated = attribute(cx, self.id(), "autocorrect");
        !never && !stated.is_some_and(|stated| stated.eq_ignore_ascii_case("off"))
    }

    fn set_autocorrect(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        set_attribute(cx, self.id(), "autocorrect", if value { "on" } else { "off" });
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-writingsuggestions>
    fn writing_suggestions(&self, cx: &mut Cx) -> DomString {
        let says = |cx: &Cx, id| {
            let value = attribute(cx, id, "writingsuggestions")?;
            Some(!value.eq_ignore_ascii_case("false"))
        };
        let on = inherited_flag(cx, self.id(), says).unwrap_or(true);
        if on { "true" } else { "false" }.into()
    }

    fn set_writing_suggestions(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_attribute(cx, self.id(), "writingsuggestions", &value.to_str());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-popover>
    fn popover(&self, cx: &mut Cx) -> Option<DomString> {
        attribute(cx, self.id(), "popover").map(|value| popover::state_of(&value).into())
    }

    fn set_popover(&self, cx: &mut Cx, value: Option<DomString>) -> Fallible<()> {
        match value {
            Some(value) => set_attribute(cx, self.id(), "popover", &value.to_str()),
            None => remove_attribute(cx, self.id(), "popover"),
        }
        Ok(())
    }

    fn show_popover(&self, cx: &mut Cx, options: ShowPopoverOptions) -> Fallible<()> {
        popover::show(cx, self.id(), options.source.map(|source| source.id()))
    }

    fn hide_popover(&self, cx: &mut Cx) -> Fallible<()> {
        popover::hide(cx, self.id())
    }

    /// <https://html.spec.whatwg.org/#dom-togglepopover>
    fn toggle_popover(
        &self,
        cx: &mut Cx,
        options: TogglePopoverOptionsOrBoolean,
    ) -> Fallible<bool> {
        let (force, source) = match options {
            TogglePopoverOptionsOrBoolean::Boolean(force) => (Some(force), None),
            TogglePopoverOptionsOrBoolean::TogglePopoverOptions(options) => {
                let force = options.force;
                (force, options.parent.source.map(|source| source.id()))
            }
        };
        popover::toggle(cx, self.id(), force, source)
    }

    fn set_inner_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        inner_text::set_inner(cx, self.id(), &value.to_str());
        Ok(())
    }

    fn outer_text(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(inner_text::get(cx, self.id()).into())
    }

    fn set_outer_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        inner_text::set_outer(cx, self.id(), &value.to_str())
    }

    fn offset_parent(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        super::cssom_view::offset_parent(cx, self.id()).and_then(|id| cx.wrap_as(id))
    }

    fn offset_top(&self, cx: &mut Cx) -> i32 {
        super::cssom_view::offset(cx, self.id()).1
    }

    fn offset_left(&self, cx: &mut Cx) -> i32 {
        super::cssom_view::offset(cx, self.id()).0
    }

    fn offset_width(&self, cx: &mut Cx) -> i32 {
        super::cssom_view::offset_size(cx, self.id()).0
    }

    fn offset_height(&self, cx: &mut Cx) -> i32 {
        super::cssom_view::offset_size(cx, self.id()).1
    }

    /// <https://html.spec.whatwg.org/#dom-attachinternals>
    fn attach_internals(&self, cx: &mut Cx) -> Fallible<Obj<ElementInternals>> {
        crate::custom_elements::attach_internals(cx, self)
    }

    /// <https://html.spec.whatwg.org/#dom-click>
    fn click(&self, cx: &mut Cx) -> Fallible<()> {
        activation::click_by_script(cx, self.id());
        Ok(())
    }
}

/// The elements of HTML and SVG: what both have.
pub(crate) trait HtmlOrSvg: Platform {}

impl HtmlOrSvg for HTMLElement {}
impl HtmlOrSvg for SVGElement {}

impl<T: HtmlOrSvg> HTMLOrSVGElementMethods for Obj<T> {
    fn dataset(&self, cx: &mut Cx) -> Obj<DOMStringMap> {
        let element: Obj<Element> = self.upcast();
        dom::dataset_of(cx, &element, |cx| DOMStringMap::create(cx, &element))
    }

    /// <https://html.spec.whatwg.org/#dom-tabindex>
    fn tab_index(&self, cx: &mut Cx) -> i32 {
        let id = self.upcast::<Element>().id();
        let stated = attribute(cx, id, "tabindex");
        let stated = stated.as_deref().and_then(parse_integer);
        if let Some(index) = stated.and_then(|index| i32::try_from(index).ok()) {
            return index;
        }
        let agent = cx.engine();
        let tree = agent.tree();
        let name = tree.local_name(id).map_or("", |name| name);
        let by_itself = matches!(
            name,
            "a" | "area"
                | "button"
                | "frame"
                | "iframe"
                | "input"
                | "object"
                | "select"
                | "summary"
                | "textarea"
        );
        if by_itself { 0 } else { -1 }
    }

    fn set_tab_index(&self, cx: &mut Cx, value: i32) -> Fallible<()> {
        let id = self.upcast::<Element>().id();
        set_attribute(cx, id, "tabindex", &value.to_string());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-focus>
    fn focus(&self, cx: &mut Cx, options: FocusOptions) -> Fallible<()> {
        let id = self.upcast::<Element>().id();
        let agent = cx.engine();
        let Some(window) = agent.window_of(id) else { return Ok(()) };
        cx.in_realm(window.realm(), |cx| {
            let focused = focus::focused(cx);
            if focus::focusable_area(&agent.tree(), id, focused).is_none() {
                return;
            }
            let by = if options.focus_visible == Some(true) {
                FocusBy::Keyboard
            } else {
                FocusBy::Script
            };
            focus::focus(cx, Some(id), by);
            if !options.prevent_scroll {
                super::cssom_view::scroll_if_hidden(cx, id);
            }
        });
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-blur>
    fn blur(&self, cx: &mut Cx) -> Fallible<()> {
        let id = self.upcast::<Element>().id();
        cx.in_window_of(id, |cx| {
            if focus::focused(cx) == Some(id) {
                focus::focus(cx, None, FocusBy::Script);
            }
        });
        Ok(())
    }
}

/// Whether an element's content can be edited in place.
pub(crate) fn is_content_editable(cx: &Cx, id: NodeId) -> bool {
    let says = |cx: &Cx, id| editable_state(cx, id).map(|state| state != "false");
    inherited_flag(cx, id, says).unwrap_or(false)
}
