//! Element internals: <https://html.spec.whatwg.org/#element-internals>

use std::cell::RefCell;

use virga_dom::{ElementState, NodeId};
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Flags, Function, Obj, Object, Platform,
    Property, Trace, Value,
};

use super::{
    CustomStateSet,
    definition::{self, State, is_form_associated},
};
use crate::{
    agent::EngineCx,
    dom::{NodeList, ShadowRoot},
    generated::{ElementInternalsMethods, ValidityStateFlags},
    html::{self, Flaws, ValidityState},
    interfaces::{HTMLElement, HTMLFormElement},
    window::forms,
    wrappers::Node,
};

/// What the class of a custom element may do that its users may not.
#[derive(Trace, Platform)]
pub(crate) struct ElementInternals {
    element: Obj<HTMLElement>,
    states: RefCell<Option<Obj<CustomStateSet>>>,
    /// <https://html.spec.whatwg.org/#face-submission-value>
    value: RefCell<Value>,
    /// <https://html.spec.whatwg.org/#face-state>
    state: RefCell<Value>,
    #[trace(skip)]
    message: RefCell<DomString>,
    anchor: RefCell<Option<Obj<HTMLElement>>>,
    /// The ARIA attributes that are set, by the name of the property.
    #[trace(skip)]
    aria: RefCell<Vec<(&'static str, DomString)>>,
}

fn not_supported(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::NotSupported, message)
}

/// <https://html.spec.whatwg.org/#dom-attachinternals>
pub(crate) fn attach(cx: &mut Cx, element: &Obj<HTMLElement>) -> Fallible<Obj<ElementInternals>> {
    let node: Obj<Node> = element.upcast();
    let id = node.id();
    // 1.
    if cx.engine().tree().is_value(id).is_some() {
        return Err(not_supported("a customized built-in element has no internals"));
    }
    // 2.
    let Some(definition) = definition::look_up_for(cx, id) else {
        return Err(not_supported("attachInternals: the element is not a custom one"));
    };
    // 3.
    if definition.disable_internals {
        return Err(not_supported("the definition of the element disables internals"));
    }
    // 4.
    if node.with_custom(|custom| custom.internals.is_some()).unwrap_or(false) {
        return Err(not_supported("the internals of the element were attached already"));
    }
    // 5.
    if !matches!(definition::state(cx, id), State::Custom | State::Precustomized) {
        return Err(not_supported("the element was not constructed yet"));
    }
    // 6.–7.
    let internals = ElementInternals {
        element: element.clone(),
        states: RefCell::default(),
        value: RefCell::new(Value::null()),
        state: RefCell::new(Value::null()),
        message: RefCell::default(),
        anchor: RefCell::default(),
        aria: RefCell::default(),
    };
    let internals = Obj::new(cx, internals);
    node.with_custom_mut(|custom| custom.internals = Some(internals.clone()));
    Ok(internals)
}

/// The value that a form-associated custom element submits: `null`, text, or an
/// object; nothing without internals.
///
/// <https://html.spec.whatwg.org/#face-submission-value>
pub(crate) fn submission_value(cx: &Cx, element: NodeId) -> Option<Value> {
    internals_of(cx, element).map(|internals| internals.value.borrow().clone())
}

fn internals_of(cx: &Cx, element: NodeId) -> Option<Obj<ElementInternals>> {
    let node = cx.engine().wrappers.get(cx, element)?;
    node.with_custom(|custom| custom.internals.clone()).flatten()
}

impl ElementInternals {
    fn id(&self) -> NodeId {
        self.element.upcast::<Node>().id()
    }

    fn flaws(&self, cx: &Cx) -> Flaws {
        Flaws::from_bits_truncate(cx.engine().tree().internal_flaws(self.id()))
    }

    /// What takes part in forms alone.
    fn require_form(&self, cx: &Cx) -> Fallible<()> {
        if is_form_associated(cx, self.id()) {
            return Ok(());
        }
        Err(not_supported(
            "the element is not form-associated: its class lacks `static formAssociated = true`",
        ))
    }

    /// <https://html.spec.whatwg.org/#candidate-for-constraint-validation>
    fn is_candidate(&self, cx: &Cx) -> bool {
        html::is_validation_candidate(&cx.engine().tree(), self.id())
    }

    /// Tells style whether the element is valid.
    fn show_validity(&self, cx: &Cx) {
        let candidate = self.is_candidate(cx);
        let valid = self.flaws(cx).is_empty();
        let agent = cx.engine();
        let mut tree = agent.tree_mut();
        tree.set_state(self.id(), ElementState::VALID, candidate && valid);
        tree.set_state(self.id(), ElementState::INVALID, candidate && !valid);
    }
}

fn flaws_of(flags: &ValidityStateFlags) -> Flaws {
    let mut flaws = Flaws::empty();
    for (flaw, is) in [
        (Flaws::VALUE_MISSING, flags.value_missing),
        (Flaws::TYPE_MISMATCH, flags.type_mismatch),
        (Flaws::PATTERN_MISMATCH, flags.pattern_mismatch),
        (Flaws::TOO_LONG, flags.too_long),
        (Flaws::TOO_SHORT, flags.too_short),
        (Flaws::RANGE_UNDERFLOW, flags.range_underflow),
        (Flaws::RANGE_OVERFLOW, flags.range_overflow),
        (Flaws::STEP_MISMATCH, flags.step_mismatch),
        (Flaws::BAD_INPUT, flags.bad_input),
        (Flaws::CUSTOM_ERROR, flags.custom_error),
    ] {
        flaws.set(flaw, is);
    }
    flaws
}

impl ElementInternalsMethods for Obj<ElementInternals> {
    /// <https://html.spec.whatwg.org/#dom-elementinternals-shadowroot>
    fn shadow_root(&self, cx: &mut Cx) -> Option<Obj<ShadowRoot>> {
        let root = {
            let agent = cx.engine();
            let tree = agent.tree();
            let root = tree.shadow_root(self.id())?;
            tree.shadow_data(root).filter(|data| data.available_to_internals)?;
            root
        };
        cx.wrap_as(root)
    }

    /// <https://html.spec.whatwg.org/#dom-elementinternals-setformvalue>
    fn set_form_value(&self, cx: &mut Cx, value: Value, state: Value) -> Fallible<()> {
        self.require_form(cx)?;
        let value = form_value(cx, value)?;
        let state = if state.is_undefined() { value.clone() } else { form_value(cx, state)? };
        self.value.replace(value);
        self.state.replace(state);
        Ok(())
    }

    fn form(&self, cx: &mut Cx) -> Fallible<Option<Obj<HTMLFormElement>>> {
        self.require_form(cx)?;
        let form = forms::form_owner(&cx.engine(), self.id());
        Ok(form.and_then(|form| cx.wrap_as(form)))
    }

    /// <https://html.spec.whatwg.org/#dom-elementinternals-setvalidity>
    fn set_validity(
        &self,
        cx: &mut Cx,
        flags: ValidityStateFlags,
        message: Option<DomString>,
        anchor: Option<Obj<HTMLElement>>,
    ) -> Fallible<()> {
        // 2.
        self.require_form(cx)?;
        // 3.
        let flaws = flaws_of(&flags);
        let valid = flaws.is_empty();
        let message = message.unwrap_or_default();
        if !valid && message.is_empty() {
            return Err(Error::type_error("setValidity: an error needs a message"));
        }
        // 4.–6.
        if let Some(anchor) = &anchor {
            let inside = {
                let agent = cx.engine();
                let tree = agent.tree();
                let anchor = anchor.upcast::<Node>().id();
                anchor != self.id()
                    && tree.is_shadow_including_inclusive_ancestor(self.id(), anchor)
            };
            if !inside {
                return Err(Error::dom(
                    DomExceptionName::NotFound,
                    "setValidity: the anchor is not inside of the element",
                ));
            }
        }
        cx.engine().tree_mut().set_internal_flaws(self.id(), flaws.bits());
        self.message.replace(if valid { DomString::empty() } else { message });
        self.anchor.replace(anchor);
        self.show_validity(cx);
        Ok(())
    }

    fn will_validate(&self, cx: &mut Cx) -> Fallible<bool> {
        self.require_form(cx)?;
        Ok(self.is_candidate(cx))
    }

    fn validity(&self, cx: &mut Cx) -> Fallible<Obj<ValidityState>> {
        self.require_form(cx)?;
        Ok(html::validity_of(cx, &self.element.upcast()))
    }

    fn validation_message(&self, cx: &mut Cx) -> Fallible<DomString> {
        self.require_form(cx)?;
        Ok(self.message.borrow().clone())
    }

    fn check_validity(&self, cx: &mut Cx) -> Fallible<bool> {
        self.require_form(cx)?;
        Ok(html::check_validity(cx, self.id()))
    }

    fn report_validity(&self, cx: &mut Cx) -> Fallible<bool> {
        self.require_form(cx)?;
        Ok(html::report_validity(cx, self.id()))
    }

    fn labels(&self, cx: &mut Cx) -> Fallible<Obj<NodeList>> {
        self.require_form(cx)?;
        Ok(html::labels_of(cx, self.id()))
    }

    fn states(&self, cx: &mut Cx) -> Obj<CustomStateSet> {
        if let Some(states) = &*self.states.borrow() {
            return states.clone();
        }
        let states = CustomStateSet::create(cx, self.id());
        self.states.replace(Some(states.clone()));
        states
    }
}

/// What `setFormValue` keeps: `null`, an object that forms can submit, or text.
fn form_value(cx: &mut Cx, value: Value) -> Fallible<Value> {
    if value.is_nullish() || value.is_object() {
        return Ok(if value.is_undefined() { Value::null() } else { value });
    }
    value.to_string(cx).map(Value::from)
}

/// The properties of the mixin ARIAMixin.
const ARIA: [&str; 43] = [
    "role",
    "ariaAtomic",
    "ariaAutoComplete",
    "ariaBrailleLabel",
    "ariaBrailleRoleDescription",
    "ariaBusy",
    "ariaChecked",
    "ariaColCount",
    "ariaColIndex",
    "ariaColIndexText",
    "ariaColSpan",
    "ariaCurrent",
    "ariaDescription",
    "ariaDisabled",
    "ariaExpanded",
    "ariaHasPopup",
    "ariaHidden",
    "ariaInvalid",
    "ariaKeyShortcuts",
    "ariaLabel",
    "ariaLevel",
    "ariaLive",
    "ariaModal",
    "ariaMultiLine",
    "ariaMultiSelectable",
    "ariaOrientation",
    "ariaPlaceholder",
    "ariaPosInSet",
    "ariaPressed",
    "ariaReadOnly",
    "ariaRelevant",
    "ariaRequired",
    "ariaRoleDescription",
    "ariaRowCount",
    "ariaRowIndex",
    "ariaRowIndexText",
    "ariaRowSpan",
    "ariaSelected",
    "ariaSetSize",
    "ariaSort",
    "ariaValueMax",
    "ariaValueMin",
    "ariaValueNow",
];

/// The name of one of these properties.
struct Name(&'static str);

impl Trace for Name {
    fn trace(&self, _: &mut virga_js::Tracer<'_>) {}
}

/// Puts the attributes of ARIAMixin on the prototype: internals keep what
/// elements would reflect.
pub(crate) fn install_aria(cx: &mut Cx, prototype: &Object) {
    for name in ARIA.into_iter().chain(["ariaValueText"]) {
        let get =
            Function::with_data(cx, format!("get {name}"), 0, Name(name), |cx, this, _, name| {
                let internals = this_internals(cx, this)?;
                let aria = internals.aria.borrow();
                let found = aria.iter().find(|(known, _)| *known == name.0);
                Ok(found.map_or_else(Value::null, |(_, value)| Value::from(value.clone())))
            });
        let set = Function::with_data(
            cx,
            format!("set {name}"),
            1,
            Name(name),
            |cx, this, args, name| {
                let internals = this_internals(cx, this)?;
                let value = args.first().cloned().unwrap_or_default();
                let text = if value.is_nullish() { None } else { Some(value.to_string(cx)?) };
                let mut aria = internals.aria.borrow_mut();
                aria.retain(|(known, _)| *known != name.0);
                aria.extend(text.map(|text| (name.0, text)));
                Ok(Value::undefined())
            },
        );
        prototype.put(name, Property::accessor(Some(get), Some(set), Flags::ALL));
    }
}

fn this_internals(cx: &Cx, this: &Value) -> Fallible<Obj<ElementInternals>> {
    Obj::from_value(cx, this).ok_or_else(|| {
        Error::type_error("ElementInternals: 'this' is not of type ElementInternals")
    })
}
