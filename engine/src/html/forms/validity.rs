//! Constraint validation: <https://html.spec.whatwg.org/#constraints>
//!
//! What a control suffers from is computed when it is asked for. The states that
//! `:valid`, `:in-range` and their like match are brought up to date in one go,
//! for the controls that changed, before somebody looks at them ([`refresh`]).

use std::collections::BTreeSet;

use url::Url;
use virga_dom::{ElementState, NodeId, Tree, tree::ControlFlags};
use virga_js::Cx;

use super::{
    kind::{InputType, ValueMode},
    owner,
    step::{self, Scale},
    value,
};
use crate::{agent::EngineCx, html::numbers::parse_non_negative, window::forms};

bitflags::bitflags! {
    /// <https://html.spec.whatwg.org/#validity-states>
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct Flaws: u16 {
        const VALUE_MISSING = 1 << 0;
        const TYPE_MISMATCH = 1 << 1;
        const PATTERN_MISMATCH = 1 << 2;
        const TOO_LONG = 1 << 3;
        const TOO_SHORT = 1 << 4;
        const RANGE_UNDERFLOW = 1 << 5;
        const RANGE_OVERFLOW = 1 << 6;
        const STEP_MISMATCH = 1 << 7;
        const BAD_INPUT = 1 << 8;
        const CUSTOM_ERROR = 1 << 9;
    }
}

fn has(tree: &Tree, id: NodeId, name: &str) -> bool {
    tree.plain_attribute(id, &name.into()).is_some()
}

/// <https://html.spec.whatwg.org/#candidate-for-constraint-validation>
pub(crate) fn is_candidate(tree: &Tree, id: NodeId) -> bool {
    if !owner::is_submittable(tree, id) {
        return false;
    }
    let barred = match InputType::of(tree, id) {
        Some(InputType::Hidden | InputType::Button | InputType::Reset) => true,
        Some(type_) => type_.can_be_read_only() && has(tree, id, "readonly"),
        None if tree.is_html_element(id, "textarea") || tree.is_form_associated(id) => {
            has(tree, id, "readonly")
        }
        None => tree.is_html_element(id, "button") && !forms::is_submit_button(tree, id),
    };
    !barred
        && !forms::is_disabled(tree, id)
        && !tree.ancestors(id).any(|above| tree.is_html_element(above, "datalist"))
}

/// What a control suffers from, whether or not it is validated.
pub(crate) fn flaws(cx: &mut Cx, id: NodeId) -> Flaws {
    let agent = cx.engine();
    let mut flaws = plain_flaws(&agent.tree(), id);
    let pattern = pattern_of(&agent.tree(), id);
    if let Some((pattern, values)) = pattern
        && !values.iter().all(|value| matches_pattern(cx, &pattern, value))
    {
        flaws |= Flaws::PATTERN_MISMATCH;
    }
    flaws
}

/// All but the pattern, which takes the script engine.
fn plain_flaws(tree: &Tree, id: NodeId) -> Flaws {
    if tree.is_form_associated(id) {
        return Flaws::from_bits_truncate(tree.internal_flaws(id));
    }
    let mut flaws = Flaws::empty();
    flaws.set(Flaws::CUSTOM_ERROR, tree.custom_validity(id).is_some());
    if let Some(type_) = InputType::of(tree, id) {
        input_flaws(tree, id, type_, &mut flaws);
    } else if tree.is_html_element(id, "textarea") {
        let value = value::api_value(tree, id);
        let mutable = !has(tree, id, "readonly") && !forms::is_disabled(tree, id);
        flaws.set(Flaws::VALUE_MISSING, mutable && has(tree, id, "required") && value.is_empty());
        lengths(tree, id, &value, &mut flaws);
    } else if tree.is_html_element(id, "select") {
        flaws.set(Flaws::VALUE_MISSING, super::select::is_missing(tree, id));
    }
    flaws
}

fn input_flaws(tree: &Tree, id: NodeId, type_: InputType, flaws: &mut Flaws) {
    let required = has(tree, id, "required") && type_.can_be_required();
    match type_ {
        InputType::Checkbox => {
            let checked = tree.state(id).contains(ElementState::CHECKED);
            flaws.set(Flaws::VALUE_MISSING, required && !checked);
            return;
        }
        InputType::Radio => {
            flaws.set(Flaws::VALUE_MISSING, super::radio::is_missing(tree, id));
            return;
        }
        InputType::File => {
            flaws.set(
                Flaws::VALUE_MISSING,
                required && tree.form_value(id).is_none_or(str::is_empty),
            );
            return;
        }
        _ if type_.mode() != ValueMode::Value => return,
        _ => {}
    }
    let value = value::api_value(tree, id);
    if value.is_empty() {
        let read_only = type_.can_be_read_only() && has(tree, id, "readonly");
        let mutable = !read_only && !forms::is_disabled(tree, id);
        flaws.set(Flaws::VALUE_MISSING, required && mutable);
        return;
    }
    match type_ {
        InputType::Url => flaws.set(Flaws::TYPE_MISMATCH, Url::parse(&value).is_err()),
        InputType::Email => {
            let wrong = if has(tree, id, "multiple") {
                !value.split(',').all(is_email)
            } else {
                !is_email(&value)
            };
            flaws.set(Flaws::TYPE_MISMATCH, wrong);
        }
        _ => {}
    }
    if type_.is_text() {
        lengths(tree, id, &value, flaws);
    }
    if type_.is_numeric()
        && let Some(number) = step::to_number(type_, &value)
    {
        numbers(&Scale::of(tree, id, type_), type_, number, flaws);
    }
}

/// `minlength` and `maxlength` hold for what the user typed only.
fn lengths(tree: &Tree, id: NodeId, value: &str, flaws: &mut Flaws) {
    if !tree.control_flags(id).contains(ControlFlags::USER_EDITED) {
        return;
    }
    let limit = |name: &str| tree.plain_attribute(id, &name.into()).and_then(parse_non_negative);
    let length = i64::try_from(value.encode_utf16().count()).unwrap_or(i64::MAX);
    flaws.set(Flaws::TOO_LONG, limit("maxlength").is_some_and(|most| length > most));
    let short = limit("minlength").is_some_and(|least| length < least);
    flaws.set(Flaws::TOO_SHORT, short && length > 0);
}

fn numbers(scale: &Scale, type_: InputType, number: f64, flaws: &mut Flaws) {
    let under = scale.min.is_some_and(|min| number < min);
    let over = scale.max.is_some_and(|max| number > max);
    // Times go round: from ten at night to two in the morning, say.
    let reversed = type_ == InputType::Time
        && matches!((scale.min, scale.max), (Some(min), Some(max)) if max < min);
    if reversed {
        flaws.set(Flaws::RANGE_UNDERFLOW | Flaws::RANGE_OVERFLOW, under && over);
    } else {
        flaws.set(Flaws::RANGE_UNDERFLOW, under);
        flaws.set(Flaws::RANGE_OVERFLOW, over);
    }
    flaws.set(Flaws::STEP_MISMATCH, scale.mismatches(number));
}

/// <https://html.spec.whatwg.org/#valid-e-mail-address>
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let in_local = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    !local.is_empty() && local.chars().all(in_local) && domain.split('.').all(is_label)
}

/// The pattern of a control and the values that must match it.
fn pattern_of(tree: &Tree, id: NodeId) -> Option<(String, Vec<String>)> {
    let type_ = InputType::of(tree, id).filter(|type_| type_.is_text())?;
    let pattern = tree.plain_attribute(id, &"pattern".into())?.to_owned();
    let value = value::api_value(tree, id);
    if value.is_empty() {
        return None;
    }
    let values = if type_ == InputType::Email && has(tree, id, "multiple") {
        value.split(',').map(str::to_owned).collect()
    } else {
        vec![value.into_owned()]
    };
    Some((pattern, values))
}

/// A pattern that does not compile matches everything.
fn matches_pattern(cx: &mut Cx, pattern: &str, value: &str) -> bool {
    // Alone first, so that no parenthesis of its own closes ours.
    for flags in ["v", "u"] {
        if virga_js::regexp::compiles(cx, pattern, flags) {
            return virga_js::regexp::test(cx, &format!("^(?:{pattern})$"), flags, value)
                .unwrap_or(true);
        }
    }
    true
}

/// What a control says is wrong with it, for people.
///
/// <https://html.spec.whatwg.org/#dom-cva-validationmessage>
pub(crate) fn message(cx: &mut Cx, id: NodeId) -> String {
    let agent = cx.engine();
    if !is_candidate(&agent.tree(), id) {
        return String::new();
    }
    let flaws = flaws(cx, id);
    let tree = agent.tree();
    if let Some(message) = tree.custom_validity(id) {
        return message.to_owned();
    }
    let attribute = |name: &str| tree.plain_attribute(id, &name.into()).unwrap_or_default();
    let type_ = InputType::of(&tree, id);
    let texts = [
        (
            Flaws::VALUE_MISSING,
            match type_ {
                Some(InputType::Checkbox) => "Check this box.".to_owned(),
                Some(InputType::Radio) => "Select one of these options.".to_owned(),
                Some(InputType::File) => "Select a file.".to_owned(),
                None if tree.is_html_element(id, "select") => {
                    "Select an item in the list.".to_owned()
                }
                _ => "Fill out this field.".to_owned(),
            },
        ),
        (
            Flaws::TYPE_MISMATCH,
            match type_ {
                Some(InputType::Email) => "Enter an email address.".to_owned(),
                _ => "Enter a URL.".to_owned(),
            },
        ),
        (
            Flaws::PATTERN_MISMATCH,
            format!("Match the requested format. {}", attribute("title")).trim_end().to_owned(),
        ),
        (Flaws::TOO_LONG, format!("Use no more than {} characters.", attribute("maxlength"))),
        (Flaws::TOO_SHORT, format!("Use at least {} characters.", attribute("minlength"))),
        (Flaws::RANGE_UNDERFLOW, format!("The value must be {} or more.", attribute("min"))),
        (Flaws::RANGE_OVERFLOW, format!("The value must be {} or less.", attribute("max"))),
        (Flaws::STEP_MISMATCH, "Enter a value that is on a step.".to_owned()),
        (Flaws::BAD_INPUT, "Enter a valid value.".to_owned()),
    ];
    texts.into_iter().find(|(flaw, _)| flaws.contains(*flaw)).map_or_else(String::new, |t| t.1)
}

/// Whether a control is validated, and fails.
pub(crate) fn is_invalid(cx: &mut Cx, id: NodeId) -> bool {
    let candidate = is_candidate(&cx.engine().tree(), id);
    candidate && !flaws(cx, id).is_empty()
}

/// Brings `:valid`, `:invalid`, `:in-range`, `:out-of-range`, `:user-valid`,
/// `:user-invalid` and `:default` up to date.
pub(crate) fn refresh(cx: &mut Cx) {
    let agent = cx.engine();
    if !agent.tree().has_changed_controls() {
        return;
    }
    let changed = agent.tree_mut().take_changed_controls();
    let mut controls = BTreeSet::new();
    let mut groups = BTreeSet::new();
    {
        let tree = agent.tree();
        for id in changed {
            if !tree.contains(id) || !controls.insert(id) {
                continue;
            }
            // What else depends on it: its form and fieldsets, the select of an
            // option, the other buttons of a radio group.
            for above in tree.ancestors(id) {
                if tree.is_html_element(above, "fieldset") {
                    groups.insert(above);
                } else if tree.is_html_element(above, "select") {
                    controls.insert(above);
                }
            }
            let form = owner::form_owner(&tree, id);
            groups.extend(form);
            // Which button is the default one follows from all of them.
            if let Some(form) = form
                && (tree.is_html_element(id, "button") || InputType::of(&tree, id).is_some())
            {
                let buttons = owner::submittable(&tree, form).into_iter();
                controls.extend(buttons.filter(|&id| forms::is_submit_button(&tree, id)));
            }
            if tree.is_html_element(id, "form") || tree.is_html_element(id, "fieldset") {
                groups.insert(id);
                // Its controls may have it as their form by now, or no longer.
                controls
                    .extend(tree.descendants(id).filter(|&id| owner::is_submittable(&tree, id)));
            }
            if InputType::of(&tree, id) == Some(InputType::Radio) {
                controls.extend(super::radio::group(&tree, id));
            }
        }
    }
    for id in controls {
        refresh_one(cx, id);
    }
    for id in groups {
        let agent = cx.engine();
        let invalid = {
            let tree = agent.tree();
            let members = if tree.is_html_element(id, "form") {
                owner::submittable(&tree, id)
            } else {
                tree.descendants(id).filter(|&id| owner::is_submittable(&tree, id)).collect()
            };
            members.iter().any(|&id| tree.state(id).contains(ElementState::INVALID))
        };
        let mut tree = agent.tree_mut();
        tree.set_state(id, ElementState::INVALID, invalid);
        tree.set_state(id, ElementState::VALID, !invalid);
    }
    // The states set above count as no change of their own.
    drop(agent.tree_mut().take_changed_controls());
}

fn refresh_one(cx: &mut Cx, id: NodeId) {
    let agent = cx.engine();
    let (candidate, known) = {
        let tree = agent.tree();
        let known = tree.contains(id)
            && (owner::is_submittable(&tree, id)
                || tree.is_html_element(id, "option")
                || tree.is_html_element(id, "progress"));
        (known && is_candidate(&tree, id), known)
    };
    if !known {
        return;
    }
    let flaws = if candidate { flaws(cx, id) } else { Flaws::empty() };
    let (ranged, user, default, indeterminate) = {
        let tree = agent.tree();
        let type_ = InputType::of(&tree, id).filter(|type_| type_.is_numeric());
        let ranged = type_.is_some_and(|type_| {
            let scale = Scale::of(&tree, id, type_);
            scale.min.is_some() || scale.max.is_some()
        });
        let user = tree.control_flags(id).contains(ControlFlags::USER_VALIDITY);
        (candidate && ranged, user, is_default(&tree, id), is_indeterminate(&tree, id))
    };
    let outside = flaws.intersects(Flaws::RANGE_UNDERFLOW | Flaws::RANGE_OVERFLOW);
    let invalid = !flaws.is_empty();
    let mut tree = agent.tree_mut();
    for (state, on) in [
        (ElementState::VALID, candidate && !invalid),
        (ElementState::INVALID, candidate && invalid),
        (ElementState::USER_VALID, candidate && user && !invalid),
        (ElementState::USER_INVALID, candidate && user && invalid),
        (ElementState::INRANGE, ranged && !outside),
        // What `:in-range` is parsed as.
        (ElementState::OPTIMUM, ranged && !outside),
        (ElementState::OUTOFRANGE, ranged && outside),
        (ElementState::DEFAULT, default),
        (ElementState::INDETERMINATE, indeterminate),
    ] {
        tree.set_state(id, state, on);
    }
}

/// <https://html.spec.whatwg.org/#selector-indeterminate>
fn is_indeterminate(tree: &Tree, id: NodeId) -> bool {
    match InputType::of(tree, id) {
        Some(InputType::Checkbox) => tree.control_flags(id).contains(ControlFlags::INDETERMINATE),
        Some(InputType::Radio) => super::radio::checked(tree, id).is_none(),
        Some(_) => false,
        None => tree.is_html_element(id, "progress") && !has(tree, id, "value"),
    }
}

/// <https://html.spec.whatwg.org/#selector-default>
fn is_default(tree: &Tree, id: NodeId) -> bool {
    if tree.is_html_element(id, "option") {
        return has(tree, id, "selected");
    }
    match InputType::of(tree, id) {
        Some(InputType::Checkbox | InputType::Radio) => return has(tree, id, "checked"),
        None if !tree.is_html_element(id, "button") => return false,
        _ => {}
    }
    forms::is_submit_button(tree, id)
        && owner::form_owner(tree, id).is_some_and(|form| {
            let controls = owner::submittable(tree, form);
            controls.into_iter().find(|&id| forms::is_submit_button(tree, id)) == Some(id)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("a@b", true),
            ("a.b+c@d-e.f", true),
            ("a@b@c", false),
            ("@b", false),
            ("a@", false),
            ("a@-b", false),
            ("a b@c", false),
            ("a@b..c", false),
        ] {
            assert_eq!(is_email(text), expected, "{text}");
        }
    }
}
