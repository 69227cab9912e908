use serde::{Deserialize, Serialize};

use crate::{AgentId, WorkerStart};

/// What an app knows of its device when it starts. The first line of its log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppConfig {
    /// The address of the app's first document.
    pub url: String,
    /// The window the app starts with.
    pub viewport: Viewport,
    /// Seed of `Math.random` and of everything else that is drawn by lot.
    pub seed: u64,
    /// The time origin, in microseconds since the Unix epoch.
    pub time_origin: i64,
    /// The zone that `Date` uses.
    pub time_zone: TimeZone,
    /// BCP 47 tag, as `navigator.language`.
    pub locale: String,
    /// Whether time is the device's, or advances only when nothing is left to do.
    pub time: TimeMode,
    /// `navigator.userAgent` and the request header.
    pub user_agent: String,
    /// Instructions that one outermost script call may execute between two
    /// looks at the watchdog ([`crate::Call::KeepRunning`]).
    pub script_slice: u64,
    /// Pages have the object `internals`, with which tests act as the user.
    #[serde(default)]
    pub test_hooks: bool,
    /// Tells it apart from all that can send it messages.
    #[serde(default)]
    pub agent: AgentId,
    /// Origins that count as secure though their scheme is not: what is developed on
    /// another machine.
    ///
    /// <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>, step 7
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_origins: Vec<String>,
    /// What to run, if this is no app with documents but a worker of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerStart>,
}

/// The visible area of an app.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewport {
    /// Width in CSS px.
    pub width: f32,
    /// Height in CSS px.
    pub height: f32,
    /// Device px per CSS px.
    pub scale: f32,
    /// The user's preference (`prefers-color-scheme`).
    pub color_scheme: ColorScheme,
}

/// `prefers-color-scheme`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorScheme {
    /// Dark text on a light ground.
    #[default]
    Light,
    /// Light text on a dark ground.
    Dark,
}

/// How time passes for an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeMode {
    /// With the device's clock.
    #[default]
    Real,
    /// Only when nothing else is left to do; each reading advances it by 1 µs.
    Virtual,
}

/// A time zone as a table, so that a replay elsewhere keeps the same `Date`s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeZone {
    /// IANA name, such as `Europe/Berlin`.
    pub name: String,
    /// Offset in force before the first transition, in seconds east of UTC.
    pub base_offset: i32,
    /// Transitions in ascending order: seconds since the Unix epoch, and the
    /// offset in seconds east of UTC from then on.
    pub transitions: Vec<(i64, i32)>,
}

impl TimeZone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), base_offset: 0, transitions: Vec::new() }
    }

    /// Seconds east of UTC at `unix` seconds since the Unix epoch.
    #[must_use]
    pub fn offset_at(&self, unix: i64) -> i32 {
        let passed = self.transitions.partition_point(|&(from, _)| from <= unix);
        passed.checked_sub(1).map_or(self.base_offset, |last| self.transitions[last].1)
    }
}
