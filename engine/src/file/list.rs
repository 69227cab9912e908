//! <https://w3c.github.io/FileAPI/#filelist-section>

use virga_js::{Cx, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::File;
use crate::{
    generated::FileListMethods,
    structured_clone::{Fields, Reader, Serializable},
};

/// The files of a control or of a drop.
#[derive(Trace, Platform)]
pub(crate) struct FileList {
    files: Vec<Obj<File>>,
}

impl FileList {
    /// A new list.
    pub(crate) fn create(cx: &mut Cx, files: Vec<Obj<File>>) -> Obj<Self> {
        Obj::new(cx, Self { files })
    }

    /// The files in order.
    pub(crate) fn files(&self) -> &[Obj<File>] {
        &self.files
    }
}

impl FileListMethods for Obj<FileList> {
    fn item(&self, _: &mut Cx, index: u32) -> Fallible<Option<Obj<File>>> {
        Ok(self.files.get(index as usize).cloned())
    }

    fn length(&self, _: &mut Cx) -> u32 {
        u32::try_from(self.files.len()).unwrap_or(u32::MAX)
    }
}

impl Serializable for FileList {
    fn serialize(this: &Obj<Self>, cx: &mut Cx, to: &mut Fields) -> Fallible<()> {
        let count = u32::try_from(this.files.len()).unwrap_or(u32::MAX);
        to.number(f64::from(count));
        this.files.iter().try_for_each(|file| File::serialize(file, cx, to))
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let count = from.number()?;
        let mut files = Vec::new();
        while f64::from(u32::try_from(files.len()).unwrap_or(u32::MAX)) < count {
            files.push(File::deserialize(cx, from)?);
        }
        Ok(Self::create(cx, files))
    }
}
