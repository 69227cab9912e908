//! Definitions, and what an element knows of its own.

use std::{cell::RefCell, collections::VecDeque};

use virga_dom::{LocalName, NodeId};
use virga_js::{Callback, Cx, GcCell, Obj, Trace};

use super::{CustomElementRegistry, ElementInternals, reactions::Reaction};
use crate::{agent::EngineCx, dom::Element, wrappers::Node};

/// <https://html.spec.whatwg.org/#custom-element-definition>
#[derive(Trace)]
pub(crate) struct Definition {
    #[trace(skip)]
    pub(super) name: LocalName,
    #[trace(skip)]
    pub(super) local_name: LocalName,
    pub(super) constructor: Callback,
    pub(super) callbacks: Vec<(Lifecycle, Callback)>,
    #[trace(skip)]
    pub(super) observed: Vec<LocalName>,
    /// `None` is the marker of an element that was constructed already.
    pub(super) construction_stack: RefCell<Vec<Option<Obj<Element>>>>,
    pub(super) form_associated: bool,
    pub(super) disable_internals: bool,
    pub(super) disable_shadow: bool,
}

/// The callbacks of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Trace)]
pub(super) enum Lifecycle {
    Connected,
    Disconnected,
    Adopted,
    AttributeChanged,
    FormAssociated,
    FormReset,
    FormDisabled,
    FormStateRestore,
}

impl Lifecycle {
    /// Those that every definition looks for, in their order.
    pub(super) const ALL: [Self; 4] =
        [Self::Connected, Self::Disconnected, Self::Adopted, Self::AttributeChanged];
    /// Those of elements that take part in forms.
    pub(super) const OF_FORMS: [Self; 4] =
        [Self::FormAssociated, Self::FormReset, Self::FormDisabled, Self::FormStateRestore];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Connected => "connectedCallback",
            Self::Disconnected => "disconnectedCallback",
            Self::Adopted => "adoptedCallback",
            Self::AttributeChanged => "attributeChangedCallback",
            Self::FormAssociated => "formAssociatedCallback",
            Self::FormReset => "formResetCallback",
            Self::FormDisabled => "formDisabledCallback",
            Self::FormStateRestore => "formStateRestoreCallback",
        }
    }
}

impl Definition {
    pub(super) fn callback(&self, which: Lifecycle) -> Option<&Callback> {
        self.callbacks.iter().find(|(name, _)| *name == which).map(|(_, callback)| callback)
    }

    /// Whether it is for elements with a name of their own.
    pub(super) fn is_autonomous(&self) -> bool {
        self.name == self.local_name
    }
}

/// <https://dom.spec.whatwg.org/#concept-element-custom-element-state>, as far
/// as the name of an element does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// "Undefined" or "uncustomized".
    #[default]
    Plain,
    Failed,
    Precustomized,
    Custom,
}

/// What an element knows that has been looked at as a custom one.
#[derive(Default, Trace)]
pub(crate) struct Custom {
    #[trace(skip)]
    pub(super) state: State,
    pub(super) definition: Option<GcCell<Definition>>,
    /// <https://html.spec.whatwg.org/#custom-element-reaction-queue>
    pub(super) reactions: VecDeque<Reaction>,
    pub(super) internals: Option<Obj<ElementInternals>>,
    /// Its form and whether it is disabled, as its callbacks know it.
    #[trace(skip)]
    pub(super) form: Option<NodeId>,
    pub(super) disabled: bool,
}

impl Node {
    /// Looks at what the node knows as a custom element.
    pub(super) fn with_custom<R>(&self, look: impl FnOnce(&Custom) -> R) -> Option<R> {
        let extras = self.extras.borrow();
        extras.as_deref()?.custom.as_deref().map(look)
    }

    /// Changes what the node knows as a custom element.
    pub(super) fn with_custom_mut<R>(&self, change: impl FnOnce(&mut Custom) -> R) -> R {
        let mut extras = self.extras.borrow_mut();
        change(extras.get_or_insert_default().custom.get_or_insert_default())
    }
}

fn look<R>(cx: &Cx, element: NodeId, look: impl FnOnce(&Custom) -> R) -> Option<R> {
    let agent = cx.engine();
    if !agent.reactions.is_in_use() {
        return None;
    }
    agent.wrappers.get(cx, element)?.with_custom(look)
}

pub(super) fn state(cx: &Cx, element: NodeId) -> State {
    look(cx, element, |custom| custom.state).unwrap_or_default()
}

/// Whether an element is custom, or about to become so.
pub(crate) fn is_custom(cx: &Cx, element: NodeId) -> bool {
    matches!(state(cx, element), State::Custom | State::Precustomized)
}

/// <https://html.spec.whatwg.org/#form-associated-custom-element>
pub(crate) fn is_form_associated(cx: &Cx, element: NodeId) -> bool {
    look(cx, element, |custom| {
        custom
            .definition
            .as_ref()
            .is_some_and(|definition| definition.form_associated && definition.is_autonomous())
    })
    .unwrap_or(false)
}

/// Whether elements like this one may not have a shadow root.
pub(crate) fn disables_shadow(cx: &mut Cx, element: NodeId) -> bool {
    look_up_for(cx, element).is_some_and(|definition| definition.disable_shadow)
}

/// "Look up a custom element definition".
///
/// <https://html.spec.whatwg.org/#look-up-a-custom-element-definition>
pub(super) fn look_up(
    cx: &mut Cx,
    document: NodeId,
    local: &LocalName,
    is: Option<&str>,
) -> Option<GcCell<Definition>> {
    let agent = cx.engine();
    if !agent.reactions.is_in_use() {
        return None;
    }
    let window = agent.window_of_document(document)?;
    let registry = CustomElementRegistry::of(cx, &window);
    registry.find(local, is)
}

/// The definition for an element as it is.
pub(super) fn look_up_for(cx: &mut Cx, element: NodeId) -> Option<GcCell<Definition>> {
    let agent = cx.engine();
    if !agent.reactions.is_in_use() {
        return None;
    }
    let (document, local, is) = {
        let tree = agent.tree();
        let name = tree.name(element).filter(|name| name.ns == virga_dom::ns!(html))?;
        let is = tree.is_value(element).map(str::to_owned);
        (tree.owner_document(element)?, name.local.clone(), is)
    };
    look_up(cx, document, &local, is.as_deref())
}
