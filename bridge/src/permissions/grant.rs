use std::{
    fmt,
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use virga_protocol::PermissionName;

use crate::identity::AppId;

/// A permission as a type, so that a grant of one cannot pass for another.
pub trait Permission: 'static {
    /// Its name.
    const NAME: PermissionName;
}

/// [`PermissionName::Geolocation`] as a type.
#[derive(Debug)]
pub enum Geolocation {}

impl Permission for Geolocation {
    const NAME: PermissionName = PermissionName::Geolocation;
}

/// Proof that the broker allowed an app the use of `P`.
///
/// Only the [`Broker`](super::Broker) makes one, and device providers demand one.
/// It goes stale when the permission is withdrawn: ask [`Grant::is_live`] before
/// each use.
pub struct Grant<P: Permission> {
    inner: Arc<Inner>,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> Grant<P> {
    /// Whether the permission still stands.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.inner.live.load(Ordering::Acquire)
    }

    /// Whether it stands only while the app is visible.
    #[must_use]
    pub fn only_while_visible(&self) -> bool {
        self.inner.only_while_visible.load(Ordering::Acquire)
    }

    /// The origin, or the folder of a file app, that it was given to.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }
}

impl<P: Permission> fmt::Debug for Grant<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grant<{}>({}, live: {})", P::NAME.as_str(), self.origin(), self.is_live())
    }
}

/// A grant whose permission is known only at run time.
#[derive(Clone)]
pub(crate) struct AnyGrant(Arc<Inner>);

struct Inner {
    app: AppId,
    origin: String,
    name: PermissionName,
    live: AtomicBool,
    only_while_visible: AtomicBool,
}

impl AnyGrant {
    /// Private to the broker's folder: this is where grants come from.
    pub(super) fn new(app: AppId, origin: &str, name: PermissionName, only_visible: bool) -> Self {
        Self(Arc::new(Inner {
            app,
            origin: origin.to_owned(),
            name,
            live: AtomicBool::new(true),
            only_while_visible: AtomicBool::new(only_visible),
        }))
    }

    /// The grant as one of `P`, if that is what it is.
    pub(crate) fn typed<P: Permission>(self) -> Option<Grant<P>> {
        (self.0.name == P::NAME).then_some(Grant { inner: self.0, permission: PhantomData })
    }

    pub(super) fn holder(&self) -> (AppId, &str, PermissionName) {
        (self.0.app, &self.0.origin, self.0.name)
    }

    pub(super) fn withdraw(&self) {
        self.0.live.store(false, Ordering::Release);
    }

    pub(super) fn set_only_while_visible(&self, only: bool) {
        self.0.only_while_visible.store(only, Ordering::Release);
    }

    /// Whether anyone but the broker still holds it.
    pub(super) fn is_held(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl fmt::Debug for AnyGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyGrant({}, {})", self.0.name.as_str(), self.0.origin)
    }
}
