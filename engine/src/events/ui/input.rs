//! Text: <https://w3c.github.io/input-events/> and
//! <https://w3c.github.io/uievents/#events-compositionevents>

use std::cell::RefCell;

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::UIEvent;
use crate::{
    data_transfer::DataTransfer,
    dom::StaticRange,
    events::{Bubbles, Cancelable},
    generated::{
        CompositionEventInit, CompositionEventMethods, InputEventInit, InputEventMethods,
        TextEventMethods,
    },
    window::Window,
};

/// <https://w3c.github.io/uievents/#interface-inputevent>
#[derive(Trace, Platform)]
pub(crate) struct InputEvent {
    #[base]
    ui: UIEvent,
    data: Option<String>,
    is_composing: bool,
    #[trace(skip)]
    input_type: DomString,
    data_transfer: Option<Obj<DataTransfer>>,
    target_ranges: Vec<Obj<StaticRange>>,
}

impl InputEvent {
    /// A trusted `beforeinput` or `input` event.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        cancelable: Cancelable,
        input_type: &str,
        data: Option<String>,
    ) -> Self {
        Self {
            ui: UIEvent::trusted(cx, type_, Bubbles(true), cancelable, 0),
            data,
            is_composing: false,
            input_type: DomString::from(input_type),
            data_transfer: None,
            target_ranges: Vec::new(),
        }
    }

    /// With what a change will concern.
    pub(crate) fn with_ranges(self, target_ranges: Vec<Obj<StaticRange>>) -> Self {
        Self { target_ranges, ..self }
    }

    /// While an input method composes.
    pub(crate) fn composing(self, is_composing: bool) -> Self {
        Self { is_composing, ..self }
    }

    /// With what was pasted or dropped.
    pub(crate) fn with_transfer(self, data_transfer: Option<Obj<DataTransfer>>) -> Self {
        Self { data_transfer, ..self }
    }
}

impl InputEventMethods for Obj<InputEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: InputEventInit,
    ) -> Fallible<Obj<InputEvent>> {
        let ui = UIEvent::new(cx, type_, init.parent);
        let event = InputEvent {
            ui,
            data: init.data,
            is_composing: init.is_composing,
            input_type: init.input_type,
            data_transfer: init.data_transfer,
            target_ranges: init.target_ranges,
        };
        Ok(Obj::new(cx, event))
    }

    /// <https://w3c.github.io/input-events/#dom-inputevent-gettargetranges>
    fn get_target_ranges(&self, _: &mut Cx) -> Fallible<Vec<Obj<StaticRange>>> {
        Ok(self.target_ranges.clone())
    }

    fn data(&self, _: &mut Cx) -> Option<String> {
        self.data.clone()
    }

    fn is_composing(&self, _: &mut Cx) -> bool {
        self.is_composing
    }

    fn input_type(&self, _: &mut Cx) -> DomString {
        self.input_type.clone()
    }

    fn data_transfer(&self, _: &mut Cx) -> Option<Obj<DataTransfer>> {
        self.data_transfer.clone()
    }
}

/// <https://w3c.github.io/uievents/#interface-compositionevent>
#[derive(Trace, Platform)]
pub(crate) struct CompositionEvent {
    #[base]
    ui: UIEvent,
    data: RefCell<String>,
}

impl CompositionEvent {
    /// A trusted `compositionstart`, `compositionupdate` or `compositionend`.
    pub(crate) fn trusted(cx: &mut Cx, type_: &str, data: &str) -> Self {
        let cancelable = Cancelable(type_ == "compositionstart");
        Self {
            ui: UIEvent::trusted(cx, type_, Bubbles(true), cancelable, 0),
            data: RefCell::new(data.to_owned()),
        }
    }

    /// An event of `document.createEvent`.
    pub(in crate::events) fn uninitialized(cx: &mut Cx) -> Self {
        Self { ui: UIEvent::uninitialized(cx), data: RefCell::default() }
    }
}

impl CompositionEventMethods for Obj<CompositionEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: CompositionEventInit,
    ) -> Fallible<Obj<CompositionEvent>> {
        let ui = UIEvent::new(cx, type_, init.parent);
        let data = RefCell::new(init.data.to_str().into_owned());
        Ok(Obj::new(cx, CompositionEvent { ui, data }))
    }

    fn data(&self, _: &mut Cx) -> String {
        self.data.borrow().clone()
    }

    fn init_composition_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        view: Option<Obj<Window>>,
        data: DomString,
    ) -> Fallible<()> {
        if self.ui.initialize(type_, bubbles, cancelable, view, 0) {
            self.data.replace(data.to_str().into_owned());
        }
        Ok(())
    }
}

/// <https://w3c.github.io/uievents/#textevent>, which only `createEvent` makes.
#[derive(Trace, Platform)]
pub(crate) struct TextEvent {
    #[base]
    ui: UIEvent,
    #[trace(skip)]
    data: RefCell<DomString>,
}

impl TextEvent {
    /// An event of `document.createEvent`.
    pub(in crate::events) fn uninitialized(cx: &mut Cx) -> Self {
        Self { ui: UIEvent::uninitialized(cx), data: RefCell::new(DomString::empty()) }
    }
}

impl TextEventMethods for Obj<TextEvent> {
    fn data(&self, _: &mut Cx) -> DomString {
        self.data.borrow().clone()
    }

    fn init_text_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        view: Option<Obj<Window>>,
        data: DomString,
    ) -> Fallible<()> {
        if self.ui.initialize(type_, bubbles, cancelable, view, 0) {
            self.data.replace(data);
        }
        Ok(())
    }
}
