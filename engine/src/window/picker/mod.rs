//! The list of a drop-down `select`: <https://html.spec.whatwg.org/#the-select-element>
//!
//! The list is a small document of its own that no script sees ([`list`]). It is laid
//! over the frame of the whole app, so that it may stick out of the frame or the
//! scroll container that the select is in. Of an app there is one list at most: a
//! press elsewhere, a scroll, or a select that goes, closes it.

mod input;
mod list;
mod typing;

pub(crate) use input::{destination, handle, key};
pub(crate) use typing::Typed;

use std::cell::{Cell, RefCell};

use virga_display_list::{
    DisplayList,
    kurbo::{Rect, Vec2},
};
use virga_dom::{NodeId, Tree};
use virga_js::Cx;
use virga_protocol::Point;

use super::{Window, controls, forms, rendering};
use crate::agent::{Agent, EngineCx};
use list::List;

/// The list that is open, if one is.
#[derive(Default)]
pub(crate) struct Pickers {
    open: RefCell<Option<Picker>>,
    /// One opened or closed since the last frame.
    stale: Cell<bool>,
    /// The select whose list the press that is being handled closed.
    closed_by_press: Cell<Option<NodeId>>,
    pub(crate) typed: Typed,
}

struct Picker {
    select: NodeId,
    list: List,
    /// Where the select was, in the app's viewport: it closes when that moves.
    anchor: Rect,
    /// The pointer that opened it and is still down, and where.
    opener: Option<Opener>,
    /// The pointer that went down in it.
    pressed: Option<i32>,
    /// The page was told that the pointer left it.
    over: bool,
    /// What was in the select when the list was made.
    version: u64,
}

#[derive(Clone, Copy)]
struct Opener {
    pointer: i32,
    at: Point,
    /// It moved far enough to choose where it is let go.
    drags: bool,
}

/// Whether a select opens a list, in place of being one.
pub(crate) fn is_drop_down(tree: &Tree, select: NodeId) -> bool {
    tree.is_html_element(select, "select") && tree.list_box_rows(select).is_none()
}

/// The select whose list is open.
pub(crate) fn open_select(agent: &Agent) -> Option<NodeId> {
    agent.pickers.open.borrow().as_ref().map(|picker| picker.select)
}

/// The user asks for the list of a select, in the realm of its window.
pub(crate) fn open(cx: &mut Cx, select: NodeId, pointer: Option<(i32, Point)>) {
    let agent = cx.engine();
    let refused = pointer.is_some() && agent.pickers.closed_by_press.take() == Some(select);
    if refused || forms::is_disabled(&agent.tree(), select) {
        return;
    }
    close(&agent);
    let Some(anchor) = anchor_of(cx, select) else { return };
    let Some(list) = List::new(cx, select, anchor) else { return };
    let opener = pointer.map(|(pointer, at)| {
        // Fingers and frames tell their own coordinates.
        let origin = origin_of(&agent, &cx.window());
        let at = Point { x: at.x + origin.x, y: at.y + origin.y };
        Opener { pointer, at, drags: false }
    });
    let version = agent.tree().descendants_version(select);
    let picker = Picker { select, list, anchor, opener, pressed: None, over: false, version };
    agent.pickers.open.replace(Some(picker));
    agent.pickers.stale.set(true);
}

/// Closes the list, if one is open.
pub(crate) fn close(agent: &Agent) {
    let picker = agent.pickers.open.take();
    if let Some(picker) = picker {
        picker.list.dispose(agent);
        agent.pickers.stale.set(true);
    }
}

/// The focus left an element: its list closes.
pub(crate) fn blurred(agent: &Agent, from: NodeId) {
    if open_select(agent) == Some(from) {
        close(agent);
    }
}

/// Follows what happened to the select since the last frame.
pub(crate) fn refresh(cx: &mut Cx) {
    let agent = cx.engine();
    let Some(select) = open_select(&agent) else { return };
    let stays = {
        let tree = agent.tree();
        tree.is_connected(select)
            && is_drop_down(&tree, select)
            && !forms::is_disabled(&tree, select)
    };
    let anchor = stays.then(|| cx.in_window_of(select, |cx| anchor_of(cx, select))).flatten();
    let version = agent.tree().descendants_version(select);
    let (moved, changed, highlighted) = {
        let open = agent.pickers.open.borrow();
        let Some(picker) = open.as_ref() else { return };
        (anchor != Some(picker.anchor), version != picker.version, picker.list.highlighted_option())
    };
    if moved {
        return close(&agent);
    }
    if changed && let Some(anchor) = anchor {
        let list = cx.in_window_of(select, |cx| List::new(cx, select, anchor));
        let Some(mut list) = list else { return close(&agent) };
        list.highlight_option(&agent, highlighted);
        let mut open = agent.pickers.open.borrow_mut();
        if let Some(picker) = open.as_mut() {
            let old = std::mem::replace(&mut picker.list, list);
            picker.version = version;
            drop(open);
            old.dispose(&agent);
        }
    }
}

/// Whether a frame would show another list than the last one.
pub(crate) fn is_dirty(agent: &Agent, tree: &Tree) -> bool {
    agent.pickers.stale.get()
        || agent.pickers.open.borrow().as_ref().is_some_and(|picker| picker.list.is_dirty(tree))
}

/// Lays the list over what the app looks like.
pub(crate) fn over(agent: &Agent, tree: &mut Tree, page: DisplayList) -> DisplayList {
    agent.pickers.stale.set(false);
    match agent.pickers.open.borrow_mut().as_mut() {
        Some(picker) => picker.list.over(tree, page, agent.task_time()),
        None => page,
    }
}

/// The compositor scrolled something that is in no window.
pub(crate) fn compositor_scrolled(agent: &Agent, scroll: u64, offset: Point) {
    if let Some(picker) = agent.pickers.open.borrow_mut().as_mut() {
        picker.list.compositor_scrolled(&mut agent.tree_mut(), scroll, offset);
    }
}

/// The user chose the row that is highlighted: the list closes, and the select hears
/// of it.
fn commit(cx: &mut Cx) {
    let agent = cx.engine();
    let chosen = agent
        .pickers
        .open
        .borrow()
        .as_ref()
        .map(|picker| (picker.select, picker.list.highlighted_option()));
    close(&agent);
    if let Some((select, Some(option))) = chosen {
        cx.in_window_of(select, |cx| controls::choose(cx, select, option));
    }
}

/// Where a select is in the app's viewport; `None` without a box.
fn anchor_of(cx: &Cx, select: NodeId) -> Option<Rect> {
    let rect = rendering::bounding_rect(cx, select)?;
    let origin = origin_of(&cx.engine(), &cx.window());
    Some(rect + Vec2::new(f64::from(origin.x), f64::from(origin.y)))
}

/// Where a window's viewport begins in the app's.
fn origin_of(agent: &Agent, window: &Window) -> Point {
    let mut origin = Point { x: 0.0, y: 0.0 };
    let mut next = agent.navigable_of(window);
    while let Some(element) = next.as_ref().and_then(|navigable| navigable.container()) {
        let Some(outer) = agent.window_of(element) else { break };
        let corner = Point { x: 0.0, y: 0.0 };
        if let Some(inside) = rendering::point_in_frame(agent, &outer, element, corner) {
            origin = Point { x: origin.x - inside.x, y: origin.y - inside.y };
        }
        next = agent.navigable_of(&outer);
    }
    origin
}
