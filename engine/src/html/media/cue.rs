//! Cues: <https://html.spec.whatwg.org/#texttrackcue>,
//! <https://w3c.github.io/webvtt/#the-vttcue-interface>

use std::cell::{Cell, RefCell};

use virga_dom::NodeId;
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Slot, Trace};

use super::{
    TextTrack,
    vtt::{self, FileCue, Token},
};
use crate::{
    agent::EngineCx,
    dom::{DocumentFragment, mutation},
    error,
    events::EventTarget,
    generated::{
        AlignSetting, AutoKeyword, DirectionSetting, DoubleOrAutoKeyword, LineAlignSetting,
        PositionAlignSetting, ScrollSetting, TextTrackCueMethods, VTTCueMethods, VTTRegionMethods,
    },
};

/// Text that is shown for a while.
#[derive(Trace, Platform)]
pub(crate) struct TextTrackCue {
    #[base]
    target: EventTarget,
    pub(super) track: Slot<Option<Obj<TextTrack>>>,
    #[trace(skip)]
    pub(super) id: RefCell<DomString>,
    #[trace(skip)]
    pub(super) start: Cell<f64>,
    #[trace(skip)]
    pub(super) end: Cell<f64>,
    #[trace(skip)]
    pause_on_exit: Cell<bool>,
}

impl TextTrackCueMethods for Obj<TextTrackCue> {
    fn track(&self, _: &mut Cx) -> Option<Obj<TextTrack>> {
        self.track.get()
    }

    fn id(&self, _: &mut Cx) -> DomString {
        self.id.borrow().clone()
    }

    fn set_id(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        self.id.replace(value);
        Ok(())
    }

    fn start_time(&self, _: &mut Cx) -> f64 {
        self.start.get()
    }

    fn set_start_time(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.start.set(value);
        self.reorder();
        Ok(())
    }

    fn end_time(&self, _: &mut Cx) -> f64 {
        self.end.get()
    }

    fn set_end_time(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        if value.is_nan() || value == f64::NEG_INFINITY {
            return Err(virga_js::Error::type_error("endTime: the value is no time"));
        }
        self.end.set(value);
        self.reorder();
        Ok(())
    }

    fn pause_on_exit(&self, _: &mut Cx) -> bool {
        self.pause_on_exit.get()
    }

    fn set_pause_on_exit(&self, _: &mut Cx, value: bool) -> Fallible<()> {
        self.pause_on_exit.set(value);
        Ok(())
    }
}

impl TextTrackCue {
    /// A change of its times may change its place.
    fn reorder(&self) {
        if let Some(track) = self.track.get() {
            track.sort_cues();
        }
    }
}

/// <https://w3c.github.io/webvtt/#the-vttcue-interface>
#[derive(Trace, Platform)]
pub(crate) struct VTTCue {
    #[base]
    cue: TextTrackCue,
    region: Slot<Option<Obj<VTTRegion>>>,
    #[trace(skip)]
    vertical: Cell<DirectionSetting>,
    #[trace(skip)]
    snap_to_lines: Cell<bool>,
    #[trace(skip)]
    line: Cell<Option<f64>>,
    #[trace(skip)]
    line_align: Cell<LineAlignSetting>,
    #[trace(skip)]
    position: Cell<Option<f64>>,
    #[trace(skip)]
    position_align: Cell<PositionAlignSetting>,
    #[trace(skip)]
    size: Cell<f64>,
    #[trace(skip)]
    align: Cell<AlignSetting>,
    #[trace(skip)]
    text: RefCell<DomString>,
}

impl VTTCue {
    fn new(start: f64, end: f64, text: DomString) -> Self {
        let cue = TextTrackCue {
            target: EventTarget::new(),
            track: Slot::new(None),
            id: RefCell::default(),
            start: Cell::new(start),
            end: Cell::new(end),
            pause_on_exit: Cell::new(false),
        };
        Self {
            cue,
            region: Slot::new(None),
            vertical: Cell::new(DirectionSetting::Empty),
            snap_to_lines: Cell::new(true),
            line: Cell::new(None),
            line_align: Cell::new(LineAlignSetting::Start),
            position: Cell::new(None),
            position_align: Cell::new(PositionAlignSetting::Auto),
            size: Cell::new(100.0),
            align: Cell::new(AlignSetting::Center),
            text: RefCell::new(text),
        }
    }

    /// The cue of a file.
    pub(super) fn from_file(cx: &mut Cx, cue: FileCue) -> Obj<TextTrackCue> {
        let made = Self::new(cue.start, cue.end, cue.text.into());
        made.cue.id.replace(cue.id.into());
        let settings = cue.settings;
        made.vertical.set(match settings.vertical {
            Some("rl") => DirectionSetting::Rl,
            Some(_) => DirectionSetting::Lr,
            None => DirectionSetting::Empty,
        });
        if let Some((line, snap)) = settings.line {
            made.line.set(Some(line));
            made.snap_to_lines.set(snap);
        }
        made.line_align.set(match settings.line_align {
            Some("center") => LineAlignSetting::Center,
            Some("end") => LineAlignSetting::End,
            _ => LineAlignSetting::Start,
        });
        made.position.set(settings.position);
        made.position_align.set(match settings.position_align {
            Some("line-left") => PositionAlignSetting::LineLeft,
            Some("center") => PositionAlignSetting::Center,
            Some("line-right") => PositionAlignSetting::LineRight,
            _ => PositionAlignSetting::Auto,
        });
        made.size.set(settings.size.unwrap_or(100.0));
        made.align.set(match settings.align {
            Some("start") => AlignSetting::Start,
            Some("end") => AlignSetting::End,
            Some("left") => AlignSetting::Left,
            Some("right") => AlignSetting::Right,
            _ => AlignSetting::Center,
        });
        Obj::new(cx, made).upcast()
    }
}

fn percentage(name: &str, value: f64) -> Fallible<f64> {
    if (0.0..=100.0).contains(&value) {
        Ok(value)
    } else {
        Err(error::index_size(format!("{name}: the value is no percentage")))
    }
}

fn or_auto(value: Option<f64>) -> DoubleOrAutoKeyword {
    match value {
        Some(value) => DoubleOrAutoKeyword::Double(value),
        None => DoubleOrAutoKeyword::AutoKeyword(AutoKeyword::Auto),
    }
}

impl VTTCueMethods for Obj<VTTCue> {
    fn constructor(
        cx: &mut Cx,
        start_time: f64,
        end_time: f64,
        text: DomString,
    ) -> Fallible<Obj<VTTCue>> {
        if end_time.is_nan() || end_time == f64::NEG_INFINITY {
            return Err(virga_js::Error::type_error("VTTCue: the end is no time"));
        }
        Ok(Obj::new(cx, VTTCue::new(start_time, end_time, text)))
    }

    fn region(&self, _: &mut Cx) -> Option<Obj<VTTRegion>> {
        self.region.get()
    }

    fn set_region(&self, _: &mut Cx, value: Option<Obj<VTTRegion>>) -> Fallible<()> {
        self.region.set(value);
        Ok(())
    }

    fn vertical(&self, _: &mut Cx) -> DirectionSetting {
        self.vertical.get()
    }

    fn set_vertical(&self, _: &mut Cx, value: DirectionSetting) -> Fallible<()> {
        self.vertical.set(value);
        Ok(())
    }

    fn snap_to_lines(&self, _: &mut Cx) -> bool {
        self.snap_to_lines.get()
    }

    fn set_snap_to_lines(&self, _: &mut Cx, value: bool) -> Fallible<()> {
        self.snap_to_lines.set(value);
        Ok(())
    }

    fn line(&self, _: &mut Cx) -> DoubleOrAutoKeyword {
        or_auto(self.line.get())
    }

    fn set_line(&self, _: &mut Cx, value: DoubleOrAutoKeyword) -> Fallible<()> {
        self.line.set(match value {
            DoubleOrAutoKeyword::Double(value) => Some(value),
            DoubleOrAutoKeyword::AutoKeyword(_) => None,
        });
        Ok(())
    }

    fn line_align(&self, _: &mut Cx) -> LineAlignSetting {
        self.line_align.get()
    }

    fn set_line_align(&self, _: &mut Cx, value: LineAlignSetting) -> Fallible<()> {
        self.line_align.set(value);
        Ok(())
    }

    fn position(&self, _: &mut Cx) -> Fallible<DoubleOrAutoKeyword> {
        Ok(or_auto(self.position.get()))
    }

    fn set_position(&self, _: &mut Cx, value: DoubleOrAutoKeyword) -> Fallible<()> {
        self.position.set(match value {
            DoubleOrAutoKeyword::Double(value) => Some(percentage("position", value)?),
            DoubleOrAutoKeyword::AutoKeyword(_) => None,
        });
        Ok(())
    }

    fn position_align(&self, _: &mut Cx) -> PositionAlignSetting {
        self.position_align.get()
    }

    fn set_position_align(&self, _: &mut Cx, value: PositionAlignSetting) -> Fallible<()> {
        self.position_align.set(value);
        Ok(())
    }

    fn size(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.size.get())
    }

    fn set_size(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.size.set(percentage("size", value)?);
        Ok(())
    }

    fn align(&self, _: &mut Cx) -> AlignSetting {
        self.align.get()
    }

    fn set_align(&self, _: &mut Cx, value: AlignSetting) -> Fallible<()> {
        self.align.set(value);
        Ok(())
    }

    fn text(&self, _: &mut Cx) -> DomString {
        self.text.borrow().clone()
    }

    fn set_text(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        self.text.replace(value);
        Ok(())
    }

    /// <https://w3c.github.io/webvtt/#dom-construction-rules>
    fn get_cue_as_html(&self, cx: &mut Cx) -> Fallible<Obj<DocumentFragment>> {
        let text = self.text.borrow().to_str().into_owned();
        let agent = cx.engine();
        let document = cx.document_id();
        let fragment = agent.tree_mut().create_fragment(document);
        // The elements that are open, with the names of their tags.
        let mut open: Vec<(String, NodeId)> = Vec::new();
        for token in vtt::tokens(&text) {
            let parent = open.last().map_or(fragment, |(_, id)| *id);
            match token {
                Token::Text(text) => {
                    let node = agent.tree_mut().create_text(document, text);
                    mutation::append(cx, node, parent)?;
                }
                Token::Timestamp(stamp) => {
                    if vtt::timestamp(&stamp).is_some_and(|(_, rest)| rest.is_empty()) {
                        let node = agent.tree_mut().create_processing_instruction(
                            document,
                            "timestamp",
                            stamp,
                        );
                        mutation::append(cx, node, parent)?;
                    }
                }
                Token::Start(name, classes, annotation) => {
                    let in_ruby = open.last().is_some_and(|(name, _)| name == "ruby");
                    let tag = match name.as_str() {
                        "c" | "v" | "lang" => "span",
                        "b" | "i" | "u" | "ruby" => name.as_str(),
                        "rt" if in_ruby => "rt",
                        _ => continue,
                    };
                    let node = agent.tree_mut().create_html_element(document, tag);
                    let attribute = match name.as_str() {
                        "v" => Some("title"),
                        "lang" => Some("lang"),
                        _ => None,
                    };
                    if let Some(attribute) = attribute {
                        crate::html::set_attribute(cx, node, attribute, &annotation);
                    }
                    if !classes.is_empty() {
                        crate::html::set_attribute(cx, node, "class", &classes.join(" "));
                    }
                    mutation::append(cx, node, parent)?;
                    open.push((name, node));
                }
                Token::End(name) => {
                    let top = open.last().map(|(open, _)| open.as_str());
                    if top == Some(&name) {
                        open.pop();
                    } else if name == "ruby" && top == Some("rt") {
                        open.truncate(open.len().saturating_sub(2));
                    }
                }
            }
        }
        match cx.wrap_as(fragment) {
            Some(fragment) => Ok(fragment),
            None => unreachable!("a fragment's wrapper is a DocumentFragment"),
        }
    }
}

/// <https://w3c.github.io/webvtt/#the-vttregion-interface>
#[derive(Trace, Platform)]
pub(crate) struct VTTRegion {
    #[trace(skip)]
    id: RefCell<DomString>,
    #[trace(skip)]
    width: Cell<f64>,
    #[trace(skip)]
    lines: Cell<u32>,
    #[trace(skip)]
    region_anchor: Cell<(f64, f64)>,
    #[trace(skip)]
    viewport_anchor: Cell<(f64, f64)>,
    #[trace(skip)]
    scroll: Cell<ScrollSetting>,
}

impl VTTRegionMethods for Obj<VTTRegion> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<VTTRegion>> {
        let region = VTTRegion {
            id: RefCell::default(),
            width: Cell::new(100.0),
            lines: Cell::new(3),
            region_anchor: Cell::new((0.0, 100.0)),
            viewport_anchor: Cell::new((0.0, 100.0)),
            scroll: Cell::new(ScrollSetting::Empty),
        };
        Ok(Obj::new(cx, region))
    }

    fn id(&self, _: &mut Cx) -> DomString {
        self.id.borrow().clone()
    }

    fn set_id(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        self.id.replace(value);
        Ok(())
    }

    fn width(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.width.get())
    }

    fn set_width(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.width.set(percentage("width", value)?);
        Ok(())
    }

    fn lines(&self, _: &mut Cx) -> Fallible<u32> {
        Ok(self.lines.get())
    }

    fn set_lines(&self, _: &mut Cx, value: u32) -> Fallible<()> {
        self.lines.set(value);
        Ok(())
    }

    fn region_anchor_x(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.region_anchor.get().0)
    }

    fn set_region_anchor_x(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.region_anchor.set((percentage("regionAnchorX", value)?, self.region_anchor.get().1));
        Ok(())
    }

    fn region_anchor_y(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.region_anchor.get().1)
    }

    fn set_region_anchor_y(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.region_anchor.set((self.region_anchor.get().0, percentage("regionAnchorY", value)?));
        Ok(())
    }

    fn viewport_anchor_x(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.viewport_anchor.get().0)
    }

    fn set_viewport_anchor_x(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        let value = percentage("viewportAnchorX", value)?;
        self.viewport_anchor.set((value, self.viewport_anchor.get().1));
        Ok(())
    }

    fn viewport_anchor_y(&self, _: &mut Cx) -> Fallible<f64> {
        Ok(self.viewport_anchor.get().1)
    }

    fn set_viewport_anchor_y(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        let value = percentage("viewportAnchorY", value)?;
        self.viewport_anchor.set((self.viewport_anchor.get().0, value));
        Ok(())
    }

    fn scroll(&self, _: &mut Cx) -> ScrollSetting {
        self.scroll.get()
    }

    fn set_scroll(&self, _: &mut Cx, value: ScrollSetting) -> Fallible<()> {
        self.scroll.set(value);
        Ok(())
    }
}
