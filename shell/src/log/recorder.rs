use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;
use virga_protocol::{AppConfig, LOG_VERSION, LogEntry, LogHeader};

/// Writes a log while an app runs.
///
/// Shared between the app's thread, which writes, and the host, which flushes
/// when the app crashed or hangs.
pub(crate) struct Recorder(Mutex<State>);

struct State {
    out: BufWriter<File>,
    /// The first error; nothing is written after it.
    failed: Option<io::Error>,
    /// The recording is over.
    closed: bool,
}

impl Recorder {
    /// Starts a log at `path`, over what was there.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let out = BufWriter::with_capacity(1 << 16, File::create(path)?);
        Ok(Self(Mutex::new(State { out, failed: None, closed: false })))
    }

    /// Writes the first line.
    pub(crate) fn header(&self, config: &AppConfig, fonts: &str) {
        self.line(&LogHeader {
            version: LOG_VERSION,
            config: config.clone(),
            fonts: fonts.to_owned(),
        });
    }

    /// Writes one more line.
    pub(crate) fn entry(&self, entry: &LogEntry) {
        self.line(entry);
    }

    fn line(&self, value: &impl Serialize) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failed.is_none() && !state.closed {
            let written = serde_json::to_writer(&mut state.out, value)
                .map_err(io::Error::from)
                .and_then(|()| state.out.write_all(b"\n"));
            state.failed = written.err();
        }
    }

    /// Takes no more lines, so that the file ends with a whole one, whatever the
    /// app's thread still does.
    pub(crate) fn close(&self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.flush()
    }

    /// Hands all lines to the system. An error is told once, whenever it was.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.failed.take() {
            Some(error) => Err(error),
            None => state.out.flush(),
        }
    }
}
