//! <https://w3c.github.io/FileAPI/#APIASynch>

use std::cell::Cell;

use virga_js::{Cx, DomString, Fallible, Obj, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    Blob,
    package::{Kind, package},
};
use crate::{
    agent::{EngineCx, TaskSource},
    dom_exception::DOMException,
    error::invalid_state,
    events::{EventTarget, ProgressEvent, fire_event},
    generated::FileReaderMethods,
};

/// Reads blobs and tells of it by events.
#[derive(Trace, Platform)]
pub(crate) struct FileReader {
    #[base]
    target: EventTarget,
    state: Cell<State>,
    result: Slot<Value>,
    error: Slot<Option<Obj<DOMException>>>,
    /// Counts reads, so that tasks of one that was aborted do nothing.
    reads: Cell<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Empty = 0,
    Loading = 1,
    Done = 2,
}

/// Bytes between two `progress` events.
const PROGRESS_STEP: usize = 1024 * 1024;

impl FileReader {
    /// <https://w3c.github.io/FileAPI/#readOperation>
    fn read(this: &Obj<Self>, cx: &mut Cx, blob: Obj<Blob>, kind: Kind) -> Fallible<()> {
        // 1. - 4.
        if this.state.get() == State::Loading {
            return Err(invalid_state("FileReader: a blob is being read already"));
        }
        this.state.set(State::Loading);
        this.result.set(Value::null());
        this.error.set(None);
        let read = this.reads.get() + 1;
        this.reads.set(read);
        // 5. - 10. The bytes are all there, so the tasks are known.
        let total = blob.as_slice().len();
        Self::queue(this, cx, read, move |cx, this| {
            this.fire(cx, "loadstart", 0, total);
        });
        let mut loaded = 0;
        while loaded < total {
            loaded = (loaded + PROGRESS_STEP).min(total);
            Self::queue(this, cx, read, move |cx, this| {
                this.fire(cx, "progress", loaded, total);
            });
        }
        Self::queue(this, cx, read, move |cx, this| {
            this.state.set(State::Done);
            match package(cx, &blob, &kind) {
                Ok(result) => {
                    this.result.set(result);
                    this.fire(cx, "load", total, total);
                }
                Err(error) => {
                    if let Ok(value) = error.into_value(cx) {
                        this.error.set(Obj::from_value(cx, &value));
                    }
                    this.fire(cx, "error", 0, 0);
                }
            }
            // A listener may have begun to read again.
            if this.state.get() != State::Loading {
                this.fire(cx, "loadend", total, total);
            }
        });
        Ok(())
    }

    fn queue(
        this: &Obj<Self>,
        cx: &mut Cx,
        read: u64,
        steps: impl FnOnce(&mut Cx, &Obj<Self>) + 'static,
    ) {
        let this = this.clone();
        let window = cx.window_id();
        cx.engine().queue_task(TaskSource::FileReading, window, move |cx| {
            if this.reads.get() == read {
                steps(cx, &this);
            }
        });
    }
}

/// What fires the events of a reader.
trait Fire {
    fn fire(&self, cx: &mut Cx, type_: &str, loaded: usize, total: usize);
}

impl Fire for Obj<FileReader> {
    fn fire(&self, cx: &mut Cx, type_: &str, loaded: usize, total: usize) {
        #[expect(clippy::cast_precision_loss, reason = "script counts in doubles")]
        let event = ProgressEvent::trusted(cx, type_, true, loaded as f64, total as f64);
        fire_event(cx, &self.upcast(), event);
    }
}

impl FileReaderMethods for Obj<FileReader> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<FileReader>> {
        Ok(Obj::new(
            cx,
            FileReader {
                target: EventTarget::new(),
                state: Cell::new(State::Empty),
                result: Slot::new(Value::null()),
                error: Slot::new(None),
                reads: Cell::new(0),
            },
        ))
    }

    fn read_as_array_buffer(&self, cx: &mut Cx, blob: Obj<Blob>) -> Fallible<()> {
        FileReader::read(self, cx, blob, Kind::ArrayBuffer)
    }

    fn read_as_binary_string(&self, cx: &mut Cx, blob: Obj<Blob>) -> Fallible<()> {
        FileReader::read(self, cx, blob, Kind::BinaryString)
    }

    fn read_as_text(
        &self,
        cx: &mut Cx,
        blob: Obj<Blob>,
        encoding: Option<DomString>,
    ) -> Fallible<()> {
        FileReader::read(self, cx, blob, Kind::Text(encoding))
    }

    fn read_as_data_url(&self, cx: &mut Cx, blob: Obj<Blob>) -> Fallible<()> {
        FileReader::read(self, cx, blob, Kind::DataUrl)
    }

    /// <https://w3c.github.io/FileAPI/#abort>
    fn abort(&self, cx: &mut Cx) -> Fallible<()> {
        // 1.
        if self.state.get() != State::Loading {
            self.result.set(Value::null());
            return Ok(());
        }
        // 2. - 4.
        self.state.set(State::Done);
        self.result.set(Value::null());
        self.reads.set(self.reads.get() + 1);
        // 5, 6.
        self.fire(cx, "abort", 0, 0);
        if self.state.get() != State::Loading {
            self.fire(cx, "loadend", 0, 0);
        }
        Ok(())
    }

    fn ready_state(&self, _: &mut Cx) -> u16 {
        self.state.get() as u16
    }

    fn result(&self, _: &mut Cx) -> Value {
        self.result.get()
    }

    fn error(&self, _: &mut Cx) -> Option<Obj<DOMException>> {
        self.error.get()
    }
}
