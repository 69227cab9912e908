//! The profile: the folder in which the bridge keeps what outlives the process.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

/// The folder of a profile, or none: then nothing is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    folder: Option<PathBuf>,
}

impl Profile {
    pub(crate) const fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The path of a file of the profile, made or not.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(name))
    }

    /// Where an origin keeps its data.
    pub(crate) fn origin_folder(&self, origin: &str) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        Some(folder.join("storage").join(folder_name(origin)))
    }

    /// Opens a database of the profile if its file exists.
    pub(crate) fn open_database(
        &self,
        name: &str,
        schema: &str,
    ) -> rusqlite::Result<Option<Connection>> {
        match self.file(name) {
            Some(path) if path.exists() => open_database(&path, schema).map(Some),
            _ => Ok(None),
        }
    }

    /// Opens a database of the profile and makes it if it does not exist. `None`
    /// without a profile.
    pub(crate) fn create_database(
        &self,
        name: &str,
        schema: &str,
    ) -> rusqlite::Result<Option<Connection>> {
        self.file(name).map(|path| create_database(&path, schema)).transpose()
    }
}

/// Opens a database, making its folder and file if need be.
pub(crate) fn create_database(path: &Path, schema: &str) -> rusqlite::Result<Connection> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot_open(path, &error))?;
    }
    open_database(path, schema)
}

/// A connection whose commits are on the disk when they return.
fn open_database(path: &Path, schema: &str) -> rusqlite::Result<Connection> {
    let database = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    // Another process with the same profile holds its locks for one task at a time.
    database.busy_timeout(Duration::from_secs(5))?;
    database.pragma_update(None, "journal_mode", "wal")?;
    // In WAL mode, FULL is what syncs the log at each commit.
    database.pragma_update(None, "synchronous", "full")?;
    database.execute_batch(schema)?;
    Ok(database)
}

fn cannot_open(path: &Path, error: &io::Error) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN),
        Some(format!("{}: {error}", path.display())),
    )
}

/// A path for an origin that no other origin has, on any file system: what is
/// not a lower-case letter, digit, `.` or `-` becomes `_` and its code in
/// hexadecimal, and long names go on in a folder below.
fn folder_name(origin: &str) -> PathBuf {
    /// Less than the 255 that file systems allow.
    const LONGEST: usize = 200;

    let mut path = PathBuf::new();
    let mut part = String::new();
    for byte in origin.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => part.push(char::from(byte)),
            b'.' if !part.is_empty() => part.push('.'),
            _ => part.push_str(&format!("_{byte:02x}")),
        }
        if part.len() >= LONGEST {
            // A part that goes on ends in a character that no last part ends in.
            part.push('~');
            path.push(std::mem::take(&mut part));
        }
    }
    if !part.is_empty() || path.as_os_str().is_empty() {
        path.push(part);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_safe_and_distinct() {
        let check = |origin: &str, expected: &str| {
            assert_eq!(folder_name(origin), Path::new(expected), "{origin}");
        };
        check("https://example.com", "https_3a_2f_2fexample.com");
        check("https://example.com:81", "https_3a_2f_2fexample.com_3a81");
        check("file:///home/a/../", "file_3a_2f_2f_2fhome_2fa_2f.._2f");
        check("..", "_2e.");
        check("A_b", "_41_5fb");
        let long = folder_name(&"x".repeat(450));
        assert_eq!(long.components().count(), 3);
        assert_ne!(folder_name(&"x".repeat(200)), folder_name(&"x".repeat(201)));
    }
}
