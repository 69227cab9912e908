//! The pairs of one origin in a SQLite file.
//!
//! The first write of a task opens a transaction, the flush at its end commits
//! it, and a commit is on the disk when it returns. Nothing is made until there
//! is something to write. A file that is damaged is moved aside, never deleted,
//! and the call that met it says so.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::area::{Area, Units, pair_size};
use crate::profile::create_database;

/// An origin's file, opened when it is needed.
pub(super) struct Database {
    origin: String,
    path: PathBuf,
    open: Option<Open>,
}

struct Open {
    connection: Connection,
    /// A transaction with writes in it.
    writing: bool,
    /// Bytes of all pairs.
    size: u64,
    /// SQLite's count of what other processes wrote; `size` holds for it.
    version: i64,
}

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS pairs (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    value BLOB NOT NULL
) STRICT;";

/// Why a call on the file failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Damaged(String),
}

impl Failure {
    fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
        }
    }
}

impl Database {
    pub(super) fn new(origin: &str, path: PathBuf) -> Self {
        Self { origin: origin.to_owned(), path, open: None }
    }

    /// Works on the file, if there is one or if one shall be made.
    fn with<T: Default>(
        &mut self,
        create: bool,
        work: impl FnOnce(&mut Open) -> Result<T, Failure>,
    ) -> Result<T, String> {
        let result = match &mut self.open {
            Some(open) => work(open),
            None if !create && !self.path.exists() => return Ok(T::default()),
            None => match Open::new(&self.path) {
                Ok(open) => work(self.open.insert(open)),
                Err(error) => Err(error),
            },
        };
        result.map_err(|failure| self.explain(&failure))
    }

    fn explain(&mut self, failure: &Failure) -> String {
        let (origin, path) = (&self.origin, self.path.display());
        if !failure.is_damage() {
            return format!("the storage of {origin} ({path}) failed: {failure}");
        }
        // Closed before it is moved.
        self.open = None;
        match set_aside(&self.path) {
            Ok(kept) => format!(
                "the storage of {origin} is damaged ({failure}). The file was kept as {}, and the \
                 app goes on with an empty one",
                kept.display()
            ),
            Err(error) => format!(
                "the storage of {origin} ({path}) is damaged ({failure}) and could not be moved \
                 aside: {error}"
            ),
        }
    }
}

impl Open {
    fn new(path: &Path) -> Result<Self, Failure> {
        let connection = create_database(path, SCHEMA)?;
        let verdict: String =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(Failure::Damaged(verdict));
        }
        let mut open = Self { connection, writing: false, size: 0, version: -1 };
        open.measure()?;
        Ok(open)
    }

    /// Brings `size` up to date if another process wrote.
    fn measure(&mut self) -> Result<(), Failure> {
        let version = self.connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        if version != self.version {
            let size: i64 = self.connection.query_row(
                "SELECT coalesce(sum(length(key) + length(value)), 0) FROM pairs",
                [],
                |row| row.get(0),
            )?;
            self.size = u64::try_from(size).unwrap_or_default();
            self.version = version;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Failure> {
        if !self.writing {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.writing = true;
            self.measure()?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Failure> {
        if !self.writing {
            return Ok(());
        }
        self.writing = false;
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            // What cannot be committed must not linger as if it were.
            if let Err(rollback) = self.connection.execute_batch("ROLLBACK") {
                tracing::debug!("storage: rollback after a failed commit: {rollback}");
            }
            self.version = -1;
            return Err(error.into());
        }
        Ok(())
    }

    fn value(&self, key: &[u8]) -> Result<Option<Units>, Failure> {
        let value: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT value FROM pairs WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        value.map(|bytes| units(&bytes)).transpose()
    }
}

impl Area for Database {
    fn load(&mut self) -> Result<Vec<(Units, Units)>, String> {
        self.with(false, |open| {
            let mut statement =
                open.connection.prepare_cached("SELECT key, value FROM pairs ORDER BY position")?;
            let mut rows = statement.query([])?;
            let mut pairs = Vec::new();
            while let Some(row) = rows.next()? {
                let (key, value): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
                pairs.push((units(&key)?, units(&value)?));
            }
            Ok(pairs)
        })
    }

    fn size_with(&mut self, key: &[u16], value: &[u16]) -> Result<u64, String> {
        let pair = pair_size(key, value);
        let size = self.with(false, |open| {
            open.measure()?;
            let old = open.value(&bytes(key))?.map_or(0, |old| pair_size(key, &old));
            Ok(open.size.saturating_sub(old))
        })?;
        Ok(size + pair)
    }

    fn set(&mut self, key: &[u16], value: &[u16]) -> Result<Option<Units>, String> {
        self.with(true, |open| {
            open.begin()?;
            let key_bytes = bytes(key);
            let old = open.value(&key_bytes)?;
            open.connection
                .prepare_cached(
                    "INSERT INTO pairs (key, value) VALUES (?1, ?2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![key_bytes, bytes(value)])?;
            let freed = old.as_ref().map_or(0, |old| pair_size(key, old));
            open.size = open.size.saturating_sub(freed) + pair_size(key, value);
            Ok(old)
        })
    }

    fn remove(&mut self, key: &[u16]) -> Result<Option<Units>, String> {
        self.with(false, |open| {
            let key_bytes = bytes(key);
            let Some(old) = open.value(&key_bytes)? else { return Ok(None) };
            open.begin()?;
            open.connection
                .prepare_cached("DELETE FROM pairs WHERE key = ?1")?
                .execute([key_bytes])?;
            open.size = open.size.saturating_sub(pair_size(key, &old));
            Ok(Some(old))
        })
    }

    fn clear(&mut self) -> Result<bool, String> {
        self.with(false, |open| {
            open.begin()?;
            let removed = open.connection.prepare_cached("DELETE FROM pairs")?.execute([])?;
            open.size = 0;
            Ok(removed > 0)
        })
    }

    fn flush(&mut self) -> Result<(), String> {
        self.with(false, Open::commit)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.flush() {
            tracing::error!("{error}");
        }
    }
}

/// UTF-16 as it stands in the file: little endian.
fn bytes(units: &[u16]) -> Vec<u8> {
    units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

fn units(bytes: &[u8]) -> Result<Units, Failure> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Failure::Damaged("half a UTF-16 code unit".to_owned()));
    }
    Ok(pairs.iter().copied().map(u16::from_le_bytes).collect())
}

/// Moves a damaged database and its log out of the way, next to where it was.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let with_suffix = |path: &Path, suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let kept = (1..)
        .map(|number| with_suffix(path, &format!(".damaged-{number}")))
        .find(|kept| !kept.exists())
        .ok_or_else(|| io::Error::other("too many damaged files"))?;
    fs::rename(path, &kept)?;
    for part in ["-wal", "-shm"] {
        match fs::rename(with_suffix(path, part), with_suffix(&kept, part)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(kept)
}
