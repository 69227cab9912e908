//! The attributes of `CSSStyleDeclaration` that stand for properties.
//!
//! There are hundreds, all alike, so they come from the style system's table and
//! not from WebIDL. They are accessors of the prototype, which keeps a
//! declaration block an ordinary object: `style.left = …` is a property look-up
//! and one native call. Indices (`style[0]`) are rare; an object behind the
//! prototype answers them, where only look-ups arrive that found nothing else.

use virga_js::{
    Cx, DomString, Error, Fallible, Flags, Function, NativeFn, Obj, Object, Property, PropertyKey,
    Symbol, Trace, Value, exotic, webidl,
};

use super::CSSStyleDeclaration;
use crate::generated::CSSStyleDeclarationMethods;

/// The property that an accessor stands for.
#[derive(Trace, Clone, Copy)]
struct Name {
    #[trace(skip)]
    css: &'static str,
}

/// Gives the prototype of `CSSStyleDeclaration` its property attributes.
///
/// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-camel-cased-attribute>
pub(crate) fn install_property_accessors(cx: &mut Cx, prototype: &Object) {
    for css in virga_dom::style::property_names() {
        let name = Name { css };
        let camel = idl_attribute(css, false);
        let get = Function::with_data(cx, format!("get {camel}").as_str(), 0, name, get);
        let set = Function::with_data(cx, format!("set {camel}").as_str(), 1, name, set);
        let accessor = Property::accessor(Some(get), Some(set), Flags::ALL);
        prototype.put(camel.as_str(), accessor.clone());
        if css.starts_with("-webkit-") {
            prototype.put(idl_attribute(css, true).as_str(), accessor.clone());
        }
        if css.contains('-') {
            prototype.put(*css, accessor);
        }
    }
    // https://webidl.spec.whatwg.org/#js-iterator: indexed properties make it
    // iterable as an array is.
    let values = webidl::array_function(cx, "values");
    prototype.put(Symbol::iterator(), Property::data(values, Flags::HIDDEN));
    let behind = Object::new(cx);
    let handler = exotic::Traps {
        get: Some(NativeFn::new(get_index)),
        has: Some(NativeFn::new(has_index)),
        ..Default::default()
    }
    .handler(cx);
    let behind = exotic::bare(cx, &behind, &handler);
    prototype.set_prototype(Some(&behind));
}

/// "CSS property to IDL attribute".
///
/// <https://drafts.csswg.org/cssom/#css-property-to-idl-attribute>
fn idl_attribute(property: &str, lowercase_first: bool) -> String {
    let property = if lowercase_first { &property[1..] } else { property };
    let mut upper = false;
    let mut out = String::with_capacity(property.len());
    for c in property.chars() {
        if c == '-' {
            upper = true;
        } else if upper {
            upper = false;
            out.push(c.to_ascii_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

fn block(cx: &Cx, this: &Value, name: Name) -> Fallible<Obj<CSSStyleDeclaration>> {
    Obj::from_value(cx, this).ok_or_else(|| {
        Error::type_error(format!(
            "'{}' of CSSStyleDeclaration was used on something else",
            idl_attribute(name.css, false)
        ))
    })
}

fn get(cx: &mut Cx, this: &Value, _args: &[Value], name: &Name) -> Fallible<Value> {
    let block = block(cx, this, *name)?;
    Ok(Value::from(DomString::from(block.property_value(cx, name.css))))
}

fn set(cx: &mut Cx, this: &Value, args: &[Value], name: &Name) -> Fallible<Value> {
    let block = block(cx, this, *name)?;
    // `[LegacyNullToEmptyString]`
    let value = match args.first() {
        Some(value) if value.is_null() => DomString::empty(),
        Some(value) => value.to_string(cx)?,
        None => return Err(Error::type_error("a setter needs a value")),
    };
    let reactions = crate::custom_elements::Reactions::push(cx);
    let result = block.set_value(cx, name.css, &value.to_str(), false);
    reactions.pop(cx);
    result.map(|()| Value::undefined())
}

/// The trap of `[[Get]]`: target, key, receiver.
fn get_index(cx: &mut Cx, _this: &Value, args: &[Value]) -> Fallible<Value> {
    let [target, key, receiver, ..] = args else { return Ok(Value::undefined()) };
    if let Some(index) = index(cx, key)?
        && let Some(block) = Obj::<CSSStyleDeclaration>::from_value(cx, receiver)
    {
        return if index < block.length(cx) {
            block.item(cx, index).map(Value::from)
        } else {
            Ok(Value::undefined())
        };
    }
    let target = target.to_object(cx)?;
    exotic::ordinary_get(cx, &target, key, receiver)
}

/// The trap of `[[HasProperty]]`: target, key. Which block is asked for cannot
/// be told here, so indices are never said to exist.
fn has_index(cx: &mut Cx, _this: &Value, args: &[Value]) -> Fallible<Value> {
    let [target, key, ..] = args else { return Ok(Value::from(false)) };
    let target = target.to_object(cx)?;
    let key = key.to_property_key(cx)?;
    Ok(Value::from(target.has(cx, key)?))
}

fn index(cx: &mut Cx, key: &Value) -> Fallible<Option<u32>> {
    if !key.is_string() {
        return Ok(None);
    }
    let key: PropertyKey = key.to_property_key(cx)?;
    Ok(key.as_index())
}

#[cfg(test)]
mod tests {
    use super::idl_attribute;

    #[test]
    fn attributes_are_camel_cased() {
        for (property, attribute) in [
            ("color", "color"),
            ("background-color", "backgroundColor"),
            ("border-top-left-radius", "borderTopLeftRadius"),
            ("-webkit-transform", "WebkitTransform"),
        ] {
            assert_eq!(idl_attribute(property, false), attribute);
        }
        assert_eq!(idl_attribute("-webkit-transform", true), "webkitTransform");
    }
}
