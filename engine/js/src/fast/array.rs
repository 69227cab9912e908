//! `Array.prototype`: `splice`, `unshift`.
//!
//! The engine's own move each element with a `[[Get]]` and a `[[Set]]`. `shift`,
//! `push` and `pop` have fast ways of their own.

use boa_engine::object::IndexProperties;
use boa_engine::object::shape::Shape;
use boa_engine::property::PropertyDescriptor;
use boa_engine::{JsSymbol, JsValue};

use super::{argument, known, stored, stored_getter};
use crate::trace::{Trace, Tracer};
use crate::{Cx, Fallible, NativeFn, Object, PropertyKey, Value, dom_string};

/// Longer arrays are left to the engine.
const MAX_LENGTH: usize = 1 << 24;

/// The engine's own functions, and what plain arrays of the realm look like.
#[derive(virga_js_derive::Trace)]
pub(super) struct Originals {
    splice: Object,
    unshift: Object,
    constructor: Object,
    prototype: Object,
    object_prototype: Object,
    get_species: Object,
    plain: PlainShape,
}

/// The shape of an array that has its elements and its `length`.
struct PlainShape(Shape);

impl Trace for PlainShape {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.visit(&self.0);
    }
}

pub(super) fn install(cx: &mut Cx) -> Fallible<Originals> {
    let constructors = cx.context().intrinsics().constructors();
    let prototype = Object(constructors.array().prototype());
    let constructor = Object(constructors.array().constructor());
    let object_prototype = Object(constructors.object().prototype());
    let species = PropertyKey(JsSymbol::species().into());
    let get_species = stored_getter(&constructor, &species)
        .ok_or_else(|| crate::Error::type_error("the engine's Array has no Symbol.species"))?;
    let sample = Object::array(cx, []);
    let plain = PlainShape(sample.0.borrow().shape().clone());
    Ok(Originals {
        splice: super::replace(
            cx,
            &prototype,
            dom_string!("splice"),
            "splice",
            2,
            NativeFn::new(splice),
        )?,
        unshift: super::replace(
            cx,
            &prototype,
            dom_string!("unshift"),
            "unshift",
            1,
            NativeFn::new(unshift),
        )?,
        constructor,
        prototype,
        object_prototype,
        get_species,
        plain,
    })
}

impl Originals {
    /// The array and its length, if it is a plain one without holes, and nobody
    /// put indexed properties on its prototypes: setting elements runs no script.
    fn plain_array(&self, cx: &mut Cx, this: &Value) -> Option<(Object, usize)> {
        let array = this.as_object().filter(Object::is_array)?;
        if !array.0.is_extensible(cx.context_mut()).ok()? {
            return None;
        }
        let length = {
            let object = array.0.borrow();
            if object.shape().to_addr_usize() != self.plain.0.to_addr_usize() {
                return None;
            }
            let properties = object.properties();
            let length = properties.get(&length_key().0)?.value()?.as_i32()?;
            let length = usize::try_from(length).ok()?;
            let elements = match properties.index_properties() {
                IndexProperties::DenseI32(elements) => elements.len(),
                IndexProperties::DenseF64(elements) => elements.len(),
                IndexProperties::DenseElement(elements) => elements.len(),
                IndexProperties::SparseElement(_) | IndexProperties::SparseProperty(_) => {
                    return None;
                }
            };
            if elements != length || length > MAX_LENGTH {
                return None;
            }
            length
        };
        let is_empty =
            |object: &Object| object.0.borrow().properties().index_properties().len() == 0;
        let are_plain = is_empty(&self.prototype)
            && is_empty(&self.object_prototype)
            && self.prototype.prototype().as_ref() == Some(&self.object_prototype);
        are_plain.then_some((array, length))
    }

    /// Whether "ArraySpeciesCreate" makes a plain array.
    fn has_plain_species(&self) -> bool {
        let species = PropertyKey(JsSymbol::species().into());
        stored(&self.prototype, &dom_string!("constructor").into()).as_ref()
            == Some(&self.constructor)
            && stored_getter(&self.constructor, &species).as_ref() == Some(&self.get_species)
    }
}

fn length_key() -> PropertyKey {
    dom_string!("length").into()
}

/// The elements from `start` on.
fn elements(array: &Object, start: usize) -> Vec<JsValue> {
    let object = array.0.borrow();
    match object.properties().index_properties() {
        IndexProperties::DenseI32(elements) => {
            elements.skip(start).map(|(_, &element)| JsValue::from(element)).collect()
        }
        IndexProperties::DenseF64(elements) => {
            elements.skip(start).map(|(_, &element)| JsValue::from(element)).collect()
        }
        IndexProperties::DenseElement(elements) => {
            elements.skip(start).map(|(_, element)| element.clone()).collect()
        }
        IndexProperties::SparseElement(_) | IndexProperties::SparseProperty(_) => Vec::new(),
    }
}

/// Puts elements into a plain array, from `at` on.
fn put(array: &Object, at: usize, elements: impl IntoIterator<Item = JsValue>) {
    for (index, element) in elements.into_iter().enumerate() {
        let property = PropertyDescriptor::builder()
            .value(element)
            .writable(true)
            .enumerable(true)
            .configurable(true);
        array.0.insert_property(at + index, property);
    }
}

/// A relative index that is a number or left out, as one within the array.
fn relative(value: &Value, length: usize) -> Option<usize> {
    let number = if value.is_undefined() { 0.0 } else { value.as_number()? };
    #[expect(clippy::cast_precision_loss, reason = "at most MAX_LENGTH")]
    let length = length as f64;
    let number = if number.is_nan() { 0.0 } else { number.trunc() };
    let index = if number < 0.0 { (length + number).max(0.0) } else { number.min(length) };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the length"
    )]
    Some(index as usize)
}

/// <https://tc39.es/ecma262/#sec-array.prototype.splice>
fn splice(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.array;
    match splice_plain(cx, known, this, args)? {
        Some(removed) => Ok(removed.into()),
        None => known.splice.call(cx, this, args),
    }
}

/// The removed elements, if the array is a plain one.
fn splice_plain(
    cx: &mut Cx,
    known: &Originals,
    this: &Value,
    args: &[Value],
) -> Fallible<Option<Object>> {
    let Some((array, length)) = known.plain_array(cx, this) else { return Ok(None) };
    let start = relative(&argument(args, 0), length);
    let (Some(start), true) = (start, known.has_plain_species()) else { return Ok(None) };
    // 8. to 10. How many to delete: none, all that follow, or so many.
    let count = match args {
        [] => Some(0),
        [_] => Some(length - start),
        // Unlike an index, a negative number counts as 0.
        [_, count, ..] if count.as_number().is_some_and(|count| count < 0.0) => Some(0),
        [_, count, ..] => relative(count, length - start),
    };
    let Some(count) = count else { return Ok(None) };
    let items = args.get(2..).unwrap_or_default();
    let mut removed = elements(&array, start);
    let rest = removed.split_off(count.min(removed.len()));
    let new_length = length - count + items.len();
    put(&array, start, items.iter().map(|item| item.0.clone()));
    if items.len() != count {
        put(&array, start + items.len(), rest);
        for index in (new_length..length).rev() {
            array.delete(cx, index)?;
        }
        array.set(cx, length_key(), new_length)?;
    }
    Ok(Some(Object::array(cx, removed.into_iter().map(Value))))
}

/// <https://tc39.es/ecma262/#sec-array.prototype.unshift>
fn unshift(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.array;
    if args.is_empty() {
        return known.unshift.call(cx, this, args);
    }
    let Some((array, length)) = known.plain_array(cx, this) else {
        return known.unshift.call(cx, this, args);
    };
    let rest = elements(&array, 0);
    put(&array, 0, args.iter().map(|item| item.0.clone()).chain(rest));
    let new_length = length + args.len();
    array.set(cx, length_key(), new_length)?;
    Ok(Value::from(new_length))
}
