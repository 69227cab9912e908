//! <https://drafts.csswg.org/cssom-view/#the-mediaquerylist-interface>

use std::cell::Cell;

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::{Window, rendering};
use crate::{
    events::{self, Bubbles, Cancelable, Event, EventTarget},
    generated::{
        AddEventListenerOptionsOrBoolean, EventListener, EventListenerOptionsOrBoolean,
        EventTargetMethods, MediaQueryListEventInit, MediaQueryListEventMethods,
        MediaQueryListMethods,
    },
};

/// A media query list that script watches.
#[derive(Trace, Platform)]
pub(crate) struct MediaQueryList {
    #[base]
    target: EventTarget,
    media: String,
    matched: Cell<bool>,
}

/// Makes a list for `query`.
pub(super) fn match_media(cx: &mut Cx, window: &Obj<Window>, query: &str) -> Obj<MediaQueryList> {
    let list = MediaQueryList {
        target: EventTarget::new(),
        media: query.trim().to_owned(),
        matched: Cell::new(rendering::matches_media(cx, query)),
    };
    let list = Obj::new(cx, list);
    let mut lists = window.media_queries.borrow_mut();
    // Those that nobody holds any more are forgotten on the way.
    if lists.len().is_power_of_two() {
        lists.retain(|list| list.upgrade(cx).is_some());
    }
    lists.push(list.downgrade());
    // Script may be about to listen, and then to let go of it.
    window.kept_media_queries.borrow_mut().push(list.clone());
    list
}

/// <https://drafts.csswg.org/cssom-view/#evaluate-media-queries-and-report-changes>
pub(super) fn report_changes(cx: &mut Cx, window: &Obj<Window>) {
    let lists: Vec<_> =
        window.media_queries.borrow().iter().filter_map(|list| list.upgrade(cx)).collect();
    let change = DomString::from("change");
    let listened = lists.iter().filter(|list| list.target.listens_to(&change)).cloned().collect();
    *window.kept_media_queries.borrow_mut() = listened;
    for list in lists {
        let matches = rendering::matches_media(cx, &list.media);
        if list.matched.replace(matches) != matches {
            let event = MediaQueryListEvent {
                event: Event::trusted(cx, "change", Bubbles(false), Cancelable(false)),
                media: list.media.clone(),
                matches,
            };
            events::fire_event(cx, &list.upcast(), event);
        }
    }
}

impl MediaQueryListMethods for Obj<MediaQueryList> {
    fn media(&self, _: &mut Cx) -> DomString {
        DomString::from(self.media.as_str())
    }

    fn matches(&self, cx: &mut Cx) -> bool {
        rendering::matches_media(cx, &self.media)
    }

    fn add_listener(&self, cx: &mut Cx, callback: Option<EventListener>) -> Fallible<()> {
        let target: Obj<EventTarget> = self.upcast();
        let options = AddEventListenerOptionsOrBoolean::Boolean(false);
        target.add_event_listener(cx, DomString::from("change"), callback, options)
    }

    fn remove_listener(&self, cx: &mut Cx, callback: Option<EventListener>) -> Fallible<()> {
        let target: Obj<EventTarget> = self.upcast();
        let options = EventListenerOptionsOrBoolean::Boolean(false);
        target.remove_event_listener(cx, DomString::from("change"), callback, options)
    }
}

/// <https://drafts.csswg.org/cssom-view/#mediaquerylistevent>
#[derive(Trace, Platform)]
pub(crate) struct MediaQueryListEvent {
    #[base]
    event: Event,
    media: String,
    matches: bool,
}

impl MediaQueryListEventMethods for Obj<MediaQueryListEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: MediaQueryListEventInit,
    ) -> Fallible<Obj<MediaQueryListEvent>> {
        let event = MediaQueryListEvent {
            event: Event::new(cx, type_, &init.parent),
            media: init.media.to_str().into_owned(),
            matches: init.matches,
        };
        Ok(Obj::new(cx, event))
    }

    fn media(&self, _: &mut Cx) -> DomString {
        DomString::from(self.media.as_str())
    }

    fn matches(&self, _: &mut Cx) -> bool {
        self.matches
    }
}
