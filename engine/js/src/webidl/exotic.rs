//! Objects with indexed or named properties:
//! <https://webidl.spec.whatwg.org/#js-legacy-platform-objects>.
//!
//! The traps work on the proxy's target, the ordinary object that holds the
//! native data, and ask the interface's [`Exotic`] description.

use super::install::{Remembered, prototype, remembered};
use super::spec::{HasSpec, InterfaceSpec};
use crate::exotic::{
    Traps, ordinary_define, ordinary_delete, ordinary_get, ordinary_set, target_part,
};
use crate::{
    Cx, DomString, Error, Fallible, Flags, Interface, Obj, Object, Property, PropertyKey, Value,
};

/// What an interface says of its indexed and named properties. Generated.
pub struct Exotic {
    /// The interface.
    pub name: &'static str,
    /// Its indexed properties.
    pub indexed: Option<Indexed>,
    /// Its named properties.
    pub named: Option<Named>,
    /// `[LegacyOverrideBuiltIns]`
    pub override_builtins: bool,
    /// `[LegacyUnenumerableNamedProperties]`
    pub unenumerable_names: bool,
    /// The traps, bound to this description.
    pub traps: Traps,
}

/// Assigns a value to a key of a proxy's target.
pub type Assign<K> = fn(&mut Cx, &Value, K, &Value) -> Fallible<()>;

/// Looks up or deletes a key of a proxy's target.
pub type Access<K, R> = fn(&mut Cx, &Value, K) -> Fallible<R>;

/// Indexed properties; all functions get the proxy's target.
pub struct Indexed {
    /// How many there are now.
    pub length: fn(&mut Cx, &Value) -> Fallible<u32>,
    /// The one at an index.
    pub get: Access<u32, Option<Value>>,
    /// Assigns to an index.
    pub set: Option<Assign<u32>>,
}

/// Named properties; all functions get the proxy's target.
pub struct Named {
    /// The one of a name.
    pub get: Access<DomString, Option<Value>>,
    /// The names there are now.
    pub names: fn(&mut Cx, &Value) -> Fallible<Vec<DomString>>,
    /// Assigns to a name.
    pub set: Option<Assign<DomString>>,
    /// Deletes a name; whether it is gone.
    pub delete: Option<Access<DomString, bool>>,
}

/// The shared handler of an interface's proxies in the current realm.
pub fn exotic_handler(cx: &mut Cx, spec: &'static InterfaceSpec) -> Option<Object> {
    let owner = spec.chain().find(|spec| spec.exotic.is_some())?;
    let exotic = owner.exotic?;
    Some(remembered(cx, owner, Remembered::Exotic, |cx| exotic.traps.handler(cx)))
}

/// The native data of a trap's target.
///
/// # Errors
/// The target is something else, which a page cannot bring about.
pub fn exotic_target<T: 'static>(cx: &mut Cx, target: &Value) -> Fallible<Obj<T>> {
    target_part(cx, target)
        .ok_or_else(|| Error::type_error("the object behind this proxy is of another interface"))
}

/// A new object whose indexed properties never change: an ordinary object that
/// has them as its own, which is faster to read than a proxy.
///
/// # Errors
/// What the indexed getter says.
pub fn new_static_list<T: Interface + HasSpec>(cx: &mut Cx, data: T) -> Fallible<Obj<T>> {
    let prototype = prototype(cx, T::SPEC);
    let list = Obj::plain(cx, &prototype, data);
    let exotic = T::SPEC.chain().find_map(|spec| spec.exotic);
    if let Some(indexed) = exotic.and_then(|exotic| exotic.indexed.as_ref()) {
        let target = list.value();
        let length = (indexed.length)(cx, &target)?;
        let flags = Flags { writable: false, enumerable: true, configurable: true };
        for index in 0..length {
            if let Some(value) = (indexed.get)(cx, &target, index)? {
                list.object().put(index, Property::data(value, flags));
            }
        }
    }
    Ok(list)
}

/// What a key finds among the exotic properties.
enum Found {
    Indexed(Value),
    Named(Value),
}

impl Exotic {
    /// The exotic property of this key, if the object has it.
    fn find(&self, cx: &mut Cx, target: &Value, key: &PropertyKey) -> Fallible<Option<Found>> {
        if let (Some(indexed), Some(index)) = (&self.indexed, key.as_index()) {
            // "getOwnProperty" of an index beyond the end finds nothing, not even
            // a named property.
            if index >= (indexed.length)(cx, target)? {
                return Ok(None);
            }
            return Ok((indexed.get)(cx, target, index)?.map(Found::Indexed));
        }
        let Some(named) = &self.named else { return Ok(None) };
        let Some(name) = key.as_string() else { return Ok(None) };
        if !self.override_builtins && self.is_builtin(cx, target, key)? {
            return Ok(None);
        }
        Ok((named.get)(cx, target, name)?.map(Found::Named))
    }

    /// Whether the ordinary object, or a prototype, has the property, so that a
    /// named one of that name does not show.
    fn is_builtin(&self, cx: &mut Cx, target: &Value, key: &PropertyKey) -> Fallible<bool> {
        match target.as_object() {
            Some(target) => target.has(cx, key),
            None => Ok(false),
        }
    }

    fn descriptor(&self, found: Found) -> Property {
        let (value, writable, enumerable) = match found {
            Found::Indexed(value) => {
                (value, self.indexed.as_ref().is_some_and(|i| i.set.is_some()), true)
            }
            Found::Named(value) => (
                value,
                self.named.as_ref().is_some_and(|n| n.set.is_some()),
                !self.unenumerable_names,
            ),
        };
        Property::data(value, Flags { writable, enumerable, configurable: true })
    }
}

/// The traps. Not for hand-written code.
#[doc(hidden)]
pub mod trap {
    use super::*;

    fn key(cx: &mut Cx, args: &[Value]) -> Fallible<PropertyKey> {
        match args.get(1) {
            Some(key) => key.to_property_key(cx),
            None => Err(Error::type_error("a trap was called without a key")),
        }
    }

    fn object(args: &[Value]) -> Fallible<Object> {
        args.first()
            .and_then(Value::as_object)
            .ok_or_else(|| Error::type_error("a trap was called without a target"))
    }

    fn arg(args: &[Value], index: usize) -> Value {
        args.get(index).cloned().unwrap_or_default()
    }

    pub fn get(cx: &mut Cx, exotic: &'static Exotic, args: &[Value]) -> Fallible<Value> {
        let target = object(args)?;
        let key = key(cx, args)?;
        if let Some(Found::Indexed(value) | Found::Named(value)) =
            exotic.find(cx, &args[0], &key)?
        {
            return Ok(value);
        }
        ordinary_get(cx, &target, &arg(args, 1), &arg(args, 2))
    }

    pub fn has(cx: &mut Cx, exotic: &'static Exotic, args: &[Value]) -> Fallible<Value> {
        let target = object(args)?;
        let key = key(cx, args)?;
        if exotic.find(cx, &args[0], &key)?.is_some() {
            return Ok(Value::from(true));
        }
        Ok(Value::from(target.has(cx, &key)?))
    }

    pub fn get_own(cx: &mut Cx, exotic: &'static Exotic, args: &[Value]) -> Fallible<Value> {
        let target = object(args)?;
        let key = key(cx, args)?;
        let property = match exotic.find(cx, &args[0], &key)? {
            Some(found) => Some(exotic.descriptor(found)),
            None => target.own_property(cx, &key)?,
        };
        match property {
            Some(property) => Ok(Value::from(property.to_object(cx)?)),
            None => Ok(Value::undefined()),
        }
    }

    /// <https://webidl.spec.whatwg.org/#legacy-platform-object-set>
    pub fn set(cx: &mut Cx, exotic: &'static Exotic, args: &[Value]) -> Fallible<Value> {
        let target = object(args)?;
        let key = key(cx, args)?;
        let value = arg(args, 2);
        if let Some(done) = assign(cx, exotic, &args[0], &key, &value)? {
            return Ok(Value::from(done));
        }
        // An index, or the name of a read-only property, cannot be assigned to.
        if exotic.find(cx, &args[0], &key)?.is_some() {
            return Ok(Value::from(false));
        }
        // Assigning to the ordinary object itself keeps the receiver for setters,
        // and puts new properties on the target, where they belong.
        let receiver = arg(args, 3);
        let done = match own_or_inherited_setter(cx, &target, &key)? {
            true => ordinary_set(cx, &target, &arg(args, 1), &value, &receiver)?,
            false => ordinary_set(cx, &target, &arg(args, 1), &value, &args[0])?,
        };
        Ok(Value::from(done))
    }

    /// Whether an accessor would handle an assignment.
    fn own_or_inherited_setter(cx: &mut Cx, target: &Object, key: &PropertyKey) -> Fallible<bool> {
        let mut at = Some(target.clone());
        while let Some(object) = at {
            if let Some(property) = object.own_property(cx, key)? {
                return Ok(property.is_accessor());
            }
            at = object.prototype();
        }
        Ok(false)
    }

    /// Assigns to an exotic property; `None` if the key is not for one.
    fn assign(
        cx: &mut Cx,
        exotic: &'static Exotic,
        target: &Value,
        key: &PropertyKey,
        value: &Value,
    ) -> Fallible<Option<bool>> {
        if let (Some(indexed), Some(index)) = (&exotic.indexed, key.as_index()) {
            return match indexed.set {
                Some(set) => {
                    set(cx, target, index, value)?;
                    Ok(Some(true))
                }
                None => Ok(Some(false)),
            };
        }
        let Some(named) = &exotic.named else { return Ok(None) };
        let (Some(set), Some(name)) = (named.set, key.as_string()) else { return Ok(None) };
        if !exotic.override_builtins && exotic.is_builtin(cx, target, key)? {
            return Ok(None);
        }
        set(cx, target, name, value)?;
        Ok(Some(true))
    }

    /// <https://webidl.spec.whatwg.org/#legacy-platform-object-defineownproperty>
    pub fn define(cx: &mut Cx, exotic: &'static Exotic, args: &[Value]) -> Fallible<Value> {
        let target = object(args)?;
        let key = key(cx, args)?;
        let exotic_key = exotic.indexed.is_some() && key.as_index().is_some()
            || exotic.find(cx, &args[0], &key)?.is_some()
            || exotic.named.as_ref().is_some_and(|named| named.set.is_some())
                && key.as_string().is_some()
                && (exotic.override_builtins || !exotic.is_builtin(cx, &args[0], &key)?);
        if exotic_key {
            let Some(descriptor) = arg(args, 2).as_object() else {
                return Ok(Value::from(false));
            };
            let property = Property::from_object(cx, &descriptor)?;
            if property.is_accessor() {
                return Ok(Value::from(false));
            }
            let value = property.value.unwrap_or_default();
            if let Some(done) = assign(cx, exotic, &args[0], &key, &value)? {
                return Ok(Value::from(done));
            }
            return Ok(Value::from(false));
        }
        ordinary_define(cx, &target, &arg(args, 1), &arg(args, 2)).map(Value::from)
    }

    /// <https://webidl.spec.whatwg.org/#legacy-platform-object-delete>
    pub fn delete(cx: &mut Cx, exotic: &'static Exotic, args: &[Value]) -> Fallible<Value> {
        let target = object(args)?;
        let key = key(cx, args)?;
        match exotic.find(cx, &args[0], &key)? {
            Some(Found::Indexed(_)) => Ok(Value::from(false)),
            Some(Found::Named(_)) => {
                let Some(delete) = exotic.named.as_ref().and_then(|named| named.delete) else {
                    return Ok(Value::from(false));
                };
                let name = key.as_string().unwrap_or_default();
                delete(cx, &args[0], name).map(Value::from)
            }
            None => ordinary_delete(cx, &target, &arg(args, 1)).map(Value::from),
        }
    }

    /// <https://webidl.spec.whatwg.org/#legacy-platform-object-ownpropertykeys>
    pub fn own_keys(cx: &mut Cx, exotic: &'static Exotic, args: &[Value]) -> Fallible<Value> {
        let target = object(args)?;
        let mut keys: Vec<Value> = Vec::new();
        if let Some(indexed) = &exotic.indexed {
            for index in 0..(indexed.length)(cx, &args[0])? {
                keys.push(Value::from(DomString::from(index.to_string())));
            }
        }
        if let Some(named) = &exotic.named {
            for name in (named.names)(cx, &args[0])? {
                let key = PropertyKey::from(&name);
                let shown = exotic.override_builtins || !exotic.is_builtin(cx, &args[0], &key)?;
                let taken = exotic.indexed.is_some() && key.as_index().is_some();
                if shown && !taken && !keys.contains(&Value::from(&name)) {
                    keys.push(Value::from(name));
                }
            }
        }
        for key in target.own_keys(cx)? {
            let value = match key.as_string() {
                Some(text) => Value::from(text),
                None => Value::from(&key),
            };
            if !keys.contains(&value) {
                keys.push(value);
            }
        }
        Ok(Value::from(Object::array(cx, keys)))
    }
}
