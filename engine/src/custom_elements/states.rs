//! `internals.states`: <https://html.spec.whatwg.org/#customstateset>

use virga_dom::NodeId;
use virga_js::{
    Cx, DomString, Fallible, Obj, Object, Platform, Trace, Value,
    webidl::{Collection, collection_call},
};

use crate::{agent::EngineCx, generated::CustomStateSetMethods};

/// The names that `:state()` matches on an element.
#[derive(Trace, Platform)]
pub(crate) struct CustomStateSet {
    #[trace(skip)]
    element: NodeId,
    set: Object,
}

impl CustomStateSet {
    pub(super) fn create(cx: &mut Cx, element: NodeId) -> Obj<Self> {
        let set = Object::new_set(cx);
        Obj::new(cx, Self { element, set })
    }
}

fn call(
    cx: &mut Cx,
    states: &Obj<CustomStateSet>,
    name: &'static str,
    args: &[Value],
) -> Fallible<Value> {
    collection_call(cx, Collection::Set, &states.set, &states.value(), name, args)
}

impl CustomStateSetMethods for Obj<CustomStateSet> {
    fn backing(&self, _: &mut Cx) -> Object {
        self.set.clone()
    }

    fn add(&self, cx: &mut Cx, value: DomString) -> Fallible<Obj<CustomStateSet>> {
        cx.engine().tree_mut().set_custom_state(self.element, &value.to_str(), true);
        call(cx, self, "add", &[Value::from(value)])?;
        Ok(self.clone())
    }

    fn clear(&self, cx: &mut Cx) -> Fallible<()> {
        cx.engine().tree_mut().clear_custom_states(self.element);
        call(cx, self, "clear", &[]).map(drop)
    }

    fn delete(&self, cx: &mut Cx, value: DomString) -> Fallible<bool> {
        cx.engine().tree_mut().set_custom_state(self.element, &value.to_str(), false);
        Ok(call(cx, self, "delete", &[Value::from(value)])?.to_boolean())
    }
}
