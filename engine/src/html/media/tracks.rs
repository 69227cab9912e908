//! Text tracks: <https://html.spec.whatwg.org/#text-track-api>

use std::cell::Cell;

use virga_js::{Cx, DomString, Fallible, Obj, Platform, Slot, Trace, Traced};

use super::{TextTrackCue, track_element};
use crate::{
    agent::{EngineCx, TaskSource},
    error,
    events::{self, Bubbles, Cancelable, Event, EventTarget},
    generated::{
        TextTrackCueListMethods, TextTrackKind, TextTrackListMethods, TextTrackMethods,
        TextTrackMode, TrackEventInit, TrackEventMethods,
    },
    html::{HTMLMediaElement, HTMLTrackElement, attribute},
};

/// The text tracks of a media element: those of its `track` children first.
#[derive(Trace, Platform)]
pub(crate) struct TextTrackList {
    #[base]
    target: EventTarget,
    media: Obj<HTMLMediaElement>,
    /// Those that script added.
    added: Traced<Vec<Obj<TextTrack>>>,
}

impl TextTrackList {
    pub(super) fn create(cx: &mut Cx, media: &Obj<HTMLMediaElement>) -> Obj<Self> {
        let list = Self {
            target: EventTarget::new(),
            media: media.clone(),
            added: Traced::new(Vec::new()),
        };
        Obj::new(cx, list)
    }
}

/// The members of a list, as they are now.
pub(super) fn members(cx: &mut Cx, list: &Obj<TextTrackList>) -> Vec<Obj<TextTrack>> {
    let children: Vec<_> = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.children(list.media.id()).filter(|&id| tree.is_html_element(id, "track")).collect()
    };
    let mut out = Vec::new();
    for id in children {
        if let Some(element) = cx.wrap_as::<HTMLTrackElement>(id) {
            out.push(track_element::track_of(cx, &element));
        }
    }
    out.extend(list.added.borrow().iter().cloned());
    out
}

/// `addTextTrack`
pub(super) fn add(
    cx: &mut Cx,
    list: &Obj<TextTrackList>,
    kind: TextTrackKind,
    label: DomString,
    language: DomString,
) -> Obj<TextTrack> {
    let track = TextTrack::new(None, kind, label, language);
    track.mode.set(TextTrackMode::Hidden);
    let track = Obj::new(cx, track);
    list.added.borrow_mut().push(track.clone());
    queue_track_event(cx, list, "addtrack", &track);
    track
}

/// Queues `addtrack` or `removetrack`.
pub(super) fn queue_track_event(
    cx: &mut Cx,
    list: &Obj<TextTrackList>,
    type_: &'static str,
    track: &Obj<TextTrack>,
) {
    let (list, track) = (list.clone(), track.clone());
    cx.engine().queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
        let event = Event::trusted(cx, type_, Bubbles(false), Cancelable(false));
        let event = TrackEvent { event, track: Some(track) };
        events::fire_event(cx, &list.upcast(), event);
    });
}

impl TextTrackListMethods for Obj<TextTrackList> {
    fn length(&self, cx: &mut Cx) -> u32 {
        u32::try_from(members(cx, self).len()).unwrap_or(u32::MAX)
    }

    fn indexed_getter(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<TextTrack>>> {
        Ok(members(cx, self).get(index as usize).cloned())
    }

    fn get_track_by_id(&self, cx: &mut Cx, id: DomString) -> Fallible<Option<Obj<TextTrack>>> {
        if id.is_empty() {
            return Ok(None);
        }
        Ok(members(cx, self).into_iter().find(|track| track.id(cx) == id))
    }
}

/// <https://html.spec.whatwg.org/#texttrack>
#[derive(Trace, Platform)]
pub(crate) struct TextTrack {
    #[base]
    target: EventTarget,
    /// Its `track` element, whose attributes it follows.
    element: Slot<Option<Obj<HTMLTrackElement>>>,
    #[trace(skip)]
    kind: TextTrackKind,
    #[trace(skip)]
    label: DomString,
    #[trace(skip)]
    language: DomString,
    #[trace(skip)]
    pub(super) mode: Cell<TextTrackMode>,
    list: Slot<Option<Obj<TextTrackCueList>>>,
    active: Slot<Option<Obj<TextTrackCueList>>>,
}

impl TextTrack {
    pub(super) fn new(
        element: Option<Obj<HTMLTrackElement>>,
        kind: TextTrackKind,
        label: DomString,
        language: DomString,
    ) -> Self {
        Self {
            target: EventTarget::new(),
            element: Slot::new(element),
            kind,
            label,
            language,
            mode: Cell::new(TextTrackMode::Disabled),
            list: Slot::new(None),
            active: Slot::new(None),
        }
    }

    /// Puts the cues into their order: by start, the longer first, then as they
    /// were added.
    pub(super) fn sort_cues(&self) {
        if let Some(list) = self.list.get() {
            list.cues.borrow_mut().sort_by(|a, b| {
                let by_start = a.start.get().total_cmp(&b.start.get());
                by_start.then(b.end.get().total_cmp(&a.end.get()))
            });
        }
    }

    /// Throws all cues away.
    pub(super) fn clear_cues(&self) {
        if let Some(list) = self.list.get() {
            for cue in std::mem::take(&mut *list.cues.borrow_mut()) {
                cue.track.set(None);
            }
        }
    }
}

/// The list of all cues, made when first needed.
fn cue_list(cx: &mut Cx, slot: &Slot<Option<Obj<TextTrackCueList>>>) -> Obj<TextTrackCueList> {
    if let Some(list) = slot.get() {
        return list;
    }
    let list = Obj::new(cx, TextTrackCueList { cues: Traced::new(Vec::new()) });
    slot.set(Some(list.clone()));
    list
}

/// Adds a cue that is in no track.
pub(super) fn push_cue(cx: &mut Cx, track: &Obj<TextTrack>, cue: Obj<TextTrackCue>) {
    cue.track.set(Some(track.clone()));
    let list = cue_list(cx, &track.list);
    list.cues.borrow_mut().push(cue);
    track.sort_cues();
}

impl TextTrackMethods for Obj<TextTrack> {
    fn kind(&self, cx: &mut Cx) -> TextTrackKind {
        let Some(element) = self.element.get() else { return self.kind };
        track_element::kind(cx, element.id())
    }

    fn label(&self, cx: &mut Cx) -> DomString {
        match self.element.get() {
            Some(element) => attribute(cx, element.id(), "label").unwrap_or_default().into(),
            None => self.label.clone(),
        }
    }

    fn language(&self, cx: &mut Cx) -> DomString {
        match self.element.get() {
            Some(element) => attribute(cx, element.id(), "srclang").unwrap_or_default().into(),
            None => self.language.clone(),
        }
    }

    fn id(&self, cx: &mut Cx) -> DomString {
        let id = self.element.get().and_then(|element| attribute(cx, element.id(), "id"));
        id.unwrap_or_default().into()
    }

    fn in_band_metadata_track_dispatch_type(&self, _: &mut Cx) -> DomString {
        DomString::empty()
    }

    fn mode(&self, _: &mut Cx) -> TextTrackMode {
        self.mode.get()
    }

    fn set_mode(&self, cx: &mut Cx, value: TextTrackMode) -> Fallible<()> {
        if self.mode.replace(value) == value {
            return Ok(());
        }
        if let Some(element) = self.element.get() {
            track_element::mode_set(cx, &element);
        }
        Ok(())
    }

    fn cues(&self, cx: &mut Cx) -> Option<Obj<TextTrackCueList>> {
        (self.mode.get() != TextTrackMode::Disabled).then(|| cue_list(cx, &self.list))
    }

    /// Nothing plays, so no cue is active.
    fn active_cues(&self, cx: &mut Cx) -> Option<Obj<TextTrackCueList>> {
        (self.mode.get() != TextTrackMode::Disabled).then(|| cue_list(cx, &self.active))
    }

    /// <https://html.spec.whatwg.org/#dom-texttrack-addcue>
    fn add_cue(&self, cx: &mut Cx, cue: Obj<TextTrackCue>) -> Fallible<()> {
        if let Some(old) = cue.track.get()
            && let Some(list) = old.list.get()
        {
            list.cues.borrow_mut().retain(|other| *other != cue);
        }
        push_cue(cx, self, cue);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-texttrack-removecue>
    fn remove_cue(&self, _: &mut Cx, cue: Obj<TextTrackCue>) -> Fallible<()> {
        let list = self.list.get();
        let known = list.filter(|list| list.cues.borrow().contains(&cue));
        let Some(list) = known else {
            return Err(error::not_found("removeCue: the cue is not in this track"));
        };
        list.cues.borrow_mut().retain(|other| *other != cue);
        cue.track.set(None);
        Ok(())
    }
}

/// <https://html.spec.whatwg.org/#texttrackcuelist>
#[derive(Trace, Platform)]
pub(crate) struct TextTrackCueList {
    cues: Traced<Vec<Obj<TextTrackCue>>>,
}

impl TextTrackCueListMethods for Obj<TextTrackCueList> {
    fn length(&self, _: &mut Cx) -> u32 {
        u32::try_from(self.cues.borrow().len()).unwrap_or(u32::MAX)
    }

    fn indexed_getter(&self, _: &mut Cx, index: u32) -> Fallible<Option<Obj<TextTrackCue>>> {
        Ok(self.cues.borrow().get(index as usize).cloned())
    }

    fn get_cue_by_id(&self, _: &mut Cx, id: DomString) -> Fallible<Option<Obj<TextTrackCue>>> {
        if id.is_empty() {
            return Ok(None);
        }
        Ok(self.cues.borrow().iter().find(|cue| *cue.id.borrow() == id).cloned())
    }
}

/// <https://html.spec.whatwg.org/#trackevent>
#[derive(Trace, Platform)]
pub(crate) struct TrackEvent {
    #[base]
    event: Event,
    track: Option<Obj<TextTrack>>,
}

impl TrackEventMethods for Obj<TrackEvent> {
    fn constructor(cx: &mut Cx, type_: DomString, init: TrackEventInit) -> Fallible<Self> {
        let event = Event::new(cx, type_, &init);
        Ok(Self::new(cx, TrackEvent { event, track: init.track }))
    }

    fn track(&self, _: &mut Cx) -> Option<Obj<TextTrack>> {
        self.track.clone()
    }
}
