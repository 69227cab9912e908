use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use virga_protocol::PermissionName;

/// One line of the audit log: who, what, when, with what result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Microseconds since the Unix epoch, by the device's clock.
    pub time: i64,
    /// The address of the app.
    pub app: String,
    /// The origin that acted, or the folder of an app that is a file.
    pub origin: String,
    /// The permission.
    pub permission: PermissionName,
    /// What happened.
    pub event: AuditEvent,
}

/// What the audit log tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditEvent {
    /// The app asked and got it without a question.
    Allowed,
    /// The app asked and was refused without a question.
    Refused,
    /// The user was asked.
    Prompted,
    /// The user allowed it until the app is closed.
    AllowedOnce,
    /// The user allowed it while the app is visible.
    AllowedWhileUsing,
    /// The user allowed it.
    AllowedAlways,
    /// The user forbade it.
    Forbidden,
    /// The user turned the question away.
    Dismissed,
    /// The app took the request back before it was answered.
    Withdrawn,
    /// A decision was changed in the settings.
    Changed,
    /// A permission in use was taken away.
    Revoked,
}

/// Append-only, in memory and, with a profile, in `audit.jsonl`.
pub(super) struct AuditLog {
    entries: Vec<AuditEntry>,
    path: Option<PathBuf>,
    file: Option<File>,
}

impl AuditLog {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self { entries: Vec::new(), path, file: None }
    }

    pub(super) fn entries(&self) -> &[AuditEntry] {
        &self.entries
    }

    /// Keeps the entry; an error says that the file could not take it.
    pub(super) fn append(
        &mut self,
        app: &str,
        origin: &str,
        permission: PermissionName,
        event: AuditEvent,
    ) -> io::Result<()> {
        let entry = AuditEntry {
            time: unix_micros(),
            app: app.to_owned(),
            origin: origin.to_owned(),
            permission,
            event,
        };
        let line = serde_json::to_string(&entry)?;
        self.entries.push(entry);
        self.write(&line)
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if self.file.is_none() {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            self.file = Some(OpenOptions::new().create(true).append(true).open(path)?);
        }
        match &mut self.file {
            // One write for the whole line, so that lines of two processes do not mix.
            Some(file) => file.write_all(format!("{line}\n").as_bytes()),
            None => Ok(()),
        }
    }
}

fn unix_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
