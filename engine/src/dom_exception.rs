//! `DOMException`: <https://webidl.spec.whatwg.org/#idl-DOMException>

use virga_js::{Cx, DomExceptionName, DomString, Fallible, Obj, Platform, Trace, Value};

use crate::{
    generated::DOMExceptionMethods,
    structured_clone::{Fields, Reader, Serializable},
};

/// An exception of the platform.
#[derive(Trace, Platform)]
pub(crate) struct DOMException {
    #[trace(skip)]
    name: DomString,
    #[trace(skip)]
    message: DomString,
}

/// Makes the object for an [`Error::Dom`](virga_js::Error::Dom), in the current
/// realm; to be given to [`Cx::set_dom_exception_factory`].
pub(crate) fn make(cx: &mut Cx, name: DomExceptionName, message: String) -> Value {
    let name = DomString::from(name.as_str());
    Obj::new(cx, DOMException { name, message: message.into() }).value()
}

impl DOMExceptionMethods for Obj<DOMException> {
    fn constructor(cx: &mut Cx, message: DomString, name: DomString) -> Fallible<Self> {
        Ok(Self::new(cx, DOMException { name, message }))
    }

    fn name(&self, _cx: &mut Cx) -> DomString {
        self.name.clone()
    }

    fn message(&self, _cx: &mut Cx) -> DomString {
        self.message.clone()
    }

    fn code(&self, _cx: &mut Cx) -> u16 {
        DomExceptionName::from_name(&self.name.to_str()).map_or(0, DomExceptionName::code)
    }
}

/// <https://webidl.spec.whatwg.org/#idl-DOMException>, "serialization steps".
impl Serializable for DOMException {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        to.string(&this.name);
        to.string(&this.message);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let exception = Self { name: from.string()?, message: from.string()? };
        Ok(Obj::new(cx, exception))
    }
}
