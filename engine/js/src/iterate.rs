//! Going through what script calls iterable.

use boa_engine::object::builtins::JsArray;

use crate::{Cx, Error, Fallible, Object, Symbol, Value, dom_string};

impl Object {
    /// Calls `each` for every value of an iterable, whose `Symbol.iterator`
    /// method was read before ("creating a sequence from an iterable"). Runs
    /// script.
    ///
    /// Arrays whose iteration a page has not changed are read directly, which
    /// nobody can tell apart.
    ///
    /// # Errors
    /// What script or `each` throws. As in Web IDL, an error of `each` does not
    /// close the iterator.
    pub fn iterate(
        &self,
        cx: &mut Cx,
        method: &Self,
        mut each: impl FnMut(&mut Cx, Value) -> Fallible<()>,
    ) -> Fallible<()> {
        self.iterate_with(cx, method, &mut each)
    }

    fn iterate_with(
        &self,
        cx: &mut Cx,
        method: &Self,
        each: &mut dyn FnMut(&mut Cx, Value) -> Fallible<()>,
    ) -> Fallible<()> {
        if self.is_array() && is_plain_array_iteration(cx, method)? {
            let Ok(array) = JsArray::from_object(self.0.clone()) else {
                unreachable!("it is an array")
            };
            let mut index = 0_u64;
            loop {
                let result = array.length(cx.context_mut());
                if index >= cx.lift(result)? {
                    return Ok(());
                }
                let result = self.0.get(index, cx.context_mut());
                let value = cx.lift(result).map(Value)?;
                each(cx, value)?;
                index += 1;
            }
        }
        let iterator = method.call(cx, &Value::from(self), &[])?;
        let Some(iterator) = iterator.as_object() else {
            return Err(Error::type_error("the iterator method returned no object"));
        };
        let next = iterator.get(cx, dom_string!("next"))?;
        let Some(next) = next.as_object() else {
            return Err(Error::type_error("the iterator has no next method"));
        };
        loop {
            let result = next.call(cx, &Value::from(&iterator), &[])?;
            let Some(result) = result.as_object() else {
                return Err(Error::type_error("the iterator's next returned no object"));
            };
            if result.get(cx, dom_string!("done"))?.to_boolean() {
                return Ok(());
            }
            let value = result.get(cx, dom_string!("value"))?;
            each(cx, value)?;
        }
    }

    /// The `Symbol.iterator` method, if there is one. May run script.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn iterator_method(&self, cx: &mut Cx) -> Fallible<Option<Self>> {
        self.get_method(cx, Symbol::iterator())
    }
}

/// Whether `method` is the built-in one of arrays of the current realm, and the
/// iterator it makes steps as built in.
fn is_plain_array_iteration(cx: &mut Cx, method: &Object) -> Fallible<bool> {
    let intrinsics = cx.context().intrinsics();
    let objects = intrinsics.objects();
    let built_in: boa_engine::JsObject = objects.array_prototype_values().into();
    if method.0 != built_in {
        return Ok(false);
    }
    let prototype = Object(objects.iterator_prototypes().array());
    let known = cx.built_in(|known| known.array_iterator_next.clone());
    Ok(prototype.get(cx, dom_string!("next"))? == known)
}
