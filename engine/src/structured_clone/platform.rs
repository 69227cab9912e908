//! Platform objects in structured clones: `[Serializable]` and `[Transferable]`.
//!
//! An interface takes part by implementing [`Serializable`] or [`Transferable`]
//! beside its type and being entered in [`KINDS`].
//!
//! <https://html.spec.whatwg.org/#serializable-objects>

use virga_js::{
    Builtin, Cx, DomString, Fallible, Interface, Obj, Object,
    webidl::{HasSpec, InterfaceSpec, interface_object},
};
use virga_protocol::{Bytes, CloneItem, CloneNumber, CloneObject, CloneTransfer, PortId};

use super::{from_clone_string, to_clone_string};
use crate::{
    error,
    interfaces::{
        Blob, CryptoKey, DOMException, DOMMatrix, DOMMatrixReadOnly, DOMPoint, DOMPointReadOnly,
        DOMQuad, DOMRect, DOMRectReadOnly, File, FileList, MessagePort,
    },
};

/// An interface whose objects can be copied into another realm.
pub(crate) trait Serializable: Interface + HasSpec + Sized {
    /// Whether it may be kept longer than the agent lives (`forStorage`).
    const STORABLE: bool = true;

    /// The serialization steps.
    fn serialize(this: &Obj<Self>, cx: &mut Cx, to: &mut Fields) -> Fallible<()>;

    /// The deserialization steps: reads what [`Self::serialize`] wrote, in that
    /// order, and makes the object in the current realm.
    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>>;
}

/// An interface whose objects can move into another realm.
pub(crate) trait Transferable: Interface + HasSpec + Sized {
    /// Whether it has moved already, or cannot move any more.
    fn is_detached(this: &Obj<Self>) -> bool;

    /// The transfer steps, which leave the object detached.
    fn transfer(this: &Obj<Self>, cx: &mut Cx, to: &mut Fields) -> Fallible<()>;

    /// The transfer-receiving steps, in the current realm.
    fn receive(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>>;
}

/// All interfaces that take part, derived ones before their ancestors.
static KINDS: &[Kind] = &[
    serializable::<DOMException>(),
    serializable::<DOMRect>(),
    serializable::<DOMRectReadOnly>(),
    serializable::<File>(),
    serializable::<Blob>(),
    serializable::<FileList>(),
    serializable::<DOMPoint>(),
    serializable::<DOMPointReadOnly>(),
    serializable::<DOMQuad>(),
    serializable::<DOMMatrix>(),
    serializable::<DOMMatrixReadOnly>(),
    serializable::<CryptoKey>(),
    transferable_kind::<MessagePort>(),
];

/// What an object writes of itself.
#[derive(Default)]
pub(crate) struct Fields {
    items: Vec<CloneItem>,
    ports: Vec<PortId>,
}

impl Fields {
    pub(crate) fn bool(&mut self, value: bool) {
        self.items.push(CloneItem::Bool(value));
    }

    pub(crate) fn number(&mut self, value: f64) {
        self.items.push(CloneItem::Number(CloneNumber(value)));
    }

    pub(crate) fn string(&mut self, value: &DomString) {
        self.items.push(CloneItem::String(to_clone_string(value)));
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.items.push(CloneItem::String(virga_protocol::CloneString::Text(value.to_owned())));
    }

    /// A message port moves along.
    pub(crate) fn moves(&mut self, port: PortId) {
        self.ports.push(port);
    }

    pub(crate) fn bytes(&mut self, value: Bytes) {
        self.items.push(CloneItem::Bytes(value));
    }
}

/// Reads what an object wrote, field by field.
pub(crate) struct Reader<'a> {
    interface: &'a str,
    fields: std::slice::Iter<'a, CloneItem>,
}

impl Reader<'_> {
    fn broken(&self) -> virga_js::Error {
        error::data_clone(format!("the record of a {} is not whole", self.interface))
    }

    pub(crate) fn bool(&mut self) -> Fallible<bool> {
        match self.fields.next() {
            Some(CloneItem::Bool(value)) => Ok(*value),
            _ => Err(self.broken()),
        }
    }

    pub(crate) fn number(&mut self) -> Fallible<f64> {
        match self.fields.next() {
            Some(CloneItem::Number(number)) => Ok(number.0),
            _ => Err(self.broken()),
        }
    }

    pub(crate) fn string(&mut self) -> Fallible<DomString> {
        match self.fields.next() {
            Some(CloneItem::String(text)) => Ok(from_clone_string(text)),
            _ => Err(self.broken()),
        }
    }

    pub(crate) fn text(&mut self) -> Fallible<String> {
        Ok(self.string()?.to_str().into_owned())
    }

    pub(crate) fn bytes(&mut self) -> Fallible<Bytes> {
        match self.fields.next() {
            Some(CloneItem::Bytes(bytes)) => Ok(bytes.clone()),
            _ => Err(self.broken()),
        }
    }
}

/// One interface.
struct Kind {
    name: &'static str,
    spec: &'static InterfaceSpec,
    is: fn(&Cx, &Object) -> bool,
    copy: Option<Copy>,
    move_: Option<Move>,
}

type Write = fn(&mut Cx, &Object, &mut Fields) -> Fallible<()>;
type Read = fn(&mut Cx, &mut Reader<'_>) -> Fallible<Object>;

struct Copy {
    storable: bool,
    serialize: Write,
    deserialize: Read,
}

struct Move {
    is_detached: fn(&Cx, &Object) -> bool,
    transfer: Write,
    receive: Read,
}

const fn serializable<T: Serializable>() -> Kind {
    Kind {
        name: T::NAME,
        spec: T::SPEC,
        is: is::<T>,
        copy: Some(Copy {
            storable: T::STORABLE,
            serialize: |cx, object, to| match Obj::<T>::from_object(cx, object) {
                Some(this) => T::serialize(&this, cx, to),
                None => Ok(()),
            },
            deserialize: |cx, from| Ok(T::deserialize(cx, from)?.object().clone()),
        }),
        move_: None,
    }
}

const fn transferable_kind<T: Transferable>() -> Kind {
    Kind {
        name: T::NAME,
        spec: T::SPEC,
        is: is::<T>,
        copy: None,
        move_: Some(Move {
            is_detached: |cx, object| {
                Obj::<T>::from_object(cx, object).is_none_or(|this| T::is_detached(&this))
            },
            transfer: |cx, object, to| match Obj::<T>::from_object(cx, object) {
                Some(this) => T::transfer(&this, cx, to),
                None => Ok(()),
            },
            receive: |cx, from| Ok(T::receive(cx, from)?.object().clone()),
        }),
    }
}

fn is<T: 'static>(cx: &Cx, object: &Object) -> bool {
    Obj::<T>::from_object(cx, object).is_some()
}

fn kind_of(cx: &Cx, object: &Object) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| (kind.is)(cx, object))
}

/// What an object is called in messages.
pub(super) fn describe(cx: &mut Cx, object: &Object) -> String {
    match Builtin::of(cx, object) {
        Ok(Builtin::Other(name)) => format!("a {name}"),
        Ok(Builtin::Buffer(virga_js::Buffer::Whole(_))) => "an ArrayBuffer".to_owned(),
        _ => match crate::console::class_name(cx, object) {
            Some(name) => format!("an object of {name}"),
            None => "an object".to_owned(),
        },
    }
}

/// Steps 19 and 20 of "StructuredSerializeInternal".
pub(super) fn serialize(cx: &mut Cx, object: &Object, for_storage: bool) -> Fallible<CloneObject> {
    let kind = kind_of(cx, object);
    let copy = kind.and_then(|kind| Some((kind, kind.copy.as_ref()?)));
    let Some((kind, copy)) = copy else {
        let what = describe(cx, object);
        return Err(error::data_clone(format!("{what} cannot be cloned")));
    };
    if for_storage && !copy.storable {
        return Err(error::data_clone(format!("an object of {} cannot be stored", kind.name)));
    }
    let mut fields = Fields::default();
    (copy.serialize)(cx, object, &mut fields)?;
    Ok(CloneObject::Platform { interface: kind.name.to_owned(), fields: fields.items })
}

/// Steps 19 and 20 of "StructuredDeserialize".
pub(super) fn deserialize(cx: &mut Cx, interface: &str, fields: &[CloneItem]) -> Fallible<Object> {
    let read = exposed(cx, interface, |kind| Some(kind.copy.as_ref()?.deserialize))?;
    read(cx, &mut Reader { interface, fields: fields.iter() })
}

/// The interface of an object that could be transferred.
pub(super) fn transferable(cx: &Cx, object: &Object) -> Option<&'static str> {
    kind_of(cx, object).filter(|kind| kind.move_.is_some()).map(|kind| kind.name)
}

/// Step 5 of "StructuredSerializeWithTransfer".
pub(super) fn transfer(
    cx: &mut Cx,
    object: &Object,
    ports: &mut Vec<PortId>,
) -> Fallible<CloneTransfer> {
    let kind = kind_of(cx, object);
    let Some((kind, move_)) = kind.and_then(|kind| Some((kind, kind.move_.as_ref()?))) else {
        let what = describe(cx, object);
        return Err(error::data_clone(format!("{what} cannot be transferred")));
    };
    if (move_.is_detached)(cx, object) {
        return Err(error::data_clone(format!("a {} is detached already", kind.name)));
    }
    let mut fields = Fields::default();
    (move_.transfer)(cx, object, &mut fields)?;
    ports.append(&mut fields.ports);
    Ok(CloneTransfer::Platform { interface: kind.name.to_owned(), fields: fields.items })
}

/// Step 3 of "StructuredDeserializeWithTransfer".
pub(super) fn receive(cx: &mut Cx, interface: &str, fields: &[CloneItem]) -> Fallible<Object> {
    let read = exposed(cx, interface, |kind| Some(kind.move_.as_ref()?.receive))?;
    read(cx, &mut Reader { interface, fields: fields.iter() })
}

fn exposed(
    cx: &mut Cx,
    interface: &str,
    part: impl Fn(&'static Kind) -> Option<Read>,
) -> Fallible<Read> {
    let kind = KINDS.iter().find(|kind| kind.name == interface);
    match kind.and_then(|kind| Some((kind, part(kind)?))) {
        Some((kind, read)) if interface_object(cx, kind.spec).is_some() => Ok(read),
        _ => Err(error::data_clone(format!("there is no {interface} here"))),
    }
}
