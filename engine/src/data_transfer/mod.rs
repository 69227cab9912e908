//! What is dragged, or on its way from or to the clipboard:
//! <https://html.spec.whatwg.org/#dnd> and <https://w3c.github.io/clipboard-apis/>

mod clipboard_event;
mod items;

pub(crate) use clipboard_event::ClipboardEvent;
pub(crate) use items::{DataTransferItem, DataTransferItemList};

use std::cell::{Cell, RefCell};

use virga_js::{Cx, DomString, Fallible, Obj, Object, Slot, Traced, Value, webidl};
use virga_js::{Platform, Trace};
use virga_protocol::{Bytes, ClipboardData};

use crate::{
    dom::Element,
    file::{File, FileList},
    generated::DataTransferMethods,
};

/// <https://html.spec.whatwg.org/#drag-data-store-mode>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Data can be added and read.
    ReadWrite,
    /// Data can be read.
    ReadOnly,
    /// Only the formats can be seen.
    Protected,
}

/// <https://html.spec.whatwg.org/#the-drag-data-item-kind>; items are text, by
/// their type, and files.
#[derive(Clone, Debug)]
struct Item {
    /// Names the item for ever.
    id: u64,
    type_: String,
    data: DomString,
    is_file: bool,
}

/// <https://html.spec.whatwg.org/#the-datatransfer-interface>
#[derive(Trace, Platform)]
pub(crate) struct DataTransfer {
    #[trace(skip)]
    mode: Cell<Mode>,
    #[trace(skip)]
    entries: RefCell<Vec<Item>>,
    #[trace(skip)]
    next: Cell<u64>,
    /// The files among the items, by the items' ids.
    files: Traced<Vec<(u64, Obj<File>)>>,
    /// `files`, as long as it is right.
    file_list: Slot<Option<Obj<FileList>>>,
    #[trace(skip)]
    drop_effect: Cell<&'static str>,
    #[trace(skip)]
    effect_allowed: Cell<&'static str>,
    list: Slot<Option<Obj<DataTransferItemList>>>,
    /// The array of types, as long as it is right.
    types: Slot<Option<Object>>,
}

const DROP_EFFECTS: [&str; 4] = ["none", "copy", "link", "move"];
const ALLOWED: [&str; 9] =
    ["none", "copy", "copyLink", "copyMove", "link", "linkMove", "move", "all", "uninitialized"];

impl DataTransfer {
    /// An empty store.
    pub(crate) fn create(cx: &mut Cx, mode: Mode) -> Obj<Self> {
        let transfer = Self {
            mode: Cell::new(mode),
            entries: RefCell::default(),
            next: Cell::new(0),
            files: Traced::new(Vec::new()),
            file_list: Slot::new(None),
            drop_effect: Cell::new("none"),
            effect_allowed: Cell::new("none"),
            list: Slot::new(None),
            types: Slot::new(None),
        };
        Obj::new(cx, transfer)
    }

    /// A store with what the clipboard holds.
    pub(crate) fn of_clipboard(cx: &mut Cx, data: &ClipboardData, mode: Mode) -> Obj<Self> {
        let transfer = Self::create(cx, mode);
        for (type_, bytes) in &data.formats {
            if type_.starts_with("text/") {
                let text = String::from_utf8_lossy(bytes);
                transfer.put(type_.clone(), DomString::from(&*text));
            }
        }
        transfer
    }

    /// What is to go on the clipboard.
    pub(crate) fn to_clipboard(&self) -> ClipboardData {
        let entries = self.entries.borrow();
        let formats = entries.iter().filter(|item| !item.is_file).map(|item| {
            let text = item.data.to_str().into_owned();
            (item.type_.clone(), Bytes::from(text.into_bytes()))
        });
        ClipboardData { formats: formats.collect() }
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        self.mode.set(mode);
    }

    /// The text of a format, whatever the mode.
    pub(crate) fn text(&self, type_: &str) -> Option<String> {
        let entries = self.entries.borrow();
        let found = entries.iter().find(|item| item.is_text_of(type_));
        found.map(|item| item.data.to_str().into_owned())
    }

    /// Replaces the data of a format.
    pub(crate) fn put(&self, type_: String, data: DomString) {
        let mut entries = self.entries.borrow_mut();
        entries.retain(|item| !item.is_text_of(&type_));
        self.next.set(self.next.get() + 1);
        entries.push(Item { id: self.next.get(), type_, data, is_file: false });
        self.types.set(None);
    }

    /// Adds a file.
    fn put_file(&self, file: Obj<File>) {
        self.next.set(self.next.get() + 1);
        let id = self.next.get();
        let type_ = file.media_type().to_owned();
        let data = DomString::empty();
        self.entries.borrow_mut().push(Item { id, type_, data, is_file: true });
        self.files.borrow_mut().push((id, file));
        self.file_list.set(None);
        self.types.set(None);
    }

    /// The file that an item is.
    fn file(&self, id: u64) -> Option<Obj<File>> {
        let files = self.files.borrow();
        files.iter().find(|(of, _)| *of == id).map(|(_, file)| file.clone())
    }

    pub(crate) fn effects(&self) -> (&'static str, &'static str) {
        (self.drop_effect.get(), self.effect_allowed.get())
    }

    pub(crate) fn set_effects(&self, drop: &'static str, allowed: &'static str) {
        self.drop_effect.set(drop);
        self.effect_allowed.set(allowed);
    }

    fn remove(&self, keep: impl Fn(&Item) -> bool) {
        self.entries.borrow_mut().retain(keep);
        let entries = self.entries.borrow();
        let gone: Vec<_> = {
            let mut files = self.files.borrow_mut();
            let is_gone = |id: u64| !entries.iter().any(|item| item.id == id);
            files.extract_if(.., |(id, _)| is_gone(*id)).collect()
        };
        drop(gone);
        self.file_list.set(None);
        self.types.set(None);
    }
}

impl Item {
    fn is_text_of(&self, type_: &str) -> bool {
        !self.is_file && self.type_ == type_
    }
}

/// <https://html.spec.whatwg.org/#dom-datatransfer-getdata> steps 3 and 4: the
/// type, and whether a URL is asked for.
fn normalized(format: &DomString) -> (String, bool) {
    let format = format.to_str().to_ascii_lowercase();
    match format.as_str() {
        "text" => ("text/plain".to_owned(), false),
        "url" => ("text/uri-list".to_owned(), true),
        _ => (format, false),
    }
}

/// The first URL of a list: lines that do not begin with `#`.
fn first_url(list: &str) -> &str {
    list.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or("")
}

impl DataTransferMethods for Obj<DataTransfer> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<DataTransfer>> {
        Ok(DataTransfer::create(cx, Mode::ReadWrite))
    }

    fn drop_effect(&self, _: &mut Cx) -> DomString {
        self.drop_effect.get().into()
    }

    fn set_drop_effect(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        if let Some(effect) = DROP_EFFECTS.into_iter().find(|effect| *effect == value.to_str()) {
            self.drop_effect.set(effect);
        }
        Ok(())
    }

    fn effect_allowed(&self, _: &mut Cx) -> DomString {
        self.effect_allowed.get().into()
    }

    fn set_effect_allowed(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        let effect = ALLOWED.into_iter().find(|effect| *effect == value.to_str());
        if let Some(effect) = effect.filter(|_| self.mode.get() == Mode::ReadWrite) {
            self.effect_allowed.set(effect);
        }
        Ok(())
    }

    fn items(&self, cx: &mut Cx) -> Obj<DataTransferItemList> {
        if let Some(list) = self.list.get() {
            return list;
        }
        let list = Obj::new(cx, DataTransferItemList::new(self.clone()));
        self.list.set(Some(list.clone()));
        list
    }

    /// The picture under the pointer is the host's business; none is drawn.
    fn set_drag_image(&self, _: &mut Cx, _: Obj<Element>, _: i32, _: i32) -> Fallible<()> {
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#concept-datatransfer-types>
    fn types(&self, cx: &mut Cx) -> Value {
        if let Some(types) = self.types.get() {
            return types.into();
        }
        let mut list: Vec<DomString> = {
            let entries = self.entries.borrow();
            let texts = entries.iter().filter(|item| !item.is_file);
            texts.map(|item| item.type_.as_str().into()).collect()
        };
        if !self.files.borrow().is_empty() {
            list.push("Files".into());
        }
        let types = webidl::frozen_array(cx, list);
        self.types.set(Some(types.clone()));
        types.into()
    }

    /// <https://html.spec.whatwg.org/#dom-datatransfer-getdata>
    fn get_data(&self, _: &mut Cx, format: DomString) -> Fallible<DomString> {
        if self.mode.get() == Mode::Protected {
            return Ok(DomString::empty());
        }
        let (type_, wants_url) = normalized(&format);
        let entries = self.entries.borrow();
        let Some(item) = entries.iter().find(|item| item.is_text_of(&type_)) else {
            return Ok(DomString::empty());
        };
        if wants_url {
            return Ok(first_url(&item.data.to_str()).into());
        }
        Ok(item.data.clone())
    }

    /// <https://html.spec.whatwg.org/#dom-datatransfer-setdata>
    fn set_data(&self, _: &mut Cx, format: DomString, data: DomString) -> Fallible<()> {
        if self.mode.get() == Mode::ReadWrite {
            self.put(normalized(&format).0, data);
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-datatransfer-cleardata>
    fn clear_data(&self, _: &mut Cx, format: Option<DomString>) -> Fallible<()> {
        if self.mode.get() == Mode::ReadWrite {
            let type_ = format.as_ref().map(|format| normalized(format).0);
            self.remove(|item| {
                item.is_file || type_.as_ref().is_some_and(|type_| *type_ != item.type_)
            });
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-datatransfer-files>
    fn files(&self, cx: &mut Cx) -> Obj<FileList> {
        if self.mode.get() == Mode::Protected {
            return FileList::create(cx, Vec::new());
        }
        if let Some(list) = self.file_list.get() {
            return list;
        }
        let files = self.files.borrow().iter().map(|(_, file)| file.clone()).collect();
        let list = FileList::create(cx, files);
        self.file_list.set(Some(list.clone()));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_old_names() {
        for (format, expected) in [
            ("Text", ("text/plain", false)),
            ("URL", ("text/uri-list", true)),
            ("text/HTML", ("text/html", false)),
        ] {
            let (type_, url) = normalized(&format.into());
            assert_eq!((type_.as_str(), url), expected, "{format}");
        }
        assert_eq!(first_url("# comment\r\n\r\nhttp://a/\r\nhttp://b/"), "http://a/");
    }
}
