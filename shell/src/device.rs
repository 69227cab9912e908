use std::path::PathBuf;

use virga_protocol::{ColorScheme, PermissionName, Viewport};

/// A kind of phone, tablet or computer, as far as a page can tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeviceProfile {
    /// The name on the command line.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Width of its screen, upright, in CSS px.
    pub width: f32,
    /// Height of its screen, upright, in CSS px.
    pub height: f32,
    /// Device px per CSS px.
    pub scale: f32,
    /// Whether it calls itself `Mobile` to servers.
    pub mobile: bool,
}

impl DeviceProfile {
    /// All profiles; the first is the default.
    pub const ALL: &[Self] = &[
        Self::phone("phone", "A phone of today", 390.0, 844.0, 2.0),
        Self::phone("small-phone", "A small phone", 320.0, 568.0, 2.0),
        Self::phone("large-phone", "A large phone", 430.0, 932.0, 3.0),
        Self::phone("fairphone-5", "Fairphone 5", 408.0, 900.0, 3.0),
        Self::phone("galaxy-s24", "Samsung Galaxy S24", 360.0, 780.0, 3.0),
        Self::phone("iphone-16", "Apple iPhone 16", 393.0, 852.0, 3.0),
        Self::phone("librem-5", "Purism Librem 5", 360.0, 720.0, 2.0),
        Self::phone("pinephone", "PINE64 PinePhone", 360.0, 720.0, 2.0),
        Self::phone("pixel-9", "Google Pixel 9", 412.0, 924.0, 2.625),
        Self::other("tablet", "A tablet, upright", 820.0, 1180.0, 2.0),
        Self::other("pixel-tablet", "Google Pixel Tablet, lying", 1280.0, 800.0, 2.0),
        Self::other("desktop", "A desktop window", 1280.0, 800.0, 1.0),
    ];

    const fn phone(
        name: &'static str,
        title: &'static str,
        width: f32,
        height: f32,
        scale: f32,
    ) -> Self {
        Self { name, title, width, height, scale, mobile: true }
    }

    const fn other(
        name: &'static str,
        title: &'static str,
        width: f32,
        height: f32,
        scale: f32,
    ) -> Self {
        Self { name, title, width, height, scale, mobile: false }
    }

    /// The profile of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|profile| profile.name == name)
    }

    /// The window that an app on this device gets.
    #[must_use]
    pub fn viewport(&self) -> Viewport {
        Viewport {
            width: self.width,
            height: self.height,
            scale: self.scale,
            color_scheme: ColorScheme::Light,
        }
    }
}

impl Default for DeviceProfile {
    fn default() -> Self {
        Self::ALL[0]
    }
}

/// The phone that an engine's apps run on: its screen, where it is, and what
/// its user has decided beforehand.
///
/// ```
/// use virga::{Device, DeviceProfile, Gps, PermissionName};
///
/// let phone = Device::new(*DeviceProfile::named("pixel-9").unwrap())
///     .gps(Gps::Fixed { latitude: 48.137, longitude: 11.575 })
///     .grant(PermissionName::Geolocation);
/// assert_eq!(phone.profile().width, 412.0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Device {
    profile: DeviceProfile,
    pub(crate) gps: Option<Gps>,
    pub(crate) granted: Vec<PermissionName>,
    pub(crate) denied: Vec<PermissionName>,
    pub(crate) storage: Option<PathBuf>,
}

impl Device {
    /// A simulated device with that screen, which does not know where it is.
    #[must_use]
    pub fn new(profile: DeviceProfile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// The screen.
    #[must_use]
    pub fn profile(&self) -> &DeviceProfile {
        &self.profile
    }

    /// Where the device is, or travels.
    #[must_use]
    pub fn gps(mut self, gps: Gps) -> Self {
        self.gps = Some(gps);
        self
    }

    /// Allows `name` to every origin, without a prompt.
    #[must_use]
    pub fn grant(mut self, name: PermissionName) -> Self {
        self.granted.push(name);
        self
    }

    /// Forbids `name` to every origin, without a prompt.
    #[must_use]
    pub fn deny(mut self, name: PermissionName) -> Self {
        self.denied.push(name);
        self
    }

    /// Keeps storage and permission decisions in this folder; without it they
    /// are gone when the engine is.
    #[must_use]
    pub fn storage(mut self, folder: impl Into<PathBuf>) -> Self {
        self.storage = Some(folder.into());
        self
    }
}

/// Where a simulated device is.
#[derive(Clone, Debug, PartialEq)]
pub enum Gps {
    /// It stays at one place.
    Fixed {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// It travels along a recorded route: a GPX 1.1 file.
    Route(PathBuf),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_have_distinct_names_and_sane_screens() {
        for (index, profile) in DeviceProfile::ALL.iter().enumerate() {
            assert_eq!(DeviceProfile::named(profile.name), Some(profile), "{}", profile.name);
            assert!(
                DeviceProfile::ALL[index + 1..].iter().all(|other| other.name != profile.name),
                "{} appears twice",
                profile.name
            );
            assert!(profile.width >= 320.0 && profile.height >= 320.0 && profile.scale >= 1.0);
        }
        assert_eq!(DeviceProfile::named("nokia-3310"), None);
    }
}
