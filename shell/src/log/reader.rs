use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use virga_protocol::{AppConfig, LOG_VERSION, LogEntry, LogHeader};

/// A recorded run, read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    header: LogHeader,
    entries: Vec<LogEntry>,
}

/// Why a log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be read.
    #[error("cannot read the log {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file is empty.
    #[error("{} is empty: a log begins with a header", .0.display())]
    Empty(PathBuf),
    /// A line is not what it should be.
    #[error("{}, line {line}: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// Another build wrote it.
    #[error("{} is a log of version {version}; this build reads version {LOG_VERSION}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        version: u32,
    },
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

impl Log {
    /// Reads a whole log.
    ///
    /// # Errors
    /// If the file cannot be read, is cut off, or holds anything but a log.
    pub fn read(path: &Path) -> Result<Self, LogError> {
        let text =
            fs::read(path).map_err(|error| LogError::Read { path: path.to_owned(), error })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &[u8]) -> Result<Self, LogError> {
        if text.is_empty() {
            return Err(LogError::Empty(path.to_owned()));
        }
        let cut_off = !text.ends_with(b"\n");
        let lines: Vec<&[u8]> =
            text.strip_suffix(b"\n").unwrap_or(text).split(|&byte| byte == b'\n').collect();
        let wrong = |index: usize, error: &serde_json::Error, kind: &str| LogError::Line {
            path: path.to_owned(),
            line: index + 1,
            what: if cut_off && index + 1 == lines.len() {
                "the file ends in the middle of this line: the recording was cut off".to_owned()
            } else {
                format!("this is not {kind} of a log: {error}")
            },
        };
        // The version comes first: another version's header may look different.
        let version: Version =
            serde_json::from_slice(lines[0]).map_err(|error| wrong(0, &error, "the header"))?;
        if version.version != LOG_VERSION {
            return Err(LogError::Version { path: path.to_owned(), version: version.version });
        }
        let header =
            serde_json::from_slice(lines[0]).map_err(|error| wrong(0, &error, "the header"))?;
        let entries = lines[1..]
            .iter()
            .enumerate()
            .map(|(index, line)| {
                serde_json::from_slice(line).map_err(|error| wrong(index + 1, &error, "an entry"))
            })
            .collect::<Result<_, _>>()?;
        if cut_off {
            // The last line is whole, and yet nothing says that it was the last.
            return Err(LogError::Line {
                path: path.to_owned(),
                line: lines.len(),
                what: "the file ends without a line break: the recording was cut off".to_owned(),
            });
        }
        Ok(Self { header, entries })
    }

    /// What the app was started with.
    #[must_use]
    pub fn config(&self) -> &AppConfig {
        &self.header.config
    }

    /// Digest of the fonts it had.
    #[must_use]
    pub fn fonts(&self) -> &str {
        &self.header.fonts
    }

    /// All that happened, in order. Entry `n` is line `n + 2` of the file.
    #[must_use]
    pub fn entries(&self) -> &[LogEntry] {
        &self.entries
    }
}

#[cfg(test)]
impl Log {
    /// A log with these entries, for tests.
    pub(crate) fn of(entries: Vec<LogEntry>) -> Self {
        let header = LogHeader {
            version: LOG_VERSION,
            config: AppConfig {
                url: "about:blank".into(),
                viewport: crate::DeviceProfile::default().viewport(),
                seed: 7,
                time_origin: 0,
                time_zone: virga_protocol::TimeZone::utc(),
                locale: "en-US".into(),
                time: virga_protocol::TimeMode::Virtual,
                user_agent: "test".into(),
                script_slice: 1000,
                test_hooks: false,
                agent: virga_protocol::AgentId(1),
                trusted_origins: Vec::new(),
                worker: None,
            },
            fonts: "0".repeat(32),
        };
        Self { header, entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virga_protocol::FromApp;

    fn header() -> String {
        serde_json::to_string(&Log::of(Vec::new()).header).unwrap()
    }

    fn check(text: &str, expected: Result<usize, &str>) {
        match (Log::parse(Path::new("a.log"), text.as_bytes()), expected) {
            (Ok(log), Ok(count)) => assert_eq!(log.entries().len(), count),
            (Err(error), Err(part)) => {
                let error = error.to_string();
                assert!(error.contains(part), "{error:?} should hold {part:?}");
            }
            (read, _) => panic!("{read:?} for {text:?}"),
        }
    }

    #[test]
    fn a_log_is_read_or_the_line_that_is_wrong_is_named() {
        let header = header();
        let entry = serde_json::to_string(&LogEntry::Out(FromApp::Closed)).unwrap();
        check(&format!("{header}\n"), Ok(0));
        check(&format!("{header}\n{entry}\n{entry}\n"), Ok(2));
        check("", Err("is empty"));
        check("{}\n", Err("line 1"));
        check("\u{0}\u{1}ELF\n", Err("line 1: this is not the header"));
        check(&format!("{header}\nnonsense\n{entry}\n"), Err("line 2: this is not an entry"));
        check(
            &format!("{header}\n{entry}\n{{\"out\":"),
            Err("line 3: the file ends in the middle"),
        );
        check(&format!("{header}\n{entry}"), Err("line 2: the file ends without"));
        check(
            &format!("{}\n", header.replace("\"version\":1", "\"version\":9")),
            Err("a log of version 9"),
        );
    }
}
