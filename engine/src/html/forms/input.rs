//! `input`: <https://html.spec.whatwg.org/#the-input-element>

use virga_dom::{ElementState, NodeId, tree::ControlFlags};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object};

use super::{
    autofill, checkedness, dates,
    kind::{InputType, ValueMode},
    owner,
    sanitize::sanitize,
    selection,
    step::{self, Scale},
    validity_state::validation_members,
    value,
};
use crate::{
    agent::EngineCx,
    dom::{self, NodeList},
    file::FileList,
    generated::{HTMLInputElementMethods, SelectionMode},
    html::{
        HTMLDataListElement, HTMLFormElement, HTMLInputElement, attribute, reflect, set_attribute,
    },
    window::{forms, rendering},
    wrappers::Node,
};

fn type_of(cx: &Cx, input: NodeId) -> InputType {
    InputType::of(&cx.engine().tree(), input).unwrap_or(InputType::Text)
}

fn invalid_state(text: String) -> Error {
    Error::dom(DomExceptionName::InvalidState, text)
}

fn no_selection(type_: InputType) -> Error {
    invalid_state(format!("an input of the type '{}' has no selection", type_.as_str()))
}

/// Sets the value of an input that has one of its own.
pub(crate) fn set_own_value(cx: &Cx, input: NodeId, type_: InputType, new: &str) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let new = sanitize(&tree, input, type_, new).into_owned();
    // The same value leaves the selection alone.
    if value::api_value(&tree, input) == new {
        let selection = tree.form_selection(input);
        let flags = tree.control_flags(input);
        tree.set_form_value(input, new);
        selection::restore(&mut tree, input, selection, flags);
    } else {
        tree.set_form_value(input, new);
    }
}

/// The files that were chosen, as the same list until others are.
pub(crate) fn files_of(cx: &mut Cx, input: &Obj<Node>) -> Obj<FileList> {
    dom::kept_object(cx, input, FILES, |cx| FileList::create(cx, Vec::new()))
}

/// Chooses files. The value of the input names the first of them.
pub(crate) fn set_files(cx: &mut Cx, input: &Obj<Node>, files: &Obj<FileList>) {
    dom::keep_object(input, FILES, files.object());
    let first = files.files().first();
    let value = first.map(|file| format!("C:\\fakepath\\{}", file.file_name()));
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    match value {
        Some(value) => tree.set_form_value(input.id(), value),
        None => tree.clear_form_value(input.id()),
    }
}

const FILES: &str = "files";

/// A picker opens for a click or tap of the user only, and nothing here can
/// open one.
pub(super) fn refuse_picker(cx: &mut Cx, control: NodeId) -> Fallible<()> {
    let mutable = {
        let agent = cx.engine();
        let tree = agent.tree();
        !forms::is_disabled(&tree, control)
            && tree.plain_attribute(control, &"readonly".into()).is_none()
    };
    if !mutable {
        return Err(invalid_state("showPicker: the control cannot be changed".to_owned()));
    }
    Err(Error::dom(
        DomExceptionName::NotAllowed,
        "showPicker: pickers open when the user asks for them",
    ))
}

/// A dimension of an image button: of its box if there is one.
fn dimension(cx: &mut Cx, input: NodeId, horizontal: bool) -> u32 {
    if type_of(cx, input) != InputType::Image {
        return 0;
    }
    if let Some(rect) = rendering::bounding_rect(cx, input) {
        let size = if horizontal { rect.width() } else { rect.height() };
        return size.round() as u32;
    }
    let stated = attribute(cx, input, if horizontal { "width" } else { "height" });
    let stated = stated.as_deref().and_then(crate::html::numbers::parse_non_negative);
    stated.and_then(|stated| u32::try_from(stated).ok()).unwrap_or(0)
}

impl HTMLInputElementMethods for Obj<HTMLInputElement> {
    fn autocomplete(&self, cx: &mut Cx) -> DomString {
        autofill::exposed(cx, self.id()).into()
    }

    fn checked(&self, cx: &mut Cx) -> bool {
        checkedness::is_checked(&cx.engine().tree(), self.id())
    }

    /// <https://html.spec.whatwg.org/#dom-input-checked>
    fn set_checked(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        checkedness::set_checked(&mut cx.engine().tree_mut(), self.id(), value);
        Ok(())
    }

    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    /// <https://html.spec.whatwg.org/#dom-input-files>
    fn files(&self, cx: &mut Cx) -> Option<Obj<FileList>> {
        let is_file = type_of(cx, self.id()) == InputType::File;
        is_file.then(|| files_of(cx, &self.upcast()))
    }

    fn set_files(&self, cx: &mut Cx, value: Option<Obj<FileList>>) -> Fallible<()> {
        if let Some(files) = value.filter(|_| type_of(cx, self.id()) == InputType::File) {
            set_files(cx, &self.upcast(), &files);
        }
        Ok(())
    }

    fn form_action(&self, cx: &mut Cx) -> String {
        super::form::action_of(cx, self.id(), "formaction")
    }

    fn height(&self, cx: &mut Cx) -> u32 {
        dimension(cx, self.id(), false)
    }

    fn width(&self, cx: &mut Cx) -> u32 {
        dimension(cx, self.id(), true)
    }

    fn indeterminate(&self, cx: &mut Cx) -> bool {
        cx.engine().tree().control_flags(self.id()).contains(ControlFlags::INDETERMINATE)
    }

    fn set_indeterminate(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        let agent = cx.engine();
        let mut tree = agent.tree_mut();
        tree.set_control_flags(self.id(), ControlFlags::INDETERMINATE, value);
        if InputType::of(&tree, self.id()) == Some(InputType::Checkbox) {
            tree.set_state(self.id(), ElementState::INDETERMINATE, value);
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-input-value>
    fn value(&self, cx: &mut Cx) -> Fallible<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        Ok(value::api_value(&tree, self.id()).into())
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let type_ = type_of(cx, self.id());
        match type_.mode() {
            ValueMode::Value => set_own_value(cx, self.id(), type_, &value.to_str()),
            ValueMode::Default | ValueMode::DefaultOn => {
                set_attribute(cx, self.id(), "value", &value.to_str());
            }
            ValueMode::Filename if value.is_empty() => {
                let none = FileList::create(cx, Vec::new());
                set_files(cx, &self.upcast(), &none);
            }
            ValueMode::Filename => {
                return Err(invalid_state(
                    "the value of a file input can only be set to the empty string".to_owned(),
                ));
            }
        }
        Ok(())
    }

    fn labels(&self, cx: &mut Cx) -> Option<Obj<NodeList>> {
        if type_of(cx, self.id()) == InputType::Hidden {
            return None;
        }
        Some(super::labels_of(cx, self.id()))
    }

    /// <https://html.spec.whatwg.org/#dom-input-list>
    fn list(&self, cx: &mut Cx) -> Option<Obj<HTMLDataListElement>> {
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            InputType::of(&tree, self.id()).filter(|type_| type_.has_list())?;
            let name = tree.plain_attribute(self.id(), &"list".into())?;
            owner::element_by_id(&tree, tree.root(self.id()), name)
                .filter(|&id| tree.is_html_element(id, "datalist"))?
        };
        cx.wrap_as(found)
    }

    /// <https://html.spec.whatwg.org/#dom-input-valueasdate>
    fn value_as_date(&self, cx: &mut Cx) -> Fallible<Option<Object>> {
        let type_ = type_of(cx, self.id());
        let text = value::api_value(&cx.engine().tree(), self.id()).into_owned();
        Ok(dates::to_date(type_, &text).map(|time| virga_js::new_date(cx, time)))
    }

    fn set_value_as_date(&self, cx: &mut Cx, date: Option<Object>) -> Fallible<()> {
        let type_ = type_of(cx, self.id());
        if !matches!(type_, InputType::Date | InputType::Month | InputType::Week | InputType::Time)
        {
            return Err(invalid_state(format!(
                "valueAsDate: an input of the type '{}' has no date",
                type_.as_str()
            )));
        }
        let time = match date {
            None => None,
            Some(date) => match virga_js::date_value(cx, &date) {
                Some(time) => Some(time).filter(|time| !time.is_nan()),
                None => return Err(Error::type_error("valueAsDate: the value is not a Date")),
            },
        };
        let text = time.and_then(|time| dates::from_date(type_, time)).unwrap_or_default();
        set_own_value(cx, self.id(), type_, &text);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-input-valueasnumber>
    fn value_as_number(&self, cx: &mut Cx) -> Fallible<f64> {
        let agent = cx.engine();
        let tree = agent.tree();
        let type_ = InputType::of(&tree, self.id()).filter(|type_| type_.is_numeric());
        let text = value::api_value(&tree, self.id());
        Ok(type_.and_then(|type_| step::to_number(type_, &text)).unwrap_or(f64::NAN))
    }

    fn set_value_as_number(&self, cx: &mut Cx, number: f64) -> Fallible<()> {
        // 1.
        if number.is_infinite() {
            return Err(Error::type_error("valueAsNumber: the value is not finite"));
        }
        // 2.
        let type_ = type_of(cx, self.id());
        if !type_.is_numeric() {
            return Err(invalid_state(format!(
                "valueAsNumber: an input of the type '{}' has no number",
                type_.as_str()
            )));
        }
        // 3.–4.
        let text = number_text(cx, type_, number)?;
        set_own_value(cx, self.id(), type_, &text);
        Ok(())
    }

    fn step_up(&self, cx: &mut Cx, n: i32) -> Fallible<()> {
        step_by(cx, self.id(), n, true)
    }

    fn step_down(&self, cx: &mut Cx, n: i32) -> Fallible<()> {
        step_by(cx, self.id(), n, false)
    }

    /// <https://html.spec.whatwg.org/#dom-input-showpicker>
    fn show_picker(&self, cx: &mut Cx) -> Fallible<()> {
        refuse_picker(cx, self.id())
    }

    /// <https://html.spec.whatwg.org/#dom-textarea/input-select>
    fn select(&self, cx: &mut Cx) -> Fallible<()> {
        if type_of(cx, self.id()).can_select() {
            selection::set(cx, self.id(), 0, u32::MAX, None);
        }
        Ok(())
    }

    fn selection_start(&self, cx: &mut Cx) -> Fallible<Option<u32>> {
        Ok(type_of(cx, self.id()).has_selection().then(|| selection::get(cx, self.id()).0))
    }

    fn set_selection_start(&self, cx: &mut Cx, value: Option<u32>) -> Fallible<()> {
        let end = checked_selection(cx, self.id())?.1;
        let start = value.unwrap_or(0);
        let direction = DomString::from(selection::direction(cx, self.id()));
        selection::set(cx, self.id(), start, end.max(start), Some(&direction));
        Ok(())
    }

    fn selection_end(&self, cx: &mut Cx) -> Fallible<Option<u32>> {
        Ok(type_of(cx, self.id()).has_selection().then(|| selection::get(cx, self.id()).1))
    }

    fn set_selection_end(&self, cx: &mut Cx, value: Option<u32>) -> Fallible<()> {
        let start = checked_selection(cx, self.id())?.0;
        let direction = DomString::from(selection::direction(cx, self.id()));
        selection::set(cx, self.id(), start, value.unwrap_or(0), Some(&direction));
        Ok(())
    }

    fn selection_direction(&self, cx: &mut Cx) -> Fallible<Option<DomString>> {
        let has = type_of(cx, self.id()).has_selection();
        Ok(has.then(|| selection::direction(cx, self.id()).into()))
    }

    fn set_selection_direction(&self, cx: &mut Cx, value: Option<DomString>) -> Fallible<()> {
        let (start, end) = checked_selection(cx, self.id())?;
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
        checked_selection(cx, self.id())?;
        selection::set(cx, self.id(), start.unwrap_or(0), end.unwrap_or(0), direction.as_ref());
        Ok(())
    }

    fn set_range_text(&self, cx: &mut Cx, replacement: DomString) -> Fallible<()> {
        checked_selection(cx, self.id())?;
        selection::set_range_text(cx, self.id(), &replacement, None, SelectionMode::Preserve)
    }

    fn set_range_text_with_replacement_and_start_and_end_and_selection_mode(
        &self,
        cx: &mut Cx,
        replacement: DomString,
        start: u32,
        end: u32,
        mode: SelectionMode,
    ) -> Fallible<()> {
        checked_selection(cx, self.id())?;
        selection::set_range_text(cx, self.id(), &replacement, Some((start, end)), mode)
    }

    validation_members!();
}

/// The selection, if inputs of its type have one.
fn checked_selection(cx: &Cx, input: NodeId) -> Fallible<(u32, u32)> {
    let type_ = type_of(cx, input);
    if type_.has_selection() { Ok(selection::get(cx, input)) } else { Err(no_selection(type_)) }
}

/// "The algorithm to convert a number to a string"; what is no number is empty.
fn number_text(cx: &mut Cx, type_: InputType, number: f64) -> Fallible<String> {
    if number.is_nan() {
        return Ok(String::new());
    }
    match type_ {
        InputType::Number | InputType::Range => reflect::number(cx, number),
        _ => Ok(dates::to_text(type_, number).unwrap_or_default()),
    }
}

/// <https://html.spec.whatwg.org/#dom-input-stepup>
fn step_by(cx: &mut Cx, input: NodeId, n: i32, up: bool) -> Fallible<()> {
    let type_ = type_of(cx, input);
    // 1.
    if !type_.is_numeric() {
        return Err(invalid_state(format!(
            "an input of the type '{}' has no steps",
            type_.as_str()
        )));
    }
    let (scale, value) = {
        let agent = cx.engine();
        let tree = agent.tree();
        let value = step::to_number(type_, &value::api_value(&tree, input)).unwrap_or(0.0);
        (Scale::of(&tree, input, type_), value)
    };
    // 2.
    if scale.step.is_none() {
        return Err(invalid_state("an input with step=any has no steps".to_owned()));
    }
    // 3.–12.
    if let Some(value) = scale.stepped(value, n, up) {
        let text = number_text(cx, type_, value)?;
        set_own_value(cx, input, type_, &text);
    }
    Ok(())
}

/// The `type` attribute changed: the value goes where the new type keeps it, and
/// a radio button comes into its group.
///
/// <https://html.spec.whatwg.org/#input-type-change>
pub(in crate::html) fn type_attribute_changed(cx: &mut Cx, input: NodeId, old: Option<&str>) {
    let agent = cx.engine();
    let old_type = InputType::parse(old.unwrap_or("text"));
    let new_type = type_of(cx, input);
    let (before, after) = (old_type.mode(), new_type.mode());
    match (before, after) {
        // 1.
        (ValueMode::Value, ValueMode::Default | ValueMode::DefaultOn) => {
            let value = agent.tree().form_value(input).map(str::to_owned);
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                set_attribute(cx, input, "value", &value);
            }
            agent.tree_mut().clear_form_value(input);
        }
        // 2.–3.
        (_, ValueMode::Value) if before != ValueMode::Value => {
            agent.tree_mut().clear_form_value(input);
        }
        (_, ValueMode::Filename) if before != ValueMode::Filename => {
            agent.tree_mut().clear_form_value(input);
        }
        // 6. What the new type would not let in is changed or gone.
        (ValueMode::Value, ValueMode::Value) => {
            let mut tree = agent.tree_mut();
            if let Some(value) = tree.form_value(input).map(str::to_owned) {
                let sanitized = sanitize(&tree, input, new_type, &value).into_owned();
                let dirty = tree.control_flags(input).contains(ControlFlags::VALUE_DIRTY);
                if sanitized != value {
                    tree.show_form_value(input, sanitized);
                    tree.set_control_flags(input, ControlFlags::VALUE_DIRTY, dirty);
                }
            }
        }
        _ => {}
    }
    // 5.
    checkedness::show(&mut agent.tree_mut(), input);
    // 7.–9.
    if !old_type.has_selection() && new_type.has_selection() {
        let mut tree = agent.tree_mut();
        tree.set_form_selection(input, 0, 0);
        tree.set_control_flags(
            input,
            ControlFlags::SELECTION_FORWARD | ControlFlags::SELECTION_BACKWARD,
            false,
        );
    }
}
