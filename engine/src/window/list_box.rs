//! What the user does to a `select` without its list being open: keys in a drop-down,
//! and all of a list box.
//!
//! <https://html.spec.whatwg.org/#the-select-element>

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::Cx;
use virga_protocol::{KeyEvent, Modifiers, PointerEvent};

use super::{controls, forms, picker, rendering};
use crate::{agent::EngineCx, html::forms::is_disabled_option};

/// Where the user is in a list of options that several can be selected of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    select: NodeId,
    /// Where a range begins.
    anchor: NodeId,
    /// Where it ends.
    active: NodeId,
    /// A pointer is down in the list.
    pressed: bool,
    /// Something was selected since the pointer went down.
    changed: bool,
}

/// The options of a select with whether the user can choose them.
fn rows(tree: &Tree, select: NodeId) -> Vec<(NodeId, bool)> {
    let options = tree.options_of(select);
    options.map(|option| (option, !is_disabled_option(tree, option))).collect()
}

fn is_multiple(tree: &Tree, select: NodeId) -> bool {
    tree.plain_attribute(select, &"multiple".into()).is_some()
}

fn is_selected(tree: &Tree, option: NodeId) -> bool {
    tree.state(option).contains(ElementState::CHECKED)
}

/// The list box that an element is in, and the option of it.
fn list_of(tree: &Tree, target: NodeId) -> Option<(NodeId, Option<NodeId>)> {
    let mut option = None;
    for id in std::iter::once(target).chain(tree.ancestors(target)) {
        if tree.is_html_element(id, "select") {
            return tree.list_box_rows(id).map(|_| (id, option));
        }
        if tree.is_html_element(id, "option") {
            option = Some(id);
        }
    }
    None
}

/// The primary button went down on an element, or a finger tapped it.
pub(super) fn press(cx: &mut Cx, input: &PointerEvent, target: NodeId, touch: bool) {
    let agent = cx.engine();
    let drop_down = {
        let tree = agent.tree();
        std::iter::once(target)
            .chain(tree.ancestors(target))
            .find(|&id| picker::is_drop_down(&tree, id))
    };
    if let Some(select) = drop_down {
        let pointer = (!touch).then_some((input.id, input.position));
        return picker::open(cx, select, pointer);
    }
    let list = list_of(&agent.tree(), target);
    let Some((select, Some(option))) = list else { return };
    if forms::is_disabled(&agent.tree(), select) || is_disabled_option(&agent.tree(), option) {
        return;
    }
    let (multiple, selected) = {
        let tree = agent.tree();
        (is_multiple(&tree, select), is_selected(&tree, option))
    };
    let toggles = touch || input.modifiers.intersects(Modifiers::CTRL | Modifiers::META);
    let extends = input.modifiers.contains(Modifiers::SHIFT);
    let before = place_in(cx, select);
    let anchor = before.filter(|_| extends && multiple).map_or(option, |place| place.anchor);
    let changed = if multiple && toggles {
        set(cx, select, |at| (at == option).then_some(!selected))
    } else {
        select_range(cx, select, anchor, option)
    };
    let place = Place { select, anchor, active: option, pressed: true, changed };
    cx.window().input.list_place.set(Some(place));
}

/// The pointer moved with its button down.
pub(super) fn drag(cx: &mut Cx, target: NodeId) {
    let agent = cx.engine();
    let Some(place) = cx.window().input.list_place.get().filter(|place| place.pressed) else {
        return;
    };
    let list = list_of(&agent.tree(), target);
    let Some((select, Some(option))) = list.filter(|(select, _)| *select == place.select) else {
        return;
    };
    if option == place.active || is_disabled_option(&agent.tree(), option) {
        return;
    }
    let anchor = if is_multiple(&agent.tree(), select) { place.anchor } else { option };
    let changed = select_range(cx, select, anchor, option) || place.changed;
    let place = Place { active: option, changed, ..place };
    cx.window().input.list_place.set(Some(place));
}

/// The pointer lifted: now the page hears what was selected.
pub(super) fn release(cx: &mut Cx) {
    let window = cx.window();
    let Some(place) = window.input.list_place.get().filter(|place| place.pressed) else { return };
    window.input.list_place.set(Some(Place { pressed: false, changed: false, ..place }));
    if place.changed && cx.engine().tree().is_connected(place.select) {
        controls::chosen(cx, place.select);
    }
}

fn place_in(cx: &Cx, select: NodeId) -> Option<Place> {
    let agent = cx.engine();
    let tree = agent.tree();
    let inside = |option| tree.select_of(option) == Some(select);
    cx.window()
        .input
        .list_place
        .get()
        .filter(|place| place.select == select && inside(place.anchor) && inside(place.active))
}

/// Selects the options between two, both included, and no other.
fn select_range(cx: &Cx, select: NodeId, from: NodeId, to: NodeId) -> bool {
    let agent = cx.engine();
    let range = {
        let tree = agent.tree();
        let rows = rows(&tree, select);
        let at = |wanted| rows.iter().position(|(option, _)| *option == wanted);
        let (Some(from), Some(to)) = (at(from), at(to)) else { return false };
        let range = rows.get(from.min(to)..=from.max(to)).unwrap_or_default();
        let enabled = range.iter().filter(|(_, enabled)| *enabled);
        enabled.map(|(option, _)| *option).collect::<Vec<_>>()
    };
    set(cx, select, |option| Some(range.contains(&option)))
}

/// Selects or deselects the options that `wanted` says something of; whether anything
/// changed.
fn set(cx: &Cx, select: NodeId, wanted: impl Fn(NodeId) -> Option<bool>) -> bool {
    let agent = cx.engine();
    let changes: Vec<(NodeId, bool)> = {
        let tree = agent.tree();
        tree.options_of(select)
            .filter_map(|option| Some((option, wanted(option)?)))
            .filter(|(option, on)| is_selected(&tree, *option) != *on)
            .collect()
    };
    crate::html::forms::set_by_user(&mut agent.tree_mut(), &changes);
    !changes.is_empty()
}

/// A key went down in a select; `true` if it did anything.
pub(super) fn key(cx: &mut Cx, select: NodeId, input: &KeyEvent) -> bool {
    let agent = cx.engine();
    let (disabled, drop_down) = {
        let tree = agent.tree();
        (forms::is_disabled(&tree, select), picker::is_drop_down(&tree, select))
    };
    if disabled {
        return false;
    }
    let (alt, shift) =
        (input.modifiers.contains(Modifiers::ALT), input.modifiers.contains(Modifiers::SHIFT));
    let control = input.modifiers.intersects(Modifiers::CTRL | Modifiers::META);
    let now = cx.window().time_stamp(cx);
    if drop_down {
        match input.key.as_str() {
            "ArrowUp" | "ArrowDown" if alt => picker::open(cx, select, None),
            _ if alt || control => return false,
            " " if !agent.pickers.typed.goes_on(now) => picker::open(cx, select, None),
            "Enter" | "F4" => picker::open(cx, select, None),
            _ => return step(cx, select, input, now, false),
        }
        return true;
    }
    if alt || (control && input.key.len() == 1 && !matches!(input.key.as_str(), "a" | " ")) {
        return false;
    }
    let multiple = is_multiple(&agent.tree(), select);
    match input.key.as_str() {
        "a" if control => {
            let all = rows(&agent.tree(), select);
            let enabled = |option| all.contains(&(option, true));
            if multiple && set(cx, select, |option| enabled(option).then_some(true)) {
                controls::chosen(cx, select);
            }
        }
        " " if multiple => {
            if let Some(place) = place_in(cx, select) {
                let on = is_selected(&agent.tree(), place.active);
                if set(cx, select, |option| (option == place.active).then_some(!on)) {
                    controls::chosen(cx, select);
                }
            }
        }
        _ => return step(cx, select, input, now, shift && multiple),
    }
    true
}

/// Moves to another option and selects it; with `extends` also those between.
fn step(cx: &mut Cx, select: NodeId, input: &KeyEvent, now: f64, extends: bool) -> bool {
    let agent = cx.engine();
    let place = place_in(cx, select);
    let (rows, current, page) = {
        let tree = agent.tree();
        let rows = rows(&tree, select);
        let selected = rows.iter().position(|(option, _)| is_selected(&tree, *option));
        let active = place.and_then(|place| rows.iter().position(|(o, _)| *o == place.active));
        let list_rows = tree.list_box_rows(select);
        // A drop-down knows no place but what is selected.
        let current = if list_rows.is_some() { active.or(selected) } else { selected };
        (rows, current, list_rows.map_or(PAGE, |rows| rows as usize).max(2) - 1)
    };
    let to = picker::destination(&agent, &input.key, now, current, page, &rows);
    let Some(to) = to else { return false };
    let Some((option, _)) = to.and_then(|to| rows.get(to)).copied() else { return true };
    let anchor = place.filter(|_| extends).map_or(option, |place| place.anchor);
    let moves_only =
        input.modifiers.intersects(Modifiers::CTRL) && is_multiple(&agent.tree(), select);
    let changed = !moves_only && select_range(cx, select, anchor, option);
    let place = Place { select, anchor, active: option, pressed: false, changed: false };
    cx.window().input.list_place.set(Some(place));
    if let Some(rect) = rendering::bounding_rect(cx, option) {
        rendering::reveal(cx, option, rect);
    }
    if changed {
        controls::chosen(cx, select);
    }
    true
}

/// What a page is in a drop-down that is not open.
const PAGE: usize = 4;
