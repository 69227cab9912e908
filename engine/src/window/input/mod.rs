//! From what the user's hands did to events: <https://w3c.github.io/uievents/>,
//! <https://w3c.github.io/pointerevents/>, <https://w3c.github.io/touch-events/>

mod click;
mod drag;
mod fire;
mod keyboard;
mod pointers;
mod select;
mod touch;
mod wheel;

pub(crate) use drag::Drag;
pub(crate) use wheel::blocking_changed;

use std::cell::{Cell, RefCell};

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::{
    CursorIcon, FromApp, InputEvent, PointerButton, PointerEvent as Input, PointerPhase,
    PointerType,
};

use super::{
    composition, editing,
    focus::{self, FocusBy},
    list_box,
    rendering::{self, ScrollTarget},
    user_activation,
};
use crate::agent::EngineCx;

use fire::Fire;
use pointers::{Pointers, settle};

/// What a window remembers between two inputs.
#[derive(Default)]
pub(crate) struct InputState {
    pointers: Pointers,
    touches: touch::Touches,
    taps: Cell<Option<touch::Tap>>,
    selecting: Cell<Option<select::Selecting>>,
    /// Where the user is in a list of options.
    pub(super) list_place: Cell<Option<list_box::Place>>,
    drag: drag::State,
    /// The element that has the focus.
    pub(super) focused: Cell<Option<NodeId>>,
    /// Where sequential navigation begins, if nothing has the focus.
    pub(super) navigation_start: Cell<Option<NodeId>>,
    /// The element that the space bar is down on.
    space_pressed: Cell<Option<NodeId>>,
    window_blurred: Cell<bool>,
    cursor: Cell<CursorIcon>,
    blocking: Cell<virga_protocol::BlockingInput>,
    pub(super) edited: editing::Edited,
    pub(super) composition: composition::State,
    pub(super) content: editing::content::State,
    /// What the rendering shows of the selection may be out of date.
    pub(super) selection_changed: Cell<bool>,
    /// The rendering shows a selection or a caret.
    pub(super) selection_used: Cell<bool>,
    /// The window was shown at least once.
    pub(super) presented: Cell<bool>,
    pub(super) resized: Cell<bool>,
    pub(super) scrolled: RefCell<Vec<ScrollTarget>>,
}

impl InputState {
    /// Whether the window has the focus of the user's system.
    pub(crate) fn has_focus(&self) -> bool {
        !self.window_blurred.get()
    }

    pub(super) fn set_has_focus(&self, has: bool) {
        self.window_blurred.set(!has);
    }

    /// No key is held down any more.
    pub(super) fn forget_pressed(&self) {
        self.space_pressed.set(None);
    }

    /// Whether the host asks before it scrolls by a wheel.
    pub(super) fn asks_for_wheel(&self) -> bool {
        self.blocking.get().wheel
    }

    /// The host shows another cursor than this window said.
    pub(super) fn forget_cursor(&self) {
        self.cursor.set(CursorIcon::Default);
    }
}

/// Handles an input in the current window.
pub(crate) fn handle(cx: &mut Cx, event: InputEvent) {
    user_activation::note(cx, &event);
    match event {
        InputEvent::Pointer(input) => match input.kind {
            PointerType::Touch => touch::handle(cx, &input),
            PointerType::Mouse | PointerType::Pen => mouse(cx, &input),
        },
        InputEvent::Wheel(input) => wheel::handle(cx, &input),
        InputEvent::Key(input) => keyboard::handle(cx, &input),
        InputEvent::Text(text) => composition::commit(cx, &text),
        InputEvent::Preedit(preedit) => composition::update(cx, &preedit),
        InputEvent::Focus(gained) => super::focus_chain::system_focus(cx, gained),
        InputEvent::Mark(mark) => crate::testing::reached(cx, mark),
    }
}

/// The subtree at `root` left the document: nothing in it is hovered, pressed or
/// focused any more.
pub(crate) fn node_removed(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let window = cx.window();
    let states = agent.tree().state(root);
    let chains = [ElementState::HOVER, ElementState::ACTIVE];
    if chains.iter().any(|state| states.contains(*state)) || !window.input.pointers.ids().is_empty()
    {
        let mut tree = agent.tree_mut();
        // What is left of the chain belongs to the document still.
        let left = tree.document_element(window.document_id());
        window.input.pointers.leave_subtree(&tree, root, left);
        for state in chains.into_iter().filter(|state| states.contains(*state)) {
            let inside: Vec<NodeId> = std::iter::once(root)
                .chain(tree.descendants(root))
                .filter(|&id| tree.state(id).contains(state))
                .collect();
            for id in inside {
                tree.set_state(id, state, false);
            }
        }
    }
    focus::node_removed(cx, root);
}

/// A node and what it is in: slots that show it, and hosts.
pub(super) fn inclusive_ancestors(tree: &Tree, id: Option<NodeId>) -> Vec<NodeId> {
    let mut chain = Vec::new();
    let mut next = id.filter(|&id| tree.contains(id));
    while let Some(id) = next {
        if tree.is_element(id) {
            chain.push(id);
        }
        next = tree.assigned_slot(id).or_else(|| tree.parent(id)).or_else(|| tree.host(id));
    }
    chain
}

/// The element under a point; the document's if there is nothing else.
fn element_at(cx: &Cx, position: virga_protocol::Point) -> Option<NodeId> {
    let hit = rendering::hit_test(cx, position);
    let agent = cx.engine();
    let tree = agent.tree();
    let hit = hit
        .filter(|&id| tree.contains(id))
        .and_then(|id| if tree.is_element(id) { Some(id) } else { tree.parent_element(id) });
    hit.or_else(|| tree.document_element(cx.document_id()))
}

/// Moves a state such as `:hover` from one element and its ancestors to another.
fn set_chain(tree: &mut Tree, from: Option<NodeId>, to: Option<NodeId>, state: ElementState) {
    let (old, new) = (inclusive_ancestors(tree, from), inclusive_ancestors(tree, to));
    for id in old.iter().filter(|id| !new.contains(id)) {
        tree.set_state(*id, state, false);
    }
    for id in new.iter().filter(|id| !old.contains(id)) {
        tree.set_state(*id, state, true);
    }
}

/// A mouse, or a pen, which does all that a mouse does.
fn mouse(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    if drag::handle(cx, input) {
        return;
    }
    let before = window.input.pointers.enter(input.id, input.kind);
    let fire = Fire::new(cx, input);
    match input.phase {
        PointerPhase::Leave => {
            let target = pointers_target(cx, &fire, None);
            if target.is_none() {
                pointers::move_over(cx, &fire, None);
            }
            return;
        }
        PointerPhase::Cancel => return cancel(cx, &fire),
        PointerPhase::Down | PointerPhase::Move | PointerPhase::Up => {}
    }
    let hit = element_at(cx, input.position);
    let target = settle(cx, &fire, hit);
    show_cursor(cx, hit);
    window.input.pointers.update(input.id, |pointer| {
        pointer.last = Some(fire.data.client);
        pointer.buttons = input.buttons;
    });
    let Some(target) = target else { return };
    match input.phase {
        PointerPhase::Move => {
            fire.pointer(cx, "pointermove", target, None);
            if !no_mouse(cx, input.id) {
                fire.mouse(cx, "mousemove", target, None);
            }
            select::drag(cx, input);
            list_box::drag(cx, target);
            drag::maybe_start(cx, &fire);
        }
        PointerPhase::Down => {
            let first = before.buttons == 0;
            window.input.pointers.update(input.id, |pointer| pointer.start = fire.data.client);
            if input.button == Some(PointerButton::Primary) || first {
                press(cx, input.id, target);
            }
            let name = if first { "pointerdown" } else { "pointermove" };
            let allowed = fire.pointer(cx, name, target, None);
            if first {
                window.input.pointers.update(input.id, |pointer| pointer.no_mouse = !allowed);
            }
            mouse_down(cx, &fire, target);
        }
        PointerPhase::Up => up(cx, &fire, target),
        PointerPhase::Leave | PointerPhase::Cancel => {}
    }
}

/// Runs what a pointer's capture has due; its capturing element.
fn pointers_target(cx: &mut Cx, fire: &Fire<'_>, hit: Option<NodeId>) -> Option<NodeId> {
    settle(cx, fire, hit)
}

fn no_mouse(cx: &Cx, id: i32) -> bool {
    cx.window().input.pointers.get(id).is_some_and(|pointer| pointer.no_mouse)
}

/// `mousedown`, and what follows unless it is cancelled: focus, a selection, the
/// beginning of a drag; and the menu of the secondary button.
fn mouse_down(cx: &mut Cx, fire: &Fire<'_>, target: NodeId) {
    let id = fire.input.id;
    if !no_mouse(cx, id) {
        let allowed = fire.mouse(cx, "mousedown", target, None);
        let is_primary = fire.input.button == Some(PointerButton::Primary);
        if allowed {
            focus_at(cx, target);
            if is_primary {
                select::begin(cx, fire.input);
                list_box::press(cx, fire.input, target, false);
            }
        }
        // A drag begins in spite of nothing but its own event.
        if allowed && is_primary {
            drag::press(cx, fire, target);
        }
    }
    if fire.input.button == Some(PointerButton::Secondary) && cx.engine().tree().contains(target) {
        fire.pointer(cx, "contextmenu", target, None);
    }
}

/// A button went up.
fn up(cx: &mut Cx, fire: &Fire<'_>, target: NodeId) {
    let window = cx.window();
    let id = fire.input.id;
    let last = fire.input.buttons == 0;
    let quiet = no_mouse(cx, id);
    fire.pointer(cx, if last { "pointerup" } else { "pointermove" }, target, None);
    if !quiet {
        fire.mouse(cx, "mouseup", target, None);
    }
    select::end(cx);
    list_box::release(cx);
    drag::forget(cx);
    let pressed = if fire.input.button == Some(PointerButton::Primary) || last {
        release(cx, id)
    } else {
        window.input.pointers.get(id).and_then(|pointer| pointer.pressed)
    };
    if last {
        window.input.pointers.update(id, |pointer| {
            pointer.no_mouse = false;
            pointer.pending = None;
        });
        let captured = window.input.pointers.get(id).and_then(|pointer| pointer.captured);
        if captured.is_some() {
            // <https://w3c.github.io/pointerevents/#implicit-release-of-pointer-capture>
            let hit = element_at(cx, fire.input.position);
            settle(cx, fire, hit);
        }
    }
    click::after_release(cx, fire, pressed, target);
}

/// The system took the pointer away.
fn cancel(cx: &mut Cx, fire: &Fire<'_>) {
    let window = cx.window();
    let id = fire.input.id;
    let over = window.input.pointers.get(id).and_then(|pointer| pointer.over);
    let target = settle(cx, fire, over);
    if let Some(target) = target {
        fire.pointer(cx, "pointercancel", target, None);
    }
    release(cx, id);
    select::end(cx);
    list_box::release(cx);
    window.input.pointers.update(id, |pointer| {
        pointer.no_mouse = false;
        pointer.pending = None;
        pointer.buttons = 0;
    });
    settle(cx, fire, None);
}

/// Tells the host the pointer's shape, if it is another.
fn show_cursor(cx: &mut Cx, over: Option<NodeId>) {
    let agent = cx.engine();
    let over = over.filter(|&id| agent.tree().is_connected(id));
    let cursor = over.map_or(CursorIcon::Default, |id| rendering::cursor(cx, id));
    if cx.window().input.cursor.replace(cursor) != cursor {
        agent.send(FromApp::Cursor(cursor));
    }
}

/// The pointer went down on an element, which is active until it lifts.
fn press(cx: &mut Cx, pointer: i32, target: NodeId) {
    let agent = cx.engine();
    cx.window().input.pointers.update(pointer, |pointer| pointer.pressed = Some(target));
    set_chain(&mut agent.tree_mut(), None, Some(target), ElementState::ACTIVE);
}

/// The pointer lifted; what it went down on.
fn release(cx: &mut Cx, pointer: i32) -> Option<NodeId> {
    let agent = cx.engine();
    let mut pressed = None;
    cx.window().input.pointers.update(pointer, |pointer| pressed = pointer.pressed.take());
    set_chain(&mut agent.tree_mut(), pressed, None, ElementState::ACTIVE);
    pressed
}

/// The focus goes to the nearest element around that can have it.
///
/// <https://html.spec.whatwg.org/#get-the-focusable-area>, for clicks
fn focus_at(cx: &mut Cx, target: NodeId) {
    let agent = cx.engine();
    let focused = focus::focused(cx);
    let focusable = focus::clicked(&agent.tree(), target, focused);
    cx.window().input.navigation_start.set(Some(target));
    focus::focus(cx, focusable, FocusBy::Pointer);
}

impl crate::generated::PointerCaptureMethods for Obj<crate::dom::Element> {
    fn set_pointer_capture(&self, cx: &mut Cx, pointer_id: i32) -> virga_js::Fallible<()> {
        pointers::set_capture(cx, self.id(), pointer_id)
    }

    fn release_pointer_capture(&self, cx: &mut Cx, pointer_id: i32) -> virga_js::Fallible<()> {
        pointers::release_capture(cx, self.id(), pointer_id)
    }

    fn has_pointer_capture(&self, cx: &mut Cx, pointer_id: i32) -> virga_js::Fallible<bool> {
        Ok(pointers::has_capture(cx, self.id(), pointer_id))
    }
}
