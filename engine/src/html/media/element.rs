//! `audio` and `video`: <https://html.spec.whatwg.org/#htmlmediaelement>

use std::cell::{Cell, RefCell};

use virga_dom::NodeId;
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, Platform, Promise, Resolver,
    Slot, Trace, Traced,
};

use super::{MediaError, TextTrack, TextTrackList, TimeRanges, tracks};
use crate::{
    agent::{EngineCx, TaskSource},
    dom::{self, DOMTokenList},
    error,
    events::{self, Bubbles, Cancelable, EventTarget},
    generated::{
        CanPlayTypeResult, HTMLAudioElementMethods, HTMLMediaElementMethods,
        HTMLVideoElementMethods, TextTrackKind,
    },
    html::{
        HTMLAudioElement, HTMLElement, HTMLVideoElement, attribute, create, has_attribute,
        set_attribute,
    },
};

/// <https://html.spec.whatwg.org/#dom-media-networkstate>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    Empty = 0,
    Loading = 2,
    NoSource = 3,
}

/// <https://html.spec.whatwg.org/#htmlmediaelement>
#[derive(Trace, Platform)]
pub(crate) struct HTMLMediaElement {
    #[base]
    element: HTMLElement,
    tracks: Slot<Option<Obj<TextTrackList>>>,
    error: Slot<Option<Obj<MediaError>>>,
    /// "The list of pending play promises"
    promises: Traced<Vec<Resolver>>,
    #[trace(skip)]
    network: Cell<Network>,
    #[trace(skip)]
    paused: Cell<bool>,
    #[trace(skip)]
    current_src: RefCell<String>,
    #[trace(skip)]
    start: Cell<f64>,
    #[trace(skip)]
    rates: Cell<(f64, f64)>,
    #[trace(skip)]
    preserves_pitch: Cell<bool>,
    #[trace(skip)]
    volume: Cell<f64>,
    #[trace(skip)]
    muted: Cell<bool>,
    /// Counts the runs of resource selection: an older one gives up.
    #[trace(skip)]
    selection: Cell<u64>,
}

impl HTMLMediaElement {
    /// `muted` says whether the element was made with that attribute.
    pub(crate) fn new(element: HTMLElement, muted: bool) -> Self {
        Self {
            element,
            tracks: Slot::new(None),
            error: Slot::new(None),
            promises: Traced::new(Vec::new()),
            network: Cell::new(Network::Empty),
            paused: Cell::new(true),
            current_src: RefCell::default(),
            start: Cell::new(0.0),
            rates: Cell::new((1.0, 1.0)),
            preserves_pitch: Cell::new(true),
            volume: Cell::new(1.0),
            muted: Cell::new(muted),
            selection: Cell::new(0),
        }
    }
}

/// Why nothing plays, for people.
const NO_DECODER: &str = "no audio or video format is supported";

/// Queues an event at the element.
fn queue(cx: &mut Cx, media: &Obj<HTMLMediaElement>, name: &'static str) {
    let target: Obj<EventTarget> = media.upcast();
    cx.engine().queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
        events::fire(cx, &target, name, Bubbles(false), Cancelable(false));
    });
}

/// Rejects what `play()` promised.
fn reject_promises(cx: &mut Cx, media: &Obj<HTMLMediaElement>, name: DomExceptionName, why: &str) {
    let waiting = std::mem::take(&mut *media.promises.borrow_mut());
    for resolver in waiting {
        if let Err(error) = resolver.reject(cx, Error::dom(name, why)) {
            events::report_exception(cx, error);
        }
    }
}

/// <https://html.spec.whatwg.org/#media-element-load-algorithm>
fn load(cx: &mut Cx, media: &Obj<HTMLMediaElement>) {
    // 1., 4.–5.
    media.selection.set(media.selection.get() + 1);
    reject_promises(cx, media, DomExceptionName::Abort, "play: the media was loaded anew");
    // 6.
    if media.network.get() != Network::Empty {
        queue(cx, media, "emptied");
        media.network.set(Network::Empty);
        media.paused.set(true);
    }
    // 7.–8.
    let (default, _) = media.rates.get();
    media.rates.set((default, default));
    media.error.set(None);
    // 9.
    select_resource(cx, media);
}

/// <https://html.spec.whatwg.org/#concept-media-load-algorithm>
fn select_resource(cx: &mut Cx, media: &Obj<HTMLMediaElement>) {
    // 1.
    media.network.set(Network::NoSource);
    let run = media.selection.get() + 1;
    media.selection.set(run);
    // 5. "Await a stable state"
    let media = media.clone();
    cx.queue_microtask(move |cx| {
        if media.selection.get() == run {
            select_source(cx, &media);
        }
    });
}

/// What a media element plays from.
enum Mode {
    Attribute(String),
    Children(Vec<NodeId>),
}

/// Steps 6 and on.
fn select_source(cx: &mut Cx, media: &Obj<HTMLMediaElement>) {
    let id = media.id();
    // 6.
    let mode = match attribute(cx, id, "src") {
        Some(src) => Mode::Attribute(src),
        None => {
            let agent = cx.engine();
            let tree = agent.tree();
            let sources: Vec<NodeId> =
                tree.children(id).filter(|&id| tree.is_html_element(id, "source")).collect();
            if sources.is_empty() {
                drop(tree);
                media.network.set(Network::Empty);
                return;
            }
            Mode::Children(sources)
        }
    };
    // 7.–8.
    media.network.set(Network::Loading);
    queue(cx, media, "loadstart");
    // 9.
    match mode {
        Mode::Attribute(src) => {
            if !src.is_empty() {
                let url = crate::html::reflect::url(cx, &src);
                media.current_src.replace(url);
            }
            let (run, media) = (media.selection.get(), media.clone());
            cx.engine().queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
                if media.selection.get() == run {
                    fail(cx, &media);
                }
            });
        }
        Mode::Children(sources) => {
            for source in sources {
                let src = attribute(cx, source, "src").unwrap_or_default();
                if !src.is_empty() {
                    let url = crate::html::reflect::url(cx, &src);
                    media.current_src.replace(url);
                }
                let target: Obj<EventTarget> = cx.wrap(source).upcast();
                cx.engine().queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
                    events::fire(cx, &target, "error", Bubbles(false), Cancelable(false));
                });
            }
            // "Waiting": another source may come.
            media.network.set(Network::NoSource);
        }
    }
}

/// <https://html.spec.whatwg.org/#dedicated-media-source-failure-steps>
fn fail(cx: &mut Cx, media: &Obj<HTMLMediaElement>) {
    let error = MediaError::not_supported(cx, NO_DECODER);
    media.error.set(Some(error));
    media.network.set(Network::NoSource);
    let target: Obj<EventTarget> = media.upcast();
    events::fire(cx, &target, "error", Bubbles(false), Cancelable(false));
    reject_promises(cx, media, DomExceptionName::NotSupported, NO_DECODER);
}

/// The `src` attribute of a media element was set.
pub(crate) fn src_changed(cx: &mut Cx, media: NodeId) {
    if has_attribute(cx, media, "src")
        && let Some(media) = cx.wrap_as::<HTMLMediaElement>(media)
    {
        load(cx, &media);
    }
}

/// A `source` was put into a media element.
///
/// <https://html.spec.whatwg.org/#the-source-element:html-element-insertion-steps>
pub(crate) fn source_inserted(cx: &mut Cx, media: NodeId) {
    if let Some(element) = cx.wrap_as::<HTMLMediaElement>(media)
        && !has_attribute(cx, media, "src")
        && element.network.get() == Network::Empty
    {
        select_resource(cx, &element);
    }
}

impl HTMLMediaElementMethods for Obj<HTMLMediaElement> {
    fn error(&self, _: &mut Cx) -> Option<Obj<MediaError>> {
        self.error.get()
    }

    fn src_object(&self, _: &mut Cx) -> Option<Object> {
        None
    }

    fn set_src_object(&self, cx: &mut Cx, value: Option<Object>) -> Fallible<()> {
        if value.is_some() {
            return Err(error::not_supported("srcObject: media streams are not supported"));
        }
        load(cx, self);
        Ok(())
    }

    fn current_src(&self, _: &mut Cx) -> String {
        self.current_src.borrow().clone()
    }

    fn network_state(&self, _: &mut Cx) -> u16 {
        self.network.get() as u16
    }

    /// <https://html.spec.whatwg.org/#attr-media-preload>
    fn preload(&self, cx: &mut Cx) -> DomString {
        match attribute(cx, self.id(), "preload").as_deref().map(str::to_ascii_lowercase).as_deref()
        {
            Some("none") => "none",
            Some("auto" | "") => "auto",
            _ => "metadata",
        }
        .into()
    }

    fn buffered(&self, cx: &mut Cx) -> Obj<TimeRanges> {
        Obj::new(cx, TimeRanges)
    }

    fn ready_state(&self, _: &mut Cx) -> u16 {
        0
    }

    fn seeking(&self, _: &mut Cx) -> bool {
        false
    }

    fn current_time(&self, _: &mut Cx) -> f64 {
        self.start.get()
    }

    /// Without media it says where playback is to start.
    fn set_current_time(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.start.set(value);
        Ok(())
    }

    fn fast_seek(&self, _: &mut Cx, _: f64) -> Fallible<()> {
        Ok(())
    }

    fn duration(&self, _: &mut Cx) -> f64 {
        f64::NAN
    }

    fn get_start_date(&self, cx: &mut Cx) -> Fallible<Object> {
        Ok(virga_js::new_date(cx, f64::NAN))
    }

    fn paused(&self, _: &mut Cx) -> bool {
        self.paused.get()
    }

    fn default_playback_rate(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.rates.get().0)
    }

    fn set_default_playback_rate(&self, cx: &mut Cx, value: f64) -> Fallible<()> {
        let (default, rate) = self.rates.get();
        self.rates.set((value, rate));
        if value != default {
            queue(cx, self, "ratechange");
        }
        Ok(())
    }

    fn playback_rate(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.rates.get().1)
    }

    fn set_playback_rate(&self, cx: &mut Cx, value: f64) -> Fallible<()> {
        let (default, rate) = self.rates.get();
        self.rates.set((default, value));
        if value != rate {
            queue(cx, self, "ratechange");
        }
        Ok(())
    }

    fn preserves_pitch(&self, _: &mut Cx) -> bool {
        self.preserves_pitch.get()
    }

    fn set_preserves_pitch(&self, _: &mut Cx, value: bool) -> Fallible<()> {
        self.preserves_pitch.set(value);
        Ok(())
    }

    fn played(&self, cx: &mut Cx) -> Obj<TimeRanges> {
        Obj::new(cx, TimeRanges)
    }

    fn seekable(&self, cx: &mut Cx) -> Obj<TimeRanges> {
        Obj::new(cx, TimeRanges)
    }

    fn ended(&self, _: &mut Cx) -> bool {
        false
    }

    fn controls_list(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        dom::token_list_of(cx, &self.upcast(), "controlslist")
    }

    fn volume(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.volume.get())
    }

    fn set_volume(&self, cx: &mut Cx, value: f64) -> Fallible<()> {
        if !(0.0..=1.0).contains(&value) {
            return Err(error::index_size("volume: the value is not between 0 and 1"));
        }
        if self.volume.replace(value) != value {
            queue(cx, self, "volumechange");
        }
        Ok(())
    }

    fn muted(&self, _: &mut Cx) -> bool {
        self.muted.get()
    }

    fn set_muted(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        if self.muted.replace(value) != value {
            queue(cx, self, "volumechange");
        }
        Ok(())
    }

    fn text_tracks(&self, cx: &mut Cx) -> Obj<TextTrackList> {
        if let Some(list) = self.tracks.get() {
            return list;
        }
        let list = TextTrackList::create(cx, self);
        self.tracks.set(Some(list.clone()));
        list
    }

    fn load(&self, cx: &mut Cx) -> Fallible<()> {
        load(cx, self);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-navigator-canplaytype>: no.
    fn can_play_type(&self, _: &mut Cx, _: DomString) -> Fallible<CanPlayTypeResult> {
        Ok(CanPlayTypeResult::Empty)
    }

    /// <https://html.spec.whatwg.org/#dom-media-play>
    fn play(&self, cx: &mut Cx) -> Fallible<Promise> {
        // 2.
        if self.error.get().is_some() {
            let error = Error::dom(DomExceptionName::NotSupported, NO_DECODER);
            return Promise::rejected(cx, error);
        }
        // 3.–4.
        let (promise, resolver) = Promise::new(cx);
        self.promises.borrow_mut().push(resolver);
        // <https://html.spec.whatwg.org/#internal-play-steps>
        if self.network.get() == Network::Empty {
            select_resource(cx, self);
        }
        if self.paused.replace(false) {
            queue(cx, self, "play");
            queue(cx, self, "waiting");
        }
        Ok(promise)
    }

    /// <https://html.spec.whatwg.org/#dom-media-pause>
    fn pause(&self, cx: &mut Cx) -> Fallible<()> {
        if self.network.get() == Network::Empty {
            select_resource(cx, self);
        }
        if !self.paused.replace(true) {
            queue(cx, self, "timeupdate");
            queue(cx, self, "pause");
            reject_promises(cx, self, DomExceptionName::Abort, "play: it was paused");
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-media-addtexttrack>
    fn add_text_track(
        &self,
        cx: &mut Cx,
        kind: TextTrackKind,
        label: DomString,
        language: DomString,
    ) -> Fallible<Obj<TextTrack>> {
        let list = self.text_tracks(cx);
        Ok(tracks::add(cx, &list, kind, label, language))
    }
}

impl HTMLVideoElementMethods for Obj<HTMLVideoElement> {
    fn video_width(&self, _: &mut Cx) -> u32 {
        0
    }

    fn video_height(&self, _: &mut Cx) -> u32 {
        0
    }
}

impl HTMLAudioElementMethods for Obj<HTMLAudioElement> {
    /// <https://html.spec.whatwg.org/#dom-audio>
    fn audio(cx: &mut Cx, src: Option<DomString>) -> Fallible<Obj<HTMLAudioElement>> {
        let id = create(cx, "audio");
        set_attribute(cx, id, "preload", "auto");
        if let Some(src) = src {
            set_attribute(cx, id, "src", &src.to_str());
        }
        Ok(cx.wrap(id).upcast())
    }
}
