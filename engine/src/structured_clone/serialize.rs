//! <https://html.spec.whatwg.org/#structuredserializeinternal>

use rustc_hash::FxHashMap;
use virga_js::{Buffer, Builtin, Cx, DomString, Error, Fallible, Kind, Object, PropertyKey, Value};
use virga_protocol::{
    Bytes, CLONE_VERSION, CloneItem, CloneNumber, CloneObject, CloneTransfer, ClonedValue,
};

use super::{platform, to_clone_string};
use crate::error;

/// "StructuredSerialize": runs getters.
///
/// # Errors
/// A `DataCloneError` that names what cannot be cloned; what a getter throws.
pub(crate) fn serialize(cx: &mut Cx, value: &Value) -> Fallible<ClonedValue> {
    Serializer::new(false).run(cx, value)
}

/// "StructuredSerializeForStorage": as [`serialize`], for what is kept longer than
/// its agent may live.
pub(crate) fn serialize_for_storage(cx: &mut Cx, value: &Value) -> Fallible<ClonedValue> {
    Serializer::new(true).run(cx, value)
}

/// "StructuredSerializeWithTransfer": what is listed moves, and is left detached.
///
/// <https://html.spec.whatwg.org/#structuredserializewithtransfer>
pub(crate) fn serialize_with_transfer(
    cx: &mut Cx,
    value: &Value,
    transfer: &[Object],
) -> Fallible<ClonedValue> {
    let mut serializer = Serializer::new(false);
    // 2.
    for object in transfer {
        let is_buffer = matches!(Buffer::from_object(object), Some(Buffer::Whole(_)));
        if !is_buffer && platform::transferable(cx, object).is_none() {
            let what = platform::describe(cx, object);
            return Err(error::data_clone(format!("{what} cannot be transferred")));
        }
        if serializer.memory.contains_key(object) {
            let what = platform::describe(cx, object);
            return Err(error::data_clone(format!("{what} is in the transfer list twice")));
        }
        let place = serializer.place(object, CloneObject::Object(Vec::new()))?;
        if let Some(slot) = serializer.objects.get_mut(place as usize) {
            // Its number in the list.
            *slot = CloneObject::Transferred(place);
        }
    }
    // 3.
    let mut serialized = serializer.run(cx, value)?;
    // 4, 5.
    for object in transfer {
        let moved = match Buffer::from_object(object) {
            Some(buffer) => {
                if buffer.is_detached(cx) {
                    return Err(error::data_clone("an ArrayBuffer is detached already"));
                }
                let max_length = buffer.max_byte_length(cx)?;
                let bytes = Bytes::from(buffer.detach(cx)?);
                CloneTransfer::ArrayBuffer { bytes, max_length }
            }
            None => platform::transfer(cx, object, &mut serialized.ports)?,
        };
        serialized.transferred.push(moved);
    }
    Ok(serialized)
}

/// What still has to be looked into, innermost last. No recursion: values may be
/// as deep as memory allows.
enum Open {
    /// The own enumerable properties of an object or array.
    Properties { place: u32, object: Object, keys: std::vec::IntoIter<PropertyKey> },
    /// The entries of a map.
    Map { place: u32, entries: std::vec::IntoIter<(Value, Value)>, key: Option<(CloneItem, Value)> },
    /// The values of a set.
    Set { place: u32, values: std::vec::IntoIter<Value> },
}

struct Serializer {
    for_storage: bool,
    /// Where each object is; also keeps the objects alive, whose addresses are
    /// their hashes.
    memory: FxHashMap<Object, u32>,
    objects: Vec<CloneObject>,
    open: Vec<Open>,
}

impl Serializer {
    fn new(for_storage: bool) -> Self {
        let memory = FxHashMap::default();
        Self { for_storage, memory, objects: Vec::new(), open: Vec::new() }
    }

    fn run(mut self, cx: &mut Cx, value: &Value) -> Fallible<ClonedValue> {
        let root = self.item(cx, value)?;
        while let Some(open) = self.open.pop() {
            self.step(cx, open)?;
        }
        let objects = self.objects;
        let (transferred, ports) = (Vec::new(), Vec::new());
        Ok(ClonedValue { version: CLONE_VERSION, root, objects, transferred, ports })
    }

    /// Takes one value out of what is open. Whatever that opens goes first.
    fn step(&mut self, cx: &mut Cx, open: Open) -> Fallible<()> {
        match open {
            Open::Properties { place, object, mut keys } => {
                let Some(key) = keys.next() else { return Ok(()) };
                self.open.push(Open::Properties { place, object: object.clone(), keys });
                // 26.4.1. A getter may have removed it.
                if object.has_own(cx, &key)? {
                    let value = object.get(cx, &key)?;
                    let item = self.item(cx, &value)?;
                    self.put_property(place, &key, item);
                }
            }
            Open::Map { place, mut entries, key } => match key {
                Some((key, value)) => {
                    self.open.push(Open::Map { place, entries, key: None });
                    let value = self.item(cx, &value)?;
                    if let Some(CloneObject::Map(list)) = self.objects.get_mut(place as usize) {
                        list.push((key, value));
                    }
                }
                None => {
                    let Some((key, value)) = entries.next() else { return Ok(()) };
                    // Below what the key opens; its item is put in at once.
                    self.open.push(Open::Map { place, entries, key: None });
                    let at = self.open.len() - 1;
                    let item = self.item(cx, &key)?;
                    if let Some(Open::Map { key, .. }) = self.open.get_mut(at) {
                        *key = Some((item, value));
                    }
                }
            },
            Open::Set { place, mut values } => {
                let Some(value) = values.next() else { return Ok(()) };
                self.open.push(Open::Set { place, values });
                let item = self.item(cx, &value)?;
                if let Some(CloneObject::Set(list)) = self.objects.get_mut(place as usize) {
                    list.push(item);
                }
            }
        }
        Ok(())
    }

    fn put_property(&mut self, place: u32, key: &PropertyKey, item: CloneItem) {
        match self.objects.get_mut(place as usize) {
            Some(CloneObject::Object(properties)) => {
                properties.push((name(key), item));
            }
            Some(CloneObject::Array { dense, properties, .. }) => {
                if key.as_index().is_some_and(|index| index as usize == dense.len())
                    && properties.is_empty()
                {
                    dense.push(item);
                } else {
                    properties.push((name(key), item));
                }
            }
            _ => {}
        }
    }

    fn place(&mut self, object: &Object, cloned: CloneObject) -> Fallible<u32> {
        let place = u32::try_from(self.objects.len())
            .map_err(|_| Error::range_error("there are too many objects to clone"))?;
        self.objects.push(cloned);
        self.memory.insert(object.clone(), place);
        Ok(place)
    }

    fn item(&mut self, cx: &mut Cx, value: &Value) -> Fallible<CloneItem> {
        Ok(match value.kind() {
            Kind::Undefined => CloneItem::Undefined,
            Kind::Null => CloneItem::Null,
            Kind::Boolean(value) => CloneItem::Bool(value),
            Kind::Number(number) => CloneItem::Number(CloneNumber(number)),
            Kind::BigInt(int) => CloneItem::BigInt(int.to_string()),
            Kind::String(text) => CloneItem::String(to_clone_string(&text)),
            // 5.
            Kind::Symbol(_) => {
                return Err(error::data_clone(format!("{} cannot be cloned", value.display())));
            }
            Kind::Object(object) => CloneItem::Object(self.object(cx, &object)?),
        })
    }

    fn object(&mut self, cx: &mut Cx, object: &Object) -> Fallible<u32> {
        // 2.
        if let Some(&place) = self.memory.get(object) {
            return Ok(place);
        }
        let cloned = match Builtin::of(cx, object)? {
            // 7–12.
            Builtin::Boolean(value) => CloneObject::Wrapper(CloneItem::Bool(value)),
            Builtin::Number(value) => CloneObject::Wrapper(CloneItem::Number(CloneNumber(value))),
            Builtin::BigInt(value) => CloneObject::Wrapper(CloneItem::BigInt(value.to_string())),
            Builtin::String(text) => {
                CloneObject::Wrapper(CloneItem::String(to_clone_string(&text)))
            }
            Builtin::Date(millis) => CloneObject::Date(CloneNumber(millis)),
            Builtin::RegExp { source, flags } => CloneObject::RegExp {
                source: to_clone_string(&source),
                flags: flags.to_str().into_owned(),
            },
            // 13, 14.
            Builtin::Buffer(buffer) => return self.buffer(cx, object, &buffer),
            // 15, 16. The list is that of now, whatever getters do to the map.
            Builtin::Map(entries) => {
                let place = self.place(object, CloneObject::Map(Vec::new()))?;
                self.open.push(Open::Map { place, entries: entries.into_iter(), key: None });
                return Ok(place);
            }
            Builtin::Set(values) => {
                let place = self.place(object, CloneObject::Set(Vec::new()))?;
                self.open.push(Open::Set { place, values: values.into_iter() });
                return Ok(place);
            }
            // 17.
            Builtin::Error => error_object(cx, object)?,
            // 18.
            Builtin::Array => {
                let length = object.length(cx)?;
                let length = u32::try_from(length).unwrap_or(u32::MAX);
                let array =
                    CloneObject::Array { length, dense: Vec::new(), properties: Vec::new() };
                return self.with_properties(cx, object, array);
            }
            // 19, 20.
            Builtin::Platform => platform::serialize(cx, object, self.for_storage)?,
            // 21–23.
            Builtin::Other(_) => {
                let what = platform::describe(cx, object);
                return Err(error::data_clone(format!("{what} cannot be cloned")));
            }
            // 24.
            Builtin::Ordinary => {
                return self.with_properties(cx, object, CloneObject::Object(Vec::new()));
            }
        };
        self.place(object, cloned)
    }

    /// 26.4.
    fn with_properties(
        &mut self,
        cx: &mut Cx,
        object: &Object,
        cloned: CloneObject,
    ) -> Fallible<u32> {
        let place = self.place(object, cloned)?;
        let mut keys = Vec::new();
        for key in object.own_keys(cx)? {
            if key.as_symbol().is_none()
                && object
                    .own_property(cx, &key)?
                    .is_some_and(|property| property.enumerable == Some(true))
            {
                keys.push(key);
            }
        }
        self.open.push(Open::Properties { place, object: object.clone(), keys: keys.into_iter() });
        Ok(place)
    }

    fn buffer(&mut self, cx: &mut Cx, object: &Object, buffer: &Buffer) -> Fallible<u32> {
        let whole = buffer.whole(cx)?;
        let kind = match buffer {
            Buffer::Whole(_) => {
                if buffer.is_detached(cx) {
                    return Err(error::data_clone("a detached ArrayBuffer cannot be cloned"));
                }
                let max_length = buffer.max_byte_length(cx)?;
                let bytes = Bytes::from(buffer.to_vec(cx)?);
                return self.place(object, CloneObject::ArrayBuffer { bytes, max_length });
            }
            Buffer::Typed(_, kind) => kind.name(),
            Buffer::View(_) => "DataView",
        };
        if Builtin::of(cx, &whole)
            .is_ok_and(|whole| !matches!(whole, Builtin::Buffer(Buffer::Whole(_))))
        {
            return Err(error::data_clone(format!(
                "a {kind} of a SharedArrayBuffer cannot be cloned"
            )));
        }
        if buffer.is_detached(cx) {
            return Err(error::data_clone(format!(
                "a {kind} whose buffer is detached cannot be cloned"
            )));
        }
        let (offset, length) = buffer
            .window(cx)
            .map_err(|_| error::data_clone(format!("a {kind} outside of its buffer")))?;
        let buffer = self.object(cx, &whole)?;
        let view = CloneObject::View { kind: kind.to_owned(), buffer, offset, length };
        self.place(object, view)
    }
}

fn name(key: &PropertyKey) -> virga_protocol::CloneString {
    to_clone_string(&key.as_string().unwrap_or_default())
}

/// Steps 17.1 to 17.6; the stack goes along as text.
fn error_object(cx: &mut Cx, object: &Object) -> Fallible<CloneObject> {
    const NAMES: [&str; 7] = [
        "Error",
        "EvalError",
        "RangeError",
        "ReferenceError",
        "SyntaxError",
        "TypeError",
        "URIError",
    ];
    let name = object.get(cx, "name")?;
    let name = name.as_string().map(|name| name.to_str().into_owned());
    let name = name.filter(|name| NAMES.contains(&name.as_str()));
    let message = match object.own_property(cx, "message")?.and_then(|property| property.value) {
        Some(message) => Some(message.to_string(cx)?),
        None => None,
    };
    let stack: Option<DomString> =
        object.own_property(cx, "stack")?.and_then(|property| property.value?.as_string());
    Ok(CloneObject::Error {
        name: name.unwrap_or_else(|| "Error".to_owned()),
        message: message.as_ref().map(to_clone_string),
        stack: stack.as_ref().map(to_clone_string),
    })
}
