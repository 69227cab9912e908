//! Decisions that outlive the process, in the profile's database.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use virga_protocol::{PermissionName, PermissionState};

use crate::profile::Profile;

/// What the user decided for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Decision {
    Always,
    WhileUsing,
    Never,
}

impl Decision {
    const ALL: [Self; 3] = [Self::Always, Self::WhileUsing, Self::Never];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::WhileUsing => "while-using",
            Self::Never => "never",
        }
    }

    pub(super) const fn state(self) -> PermissionState {
        match self {
            Self::Always | Self::WhileUsing => PermissionState::Granted,
            Self::Never => PermissionState::Denied,
        }
    }
}

/// The stored decisions, read at first use and written through.
pub(super) struct DecisionStore {
    profile: Profile,
    decisions: Option<BTreeMap<(String, PermissionName), Decision>>,
    database: Option<Connection>,
}

impl DecisionStore {
    pub(super) const fn new(profile: Profile) -> Self {
        Self { profile, decisions: None, database: None }
    }

    /// The decision for a permission of an origin. Trouble with the profile is
    /// reported by the first call that meets it.
    pub(super) fn get(
        &mut self,
        origin: &str,
        name: PermissionName,
    ) -> (Option<Decision>, Option<String>) {
        let trouble = self.load().err();
        let found = self
            .decisions
            .as_ref()
            .and_then(|decisions| decisions.get(&(origin.to_owned(), name)).copied());
        (found, trouble)
    }

    /// Sets or, with `None`, forgets a decision. It holds for this process even
    /// if the profile cannot be written.
    pub(super) fn set(
        &mut self,
        origin: &str,
        name: PermissionName,
        decision: Option<Decision>,
    ) -> Result<(), String> {
        let loaded = self.load();
        let decisions = self.decisions.get_or_insert_default();
        match decision {
            Some(decision) => decisions.insert((origin.to_owned(), name), decision),
            None => decisions.remove(&(origin.to_owned(), name)),
        };
        loaded?;
        self.write(origin, name, decision)
            .map_err(|error| format!("the decision could not be saved: {error}"))
    }

    fn write(
        &mut self,
        origin: &str,
        name: PermissionName,
        decision: Option<Decision>,
    ) -> rusqlite::Result<()> {
        if self.database.is_none() {
            self.database = self.profile.create_database(FILE, SCHEMA)?;
        }
        let Some(database) = &self.database else { return Ok(()) };
        match decision {
            Some(decision) => database.execute(
                "INSERT INTO permissions (origin, name, decision) VALUES (?1, ?2, ?3)
                 ON CONFLICT (origin, name) DO UPDATE SET decision = excluded.decision",
                params![origin, name.as_str(), decision.as_str()],
            )?,
            None => database.execute(
                "DELETE FROM permissions WHERE origin = ?1 AND name = ?2",
                params![origin, name.as_str()],
            )?,
        };
        Ok(())
    }

    /// Reads the profile's decisions once.
    fn load(&mut self) -> Result<(), String> {
        if self.decisions.is_some() {
            return Ok(());
        }
        self.decisions = Some(BTreeMap::new());
        let read = self.read().map_err(|error| {
            format!("the stored permissions could not be read, so every app asks again: {error}")
        })?;
        self.decisions = Some(read);
        Ok(())
    }

    fn read(&mut self) -> rusqlite::Result<BTreeMap<(String, PermissionName), Decision>> {
        self.database = self.profile.open_database(FILE, SCHEMA)?;
        let Some(database) = &self.database else { return Ok(BTreeMap::new()) };
        let mut statement = database.prepare("SELECT origin, name, decision FROM permissions")?;
        let mut rows = statement.query([])?;
        let mut decisions = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (origin, name, decision): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            // Rows of a newer version, with names this one does not know, stay as they are.
            let name = PermissionName::parse(&name);
            let decision = Decision::ALL.into_iter().find(|known| known.as_str() == decision);
            if let (Some(name), Some(decision)) = (name, decision) {
                decisions.insert((origin, name), decision);
            }
        }
        Ok(decisions)
    }
}

const FILE: &str = "permissions.sqlite";

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS permissions (
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (origin, name)
) STRICT, WITHOUT ROWID;";
