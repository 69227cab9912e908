//! `input`: <https://html.spec.whatwg.org/#the-input-element>

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};

use super::{sanitize::sanitize, selection};
use crate::{
    agent::EngineCx,
    dom::NodeList,
    generated::HTMLInputElementMethods,
    html::{HTMLFormElement, HTMLInputElement, set_attribute},
    window::{activation, forms},
};

/// <https://html.spec.whatwg.org/#dom-input-value>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Value,
    Default,
    DefaultOn,
    Filename,
}

fn mode(type_: &str) -> Mode {
    match type_ {
        "hidden" | "submit" | "image" | "reset" | "button" => Mode::Default,
        "checkbox" | "radio" => Mode::DefaultOn,
        "file" => Mode::Filename,
        _ => Mode::Value,
    }
}

/// Whether the selection of an input of this type can be read and set.
fn has_selection(type_: &str) -> bool {
    matches!(type_, "text" | "search" | "url" | "tel" | "password")
}

fn sanitized(tree: &Tree, input: NodeId, type_: &str, value: &str) -> String {
    let attribute = |name: &str| tree.plain_attribute(input, &name.into());
    sanitize(type_, value, attribute("min"), attribute("max"))
}

fn type_of(cx: &Cx, input: NodeId) -> String {
    forms::input_type(&cx.engine().tree(), input)
}

fn no_selection(type_: &str) -> Error {
    Error::dom(
        DomExceptionName::InvalidState,
        format!("an input of the type '{type_}' has no selection"),
    )
}

impl HTMLInputElementMethods for Obj<HTMLInputElement> {
    fn checked(&self, cx: &mut Cx) -> bool {
        cx.engine().tree().state(self.id()).contains(ElementState::CHECKED)
    }

    /// <https://html.spec.whatwg.org/#dom-input-checked>
    fn set_checked(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        let agent = cx.engine();
        let is_radio = type_of(cx, self.id()) == "radio";
        let mut tree = agent.tree_mut();
        mark_dirty(&mut tree, self.id());
        if is_radio && value {
            activation::check_radio(&mut tree, self.id());
        } else {
            tree.set_state(self.id(), ElementState::CHECKED, value);
        }
        Ok(())
    }

    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    fn indeterminate(&self, cx: &mut Cx) -> bool {
        cx.engine().tree().state(self.id()).contains(ElementState::INDETERMINATE)
    }

    fn set_indeterminate(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        cx.engine().tree_mut().set_state(self.id(), ElementState::INDETERMINATE, value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-input-value>
    fn value(&self, cx: &mut Cx) -> Fallible<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        let type_ = forms::input_type(&tree, self.id());
        let attribute = tree.plain_attribute(self.id(), &"value".into());
        Ok(match mode(&type_) {
            Mode::Value => {
                let value = forms::value(&tree, self.id());
                sanitized(&tree, self.id(), &type_, &value).into()
            }
            Mode::Default => attribute.unwrap_or_default().into(),
            Mode::DefaultOn => attribute.unwrap_or("on").into(),
            // Files cannot be chosen yet, so there is none.
            Mode::Filename => DomString::empty(),
        })
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let type_ = type_of(cx, self.id());
        let agent = cx.engine();
        match mode(&type_) {
            Mode::Value => {
                // The tree puts the caret at the end of a value that is new; the
                // same value leaves the selection alone.
                let mut tree = agent.tree_mut();
                let value = sanitized(&tree, self.id(), &type_, &value.to_str());
                if tree.form_value(self.id()) != Some(&*value) {
                    tree.set_form_value(self.id(), value);
                }
            }
            Mode::Default | Mode::DefaultOn => {
                set_attribute(cx, self.id(), "value", &value.to_str());
            }
            Mode::Filename if value.is_empty() => {}
            Mode::Filename => {
                return Err(Error::dom(
                    DomExceptionName::InvalidState,
                    "the value of a file input can only be set to the empty string",
                ));
            }
        }
        Ok(())
    }

    fn labels(&self, cx: &mut Cx) -> Option<Obj<NodeList>> {
        if type_of(cx, self.id()) == "hidden" {
            return None;
        }
        Some(super::labels_of(cx, self.id()))
    }

    /// <https://html.spec.whatwg.org/#dom-textarea/input-select>
    fn select(&self, cx: &mut Cx) -> Fallible<()> {
        if mode(&type_of(cx, self.id())) == Mode::Value {
            selection::set(cx, self.id(), 0, u32::MAX, None);
        }
        Ok(())
    }

    fn selection_start(&self, cx: &mut Cx) -> Fallible<Option<u32>> {
        Ok(has_selection(&type_of(cx, self.id())).then(|| selection::get(cx, self.id()).0))
    }

    fn set_selection_start(&self, cx: &mut Cx, value: Option<u32>) -> Fallible<()> {
        let end = self.checked_selection(cx)?.1;
        let start = value.unwrap_or(0);
        selection::set(cx, self.id(), start, end.max(start), None);
        Ok(())
    }

    fn selection_end(&self, cx: &mut Cx) -> Fallible<Option<u32>> {
        Ok(has_selection(&type_of(cx, self.id())).then(|| selection::get(cx, self.id()).1))
    }

    fn set_selection_end(&self, cx: &mut Cx, value: Option<u32>) -> Fallible<()> {
        let start = self.checked_selection(cx)?.0;
        selection::set(cx, self.id(), start, value.unwrap_or(0), None);
        Ok(())
    }

    fn selection_direction(&self, cx: &mut Cx) -> Fallible<Option<DomString>> {
        Ok(has_selection(&type_of(cx, self.id())).then_some(virga_js::dom_string!("none")))
    }

    fn set_selection_direction(&self, cx: &mut Cx, value: Option<DomString>) -> Fallible<()> {
        let (start, end) = self.checked_selection(cx)?;
        selection::set(cx, self.id(), start, end, value.as_ref());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-textarea/input-setselectionrange>
    fn set_selection_range(
        &self,
        cx: &mut Cx,
        start: Option<u32>,
        end: Option<u32>,
        direction: Option<DomString>,
    ) -> Fallible<()> {
        self.checked_selection(cx)?;
        selection::set(cx, self.id(), start.unwrap_or(0), end.unwrap_or(0), direction.as_ref());
        Ok(())
    }
}

/// What `Obj<HTMLInputElement>` can do beside its interface.
trait Checked {
    /// The selection, if inputs of its type have one.
    fn checked_selection(&self, cx: &Cx) -> Fallible<(u32, u32)>;
}

impl Checked for Obj<HTMLInputElement> {
    fn checked_selection(&self, cx: &Cx) -> Fallible<(u32, u32)> {
        let type_ = type_of(cx, self.id());
        if has_selection(&type_) {
            Ok(selection::get(cx, self.id()))
        } else {
            Err(no_selection(&type_))
        }
    }
}

/// Notes that the checkedness was set apart from the `checked` attribute: a
/// checkbox has no value of its own, so its place in the tree tells.
fn mark_dirty(tree: &mut Tree, input: NodeId) {
    tree.set_form_value(input, "");
}

/// Gives the copy of an input or text area the value and checkedness of the
/// original.
pub(in crate::html) fn copy_state(cx: &Cx, from: NodeId, to: NodeId) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let value = tree.form_value(from).map(str::to_owned);
    let state = tree.state(from);
    if let Some(value) = value {
        tree.set_form_value(to, value);
    }
    for flag in [ElementState::CHECKED, ElementState::INDETERMINATE] {
        tree.set_state(to, flag, state.contains(flag));
    }
}

/// The `checked` attribute came or went: an input whose checkedness nobody set
/// follows it.
pub(in crate::html) fn checked_attribute_changed(cx: &Cx, input: NodeId) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let type_ = forms::input_type(&tree, input);
    if mode(&type_) != Mode::DefaultOn || tree.form_value(input).is_some() {
        return;
    }
    let on = tree.plain_attribute(input, &"checked".into()).is_some();
    if on && type_ == "radio" {
        activation::check_radio(&mut tree, input);
    } else {
        tree.set_state(input, ElementState::CHECKED, on);
    }
}

/// The `type` attribute changed: the value goes where the new type keeps it, and
/// a checkbox by birth or conversion takes its checkedness from its attribute.
pub(in crate::html) fn type_attribute_changed(cx: &mut Cx, input: NodeId, old: Option<&str>) {
    let agent = cx.engine();
    let before = mode(&old.unwrap_or("text").to_ascii_lowercase());
    let type_ = type_of(cx, input);
    let after = mode(&type_);
    if before == Mode::Value && matches!(after, Mode::Default | Mode::DefaultOn) {
        let value = agent.tree().form_value(input).map(str::to_owned);
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            set_attribute(cx, input, "value", &value);
        }
        agent.tree_mut().clear_form_value(input);
    }
    if after == Mode::DefaultOn {
        checked_attribute_changed(cx, input);
    }
}
