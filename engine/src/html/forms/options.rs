//! `HTMLOptionsCollection`:
//! <https://html.spec.whatwg.org/#the-htmloptionscollection-interface>

use virga_dom::NodeId;
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj, Platform, Trace};

use super::select;
use crate::{
    agent::EngineCx,
    dom::{HTMLCollection, mutation},
    generated::{
        HTMLElementOrLong, HTMLOptionElementOrHTMLOptGroupElement, HTMLOptionsCollectionMethods,
        HTMLSelectElementMethods,
    },
    html::{HTMLOptionElement, HTMLSelectElement, create},
};

/// More options than this are not made by setting `length`.
const MOST: u32 = 100_000;

/// The options of a select, live.
#[derive(Trace, Platform)]
pub(crate) struct HTMLOptionsCollection {
    #[base]
    collection: HTMLCollection,
    select: Obj<HTMLSelectElement>,
}

/// A select's options.
pub(super) fn of_select(
    cx: &mut Cx,
    select: &Obj<HTMLSelectElement>,
) -> Obj<HTMLOptionsCollection> {
    let node = select.upcast();
    crate::dom::options_of(cx, &node, |cx| {
        let collection = HTMLCollection::new(node.clone(), select::filter());
        Obj::new(cx, HTMLOptionsCollection { collection, select: select.clone() })
    })
}

/// <https://html.spec.whatwg.org/#dom-htmloptionscollection-length>
pub(super) fn set_length(cx: &mut Cx, select: NodeId, length: u32) -> Fallible<()> {
    let agent = cx.engine();
    let options = select::options(&agent.tree(), select);
    let wanted = length as usize;
    if wanted > options.len() {
        if length > MOST {
            return Ok(());
        }
        for _ in options.len()..wanted {
            let option = create(cx, "option");
            mutation::append(cx, option, select)?;
        }
    }
    for &option in options.iter().skip(wanted) {
        mutation::remove(cx, option);
    }
    Ok(())
}

/// <https://html.spec.whatwg.org/#dom-htmloptionscollection-add>
pub(super) fn add(
    cx: &mut Cx,
    select: NodeId,
    element: &HTMLOptionElementOrHTMLOptGroupElement,
    before: Option<HTMLElementOrLong>,
) -> Fallible<()> {
    let element = match element {
        HTMLOptionElementOrHTMLOptGroupElement::HTMLOptionElement(option) => option.id(),
        HTMLOptionElementOrHTMLOptGroupElement::HTMLOptGroupElement(group) => group.id(),
    };
    let agent = cx.engine();
    // 1. It must not contain the select.
    if agent.tree().is_inclusive_ancestor(element, select) {
        return Err(Error::dom(
            DomExceptionName::HierarchyRequest,
            "the element to add contains the select",
        ));
    }
    let reference = match before {
        None => None,
        Some(HTMLElementOrLong::HTMLElement(before)) => {
            let before = before.id();
            // 2. It must be in the select.
            let inside = before != select && agent.tree().is_inclusive_ancestor(select, before);
            if !inside {
                return Err(Error::dom(
                    DomExceptionName::NotFound,
                    "the element to insert before is not in the select",
                ));
            }
            Some(before)
        }
        Some(HTMLElementOrLong::Long(index)) => {
            let options = select::options(&agent.tree(), select);
            usize::try_from(index).ok().and_then(|index| options.get(index).copied())
        }
    };
    // 3.
    if reference == Some(element) {
        return Ok(());
    }
    // 5, 6.
    let parent = match reference {
        Some(reference) => agent.tree().parent(reference).unwrap_or(select),
        None => select,
    };
    mutation::pre_insert(cx, element, parent, reference)?;
    Ok(())
}

/// Removes the option at an index, if there is one.
pub(super) fn remove(cx: &mut Cx, select: NodeId, index: i32) {
    let options = select::options(&cx.engine().tree(), select);
    if let Some(&option) = usize::try_from(index).ok().and_then(|index| options.get(index)) {
        mutation::remove(cx, option);
    }
}

/// <https://html.spec.whatwg.org/#dom-htmloptionscollection-setter>
pub(super) fn set(
    cx: &mut Cx,
    select: NodeId,
    index: u32,
    value: Option<Obj<HTMLOptionElement>>,
) -> Fallible<()> {
    // 1.
    let Some(value) = value else {
        remove(cx, select, i32::try_from(index).unwrap_or(i32::MAX));
        return Ok(());
    };
    // 2–4. The gap is filled with new options.
    let length = select::options(&cx.engine().tree(), select).len();
    if index as usize > length {
        set_length(cx, select, index)?;
    }
    // 5, 6.
    let old = select::options(&cx.engine().tree(), select).get(index as usize).copied();
    let value = value.id();
    match old {
        Some(old) if old != value => {
            let parent = cx.engine().tree().parent(old).unwrap_or(select);
            mutation::replace(cx, old, value, parent)
        }
        Some(_) => Ok(()),
        None => mutation::append(cx, value, select),
    }
}

impl HTMLOptionsCollectionMethods for Obj<HTMLOptionsCollection> {
    fn length(&self, cx: &mut Cx) -> u32 {
        self.select.length(cx)
    }

    fn set_length(&self, cx: &mut Cx, value: u32) -> Fallible<()> {
        set_length(cx, self.select.id(), value)
    }

    /// <https://html.spec.whatwg.org/#dom-htmloptionscollection-setter>
    fn indexed_setter(
        &self,
        cx: &mut Cx,
        index: u32,
        value: Option<Obj<HTMLOptionElement>>,
    ) -> Fallible<()> {
        set(cx, self.select.id(), index, value)
    }

    fn add(
        &self,
        cx: &mut Cx,
        element: HTMLOptionElementOrHTMLOptGroupElement,
        before: Option<HTMLElementOrLong>,
    ) -> Fallible<()> {
        add(cx, self.select.id(), &element, before)
    }

    fn remove(&self, cx: &mut Cx, index: i32) -> Fallible<()> {
        remove(cx, self.select.id(), index);
        Ok(())
    }

    fn selected_index(&self, cx: &mut Cx) -> i32 {
        self.select.selected_index(cx)
    }

    fn set_selected_index(&self, cx: &mut Cx, value: i32) -> Fallible<()> {
        self.select.set_selected_index(cx, value)
    }
}
