//! `FormDataEvent`: <https://html.spec.whatwg.org/#the-formdataevent-interface>

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::{Entry, EntryValue, FormData};
use crate::{
    events::{Bubbles, Cancelable, Event, EventTarget, fire_event},
    generated::{FormDataEventInit, FormDataEventMethods},
    html::forms::entries,
};

/// The event of a form whose entries are being gathered.
#[derive(Trace, Platform)]
pub(crate) struct FormDataEvent {
    #[base]
    event: Event,
    form_data: Obj<FormData>,
}

/// Shows a form's entries to its listeners, who may change them.
///
/// <https://html.spec.whatwg.org/#constructing-the-form-data-set>, steps 6 to 8.
pub(crate) fn fire_formdata(
    cx: &mut Cx,
    form: &Obj<EventTarget>,
    entries: Vec<entries::Entry>,
) -> Vec<entries::Entry> {
    let entries = entries.into_iter().map(from_form).collect();
    let form_data = FormData::create(cx, entries);
    let event = Event::trusted(cx, "formdata", Bubbles(true), Cancelable(false));
    fire_event(cx, form, FormDataEvent { event, form_data: form_data.clone() });
    form_data.entries().into_iter().map(to_form).collect()
}

/// An entry of a form as script sees it.
pub(super) fn from_form(entry: entries::Entry) -> Entry {
    let value = match entry.value {
        entries::EntryValue::Text(text) => EntryValue::Text(text),
        entries::EntryValue::File(file) => EntryValue::File(file),
    };
    Entry { name: entry.name, value }
}

fn to_form(entry: Entry) -> entries::Entry {
    let value = match entry.value {
        EntryValue::Text(text) => entries::EntryValue::Text(text),
        EntryValue::File(file) => entries::EntryValue::File(file),
    };
    entries::Entry { name: entry.name, value }
}

impl FormDataEventMethods for Obj<FormDataEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: FormDataEventInit,
    ) -> Fallible<Obj<FormDataEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        Ok(Obj::new(cx, FormDataEvent { event, form_data: init.form_data }))
    }

    fn form_data(&self, _: &mut Cx) -> Obj<FormData> {
        self.form_data.clone()
    }
}
