//! `HTMLFormControlsCollection` and `RadioNodeList`:
//! <https://html.spec.whatwg.org/#the-htmlformcontrolscollection-interface>

use virga_dom::{ElementState, LocalName, NodeId, Tree, local_name};
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace};

use super::{checkedness, kind::InputType, owner};
use crate::{
    agent::EngineCx,
    dom::{self, Filter, HTMLCollection, NodeList},
    generated::{HTMLFormControlsCollectionMethods, RadioNodeListMethods, RadioNodeListOrElement},
    wrappers::Node,
};

/// The controls of a form, live.
#[derive(Trace, Platform)]
pub(crate) struct HTMLFormControlsCollection {
    #[base]
    collection: HTMLCollection,
    root: Obj<Node>,
}

/// The controls of one name, live.
#[derive(Trace, Platform)]
pub(crate) struct RadioNodeList {
    #[base]
    list: NodeList,
}

/// By what a control is known.
const NAMES: [LocalName; 2] = [local_name!("id"), local_name!("name")];

fn has_name(tree: &Tree, id: NodeId, name: &str) -> bool {
    NAMES.iter().any(|attribute| tree.plain_attribute(id, attribute) == Some(name))
}

fn form_named(tree: &Tree, form: NodeId, name: &str) -> Vec<NodeId> {
    owner::elements_that(tree, form, |id| has_name(tree, id, name))
}

fn images_named(tree: &Tree, form: NodeId, name: &str) -> Vec<NodeId> {
    tree.descendants(tree.root(form))
        .filter(|&id| {
            has_name(tree, id, name)
                && tree.is_html_element(id, "img")
                && owner::form_owner(tree, id) == Some(form)
        })
        .collect()
}

/// `form.elements`
pub(super) fn of(cx: &mut Cx, root: Obj<Node>) -> Obj<HTMLFormControlsCollection> {
    dom::kept_object(cx, &root.clone(), "elements", |cx| {
        let collection = HTMLCollection::new(root.clone(), Filter::Find(owner::elements));
        Obj::new(cx, HTMLFormControlsCollection { collection, root })
    })
}

/// The one node that was found, or a live list of several.
fn one_or_list(
    cx: &mut Cx,
    root: &Obj<Node>,
    found: &[NodeId],
    named: fn(&Tree, NodeId, &str) -> Vec<NodeId>,
    name: &str,
) -> Option<RadioNodeListOrElement> {
    match found {
        [] => None,
        [one] => Some(RadioNodeListOrElement::Element(cx.wrap_as(*one)?)),
        _ => {
            let filter = Filter::FindNamed(named, name.to_owned());
            let list = NodeList::new_live(root.clone(), filter);
            Some(RadioNodeListOrElement::RadioNodeList(Obj::new(cx, RadioNodeList { list })))
        }
    }
}

/// A form's named property, without the past names.
///
/// <https://html.spec.whatwg.org/#dom-form-nameditem>, steps 1 to 3.
pub(super) fn form_named_item(
    cx: &mut Cx,
    form: &Obj<Node>,
    name: &str,
) -> Option<RadioNodeListOrElement> {
    if name.is_empty() {
        return None;
    }
    let agent = cx.engine();
    let found = form_named(&agent.tree(), form.id(), name);
    if !found.is_empty() {
        return one_or_list(cx, form, &found, form_named, name);
    }
    let images = images_named(&agent.tree(), form.id(), name);
    one_or_list(cx, form, &images, images_named, name)
}

/// The names by which a form knows its controls and images.
pub(super) fn form_names(tree: &Tree, form: NodeId) -> Vec<String> {
    let images = tree
        .descendants(tree.root(form))
        .filter(|&id| tree.is_html_element(id, "img") && owner::form_owner(tree, id) == Some(form));
    let mut out: Vec<String> = Vec::new();
    let mut members: Vec<NodeId> = owner::elements(tree, form).into_iter().chain(images).collect();
    members.sort_by(|a, b| tree.tree_order(*a, *b).unwrap_or(std::cmp::Ordering::Equal));
    for id in members {
        for attribute in &NAMES {
            let name = tree.plain_attribute(id, attribute).unwrap_or_default();
            if !name.is_empty() && !out.iter().any(|known| known == name) {
                out.push(name.to_owned());
            }
        }
    }
    out
}

impl HTMLFormControlsCollectionMethods for Obj<HTMLFormControlsCollection> {
    /// <https://html.spec.whatwg.org/#dom-htmlformcontrolscollection-nameditem>
    fn named_item(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<RadioNodeListOrElement>> {
        if name.is_empty() {
            return Ok(None);
        }
        let name = name.to_str();
        let found = form_named(&cx.engine().tree(), self.root.id(), &name);
        Ok(one_or_list(cx, &self.root, &found, form_named, &name))
    }

    fn supported_names(&self, cx: &mut Cx) -> Vec<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        let mut names: Vec<&str> = Vec::new();
        let members = owner::elements(&tree, self.root.id());
        for &id in &members {
            for attribute in &NAMES {
                let name = tree.plain_attribute(id, attribute).unwrap_or_default();
                if !name.is_empty() && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names.into_iter().map(DomString::from).collect()
    }
}

fn is_radio(tree: &Tree, id: NodeId) -> bool {
    InputType::of(tree, id) == Some(InputType::Radio)
}

fn radio_value(tree: &Tree, id: NodeId) -> &str {
    tree.plain_attribute(id, &"value".into()).unwrap_or("on")
}

impl RadioNodeListMethods for Obj<RadioNodeList> {
    /// <https://html.spec.whatwg.org/#dom-radionodelist-value>
    fn value(&self, cx: &mut Cx) -> DomString {
        let members = self.upcast::<NodeList>().members(cx);
        let agent = cx.engine();
        let tree = agent.tree();
        let checked = members
            .into_iter()
            .find(|&id| is_radio(&tree, id) && tree.state(id).contains(ElementState::CHECKED));
        checked.map_or_else(DomString::empty, |id| radio_value(&tree, id).into())
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let members = self.upcast::<NodeList>().members(cx);
        let value = value.to_str();
        let agent = cx.engine();
        let found = {
            let tree = agent.tree();
            members.into_iter().find(|&id| is_radio(&tree, id) && radio_value(&tree, id) == value)
        };
        if let Some(id) = found {
            checkedness::set_checked(&mut agent.tree_mut(), id, true);
        }
        Ok(())
    }
}
