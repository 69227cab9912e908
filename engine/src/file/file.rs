//! <https://w3c.github.io/FileAPI/#file-section>

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::{
    Blob, BlobData,
    blob::{normalized_type, process_parts},
};
use crate::{
    agent::EngineCx,
    generated::{BufferSourceOrBlobOrUSVString as BlobPart, FileMethods, FilePropertyBag},
    structured_clone::{Fields, Reader, Serializable},
};

/// A blob with a name and a date.
#[derive(Trace, Platform)]
pub(crate) struct File {
    #[base]
    blob: Blob,
    #[trace(skip)]
    name: String,
    /// Milliseconds since 1970-01-01 UTC.
    last_modified: i64,
}

impl File {
    /// A new file. `last_modified` is now, if it is not given.
    pub(crate) fn create(
        cx: &mut Cx,
        data: impl Into<BlobData>,
        name: &str,
        type_: &str,
        last_modified: Option<i64>,
    ) -> Obj<Self> {
        let last_modified = last_modified.unwrap_or_else(|| now(cx));
        let blob = Blob::new(data, &normalized_type(type_));
        Obj::new(cx, Self { blob, name: name.to_owned(), last_modified })
    }

    /// Its name.
    pub(crate) fn file_name(&self) -> &str {
        &self.name
    }

    /// When it changed: milliseconds since 1970-01-01 UTC.
    pub(crate) fn last_modified(&self) -> i64 {
        self.last_modified
    }
}

/// The wall clock.
fn now(cx: &Cx) -> i64 {
    let agent = cx.engine();
    let since = i64::try_from(agent.now().0).unwrap_or(i64::MAX);
    agent.config.time_origin.saturating_add(since).div_euclid(1000)
}

impl FileMethods for Obj<File> {
    fn constructor(
        cx: &mut Cx,
        file_bits: Vec<BlobPart>,
        file_name: String,
        options: FilePropertyBag,
    ) -> Fallible<Obj<File>> {
        let data = process_parts(cx, file_bits, &options.parent)?;
        let type_ = options.parent.type_.to_str().into_owned();
        Ok(File::create(cx, data, &file_name, &type_, options.last_modified))
    }

    fn name(&self, _: &mut Cx) -> DomString {
        DomString::from(self.name.as_str())
    }

    fn last_modified(&self, _: &mut Cx) -> i64 {
        self.last_modified
    }

    fn webkit_relative_path(&self, _: &mut Cx) -> String {
        String::new()
    }
}

impl Serializable for File {
    fn serialize(this: &Obj<Self>, cx: &mut Cx, to: &mut Fields) -> Fallible<()> {
        Blob::serialize(&this.upcast(), cx, to)?;
        to.text(&this.name);
        #[expect(clippy::cast_precision_loss, reason = "dates of script are doubles")]
        to.number(this.last_modified as f64);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let data = BlobData::from(from.bytes()?);
        let type_ = from.text()?;
        let name = from.text()?;
        #[expect(clippy::cast_possible_truncation, reason = "it was an integer")]
        let last_modified = from.number()? as i64;
        Ok(Self::create(cx, data, &name, &type_, Some(last_modified)))
    }
}
