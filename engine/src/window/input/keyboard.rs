//! Keys, and what they do unless a listener prevents it.

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::{KeyEvent as Input, Modifiers, Point};

use super::drag;
use crate::{
    agent::EngineCx,
    events::{self, EventTarget, KeyboardEvent},
    window::{
        activation, composition, controls, editing, focus, focus_sequential, forms, picker,
        rendering,
    },
};

/// What an arrow key scrolls, in CSS px.
const LINE: f32 = 40.0;

pub(super) fn handle(cx: &mut Cx, input: &Input) {
    let Some(target) = target(cx) else { return };
    let object: Obj<EventTarget> = cx.wrap(target).upcast();
    let composing = composition::is_active(cx);
    let name = if input.down { "keydown" } else { "keyup" };
    let event = KeyboardEvent::trusted(cx, name, input, composing);
    let mut allowed = events::fire_event(cx, &object, event);
    if input.down && allowed && synthetic_access_key(cx, input) {
        return;
    }
    let chord = input.modifiers.intersects(Modifiers::CTRL | Modifiers::META)
        && !input.modifiers.contains(Modifiers::ALT_GRAPH);
    let character = events::single_char(&input.key).filter(|_| !chord);
    if input.down && allowed && !composing && (character.is_some() || input.key == "Enter") {
        // The focus may have moved meanwhile.
        if let Some(target) = self::target(cx) {
            let object: Obj<EventTarget> = cx.wrap(target).upcast();
            let event = KeyboardEvent::trusted(cx, "keypress", input, false);
            allowed = events::fire_event(cx, &object, event);
        }
    }
    if !input.down {
        return key_up(cx, input, allowed);
    }
    if !allowed || composing {
        return;
    }
    act(cx, input, character);
}

/// The element that keys go to.
fn target(cx: &Cx) -> Option<NodeId> {
    let document = cx.document_id();
    focus::focused(cx).or_else(|| {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.body(document).or_else(|| tree.document_element(document))
    })
}

/// What a key does that went down.
fn act(cx: &mut Cx, input: &Input, character: Option<char>) {
    let agent = cx.engine();
    let shift = input.modifiers.contains(Modifiers::SHIFT);
    if picker::key(cx, input) {
        return;
    }
    match input.key.as_str() {
        "Tab"
            if !input.modifiers.intersects(Modifiers::CTRL | Modifiers::ALT | Modifiers::META) =>
        {
            return focus_sequential::advance(cx, shift);
        }
        "BrowserBack" | "GoBack" => return crate::history::go_back(cx),
        "ArrowLeft" if input.modifiers == Modifiers::ALT => return crate::history::go_back(cx),
        "Escape" if drag::cancel(cx) || crate::html::dialog::close_request(cx) => return,
        _ => {}
    }
    let target = focus::focused(cx);
    // A list of options selects all of its own.
    let select = target.filter(|&id| agent.tree().is_html_element(id, "select"));
    if select.is_some_and(|select| controls::key(cx, select, input)) {
        return;
    }
    if editing::key(cx, target, input) {
        return;
    }
    let Some(target) = target else { return scroll(cx, input, None) };
    let is_field = forms::is_text_field(&agent.tree(), target);
    if !is_field && controls::key(cx, target, input) {
        return;
    }
    match (input.key.as_str(), character) {
        ("Enter", _) if is_field || controls::submits_on_enter(&agent.tree(), target) => {
            editing::commit(cx, target);
            forms::submit_implicitly(cx, target);
        }
        ("Enter", _) if activates_on_enter(cx, target) => {
            activation::click(cx, target);
        }
        (_, Some(_)) if is_field => editing::insert_typed(cx, &input.key),
        (" ", _) if activates_on_space(cx, target) => {
            cx.window().input.space_pressed.set(Some(target));
            let mut tree = agent.tree_mut();
            super::set_chain(&mut tree, None, Some(target), virga_dom::ElementState::ACTIVE);
        }
        _ => scroll(cx, input, Some(target)),
    }
}

fn activates_on_enter(cx: &Cx, target: NodeId) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    let checkable = tree.is_html_element(target, "input")
        && matches!(forms::input_type(&tree, target), "checkbox" | "radio");
    let label = tree.is_html_element(target, "label");
    drop(tree);
    !checkable && !label && activation::has_behavior(&agent, target)
}

fn activates_on_space(cx: &Cx, target: NodeId) -> bool {
    let agent = cx.engine();
    let is_link =
        ["a", "area", "label"].iter().any(|name| agent.tree().is_html_element(target, name));
    !is_link && activation::has_behavior(&agent, target)
}

/// Space activates a button when it is let go.
fn key_up(cx: &mut Cx, input: &Input, allowed: bool) {
    if input.key != " " {
        return;
    }
    let Some(pressed) = cx.window().input.space_pressed.take() else { return };
    let agent = cx.engine();
    let connected = agent.tree().is_connected(pressed);
    if connected {
        let mut tree = agent.tree_mut();
        super::set_chain(&mut tree, Some(pressed), None, virga_dom::ElementState::ACTIVE);
    }
    if connected && allowed && focus::focused(cx) == Some(pressed) {
        activation::click(cx, pressed);
    }
}

/// Alt and a key activate the element that states it.
///
/// <https://html.spec.whatwg.org/#the-accesskey-attribute>
fn synthetic_access_key(cx: &mut Cx, input: &Input) -> bool {
    let only_alt = input.modifiers.contains(Modifiers::ALT)
        && !input.modifiers.intersects(Modifiers::CTRL | Modifiers::META);
    if !only_alt || events::single_char(&input.key).is_none() {
        return false;
    }
    let agent = cx.engine();
    let found = {
        let tree = agent.tree();
        let wanted = input.key.to_lowercase();
        tree.descendants(cx.document_id()).find(|&id| {
            tree.plain_attribute(id, &"accesskey".into()).is_some_and(|keys| {
                keys.split_ascii_whitespace().any(|key| key.to_lowercase() == wanted)
            })
        })
    };
    let Some(element) = found else { return false };
    focus::focus(cx, Some(element), focus::FocusBy::Keyboard);
    activation::click(cx, element);
    true
}

/// What a key scrolls, as a share of the area's size or in CSS px; `None` for a
/// key that does not scroll.
fn scrolled_by(input: &Input, size: (f32, f32)) -> Option<Scroll> {
    if input.modifiers.intersects(Modifiers::CTRL | Modifiers::ALT | Modifiers::META) {
        return None;
    }
    let page = (size.1 * 0.875).max(size.1 - 40.0);
    let shift = input.modifiers.contains(Modifiers::SHIFT);
    Some(match input.key.as_str() {
        "ArrowUp" => Scroll::By(0.0, -LINE),
        "ArrowDown" => Scroll::By(0.0, LINE),
        "ArrowLeft" => Scroll::By(-LINE, 0.0),
        "ArrowRight" => Scroll::By(LINE, 0.0),
        "PageUp" => Scroll::By(0.0, -page),
        "PageDown" => Scroll::By(0.0, page),
        " " if shift => Scroll::By(0.0, -page),
        " " => Scroll::By(0.0, page),
        "Home" => Scroll::ToTop,
        "End" => Scroll::ToBottom,
        _ => return None,
    })
}

enum Scroll {
    By(f32, f32),
    ToTop,
    ToBottom,
}

/// Scrolls the nearest area around the focus that can scroll that way.
fn scroll(cx: &mut Cx, input: &Input, target: Option<NodeId>) {
    let window = cx.window();
    let viewport = window.viewport();
    let size = (viewport.width, viewport.height);
    let Some(scroll) = scrolled_by(input, size) else { return };
    let areas: Vec<Option<NodeId>> = {
        let agent = cx.engine();
        let tree: &Tree = &agent.tree();
        let around = super::inclusive_ancestors(tree, target);
        around.into_iter().map(Some).chain([None]).collect()
    };
    for area in areas {
        if area.is_some_and(|id| !rendering::is_scroll_container(cx, id)) {
            continue;
        }
        let before = rendering::scroll_offset(cx, area);
        let to = match scroll {
            Scroll::By(x, y) => Point { x: before.x + x, y: before.y + y },
            Scroll::ToTop => Point { x: before.x, y: 0.0 },
            Scroll::ToBottom => Point { x: before.x, y: f32::MAX / 4.0 },
        };
        rendering::scroll_to(cx, area, to);
        let after = rendering::scroll_offset(cx, area);
        if after.x != before.x || after.y != before.y {
            return;
        }
    }
}
