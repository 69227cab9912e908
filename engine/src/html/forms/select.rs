//! `select`: <https://html.spec.whatwg.org/#the-select-element>

use virga_dom::{ElementState, NodeId, Tree, tree::ControlFlags};
use virga_js::{Cx, DomString, Fallible, Obj};

use super::{HTMLOptionsCollection, option, options, validity_state::validation_members};
use crate::{
    agent::EngineCx,
    dom::{self, Filter, HTMLCollection, NodeList, mutation},
    generated::{
        HTMLElementOrLong, HTMLOptionElementOrHTMLOptGroupElement, HTMLSelectElementMethods,
    },
    html::{HTMLFormElement, HTMLOptionElement, HTMLSelectElement, numbers::parse_non_negative},
};

/// <https://html.spec.whatwg.org/#concept-select-option-list>
pub(super) fn options(tree: &Tree, select: NodeId) -> Vec<NodeId> {
    let mut out = Vec::new();
    for child in tree.children(select) {
        if tree.is_html_element(child, "option") {
            out.push(child);
        } else if tree.is_html_element(child, "optgroup") {
            out.extend(tree.children(child).filter(|&id| tree.is_html_element(id, "option")));
        }
    }
    out
}

/// The select that an option is one of.
pub(super) fn of_option(tree: &Tree, option: NodeId) -> Option<NodeId> {
    let parent = tree.parent(option)?;
    if tree.is_html_element(parent, "select") {
        return Some(parent);
    }
    let above = tree.parent(parent)?;
    (tree.is_html_element(parent, "optgroup") && tree.is_html_element(above, "select"))
        .then_some(above)
}

fn is_multiple(tree: &Tree, select: NodeId) -> bool {
    tree.plain_attribute(select, &"multiple".into()).is_some()
}

/// <https://html.spec.whatwg.org/#concept-select-size>
fn display_size(tree: &Tree, select: NodeId) -> i64 {
    let stated = tree.plain_attribute(select, &"size".into()).and_then(parse_non_negative);
    stated.filter(|size| *size > 0).unwrap_or(if is_multiple(tree, select) { 4 } else { 1 })
}

fn is_selected(tree: &Tree, option: NodeId) -> bool {
    tree.state(option).contains(ElementState::CHECKED)
}

pub(crate) fn is_disabled(tree: &Tree, option: NodeId) -> bool {
    let disabled = |id| tree.plain_attribute(id, &"disabled".into()).is_some();
    disabled(option)
        || tree
            .parent(option)
            .is_some_and(|parent| tree.is_html_element(parent, "optgroup") && disabled(parent))
}

/// Of several selected options of a single select the last stays; a drop-down
/// without one selects the first that can be.
///
/// <https://html.spec.whatwg.org/#selectedness-setting-algorithm>
fn settle(tree: &mut Tree, select: NodeId) {
    if is_multiple(tree, select) {
        return;
    }
    let options = options(tree, select);
    let selected: Vec<NodeId> =
        options.iter().copied().filter(|&id| is_selected(tree, id)).collect();
    match selected.split_last() {
        None if display_size(tree, select) == 1 => {
            let first = options.iter().copied().find(|&id| !is_disabled(tree, id));
            if let Some(first) = first {
                tree.set_state(first, ElementState::CHECKED, true);
            }
        }
        None => {}
        Some((_, others)) => {
            for &other in others {
                tree.set_state(other, ElementState::CHECKED, false);
            }
        }
    }
}

/// <https://html.spec.whatwg.org/#placeholder-label-option>, and whether nothing
/// else is selected where something has to be.
pub(super) fn is_missing(tree: &Tree, select: NodeId) -> bool {
    if tree.plain_attribute(select, &"required".into()).is_none() {
        return false;
    }
    let options = options(tree, select);
    let placeholder = options.first().copied().filter(|&first| {
        !is_multiple(tree, select)
            && display_size(tree, select) == 1
            && tree.parent(first) == Some(select)
            && option::value(tree, first).is_empty()
    });
    !options.iter().any(|&id| is_selected(tree, id) && Some(id) != placeholder)
}

/// <https://html.spec.whatwg.org/#the-select-element:concept-form-reset-control>
pub(super) fn reset(tree: &mut Tree, select: NodeId) {
    for option in options(tree, select) {
        tree.set_control_flags(option, ControlFlags::CHECKED_DIRTY, false);
        let on = tree.plain_attribute(option, &"selected".into()).is_some();
        tree.set_state(option, ElementState::CHECKED, on);
    }
    settle(tree, select);
}

/// Selects or deselects an option, as script does; in a single select the others
/// follow.
pub(super) fn set_selected(cx: &Cx, option: NodeId, on: bool) {
    cx.engine().tree_mut().set_control_flags(option, ControlFlags::CHECKED_DIRTY, true);
    select_option(cx, option, on);
}

fn select_option(cx: &Cx, option: NodeId, on: bool) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let Some(select) = of_option(&tree, option) else {
        tree.set_state(option, ElementState::CHECKED, on);
        return;
    };
    if on && !is_multiple(&tree, select) {
        for other in options(&tree, select) {
            tree.set_state(other, ElementState::CHECKED, other == option);
        }
    } else {
        tree.set_state(option, ElementState::CHECKED, on);
        settle(&mut tree, select);
    }
}

/// Selects the option that `wanted` finds, and no other.
fn select_only(cx: &Cx, select: NodeId, wanted: impl FnOnce(&Tree, &[NodeId]) -> Option<NodeId>) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let options = options(&tree, select);
    let chosen = wanted(&tree, &options);
    for option in options {
        tree.set_state(option, ElementState::CHECKED, Some(option) == chosen);
    }
    if let Some(chosen) = chosen {
        tree.set_control_flags(chosen, ControlFlags::CHECKED_DIRTY, true);
    }
}

/// The user selected some options and deselected others.
pub(crate) fn set_by_user(tree: &mut Tree, changes: &[(NodeId, bool)]) {
    for &(option, on) in changes {
        tree.set_control_flags(option, ControlFlags::CHECKED_DIRTY, true);
        tree.set_state(option, ElementState::CHECKED, on);
    }
}

/// Options came or went below `parent`.
pub(in crate::html) fn options_changed(cx: &Cx, parent: NodeId) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let select = if tree.is_html_element(parent, "select") {
        Some(parent)
    } else if tree.is_html_element(parent, "optgroup") {
        tree.parent(parent).filter(|&above| tree.is_html_element(above, "select"))
    } else {
        None
    };
    if let Some(select) = select {
        settle(&mut tree, select);
    }
}

/// The `selected` attribute of an option came or went.
pub(in crate::html) fn option_attribute_changed(cx: &Cx, option: NodeId) {
    let agent = cx.engine();
    let (on, dirty) = {
        let tree = agent.tree();
        let on = tree.plain_attribute(option, &"selected".into()).is_some();
        (on, tree.control_flags(option).contains(ControlFlags::CHECKED_DIRTY))
    };
    if dirty {
        return;
    }
    if on {
        select_option(cx, option, true);
    } else {
        let mut tree = agent.tree_mut();
        tree.set_state(option, ElementState::CHECKED, false);
        if let Some(select) = of_option(&tree, option) {
            settle(&mut tree, select);
        }
    }
}

impl HTMLSelectElementMethods for Obj<HTMLSelectElement> {
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    fn type_(&self, cx: &mut Cx) -> DomString {
        if is_multiple(&cx.engine().tree(), self.id()) {
            virga_js::dom_string!("select-multiple")
        } else {
            virga_js::dom_string!("select-one")
        }
    }

    fn options(&self, cx: &mut Cx) -> Obj<HTMLOptionsCollection> {
        options::of_select(cx, self)
    }

    fn length(&self, cx: &mut Cx) -> u32 {
        let count = options(&cx.engine().tree(), self.id()).len();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn set_length(&self, cx: &mut Cx, value: u32) -> Fallible<()> {
        options::set_length(cx, self.id(), value)
    }

    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<HTMLOptionElement>>> {
        let found = options(&cx.engine().tree(), self.id()).get(index as usize).copied();
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }

    fn named_item(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<Obj<HTMLOptionElement>>> {
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            let name = name.to_str();
            let has = |id, attribute: &str| {
                !name.is_empty() && tree.plain_attribute(id, &attribute.into()) == Some(&*name)
            };
            options(&tree, self.id()).into_iter().find(|&id| has(id, "id") || has(id, "name"))
        };
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }

    fn add(
        &self,
        cx: &mut Cx,
        element: HTMLOptionElementOrHTMLOptGroupElement,
        before: Option<HTMLElementOrLong>,
    ) -> Fallible<()> {
        options::add(cx, self.id(), &element, before)
    }

    fn remove(&self, cx: &mut Cx) -> Fallible<()> {
        mutation::remove(cx, self.id());
        Ok(())
    }

    fn remove_with_index(&self, cx: &mut Cx, index: i32) -> Fallible<()> {
        options::remove(cx, self.id(), index);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-select-selectedoptions>
    fn selected_options(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let find = |tree: &Tree, select: NodeId| {
            options(tree, select).into_iter().filter(|&id| is_selected(tree, id)).collect()
        };
        dom::collection_of(cx, &self.upcast(), "selectedOptions", Filter::Find(find))
    }

    fn selected_index(&self, cx: &mut Cx) -> i32 {
        let agent = cx.engine();
        let tree = agent.tree();
        let found = options(&tree, self.id()).iter().position(|&id| is_selected(&tree, id));
        found.and_then(|index| i32::try_from(index).ok()).unwrap_or(-1)
    }

    fn set_selected_index(&self, cx: &mut Cx, value: i32) -> Fallible<()> {
        select_only(cx, self.id(), |_, options| {
            usize::try_from(value).ok().and_then(|index| options.get(index).copied())
        });
        Ok(())
    }

    fn value(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let tree = agent.tree();
        let selected = options(&tree, self.id()).into_iter().find(|&id| is_selected(&tree, id));
        selected.map_or_else(DomString::empty, |id| option::value(&tree, id).into())
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let value = value.to_str();
        select_only(cx, self.id(), |tree, options| {
            options.iter().copied().find(|&id| option::value(tree, id) == value)
        });
        Ok(())
    }

    fn labels(&self, cx: &mut Cx) -> Obj<NodeList> {
        super::labels_of(cx, self.id())
    }

    fn autocomplete(&self, cx: &mut Cx) -> DomString {
        super::autofill::exposed(cx, self.id()).into()
    }

    fn indexed_setter(
        &self,
        cx: &mut Cx,
        index: u32,
        option: Option<Obj<HTMLOptionElement>>,
    ) -> Fallible<()> {
        options::set(cx, self.id(), index, option)
    }

    /// <https://html.spec.whatwg.org/#dom-select-showpicker>
    fn show_picker(&self, cx: &mut Cx) -> Fallible<()> {
        super::input::refuse_picker(cx, self.id())
    }

    validation_members!();
}

/// For the collection of a select's options.
pub(super) fn filter() -> Filter {
    Filter::Find(options)
}
