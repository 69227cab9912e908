//! Permissions: <https://w3c.github.io/permissions/>
//!
//! The host decides; an app only hears of it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use virga_js::{Cx, DomString, Error, Fallible, Obj, Object, Promise, RealmData, WeakObj};
use virga_js::{Platform, Trace};
use virga_protocol::{self as protocol, PermissionName, Reply, Request};

use crate::{
    agent::{EngineCx, TaskSource},
    error,
    events::{self, Bubbles, Cancelable, EventTarget},
    generated::{PermissionState, PermissionStatusMethods, PermissionsMethods},
};

/// The object behind `navigator.permissions`.
#[derive(Trace, Platform)]
pub(crate) struct Permissions {}

/// The state of one permission, kept up to date.
#[derive(Trace, Platform)]
pub(crate) struct PermissionStatus {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    name: PermissionName,
    #[trace(skip)]
    state: Cell<protocol::PermissionState>,
}

/// `navigator.permissions` of the current window.
pub(crate) fn permissions(cx: &mut Cx) -> Obj<Permissions> {
    cx.window().singleton(cx, |_| Permissions {})
}

/// The status objects of a window that hear of changes.
///
/// One that listens must live as long as a change can come; one that does not is
/// script's alone to keep.
#[derive(Trace, Default)]
struct Statuses(RefCell<Vec<Kept>>);

#[derive(Trace)]
struct Kept {
    weak: WeakObj<PermissionStatus>,
    strong: Option<Obj<PermissionStatus>>,
}

impl Statuses {
    fn of(cx: &Cx) -> RealmData<Self> {
        let realm = cx.realm();
        loop {
            if let Some(statuses) = realm.data::<Self>() {
                return statuses;
            }
            realm.insert_data(Rc::new(Self::default()));
        }
    }

    /// Those that are alive; the others are forgotten.
    fn live(&self, cx: &Cx) -> Vec<Obj<PermissionStatus>> {
        let live: Vec<_> =
            self.0.borrow().iter().filter_map(|kept| kept.weak.upgrade(cx)).collect();
        let kept = live
            .iter()
            .map(|status| Kept {
                weak: status.downgrade(),
                strong: status.listens_to(&DomString::from("change")).then(|| status.clone()),
            })
            .collect();
        // What is dropped must not find the borrow.
        let old = self.0.replace(kept);
        drop(old);
        live
    }

    /// A new one is kept until the next look, in which time it gets its listener.
    fn add(&self, cx: &Cx, status: &Obj<PermissionStatus>) {
        self.live(cx);
        let kept = Kept { weak: status.downgrade(), strong: Some(status.clone()) };
        self.0.borrow_mut().push(kept);
    }
}

/// The host says that a permission has another state.
///
/// <https://w3c.github.io/permissions/#dfn-permissionstatus-update-steps>
pub(crate) fn changed(
    cx: &mut Cx,
    origin: &str,
    name: PermissionName,
    state: protocol::PermissionState,
) {
    let agent = cx.engine();
    let Some(window) = agent.window().filter(|window| window.origin() == origin) else { return };
    agent.queue_task(TaskSource::Permission, window.id(), move |cx| {
        for status in Statuses::of(cx).live(cx) {
            if status.name == name && status.state.replace(state) != state {
                let target = status.upcast();
                events::fire(cx, &target, "change", Bubbles(false), Cancelable(false));
            }
        }
    });
}

impl PermissionsMethods for Obj<Permissions> {
    /// <https://w3c.github.io/permissions/#dom-permissions-query>
    fn query(&self, cx: &mut Cx, descriptor: Object) -> Fallible<Promise> {
        // 1.
        let window = cx.window();
        if cx.engine().window_with(window.id()).is_none() {
            let message = "Permissions.query: the document is no longer shown";
            return Promise::rejected(cx, error::invalid_state(message));
        }
        // 2. - 4.
        let name = match descriptor_name(cx, &descriptor) {
            Ok(name) => name,
            Err(error) => return Promise::rejected(cx, error),
        };
        // 5. - 8.
        let (promise, resolver) = Promise::new(cx);
        let request = Request::PermissionState { origin: window.origin(), name };
        cx.engine().request(window.id(), request, TaskSource::Permission, move |cx, reply| {
            let settled = match reply {
                Reply::Permission(state) => {
                    let status = PermissionStatus {
                        target: EventTarget::new(),
                        name,
                        state: Cell::new(state),
                    };
                    let status = Obj::new(cx, status);
                    Statuses::of(cx).add(cx, &status);
                    resolver.resolve(cx, status.value())
                }
                _ => {
                    let message = "Permissions.query: the host does not know this permission";
                    resolver.reject(cx, Error::type_error(message))
                }
            };
            if let Err(error) = settled {
                events::report_exception(cx, error);
            }
        });
        Ok(promise)
    }
}

/// The name in a permission descriptor, if it is one that Virga knows.
fn descriptor_name(cx: &mut Cx, descriptor: &Object) -> Fallible<PermissionName> {
    let value = descriptor.get(cx, "name")?;
    if value.is_undefined() {
        return Err(Error::type_error(
            "Permissions.query: the descriptor has no member \"name\", which is required",
        ));
    }
    let name = value.to_string(cx)?;
    PermissionName::parse(&name.to_str()).ok_or_else(|| {
        Error::type_error(format!("Permissions.query: {:?} is no known permission", name.to_str()))
    })
}

impl PermissionStatusMethods for Obj<PermissionStatus> {
    fn state(&self, _: &mut Cx) -> PermissionState {
        match self.state.get() {
            protocol::PermissionState::Granted => PermissionState::Granted,
            protocol::PermissionState::Denied => PermissionState::Denied,
            protocol::PermissionState::Prompt => PermissionState::Prompt,
        }
    }

    fn name(&self, _: &mut Cx) -> DomString {
        self.name.as_str().into()
    }
}
