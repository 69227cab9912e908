//! <https://html.spec.whatwg.org/#the-datatransferitemlist-interface>

use std::cell::RefCell;

use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::{DataTransfer, Mode};
use crate::{
    agent::{EngineCx, TaskSource},
    events::report_exception,
    file::File,
    generated::{DataTransferItemListMethods, DataTransferItemMethods, FunctionStringCallback},
};

/// The items of a transfer.
#[derive(Trace, Platform)]
pub(crate) struct DataTransferItemList {
    transfer: Obj<DataTransfer>,
    /// The objects that were handed out, by the items' ids.
    made: RefCell<Vec<Made>>,
}

#[derive(Trace)]
struct Made {
    id: u64,
    item: Obj<DataTransferItem>,
}

impl DataTransferItemList {
    pub(super) fn new(transfer: Obj<DataTransfer>) -> Self {
        Self { transfer, made: RefCell::default() }
    }

    /// The object of an item, the same each time.
    fn object_of(&self, cx: &mut Cx, id: u64) -> Obj<DataTransferItem> {
        let found =
            self.made.borrow().iter().find(|made| made.id == id).map(|made| made.item.clone());
        if let Some(item) = found {
            return item;
        }
        let item = Obj::new(cx, DataTransferItem { transfer: self.transfer.clone(), id });
        self.made.borrow_mut().push(Made { id, item: item.clone() });
        item
    }
}

impl DataTransferItemListMethods for Obj<DataTransferItemList> {
    fn length(&self, _: &mut Cx) -> u32 {
        u32::try_from(self.transfer.entries.borrow().len()).unwrap_or(u32::MAX)
    }

    fn indexed_getter(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<DataTransferItem>>> {
        let id = self.transfer.entries.borrow().get(index as usize).map(|item| item.id);
        Ok(id.map(|id| self.object_of(cx, id)))
    }

    /// <https://html.spec.whatwg.org/#dom-datatransferitemlist-add>
    fn add(
        &self,
        cx: &mut Cx,
        data: DomString,
        type_: DomString,
    ) -> Fallible<Option<Obj<DataTransferItem>>> {
        if self.transfer.mode.get() != Mode::ReadWrite {
            return Ok(None);
        }
        let type_ = type_.to_str().to_ascii_lowercase();
        if self.transfer.entries.borrow().iter().any(|item| item.is_text_of(&type_)) {
            return Err(Error::dom(
                DomExceptionName::NotSupported,
                format!("there is an item of the type '{type_}' already"),
            ));
        }
        self.transfer.put(type_, data);
        let id = self.transfer.next.get();
        Ok(Some(self.object_of(cx, id)))
    }

    fn add_with_data(
        &self,
        cx: &mut Cx,
        data: Obj<File>,
    ) -> Fallible<Option<Obj<DataTransferItem>>> {
        if self.transfer.mode.get() != Mode::ReadWrite {
            return Ok(None);
        }
        self.transfer.put_file(data);
        let id = self.transfer.next.get();
        Ok(Some(self.object_of(cx, id)))
    }

    fn remove(&self, _: &mut Cx, index: u32) -> Fallible<()> {
        if self.transfer.mode.get() != Mode::ReadWrite {
            return Err(crate::error::invalid_state("The items cannot be changed now"));
        }
        let id = self.transfer.entries.borrow().get(index as usize).map(|item| item.id);
        if let Some(id) = id {
            self.transfer.remove(|item| item.id != id);
        }
        Ok(())
    }

    fn clear(&self, _: &mut Cx) -> Fallible<()> {
        if self.transfer.mode.get() == Mode::ReadWrite {
            self.transfer.remove(|_| false);
        }
        Ok(())
    }
}

/// One item of a transfer.
#[derive(Trace, Platform)]
pub(crate) struct DataTransferItem {
    transfer: Obj<DataTransfer>,
    id: u64,
}

impl DataTransferItem {
    fn with<R>(&self, read: impl FnOnce(&super::Item) -> R) -> Option<R> {
        let entries = self.transfer.entries.borrow();
        entries.iter().find(|item| item.id == self.id).map(read)
    }
}

impl DataTransferItemMethods for Obj<DataTransferItem> {
    /// Empty once the item is gone.
    fn kind(&self, _: &mut Cx) -> DomString {
        let kind = self.with(|item| if item.is_file { "file" } else { "string" });
        kind.unwrap_or_default().into()
    }

    fn type_(&self, _: &mut Cx) -> DomString {
        self.with(|item| item.type_.as_str().into()).unwrap_or_else(DomString::empty)
    }

    /// <https://html.spec.whatwg.org/#dom-datatransferitem-getasstring>
    fn get_as_string(&self, cx: &mut Cx, callback: Option<FunctionStringCallback>) -> Fallible<()> {
        let Some(callback) = callback else { return Ok(()) };
        if self.transfer.mode.get() == Mode::Protected {
            return Ok(());
        }
        let Some(data) = self.with(|item| (!item.is_file).then(|| item.data.clone())).flatten()
        else {
            return Ok(());
        };
        let window = cx.window_id();
        cx.engine().queue_task(TaskSource::Dom, window, move |cx| {
            let this = virga_js::Value::undefined();
            if let Err(error) = callback.call(cx, &this, data) {
                report_exception(cx, error);
            }
        });
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-datatransferitem-getasfile>
    fn get_as_file(&self, _: &mut Cx) -> Fallible<Option<Obj<File>>> {
        if self.transfer.mode.get() == Mode::Protected {
            return Ok(None);
        }
        Ok(self.transfer.file(self.id))
    }
}
