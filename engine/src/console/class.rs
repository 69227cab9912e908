//! What kind of object a value is, found out without calling getters.

use virga_js::{Cx, Object};

/// Prototypes looked at; more do not occur but by intent.
const LONGEST_CHAIN: usize = 64;

/// The names of the classes that an object is of, its own first; none for an
/// object without prototype.
pub(super) fn classes(cx: &mut Cx, object: &Object) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = object.prototype();
    while let Some(prototype) = next {
        if names.len() == LONGEST_CHAIN {
            break;
        }
        names.extend(constructor_name(cx, &prototype));
        next = prototype.prototype();
    }
    names
}

/// The name of the constructor that a prototype belongs to.
fn constructor_name(cx: &mut Cx, prototype: &Object) -> Option<String> {
    let constructor = data(cx, prototype, "constructor")?;
    data(cx, &constructor.as_object()?, "name")?
        .as_string()
        .map(|name| name.to_str().into_owned())
        .filter(|name| !name.is_empty())
}

/// The value of an own data property.
pub(super) fn data(cx: &mut Cx, object: &Object, name: &str) -> Option<virga_js::Value> {
    object.own_property(cx, name).ok()??.value
}
