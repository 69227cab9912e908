//! What keys do to controls that hold no text: groups of radio buttons, lists of
//! options, numbers.

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::KeyEvent;

use super::{
    activation,
    focus::{self, FocusBy},
    forms,
};
use crate::{
    agent::EngineCx,
    events::{self, Bubbles, Cancelable, Event, EventTarget},
};

/// What a key does to the control that has the focus; `true` if it did anything.
pub(super) fn key(cx: &mut Cx, control: NodeId, input: &KeyEvent) -> bool {
    let agent = cx.engine();
    if input.modifiers != virga_protocol::Modifiers::empty()
        && input.modifiers != virga_protocol::Modifiers::SHIFT
    {
        return false;
    }
    let (is_select, is_input) = {
        let tree = agent.tree();
        (tree.is_html_element(control, "select"), tree.is_html_element(control, "input"))
    };
    if is_select {
        return key_in_select(cx, control, &input.key);
    }
    if !is_input || forms::is_disabled(&agent.tree(), control) {
        return false;
    }
    let type_ = forms::input_type(&agent.tree(), control);
    match (type_.as_str(), input.key.as_str()) {
        ("radio", "ArrowDown" | "ArrowRight") => next_radio(cx, control, false),
        ("radio", "ArrowUp" | "ArrowLeft") => next_radio(cx, control, true),
        ("range", "ArrowUp" | "ArrowRight") => drop(step(cx, control, true)),
        ("range", "ArrowDown" | "ArrowLeft") => drop(step(cx, control, false)),
        ("range", "PageUp") => step_by(cx, control, 10.0),
        ("range", "PageDown") => step_by(cx, control, -10.0),
        ("range", "Home") => step_by(cx, control, f64::NEG_INFINITY),
        ("range", "End") => step_by(cx, control, f64::INFINITY),
        _ => return false,
    }
    true
}

/// Whether Enter in a control that is no text field submits its form.
pub(super) fn submits_on_enter(tree: &Tree, control: NodeId) -> bool {
    tree.is_html_element(control, "input")
        && matches!(
            forms::input_type(tree, control).as_str(),
            "checkbox" | "radio" | "range" | "color"
        )
}

/// Moves the check, and the focus, to the next button of a group.
///
/// <https://html.spec.whatwg.org/#radio-button-state-(type=radio)>
fn next_radio(cx: &mut Cx, radio: NodeId, back: bool) {
    let next = {
        let agent = cx.engine();
        let tree = agent.tree();
        let group: Vec<NodeId> = activation::radio_group(&tree, radio)
            .into_iter()
            .filter(|&id| !forms::is_disabled(&tree, id))
            .collect();
        let Some(at) = group.iter().position(|&id| id == radio) else { return };
        let count = group.len();
        let next = if back { (at + count - 1) % count } else { (at + 1) % count };
        group[next]
    };
    if next != radio {
        focus::focus(cx, Some(next), FocusBy::Keyboard);
        activation::click(cx, next);
    }
}

fn options(tree: &Tree, select: NodeId) -> Vec<NodeId> {
    tree.descendants(select)
        .filter(|&id| tree.is_html_element(id, "option"))
        .filter(|&id| {
            let disabled = |id| tree.plain_attribute(id, &"disabled".into()).is_some();
            !disabled(id) && !tree.parent(id).is_some_and(disabled)
        })
        .collect()
}

/// Arrows and letters choose an option.
fn key_in_select(cx: &mut Cx, select: NodeId, key: &str) -> bool {
    let agent = cx.engine();
    let chosen = {
        let tree = agent.tree();
        if forms::is_disabled(&tree, select) {
            return false;
        }
        let options = options(&tree, select);
        let now =
            options.iter().position(|&id| tree.state(id).contains(ElementState::CHECKED));
        let last = options.len().checked_sub(1);
        let next = match key {
            "ArrowDown" | "ArrowRight" => now.map_or(Some(0), |at| Some(at + 1)).min(last),
            "ArrowUp" | "ArrowLeft" => now.map_or(last, |at| Some(at.saturating_sub(1))),
            "Home" | "PageUp" => Some(0),
            "End" | "PageDown" => last,
            _ => match events::single_char(key).filter(|c| !c.is_whitespace()) {
                Some(letter) => {
                    let wanted = letter.to_lowercase().to_string();
                    let from = now.map_or(0, |at| at + 1);
                    (0..options.len())
                        .map(|step| (from + step) % options.len())
                        .find(|&at| {
                            let text = tree.text_content(options[at]).trim().to_lowercase();
                            text.starts_with(&wanted)
                        })
                }
                None => return false,
            },
        };
        match next.and_then(|at| options.get(at).copied()) {
            Some(option) if now.map(|at| options[at]) != Some(option) => option,
            _ => return true,
        }
    };
    {
        let mut tree = agent.tree_mut();
        let all: Vec<NodeId> =
            tree.descendants(select).filter(|&id| tree.is_html_element(id, "option")).collect();
        for option in all {
            tree.set_state(option, ElementState::CHECKED, option == chosen);
        }
        tree.note_content_changed(select);
    }
    changed(cx, select);
    true
}

/// `input`, then `change`.
pub(super) fn changed(cx: &mut Cx, control: NodeId) {
    let target: Obj<EventTarget> = cx.wrap(control).upcast();
    let event = Event::trusted(cx, "input", Bubbles(true), Cancelable(false)).composed();
    events::fire_event(cx, &target, event);
    events::fire(cx, &target, "change", Bubbles(true), Cancelable(false));
}

/// One step of a number or another value that has steps.
pub(super) fn step(cx: &mut Cx, control: NodeId, up: bool) {
    step_by(cx, control, if up { 1.0 } else { -1.0 });
}

/// So many steps; without end to the bound on that side.
fn step_by(cx: &mut Cx, control: NodeId, steps: f64) {
    let agent = cx.engine();
    let stepped = {
        let tree = agent.tree();
        if forms::is_disabled(&tree, control)
            || tree.plain_attribute(control, &"readonly".into()).is_some()
        {
            return;
        }
        let type_ = forms::input_type(&tree, control);
        if !matches!(type_.as_str(), "number" | "range") {
            return;
        }
        let number = |name: &str| {
            let text = tree.plain_attribute(control, &name.into())?;
            text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
        };
        let is_range = type_ == "range";
        let bounds = (
            number("min").or(is_range.then_some(0.0)),
            number("max").or(is_range.then_some(100.0)),
        );
        let size = number("step").filter(|step| *step > 0.0).unwrap_or(1.0);
        let text = forms::value(&tree, control);
        let value = text.trim().parse::<f64>().ok().or_else(|| {
            is_range.then(|| f64::midpoint(bounds.0.unwrap_or(0.0), bounds.1.unwrap_or(100.0)))
        });
        stepped(value.unwrap_or(0.0), steps, size, bounds)
    };
    let text = forms::number_text(stepped);
    {
        let mut tree = agent.tree_mut();
        if forms::value(&tree, control) == text {
            return;
        }
        tree.set_form_value(control, text);
    }
    changed(cx, control);
}

/// <https://html.spec.whatwg.org/#dom-input-stepup>, the middle of it
fn stepped(value: f64, steps: f64, size: f64, (min, max): (Option<f64>, Option<f64>)) -> f64 {
    if steps.is_infinite() {
        return if steps > 0.0 { max.unwrap_or(value) } else { min.unwrap_or(value) };
    }
    let base = min.unwrap_or(0.0);
    let at = (value - base) / size;
    // A value between two steps goes to the next one.
    let aligned = (at - at.round()).abs() < 1e-9;
    let target = match (aligned, steps > 0.0) {
        (true, _) => at.round() + steps,
        (false, true) => at.ceil() + steps - 1.0,
        (false, false) => at.floor() + steps + 1.0,
    };
    let mut value = base + target * size;
    if let Some(max) = max.filter(|max| value > *max) {
        value = base + ((max - base) / size).floor() * size;
    }
    if let Some(min) = min {
        value = value.max(min);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_on_their_grid_and_within_bounds() {
        for (value, steps, size, bounds, expected) in [
            (1.0, 1.0, 1.0, (None, None), 2.0),
            (1.5, 1.0, 1.0, (None, None), 2.0),
            (1.5, -1.0, 1.0, (None, None), 1.0),
            (5.0, 1.0, 2.0, (Some(1.0), Some(6.0)), 5.0),
            (1.0, -1.0, 1.0, (Some(1.0), None), 1.0),
            (3.0, f64::INFINITY, 1.0, (Some(0.0), Some(9.0)), 9.0),
        ] {
            assert_eq!(stepped(value, steps, size, bounds), expected, "{value} {steps}");
        }
    }
}
