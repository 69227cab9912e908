//! <https://w3c.github.io/FileAPI/#FileReaderSync>

use virga_js::webidl::ArrayBuffer;
use virga_js::{Cx, DomString, Fallible, Obj, Value};
use virga_js::{Platform, Trace};

use super::{
    Blob,
    package::{Kind, package},
};
use crate::generated::FileReaderSyncMethods;

/// Reads blobs at once, in workers.
#[derive(Trace, Platform)]
pub(crate) struct FileReaderSync;

fn text(value: &Value) -> DomString {
    value.as_string().unwrap_or_else(DomString::empty)
}

impl FileReaderSyncMethods for Obj<FileReaderSync> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<FileReaderSync>> {
        Ok(Obj::new(cx, FileReaderSync))
    }

    fn read_as_array_buffer(&self, cx: &mut Cx, blob: Obj<Blob>) -> Fallible<ArrayBuffer> {
        ArrayBuffer::new(cx, blob.as_slice())
    }

    fn read_as_binary_string(&self, cx: &mut Cx, blob: Obj<Blob>) -> Fallible<DomString> {
        package(cx, &blob, &Kind::BinaryString).map(|value| text(&value))
    }

    fn read_as_text(
        &self,
        cx: &mut Cx,
        blob: Obj<Blob>,
        encoding: Option<DomString>,
    ) -> Fallible<DomString> {
        package(cx, &blob, &Kind::Text(encoding)).map(|value| text(&value))
    }

    fn read_as_data_url(&self, cx: &mut Cx, blob: Obj<Blob>) -> Fallible<DomString> {
        package(cx, &blob, &Kind::DataUrl).map(|value| text(&value))
    }
}
