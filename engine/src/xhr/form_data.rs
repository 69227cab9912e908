//! <https://xhr.spec.whatwg.org/#interface-formdata>

use std::cell::RefCell;

use encoding_rs::UTF_8;
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::form_data_event::from_form;
use crate::{
    agent::EngineCx,
    error::invalid_state,
    file::{Blob, File},
    generated::{FileOrUSVString, FormDataMethods},
    html::{
        HTMLElement, HTMLFormElement,
        forms::{entries::Submitter, submit},
    },
    window::forms,
};

/// A list of names and values, as a form has them.
#[derive(Trace, Platform)]
pub(crate) struct FormData {
    entries: RefCell<Vec<Entry>>,
}

/// <https://xhr.spec.whatwg.org/#concept-formdata-entry>
#[derive(Trace, Clone)]
pub(crate) struct Entry {
    #[trace(skip)]
    pub(crate) name: String,
    pub(crate) value: EntryValue,
}

/// What stands under a name.
#[derive(Trace, Clone)]
pub(crate) enum EntryValue {
    /// Text.
    Text(#[trace(skip)] String),
    /// A file.
    File(Obj<File>),
}

impl FormData {
    /// A new list.
    pub(crate) fn create(cx: &mut Cx, entries: Vec<Entry>) -> Obj<Self> {
        Obj::new(cx, Self { entries: RefCell::new(entries) })
    }

    /// The entries in order.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.borrow().clone()
    }

    /// <https://xhr.spec.whatwg.org/#dom-formdata-set>
    fn set_entry(&self, entry: Entry) {
        let mut entries = self.entries.borrow_mut();
        let Some(first) = entries.iter().position(|other| other.name == entry.name) else {
            return entries.push(entry);
        };
        let name = entry.name.clone();
        entries[first] = entry;
        let mut index = 0;
        entries.retain(|other| {
            index += 1;
            index <= first + 1 || other.name != name
        });
    }
}

impl From<EntryValue> for FileOrUSVString {
    fn from(value: EntryValue) -> Self {
        match value {
            EntryValue::Text(text) => Self::USVString(text),
            EntryValue::File(file) => Self::File(file),
        }
    }
}

/// A blob as a file of this name: `blob` if it has none.
///
/// <https://xhr.spec.whatwg.org/#create-an-entry>
fn file_entry(cx: &mut Cx, name: String, blob: &Obj<Blob>, filename: Option<&str>) -> Entry {
    let file = match (blob.downcast::<File>(), filename) {
        (Some(file), None) => file,
        (Some(file), Some(filename)) => {
            let date = Some(file.last_modified());
            File::create(cx, blob.data().clone(), filename, blob.media_type(), date)
        }
        (None, filename) => {
            let filename = filename.unwrap_or("blob");
            File::create(cx, blob.data().clone(), filename, blob.media_type(), None)
        }
    };
    Entry { name, value: EntryValue::File(file) }
}

impl FormDataMethods for Obj<FormData> {
    /// <https://xhr.spec.whatwg.org/#dom-formdata>
    fn constructor(
        cx: &mut Cx,
        form: Option<Obj<HTMLFormElement>>,
        submitter: Option<Obj<HTMLElement>>,
    ) -> Fallible<Obj<FormData>> {
        let Some(form) = form else { return Ok(FormData::create(cx, Vec::new())) };
        let submitter = submitter.map(|submitter| submitter.id());
        if let Some(button) = submitter {
            let agent = cx.engine();
            if !forms::is_submit_button(&agent.tree(), button) {
                return Err(Error::type_error("FormData: the submitter is no submit button"));
            }
            if forms::form_owner(&agent, button) != Some(form.id()) {
                return Err(Error::dom(
                    DomExceptionName::NotFound,
                    "FormData: the submitter is not of this form",
                ));
            }
        }
        let submitter = submitter.map(|button| Submitter { button, at: (0, 0) });
        let Some(entries) = submit::construct(cx, &form, submitter, UTF_8) else {
            return Err(invalid_state("FormData: the form's entries are being gathered already"));
        };
        let entries = entries.into_iter().map(from_form).collect();
        Ok(FormData::create(cx, entries))
    }

    fn append(&self, _: &mut Cx, name: String, value: String) -> Fallible<()> {
        let value = EntryValue::Text(value);
        self.entries.borrow_mut().push(Entry { name, value });
        Ok(())
    }

    fn append_with_name_and_blob_value_and_filename(
        &self,
        cx: &mut Cx,
        name: String,
        blob_value: Obj<Blob>,
        filename: Option<String>,
    ) -> Fallible<()> {
        let entry = file_entry(cx, name, &blob_value, filename.as_deref());
        self.entries.borrow_mut().push(entry);
        Ok(())
    }

    fn delete(&self, _: &mut Cx, name: String) -> Fallible<()> {
        self.entries.borrow_mut().retain(|entry| entry.name != name);
        Ok(())
    }

    fn get(&self, _: &mut Cx, name: String) -> Fallible<Option<FileOrUSVString>> {
        let entries = self.entries.borrow();
        let entry = entries.iter().find(|entry| entry.name == name);
        Ok(entry.map(|entry| entry.value.clone().into()))
    }

    fn get_all(&self, _: &mut Cx, name: String) -> Fallible<Vec<FileOrUSVString>> {
        let entries = self.entries.borrow();
        let found = entries.iter().filter(|entry| entry.name == name);
        Ok(found.map(|entry| entry.value.clone().into()).collect())
    }

    fn has(&self, _: &mut Cx, name: String) -> Fallible<bool> {
        Ok(self.entries.borrow().iter().any(|entry| entry.name == name))
    }

    fn set(&self, _: &mut Cx, name: String, value: String) -> Fallible<()> {
        self.set_entry(Entry { name, value: EntryValue::Text(value) });
        Ok(())
    }

    fn set_with_name_and_blob_value_and_filename(
        &self,
        cx: &mut Cx,
        name: String,
        blob_value: Obj<Blob>,
        filename: Option<String>,
    ) -> Fallible<()> {
        let entry = file_entry(cx, name, &blob_value, filename.as_deref());
        self.set_entry(entry);
        Ok(())
    }

    fn pair_at(&self, _: &mut Cx, index: usize) -> Fallible<Option<(String, FileOrUSVString)>> {
        let entries = self.entries.borrow();
        Ok(entries.get(index).map(|entry| (entry.name.clone(), entry.value.clone().into())))
    }
}
