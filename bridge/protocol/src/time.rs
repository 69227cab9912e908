use serde::{Deserialize, Serialize};

/// A duration, or a time since the app's time origin, in microseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// The time origin, or no time at all.
    pub const ZERO: Self = Self(0);

    /// From milliseconds, as timers state them; negative and NaN become zero.
    #[must_use]
    pub fn from_millis(millis: f64) -> Self {
        // `as` saturates and maps NaN to zero, which is what timers want.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Self((millis * 1000.0) as u64)
    }

    /// In milliseconds, the unit of `DOMHighResTimeStamp`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// This plus `other`, at most the largest representable time.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// This minus `other`, at least zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
