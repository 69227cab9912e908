//! Between a window and the rendering of its document. Only this module and the lists
//! of drop-downs ([`picker`]) call [`View`](virga_dom::View): whatever rendering can
//! say or do for script, input and loading goes through here.

mod faces;
mod sheets;
mod text;

use virga_display_list::{Frame, ImageData, kurbo};
use virga_dom::{NodeId, ObservedBox};
use virga_js::{Cx, Obj};
use virga_protocol::{CursorIcon, Point, Viewport};

use std::rc::Rc;

pub(crate) use faces::{
    add_face, declared_faces, faces_for, has_faces, local_font, note_face_loading, remove_face,
    set_face, take_wanted_faces,
};
pub(crate) use sheets::{disable_stylesheet, remove_stylesheet, set_import, set_stylesheet};
use text::show_selection;
pub(crate) use text::{
    field_line_edge, field_line_move, field_offset, is_selectable, range_rects, reveal_caret,
    selection_changed, tell_text_input, text_at, text_caret, text_place, to_bytes,
};

use super::{Window, forms, picker};
use crate::{
    DumpPhase, FrameCounters, Phase,
    agent::{Agent, EngineCx},
    events::{self, Bubbles, Cancelable, Event, EventTarget},
    loading::ReadyState,
    navigable::Navigable,
};

/// Scrolled since the last frame: an element, or `None` for the viewport.
pub(super) type ScrollTarget = Option<NodeId>;

impl Window {
    /// How far the document is scrolled, in CSS px.
    pub(crate) fn scroll_offset(&self, _: &Cx) -> (f64, f64) {
        let offset = self.view.borrow().scroll_offset(None);
        (f64::from(offset.x), f64::from(offset.y))
    }

    /// The top left of an element's padding box, relative to the viewport.
    pub(crate) fn padding_origin(&self, cx: &Cx, element: NodeId) -> (f64, f64) {
        let agent = cx.engine();
        let origin = self.view.borrow_mut().padding_origin(&mut agent.tree_mut(), element);
        origin.map_or((0.0, 0.0), |point| (point.x, point.y))
    }

    /// Whether the document may be shown: the first time only when its style sheets
    /// are there and there is something in it, so that nobody sees a blank page
    /// or an unstyled one for a moment.
    ///
    /// <https://html.spec.whatwg.org/#render-blocked>
    fn is_presentable(&self, agent: &Agent) -> bool {
        if self.input.presented.get() {
            return true;
        }
        if self.loading.is_render_blocked() {
            return false;
        }
        let tree = agent.tree();
        self.loading.ready_state() != ReadyState::Loading
            || tree.body(self.document_id()).is_some_and(|body| tree.first_child(body).is_some())
    }

    /// Whether a frame would bring anything here, or script waits for one.
    fn wants_frame(&self, agent: &Agent) -> bool {
        if !self.is_presentable(agent) {
            return false;
        }
        self.input.resized.get()
            || self.input.selection_changed.get()
            || !self.scrolling.borrow().is_empty()
            || !self.input.scrolled.borrow().is_empty()
            || self.has_frame_callbacks()
            || self.observation_wanted.get()
            || self.view.borrow().is_dirty(&agent.tree())
    }
}

/// Whether a window's document can be shown.
pub(crate) fn is_presentable(agent: &Agent, window: &Window) -> bool {
    window.is_presentable(agent)
}

/// Whether a frame would bring anything, or script waits for one, in the app's own
/// window or a frame of it.
pub(crate) fn wants_frame(agent: &Agent) -> bool {
    let shown = agent.navigables.shown(agent);
    let Some(top) = shown.window() else { return false };
    let switched = agent.navigables.presented.get() != shown.id();
    if (switched && top.is_presentable(agent)) || picker::is_dirty(agent, &agent.tree()) {
        return true;
    }
    if !agent.navigables.had_frames() || !top.is_presentable(agent) {
        return top.wants_frame(agent);
    }
    agent.windows().iter().any(|window| window.wants_frame(agent))
}

/// <https://html.spec.whatwg.org/#update-the-rendering>, of all documents together.
pub(crate) fn update_the_rendering(cx: &mut Cx) {
    let agent = cx.engine();
    let windows = agent.windows();
    let each = |cx: &mut Cx, steps: &dyn Fn(&mut Cx, &Obj<Window>)| {
        for window in &windows {
            // An earlier one may have taken it away.
            if agent.window_with(window.id()).is_some() && window.is_presentable(&agent) {
                cx.in_realm(window.realm(), |cx| steps(cx, window));
            }
        }
    };
    // 8. The resize steps.
    each(cx, &|cx, window| {
        if window.input.resized.take() {
            let target: Obj<EventTarget> = window.upcast();
            events::fire(cx, &target, "resize", Bubbles(false), Cancelable(false));
        }
    });
    // 9. The scroll steps.
    each(cx, &|cx, window| {
        let scrolled = std::mem::take(&mut *window.input.scrolled.borrow_mut());
        let before = window.scrolling.replace(scrolled.clone());
        for scroll in scrolled {
            fire_scroll(cx, scroll, "scroll");
        }
        // What did not scroll since the last frame has come to its end.
        for scroll in before {
            if !window.scrolling.borrow().contains(&scroll) {
                fire_scroll(cx, scroll, "scrollend");
            }
        }
    });
    // 10. Media queries.
    each(cx, &super::media::report_changes);
    // 14. Animation frame callbacks.
    each(cx, &|cx, window| {
        let now = window.time_stamp(cx);
        window.run_frame_callbacks(cx, now);
    });
    // 15. Focus by attribute, and states that selectors look at.
    each(cx, &|cx, _| {
        crate::html::autofocus::flush(cx);
        crate::html::forms::validity::refresh(cx);
    });
    // 16. Resize observers.
    each(cx, &|cx, window| {
        window.observation_wanted.set(false);
        crate::resize_observer::deliver(cx, window);
    });
    // 19. Intersection observers.
    each(cx, &|cx, window| {
        let now = window.time_stamp(cx);
        crate::intersection_observer::update(cx, window, now);
    });
    picker::refresh(cx);
    // 22. The look.
    each(cx, &show_selection);
    let shown = agent.navigables.shown(&agent);
    if let Some(top) = shown.window() {
        present(&agent, &shown, &top);
        if top.input.presented.get() {
            each(cx, &|cx, _| crate::performance::painted(cx));
        }
        each(cx, &|cx, _| crate::css_font_loading::poll(cx));
    }
}

/// Brings style and layout up to date without making a frame.
pub(crate) fn settle(agent: &Agent, window: &Obj<Window>) {
    window.view.borrow_mut().update(&mut agent.tree_mut(), agent.task_time());
}

/// Brings the rendering up to date and hands out a frame, if the look changed.
fn present(agent: &Agent, navigable: &Rc<Navigable>, window: &Obj<Window>) {
    if !window.is_presentable(agent) {
        return;
    }
    let first = agent.frames() == 0;
    if agent.navigables.had_frames() {
        paint_frames(agent, navigable);
    }
    let switched = agent.navigables.presented.get() != navigable.id();
    let mut view = window.view.borrow_mut();
    let mut tree = agent.tree_mut();
    let list_changed = switched || picker::is_dirty(agent, &tree);
    if !view.is_dirty(&tree) && !list_changed {
        return;
    }
    let mark = |phase| {
        if first {
            agent.host().mark(phase);
        }
    };
    let now = agent.task_time();
    view.update_style(&mut tree, now);
    mark(Phase::Styled);
    view.update_layout(&mut tree);
    mark(Phase::LaidOut);
    let list = match view.paint(&mut tree) {
        Some(list) => list,
        None if list_changed => view.display_list(&mut tree),
        None => return,
    };
    mark(Phase::Painted);
    window.loading.timing.look(&list);
    let list = picker::over(agent, &mut tree, list);
    drop((view, tree));
    agent.navigables.presented.set(navigable.id());
    if switched {
        window.loading.tell_title_again();
    }
    window.input.presented.set(true);
    let frame =
        Frame { sequence: agent.next_frame(), scale: f64::from(window.viewport().scale), list };
    agent.host().frame(frame);
}

/// Brings the documents in a navigable's frames up to date and gives the document
/// around them what they look like. Frames have the size that the layout around
/// them gives, so the outer document comes first; what it looks like has theirs in
/// it, so it is painted last.
fn paint_frames(agent: &Agent, navigable: &Rc<Navigable>) {
    let Some(window) = navigable.window() else { return };
    let children = agent.navigables.children(navigable);
    if children.is_empty() {
        return;
    }
    window.view.borrow_mut().update(&mut agent.tree_mut(), agent.task_time());
    for child in children {
        let (Some(element), Some(inner)) = (child.container(), child.window()) else { continue };
        fit(agent, &child, &window, element);
        paint_frames(agent, &child);
        if !inner.is_presentable(agent) {
            continue;
        }
        let list = {
            let mut view = inner.view.borrow_mut();
            let mut tree = agent.tree_mut();
            view.update(&mut tree, agent.task_time());
            view.paint(&mut tree)
        };
        if let Some(list) = list {
            inner.input.presented.set(true);
            inner.loading.timing.look(&list);
            window.view.borrow_mut().set_frame(element, Some(list));
        }
    }
}

/// Gives the viewport of a frame the size that the frame's element has.
fn fit(agent: &Agent, child: &Navigable, parent: &Obj<Window>, element: NodeId) {
    let size = parent.view.borrow_mut().content_size(&mut agent.tree_mut(), element);
    let size = size.unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
    let (width, height) = (size.width as f32, size.height as f32);
    let viewport = Viewport { width, height, ..parent.viewport.get() };
    child.set_viewport(viewport);
    if let Some(inner) = child.window() {
        resize(agent, &inner, viewport);
    }
}

/// Gives a frame's viewport its size, before script is told of it or a document
/// comes into it. Does nothing for the app's own window.
pub(crate) fn fit_frame(agent: &Agent, navigable: &Navigable) {
    let Some(element) = navigable.container() else { return };
    let Some(parent) = agent.window_of(element) else { return };
    if let Some(outer) = agent.navigable_of(&parent) {
        fit_frame(agent, &outer);
    }
    fit(agent, navigable, &parent, element);
}

/// The window whose rendering a node belongs to.
fn window_for(cx: &Cx, node: NodeId) -> Obj<Window> {
    let agent = cx.engine();
    if !agent.navigables.had_frames() {
        return cx.window();
    }
    agent.window_of(node).unwrap_or_else(|| cx.window())
}

/// [`window_for`], for questions about geometry: a frame's window gets the size that
/// the layout around it gives now.
fn fitted_window_for(cx: &Cx, node: NodeId) -> Obj<Window> {
    let window = window_for(cx, node);
    fit_window(&cx.engine(), &window);
    window
}

/// Gives the viewport of a frame's window its size, if it may have changed.
pub(crate) fn fit_window(agent: &Agent, window: &Window) {
    if agent.navigables.had_frames()
        && let Some(navigable) = agent.navigable_of(window)
    {
        fit_frame(agent, &navigable);
    }
}

/// Gives the element of a frame what the document in it looks like.
pub(crate) fn set_frame(
    _: &Agent,
    window: &Obj<Window>,
    element: NodeId,
    list: Option<virga_display_list::DisplayList>,
) {
    window.view.borrow_mut().set_frame(element, list);
}

/// A point of a window's viewport in the coordinates of a frame inside of it.
pub(crate) fn point_in_frame(
    agent: &Agent,
    window: &Obj<Window>,
    element: NodeId,
    point: Point,
) -> Option<Point> {
    window.view.borrow_mut().point_in_content(&mut agent.tree_mut(), element, point)
}

/// <https://drafts.csswg.org/cssom-view/#scrolling-events>
fn fire_scroll(cx: &mut Cx, scrolled: ScrollTarget, name: &str) {
    let (node, bubbles) = match scrolled {
        None => (cx.document_id(), Bubbles(true)),
        Some(element) => (element, Bubbles(false)),
    };
    if !cx.engine().tree().contains(node) {
        return;
    }
    let target: Obj<EventTarget> = cx.wrap(node).upcast();
    let event = Event::trusted(cx, name, bubbles, Cancelable(false));
    events::fire_event(cx, &target, event);
}

fn note_scrolled(window: &Window, target: ScrollTarget) {
    let mut scrolled = window.input.scrolled.borrow_mut();
    if !scrolled.contains(&target) {
        scrolled.push(target);
    }
}

/// The window has another size, scale or colour scheme.
pub(crate) fn resize(agent: &Agent, window: &Obj<Window>, viewport: Viewport) {
    let before = window.viewport.replace(viewport);
    if before == viewport {
        return;
    }
    window.view.borrow_mut().set_viewport(&mut agent.tree_mut(), viewport);
    if before.width != viewport.width || before.height != viewport.height {
        window.input.resized.set(true);
    }
}

/// The compositor scrolled by itself, in whichever document.
pub(crate) fn compositor_scrolled(agent: &Agent, scroll: u64, offset: Point) {
    let window = NodeId::from_bits(scroll).and_then(|node| agent.window_of(node));
    let Some(window) = window else {
        return picker::compositor_scrolled(agent, scroll, offset);
    };
    let target =
        window.view.borrow_mut().compositor_scrolled(&mut agent.tree_mut(), scroll, offset);
    if let Some(target) = target {
        note_scrolled(&window, target);
    }
}

/// Scrolls the document to a place, as far as it goes.
#[expect(clippy::cast_possible_truncation, reason = "layout has the precision of `f32`")]
pub(crate) fn scroll_document(cx: &mut Cx, x: f64, y: f64) {
    scroll_to(cx, None, Point { x: x as f32, y: y as f32 });
}

/// Scrolls an element, or the document, as far as it goes.
pub(crate) fn scroll_to(cx: &mut Cx, target: ScrollTarget, to: Point) {
    let agent = cx.engine();
    let window = scrolled_window(cx, target);
    let moved = {
        let mut view = window.view.borrow_mut();
        let before = view.scroll_offset(target);
        view.scroll_to(&mut agent.tree_mut(), target, to) != before
    };
    if moved {
        note_scrolled(&window, target);
    }
}

/// How far an element, or the document, is scrolled.
pub(crate) fn scroll_offset(cx: &Cx, target: ScrollTarget) -> Point {
    scrolled_window(cx, target).view.borrow().scroll_offset(target)
}

fn scrolled_window(cx: &Cx, target: ScrollTarget) -> Obj<Window> {
    match target {
        Some(element) => window_for(cx, element),
        None => cx.window(),
    }
}

/// Scrolls the document so that the element's top is at the viewport's.
pub(crate) fn scroll_into_view(cx: &mut Cx, element: NodeId) {
    let Some(rect) = bounding_rect(cx, element) else { return };
    let (x, y) = cx.window().scroll_offset(cx);
    scroll_document(cx, x, y + rect.y0);
}

/// The border box of an element relative to the viewport, with style and layout
/// brought up to date; `None` if it has no box.
pub(crate) fn bounding_rect(cx: &Cx, element: NodeId) -> Option<kurbo::Rect> {
    let agent = cx.engine();
    let window = fitted_window_for(cx, element);
    window.view.borrow_mut().bounding_rect(&mut agent.tree_mut(), element)
}

/// All elements at a point of the viewport, topmost first.
pub(crate) fn hit_test_all(cx: &Cx, point: Point) -> Vec<NodeId> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().hit_test_all(&mut agent.tree_mut(), point)
}

/// The sizes that a resize observer sees, as of the last layout.
pub(crate) fn observed_box(cx: &Cx, element: NodeId) -> Option<ObservedBox> {
    let agent = cx.engine();
    let document = agent.tree().owner_document(element)?;
    let window = agent.window_of_document(document)?;
    window.view.borrow().observed_box(element)
}

/// The part of the viewport in which an element shows its descendants.
pub(crate) fn root_bounds(cx: &Cx, element: NodeId) -> Option<kurbo::Rect> {
    let agent = cx.engine();
    let window = window_for(cx, element);
    window.view.borrow_mut().root_bounds(&mut agent.tree_mut(), element)
}

/// What can be seen of an element in a root's rectangle, through the frames between
/// the two, in the viewport of the element's own window.
pub(crate) fn visible_part(
    cx: &Cx,
    element: NodeId,
    root_window: &Obj<Window>,
    root: Option<NodeId>,
    bounds: kurbo::Rect,
) -> Option<kurbo::Rect> {
    let agent = cx.engine();
    let mut window = window_for(cx, element);
    let mut node = element;
    let mut within = None;
    let mut shift = kurbo::Vec2::ZERO;
    loop {
        let at_root = window.id() == root_window.id();
        let viewport = window.viewport();
        let size = (f64::from(viewport.width), f64::from(viewport.height));
        let (root, bounds) = if at_root {
            (root, bounds)
        } else {
            (None, kurbo::Rect::from_origin_size((0.0, 0.0), size))
        };
        let part = {
            let mut view = window.view.borrow_mut();
            view.visible_part(&mut agent.tree_mut(), node, within, root, bounds)?
        };
        if at_root {
            return Some(part - shift);
        }
        // On in the document around, as a part of the frame.
        node = agent.navigable_of(&window)?.container()?;
        window = agent.window_of(node)?;
        let mut view = window.view.borrow_mut();
        let padding = view.padding_rect(&mut agent.tree_mut(), node)?;
        let content = view.observed_box(node)?.content;
        let origin = padding.origin().to_vec2() + content.origin().to_vec2();
        drop(view);
        within = Some(part + origin);
        shift += origin;
    }
}

/// The text or else the element under a point of the viewport.
pub(crate) fn hit_text(cx: &Cx, point: Point) -> Option<NodeId> {
    let agent = cx.engine();
    let window = cx.window();
    let hit = window.view.borrow_mut().hit_test(&mut agent.tree_mut(), point)?;
    Some(hit.text.unwrap_or(hit.node))
}

/// The node under a point of the viewport.
pub(crate) fn hit_test(cx: &Cx, point: Point) -> Option<NodeId> {
    let agent = cx.engine();
    let window = cx.window();
    fit_window(&agent, &window);
    window.view.borrow_mut().hit_test(&mut agent.tree_mut(), point).map(|hit| hit.node)
}

/// What lies topmost at a point of the viewport.
pub(crate) fn hit(cx: &Cx, point: Point) -> Option<virga_dom::hit_test::Hit> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().hit_test(&mut agent.tree_mut(), point)
}

/// Scrolls what is around a node as little as it takes to show a rectangle of
/// the viewport.
#[expect(clippy::cast_possible_truncation, reason = "layout has the precision of `f32`")]
pub(crate) fn reveal(cx: &mut Cx, node: NodeId, mut rect: kurbo::Rect) {
    let agent = cx.engine();
    let around: Vec<NodeId> = {
        let tree = agent.tree();
        tree.ancestors(node).filter(|&id| tree.is_element(id)).collect()
    };
    let viewport = cx.window().viewport();
    let screen = kurbo::Rect::new(0.0, 0.0, viewport.width.into(), viewport.height.into());
    let areas = around.into_iter().map(Some).chain([None]);
    for area in areas {
        let port = match area {
            Some(id) if !is_scroll_container(cx, id) => continue,
            Some(id) => match bounding_rect(cx, id) {
                Some(port) => port,
                None => continue,
            },
            None => screen,
        };
        let along = |start: f64, end: f64, from: f64, to: f64| {
            if start < from {
                start - from
            } else if end > to {
                (end - to).min(start - from)
            } else {
                0.0
            }
        };
        let by = kurbo::Vec2::new(
            along(rect.x0, rect.x1, port.x0, port.x1),
            along(rect.y0, rect.y1, port.y0, port.y1),
        );
        if by == kurbo::Vec2::ZERO {
            continue;
        }
        let before = scroll_offset(cx, area);
        scroll_to(cx, area, Point { x: before.x + by.x as f32, y: before.y + by.y as f32 });
        let after = scroll_offset(cx, area);
        let moved = kurbo::Vec2::new((after.x - before.x).into(), (after.y - before.y).into());
        rect = rect - moved;
    }
}

/// Whether an element has a box that is not hidden.
pub(crate) fn is_visible(cx: &Cx, element: NodeId) -> bool {
    bounding_rect(cx, element).is_some()
        && !matches!(computed(cx, element, "visibility").as_deref(), Some("hidden" | "collapse"))
}

/// Whether an element scrolls what overflows it.
pub(crate) fn is_scroll_container(cx: &Cx, element: NodeId) -> bool {
    ["overflow-x", "overflow-y"].iter().any(|name| {
        let value = computed(cx, element, name);
        matches!(value.as_deref(), Some("auto" | "scroll" | "hidden"))
    })
}

pub(crate) fn computed(cx: &Cx, element: NodeId, name: &str) -> Option<String> {
    let agent = cx.engine();
    let window = cx.window();
    let now = agent.task_time().as_millis() / 1000.0;
    let mut view = window.view.borrow_mut();
    view.computed_value(&mut agent.tree_mut(), element, None, name, now)
}

/// Whether fingers on an element may scroll along x and y: what all elements
/// around allow, up to the one that scrolls.
///
/// <https://w3c.github.io/pointerevents/#determining-supported-touch-behavior>
pub(crate) fn touch_action(cx: &Cx, element: NodeId) -> (bool, bool) {
    let agent = cx.engine();
    let around: Vec<NodeId> = {
        let tree = agent.tree();
        std::iter::once(element)
            .chain(tree.ancestors(element))
            .filter(|&id| tree.is_element(id))
            .collect()
    };
    let mut allowed = (true, true);
    for id in around {
        let value = computed(cx, id, "touch-action").unwrap_or_default();
        let has = |name: &str| value.split(' ').any(|word| word == name);
        if !has("auto") && !has("manipulation") {
            allowed.0 &= has("pan-x");
            allowed.1 &= has("pan-y");
        }
        if is_scroll_container(cx, id) {
            break;
        }
    }
    allowed
}

/// Gives an element the image that it shows, or none.
pub(crate) fn set_image(cx: &Cx, element: NodeId, image: Option<ImageData>) {
    let agent = cx.engine();
    let window = window_for(cx, element);
    window.view.borrow_mut().set_image(&mut agent.tree_mut(), element, image);
}

/// Whether a media query list holds for the window.
pub(crate) fn matches_media(cx: &Cx, media: &str) -> bool {
    let window = cx.window();
    fit_window(&cx.engine(), &window);
    window.view.borrow().matches_media(media)
}

/// The pointer's shape over an element, as the `cursor` property says.
pub(crate) fn cursor(cx: &Cx, element: NodeId) -> CursorIcon {
    let agent = cx.engine();
    let window = window_for(cx, element);
    let now = agent.task_time().as_millis() / 1000.0;
    let value = window.view.borrow_mut().computed_value(
        &mut agent.tree_mut(),
        element,
        None,
        "cursor",
        now,
    );
    // After images that are not shown comes the keyword that stands in for them.
    match value.as_deref().and_then(|value| value.rsplit(',').next()).map(str::trim) {
        Some("none") => CursorIcon::None,
        Some("pointer") => CursorIcon::Pointer,
        Some("text" | "vertical-text") => CursorIcon::Text,
        Some("wait") => CursorIcon::Wait,
        Some("progress") => CursorIcon::Progress,
        Some("help") => CursorIcon::Help,
        Some("crosshair" | "cell") => CursorIcon::Crosshair,
        Some("move" | "all-scroll") => CursorIcon::Move,
        Some("grab") => CursorIcon::Grab,
        Some("grabbing") => CursorIcon::Grabbing,
        Some("not-allowed" | "no-drop") => CursorIcon::NotAllowed,
        Some("ew-resize" | "e-resize" | "w-resize" | "col-resize") => CursorIcon::EwResize,
        Some("ns-resize" | "n-resize" | "s-resize" | "row-resize") => CursorIcon::NsResize,
        Some("auto") | None if forms::is_text_field(&agent.tree(), element) => CursorIcon::Text,
        _ => CursorIcon::Default,
    }
}

/// The window goes: its rendering lets go of the tree.
pub(crate) fn dispose(agent: &Agent, window: &Obj<Window>) {
    agent.keep_counters(window.view.borrow().counters());
    window.view.borrow_mut().detach(&mut agent.tree_mut());
}

/// Brings rendering up to date and describes one of its phases.
pub(crate) fn dump(agent: &Agent, window: &Obj<Window>, phase: DumpPhase) -> String {
    if agent.navigables.had_frames() {
        paint_frames(agent, &agent.navigables.shown(agent));
    }
    let mut tree = agent.tree_mut();
    let mut view = window.view.borrow_mut();
    let now = agent.task_time();
    view.update_style(&mut tree, now);
    view.update_layout(&mut tree);
    match phase {
        DumpPhase::Style => view.dump_style(&tree),
        DumpPhase::Boxes => view.dump_boxes(&tree),
        DumpPhase::Fragments => view.dump_fragments(&tree),
        DumpPhase::DisplayList | DumpPhase::Layers => {
            let list = view.display_list(&mut tree);
            let list = picker::over(agent, &mut tree, list);
            if phase == DumpPhase::Layers { layers(&list) } else { list.dump() }
        }
    }
}

/// The lines of a display list's dump that begin a layer.
fn layers(list: &virga_display_list::DisplayList) -> String {
    let dump = list.dump();
    dump.lines().filter(|line| line.trim_start().starts_with("layer ")).fold(
        String::new(),
        |mut out, line| {
            out.push_str(line);
            out.push('\n');
            out
        },
    )
}

/// How much work rendering has done.
pub(crate) fn counters(agent: &Agent) -> FrameCounters {
    let mut counters = agent.past_counters();
    for window in agent.windows() {
        let view = window.view.borrow().counters();
        counters.nodes_styled += view.nodes_styled;
        counters.boxes_rebuilt += view.boxes_rebuilt;
        counters.nodes_laid_out += view.nodes_laid_out;
        counters.items_painted += view.items_painted;
    }
    counters.frames = agent.frames();
    counters
}
