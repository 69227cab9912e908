use std::cell::{Cell, RefCell};

use virga_js::{Cx, DomString, Fallible, Obj, Object};
use virga_js::{Platform, Trace};

use super::{AbortSignal, Event, dispatch, handler::Handlers};
use crate::generated::{
    AddEventListenerOptions, AddEventListenerOptionsOrBoolean, EventListener, EventListenerOptions,
    EventListenerOptionsOrBoolean, EventTargetMethods,
};

/// <https://dom.spec.whatwg.org/#interface-eventtarget>
///
/// Most targets never get a listener, so everything is behind one pointer.
#[derive(Default, Trace, Platform)]
pub(crate) struct EventTarget {
    listening: RefCell<Option<Box<Listening>>>,
}

/// The listeners of a target, in the order they were added, and its event
/// handlers, which take their turn among them.
#[derive(Default, Trace)]
struct Listening {
    listeners: Vec<Listener>,
    handlers: Handlers,
    added: u64,
}

/// <https://dom.spec.whatwg.org/#concept-event-listener>
#[derive(Trace)]
pub(super) struct Listener {
    #[trace(skip)]
    pub(super) type_: DomString,
    pub(super) callback: ListenerCallback,
    pub(super) capture: bool,
    pub(super) once: bool,
    pub(super) passive: Option<bool>,
    /// Names the listener while a dispatch is under way; never used again.
    pub(super) key: u64,
}

/// What a listener calls.
#[derive(Clone, Trace)]
pub(super) enum ListenerCallback {
    /// What `addEventListener` got.
    Listener(EventListener),
    /// The target's event handler of the listener's type.
    Handler,
}

impl EventTarget {
    /// A target without listeners.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Whether there is any listener or handler at all.
    pub(super) fn is_silent(&self) -> bool {
        self.listening.borrow().as_ref().is_none_or(|listening| listening.listeners.is_empty())
    }

    /// Whether something listens to events of this type.
    pub(crate) fn listens_to(&self, type_: &DomString) -> bool {
        self.listening.borrow().as_ref().is_some_and(|listening| {
            listening.listeners.iter().any(|listener| listener.type_ == *type_)
        })
    }

    /// The keys of the listeners of `type_`, in their order.
    pub(super) fn listener_keys(&self, type_: &DomString) -> Vec<u64> {
        self.listening.borrow().as_ref().map_or_else(Vec::new, |listening| {
            listening
                .listeners
                .iter()
                .filter(|listener| listener.type_ == *type_)
                .map(|listener| listener.key)
                .collect()
        })
    }

    /// What `read` makes of a listener, if it was not removed.
    pub(super) fn with_listener<R>(
        &self,
        key: u64,
        read: impl FnOnce(&Listener) -> R,
    ) -> Option<R> {
        let listening = self.listening.borrow();
        // Keys ascend, as listeners are only ever appended.
        let listeners = &listening.as_ref()?.listeners;
        let index = listeners.binary_search_by_key(&key, |listener| listener.key).ok()?;
        Some(read(&listeners[index]))
    }

    pub(super) fn remove_key(&self, key: u64) {
        let mut listening = self.listening.borrow_mut();
        let removed = listening.as_mut().and_then(|listening| {
            let listeners = &listening.listeners;
            let index = listeners.binary_search_by_key(&key, |listener| listener.key).ok()?;
            Some(listening.listeners.remove(index))
        });
        drop(listening);
        drop(removed);
    }

    /// Forgets all listeners and handlers.
    ///
    /// <https://html.spec.whatwg.org/#erase-all-event-listeners-and-handlers>
    pub(crate) fn erase(&self) {
        let mut gone = self.listening.borrow_mut();
        // Names go on from where they were: a dispatch may be under way.
        let (listeners, handlers) = match gone.as_mut() {
            Some(listening) => {
                (std::mem::take(&mut listening.listeners), std::mem::take(&mut listening.handlers))
            }
            None => return,
        };
        drop(gone);
        drop((listeners, handlers));
    }

    /// Takes over the listeners and handlers of another target.
    pub(crate) fn inherit(&self, from: &Self) {
        let listening = from.listening.borrow_mut().take();
        let before = self.listening.replace(listening);
        drop(before);
    }

    /// Appends a listener, and names it.
    pub(super) fn push(&self, mut listener: Listener) -> u64 {
        let mut listening = self.listening.borrow_mut();
        let listening = listening.get_or_insert_default();
        listening.added += 1;
        listener.key = listening.added;
        let key = listener.key;
        listening.listeners.push(listener);
        key
    }

    /// Reads the event handlers.
    pub(super) fn with_handlers<R>(&self, read: impl FnOnce(&Handlers) -> R) -> Option<R> {
        self.listening.borrow().as_ref().map(|listening| read(&listening.handlers))
    }

    /// Changes the event handlers; must not run script or allocate in its heap.
    pub(super) fn with_handlers_mut<R>(&self, change: impl FnOnce(&mut Handlers) -> R) -> R {
        let mut listening = self.listening.borrow_mut();
        change(&mut listening.get_or_insert_default().handlers)
    }

    fn has_same(&self, type_: &DomString, callback: &Object, capture: bool) -> Option<u64> {
        let listening = self.listening.borrow();
        let listening = listening.as_ref()?;
        let same = |listener: &&Listener| {
            listener.type_ == *type_
                && listener.capture == capture
                && matches!(&listener.callback, ListenerCallback::Listener(found) if found.object() == callback)
        };
        listening.listeners.iter().find(same).map(|listener| listener.key)
    }
}

impl EventTargetMethods for Obj<EventTarget> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<EventTarget>> {
        Ok(Obj::new(cx, EventTarget::new()))
    }

    /// <https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener>
    fn add_event_listener(
        &self,
        cx: &mut Cx,
        type_: DomString,
        callback: Option<EventListener>,
        options: AddEventListenerOptionsOrBoolean,
    ) -> Fallible<()> {
        // 1. Flatten more.
        let options = match options {
            AddEventListenerOptionsOrBoolean::AddEventListenerOptions(options) => options,
            AddEventListenerOptionsOrBoolean::Boolean(capture) => AddEventListenerOptions {
                parent: EventListenerOptions { capture },
                ..AddEventListenerOptions::default()
            },
        };
        // Add an event listener.
        // 2. If listener's signal is aborted, return. 3. And if there is no callback.
        if options.signal.as_ref().is_some_and(|signal| signal.is_aborted()) {
            return Ok(());
        }
        let Some(callback) = callback else { return Ok(()) };
        // A content attribute's handler that nobody looked at yet came first.
        super::handler::activate_content_attribute(cx, self, &type_);
        // 5. Append, unless there is the same one.
        let capture = options.parent.capture;
        // 4. The default of passive.
        let passive = options.passive.or_else(|| {
            (super::is_scrolling(&type_) && super::is_passive_by_default(cx, self)).then_some(true)
        });
        if passive != Some(true) && super::is_scrolling(&type_) {
            crate::window::input::blocking_changed(cx, &type_);
        }
        if self.has_same(&type_, callback.object(), capture).is_some() {
            return Ok(());
        }
        let key = self.push(Listener {
            type_,
            callback: ListenerCallback::Listener(callback),
            capture,
            once: options.once,
            passive,
            key: 0,
        });
        // 6. Remove it when the signal aborts.
        if let Some(signal) = options.signal {
            AbortSignal::remove_listener_on_abort(&signal, self.clone(), key);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-eventtarget-removeeventlistener>
    fn remove_event_listener(
        &self,
        _: &mut Cx,
        type_: DomString,
        callback: Option<EventListener>,
        options: EventListenerOptionsOrBoolean,
    ) -> Fallible<()> {
        let capture = match options {
            EventListenerOptionsOrBoolean::EventListenerOptions(options) => options.capture,
            EventListenerOptionsOrBoolean::Boolean(capture) => capture,
        };
        let Some(callback) = callback else { return Ok(()) };
        if let Some(key) = self.has_same(&type_, callback.object(), capture) {
            self.remove_key(key);
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-eventtarget-dispatchevent>
    fn dispatch_event(&self, cx: &mut Cx, event: Obj<Event>) -> Fallible<bool> {
        // 1. Not while it is dispatched, nor before it was initialized.
        if event.is_dispatching() || !event.is_initialized() {
            return Err(crate::error::invalid_state(
                "The event is already being dispatched, or was not initialized",
            ));
        }
        // 2.
        event.set_trusted(false);
        // 3.
        Ok(dispatch(cx, self, &event))
    }
}

/// Guards against listeners that dispatch events without end.
#[derive(Default)]
pub(crate) struct DispatchDepth(Cell<u32>);

impl DispatchDepth {
    const LIMIT: u32 = 256;

    /// Enters a dispatch, unless there are too many around it.
    pub(super) fn enter(&self) -> bool {
        if self.0.get() >= Self::LIMIT {
            return false;
        }
        self.0.set(self.0.get() + 1);
        true
    }

    pub(super) fn leave(&self) {
        self.0.set(self.0.get() - 1);
    }
}
