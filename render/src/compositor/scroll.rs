//! Where scroll containers are: the compositor is ahead of the document.
//!
//! The user scrolls here, and the document hears of it by a message. Until a
//! frame comes that knows it, the compositor keeps its own offset. An offset
//! in a frame that was never sent means that script scrolled; it wins.

use std::collections::VecDeque;

use kurbo::{Affine, Point, Vec2};
use rustc_hash::FxHashMap;
use virga_display_list::{Scroll, ScrollId};

use super::tree::{Node, Surface};

/// Offsets pass through messages with 32 bits.
const SAME: f64 = 0.01;
/// An app that hears nothing for so many scrolls has other troubles.
const MAX_SENT: usize = 1024;

/// The offsets of all scroll containers of an app.
#[derive(Debug, Default)]
pub(crate) struct Scrolls {
    states: FxHashMap<ScrollId, State>,
}

#[derive(Debug)]
struct State {
    scroll: Scroll,
    /// Where the compositor shows it.
    offset: Vec2,
    /// Offsets that the document was told and has not shown yet.
    sent: VecDeque<Vec2>,
}

impl State {
    fn clamp(&self, offset: Vec2) -> Vec2 {
        let most = |content: f64, port: f64| (content - port).max(0.0);
        let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
        Vec2::new(
            finite(offset.x).clamp(0.0, most(self.scroll.content.width, self.scroll.port.width())),
            finite(offset.y)
                .clamp(0.0, most(self.scroll.content.height, self.scroll.port.height())),
        )
    }
}

fn close(a: Vec2, b: Vec2) -> bool {
    (a.x - b.x).abs() < SAME && (a.y - b.y).abs() < SAME
}

impl Scrolls {
    /// Takes over what a new frame knows. Returns whether an offset changed.
    pub(crate) fn update(&mut self, tree: &Surface) -> bool {
        let mut old = std::mem::take(&mut self.states);
        let mut changed = false;
        for_each_scroll(tree, &mut |scroll| {
            let state = match old.remove(&scroll.id) {
                None => State { scroll, offset: scroll.offset, sent: VecDeque::new() },
                Some(mut state) => {
                    let before = state.scroll.offset;
                    state.scroll = scroll;
                    if !close(before, scroll.offset) {
                        match state.sent.iter().position(|sent| close(*sent, scroll.offset)) {
                            Some(index) => drop(state.sent.drain(..=index)),
                            None => {
                                state.sent.clear();
                                changed |= !close(state.offset, scroll.offset);
                                state.offset = scroll.offset;
                            }
                        }
                    }
                    let clamped = state.clamp(state.offset);
                    changed |= clamped != state.offset;
                    state.offset = clamped;
                    state
                }
            };
            self.states.insert(scroll.id, state);
        });
        changed
    }

    /// Where a container is shown.
    pub(crate) fn offset(&self, id: ScrollId) -> Option<Vec2> {
        self.states.get(&id).map(|state| state.offset)
    }

    /// Moves a container; returns its new offset if that is another one.
    pub(crate) fn scroll_to(&mut self, id: ScrollId, offset: Vec2) -> Option<Vec2> {
        let state = self.states.get_mut(&id)?;
        let offset = state.clamp(offset);
        if offset == state.offset {
            return None;
        }
        state.offset = offset;
        if state.sent.len() >= MAX_SENT {
            state.sent.pop_front();
        }
        state.sent.push_back(offset);
        Some(offset)
    }

    /// Moves the innermost container under `point` that can move that way.
    pub(crate) fn scroll_by(
        &mut self,
        tree: &Surface,
        point: Point,
        delta: Vec2,
    ) -> Option<(ScrollId, Vec2)> {
        let mut found = Vec::new();
        self.find(tree, Affine::IDENTITY, point, &mut found);
        // What nobody else takes goes to the viewport.
        let mut viewport = None;
        for_each_scroll(tree, &mut |scroll| viewport = viewport.or(Some(scroll.id)));
        found.extend(viewport.filter(|id| !found.contains(id)));
        found.into_iter().find_map(|id| {
            let state = self.states.get(&id)?;
            let allowed = Vec2::new(
                if state.scroll.x { delta.x } else { 0.0 },
                if state.scroll.y { delta.y } else { 0.0 },
            );
            let target = state.offset + allowed;
            self.scroll_to(id, target).map(|offset| (id, offset))
        })
    }

    /// Collects the containers under `point`, innermost first. Returns whether
    /// a layer is there that hides what lies below it from the user's hand.
    fn find(
        &self,
        surface: &Surface,
        to_view: Affine,
        point: Point,
        found: &mut Vec<ScrollId>,
    ) -> bool {
        for child in surface.children.iter().rev() {
            let Node::Surface(child) = child else { continue };
            let outer = to_view * child.effects.transform;
            if outer.determinant() == 0.0 || !outer.is_finite() {
                continue;
            }
            let local = outer.inverse() * point;
            if child.effects.clip_bounds().is_some_and(|clip| !clip.contains(local)) {
                continue;
            }
            let scroll = child.effects.scroll;
            let offset = scroll.and_then(|scroll| self.offset(scroll.id)).unwrap_or_default();
            let inner = outer * Affine::translate(-offset);
            let hit_inside = self.find(child, inner, point, found);
            if let Some(scroll) = scroll {
                found.push(scroll.id);
            }
            let covers = scroll.is_some() || child.bounds.contains(local + offset);
            if hit_inside || (child.layer.is_some() && covers) {
                return true;
            }
        }
        false
    }
}

fn for_each_scroll(surface: &Surface, visit: &mut dyn FnMut(Scroll)) {
    for child in &surface.children {
        if let Node::Surface(child) = child {
            if let Some(scroll) = child.effects.scroll {
                visit(scroll);
            }
            for_each_scroll(child, visit);
        }
    }
}
