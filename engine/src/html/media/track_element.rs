//! `track`: <https://html.spec.whatwg.org/#the-track-element>

use std::cell::Cell;

use virga_dom::NodeId;
use virga_js::{Cx, DomString, Obj, Platform, Slot, Trace};
use virga_protocol::{ConsoleLevel, RequestMode};

use super::{TextTrack, VTTCue, tracks, vtt};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget},
    generated::{
        HTMLMediaElementMethods as _, HTMLTrackElementMethods, TextTrackKind, TextTrackMode,
    },
    html::{HTMLElement, HTMLMediaElement, attribute, has_attribute},
    loading::fetch::{self, request_for},
};

/// <https://html.spec.whatwg.org/#text-track-readiness-state>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ready {
    NotLoaded = 0,
    Loading = 1,
    Loaded = 2,
    Failed = 3,
}

/// The interface `HTMLTrackElement`.
#[derive(Trace, Platform)]
pub(crate) struct HTMLTrackElement {
    #[base]
    element: HTMLElement,
    track: Slot<Option<Obj<TextTrack>>>,
    #[trace(skip)]
    ready: Cell<Ready>,
    /// Counts loads: an older one gives up.
    #[trace(skip)]
    load: Cell<u64>,
    /// Script decided about the mode.
    #[trace(skip)]
    mode_decided: Cell<bool>,
}

impl HTMLTrackElement {
    pub(crate) fn new(element: HTMLElement) -> Self {
        Self {
            element,
            track: Slot::new(None),
            ready: Cell::new(Ready::NotLoaded),
            load: Cell::new(0),
            mode_decided: Cell::new(false),
        }
    }
}

/// The kind that the attribute says.
pub(super) fn kind(cx: &Cx, element: NodeId) -> TextTrackKind {
    let value = attribute(cx, element, "kind").map(|value| value.to_ascii_lowercase());
    match value.as_deref() {
        None | Some("subtitles") => TextTrackKind::Subtitles,
        Some("captions") => TextTrackKind::Captions,
        Some("descriptions") => TextTrackKind::Descriptions,
        Some("chapters") => TextTrackKind::Chapters,
        Some(_) => TextTrackKind::Metadata,
    }
}

/// The text track of an element.
pub(super) fn track_of(cx: &mut Cx, element: &Obj<HTMLTrackElement>) -> Obj<TextTrack> {
    if let Some(track) = element.track.get() {
        return track;
    }
    let none = DomString::empty;
    let track = TextTrack::new(Some(element.clone()), TextTrackKind::Subtitles, none(), none());
    let track = Obj::new(cx, track);
    element.track.set(Some(track.clone()));
    track
}

/// The media element around a `track`.
fn media_of(cx: &mut Cx, track: NodeId) -> Option<Obj<HTMLMediaElement>> {
    let parent = cx.engine().tree().parent(track)?;
    cx.wrap_as(parent)
}

/// A `track` was put into a media element.
pub(crate) fn inserted(cx: &mut Cx, id: NodeId) {
    let Some(element) = cx.wrap_as::<HTMLTrackElement>(id) else { return };
    let Some(media) = media_of(cx, id) else { return };
    let track = track_of(cx, &element);
    let list = media.text_tracks(cx);
    tracks::queue_track_event(cx, &list, "addtrack", &track);
    cx.engine().queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
        select_automatically(cx, &media);
    });
    start(cx, &element);
}

/// A `track` left a media element.
pub(crate) fn removed(cx: &mut Cx, id: NodeId, media: NodeId) {
    let Some(element) = cx.wrap_as::<HTMLTrackElement>(id) else { return };
    let Some(media) = cx.wrap_as::<HTMLMediaElement>(media) else { return };
    let track = track_of(cx, &element);
    let list = media.text_tracks(cx);
    tracks::queue_track_event(cx, &list, "removetrack", &track);
}

/// <https://html.spec.whatwg.org/#honor-user-preferences-for-automatic-text-track-selection>
fn select_automatically(cx: &mut Cx, media: &Obj<HTMLMediaElement>) {
    let list = media.text_tracks(cx);
    let children: Vec<NodeId> = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.children(media.id()).filter(|&id| tree.is_html_element(id, "track")).collect()
    };
    let shown = tracks::members(cx, &list).iter().any(|t| t.mode.get() == TextTrackMode::Showing);
    let mut captioned = shown;
    let mut described = false;
    for id in children {
        let Some(element) = cx.wrap_as::<HTMLTrackElement>(id) else { continue };
        let track = track_of(cx, &element);
        if !has_attribute(cx, id, "default")
            || element.mode_decided.get()
            || track.mode.get() != TextTrackMode::Disabled
        {
            continue;
        }
        let mode = match kind(cx, id) {
            TextTrackKind::Metadata => TextTrackMode::Hidden,
            TextTrackKind::Subtitles | TextTrackKind::Captions => {
                if std::mem::replace(&mut captioned, true) {
                    continue;
                }
                TextTrackMode::Showing
            }
            TextTrackKind::Descriptions | TextTrackKind::Chapters => {
                if std::mem::replace(&mut described, true) {
                    continue;
                }
                TextTrackMode::Hidden
            }
        };
        track.mode.set(mode);
        start(cx, &element);
    }
}

/// Script set the mode of a track.
pub(super) fn mode_set(cx: &mut Cx, element: &Obj<HTMLTrackElement>) {
    element.mode_decided.set(true);
    start(cx, element);
    if let Some(media) = media_of(cx, element.id()) {
        let target: Obj<EventTarget> = media.text_tracks(cx).upcast();
        cx.engine().queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
            events::fire(cx, &target, "change", Bubbles(false), Cancelable(false));
        });
    }
}

/// The `src` attribute changed: what was loaded counts no more.
pub(crate) fn src_changed(cx: &mut Cx, id: NodeId) {
    let Some(element) = cx.wrap_as::<HTMLTrackElement>(id) else { return };
    element.load.set(element.load.get() + 1);
    element.ready.set(Ready::NotLoaded);
    if let Some(track) = element.track.get() {
        track.clear_cues();
    }
    start(cx, &element);
}

/// <https://html.spec.whatwg.org/#start-the-track-processing-model>
fn start(cx: &mut Cx, element: &Obj<HTMLTrackElement>) {
    let track = track_of(cx, element);
    // 1.–3.
    if element.ready.get() != Ready::NotLoaded
        || track.mode.get() == TextTrackMode::Disabled
        || media_of(cx, element.id()).is_none()
        || !has_attribute(cx, element.id(), "src")
    {
        return;
    }
    // 7.
    element.ready.set(Ready::Loading);
    let run = element.load.get() + 1;
    element.load.set(run);
    let element = element.clone();
    // 4.–6. After a stable state.
    cx.queue_microtask(move |cx| {
        if element.load.get() == run {
            fetch_track(cx, &element, run);
        }
    });
}

/// Steps 8 to 12.
fn fetch_track(cx: &mut Cx, element: &Obj<HTMLTrackElement>, run: u64) {
    let agent = cx.engine();
    let src = attribute(cx, element.id(), "src").unwrap_or_default();
    let url = if src.is_empty() { None } else { cx.window().parse_url(&agent, &src).ok() };
    let Some(url) = url else {
        let element = element.clone();
        agent.queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
            finish(cx, &element, run, None);
        });
        return;
    };
    let cors = media_of(cx, element.id())
        .is_some_and(|media| has_attribute(cx, media.id(), "crossorigin"));
    let mode = if cors { RequestMode::Cors } else { RequestMode::SameOrigin };
    let request = request_for(cx, url.as_str(), mode);
    let element = element.clone();
    fetch::fetch(cx, request, move |cx, fetched| {
        let cues = match fetched {
            Ok(fetched) if fetched.refusal().is_none() => vtt::parse(&fetched.body),
            Ok(_) => None,
            Err(failure) => {
                let text = format!("Failed to load text track {url}: {failure}");
                cx.engine().console(ConsoleLevel::Error, text, None);
                None
            }
        };
        finish(cx, &element, run, cues);
    });
}

/// The file came, or did not.
fn finish(cx: &mut Cx, element: &Obj<HTMLTrackElement>, run: u64, cues: Option<Vec<vtt::FileCue>>) {
    if element.load.get() != run {
        return;
    }
    let name = match cues {
        Some(cues) => {
            let track = track_of(cx, element);
            for cue in cues {
                let cue = VTTCue::from_file(cx, cue);
                tracks::push_cue(cx, &track, cue);
            }
            element.ready.set(Ready::Loaded);
            "load"
        }
        None => {
            element.ready.set(Ready::Failed);
            "error"
        }
    };
    let target: Obj<EventTarget> = element.upcast();
    events::fire(cx, &target, name, Bubbles(false), Cancelable(false));
}

impl HTMLTrackElementMethods for Obj<HTMLTrackElement> {
    fn ready_state(&self, _: &mut Cx) -> u16 {
        self.ready.get() as u16
    }

    fn track(&self, cx: &mut Cx) -> Obj<TextTrack> {
        track_of(cx, self)
    }
}
