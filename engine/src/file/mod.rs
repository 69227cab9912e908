//! The File API: <https://w3c.github.io/FileAPI/>

mod blob;
#[expect(clippy::module_inception, reason = "the interface is named as its standard")]
mod file;
mod list;
mod object_url;
mod package;
mod reader;
mod reader_sync;

pub(crate) use self::{
    blob::{Blob, BlobData},
    file::File,
    list::FileList,
    object_url::{
        ObjectUrl, ObjectUrls, answer, answer_whole, create_object_url, revoke_object_url,
    },
    reader::FileReader,
    reader_sync::FileReaderSync,
};
