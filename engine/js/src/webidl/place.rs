//! Where a value comes from: what messages of failed conversions say.

use std::any::TypeId;
use std::fmt;

use super::convert::FromJs;
use crate::platform::branded;
use crate::raw::Branded;
use crate::{Cx, DomString, Error, Fallible, Obj, Object, Value};

/// A member of an interface that script uses.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    interface: &'static str,
    member: &'static str,
    kind: Kind,
}

/// A member together with the type that its `this` must have, where the code behind
/// it is the same for many interfaces.
#[derive(Clone, Copy, Debug)]
pub struct Brand {
    /// The member.
    pub site: Site,
    id: TypeId,
}

impl Brand {
    /// The `this` value, checked as by [`Site::this`], as an ancestor `B`.
    ///
    /// # Errors
    /// `this` is something else.
    pub fn this<B: 'static>(&self, cx: &mut Cx, this: &Value) -> Fallible<Obj<B>> {
        let found = self.site.branded(cx, this, self.id)?;
        Obj::from_branded_as(&found).ok_or_else(|| self.site.wrong_this())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Operation,
    Getter,
    Setter,
    Constructor,
}

/// Where a value stands; displays as a phrase that starts a message.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// An argument, counted from 0.
    Argument {
        /// Whose argument.
        site: Site,
        /// The number.
        index: usize,
        /// The name.
        name: &'static str,
    },
    /// The value assigned to an attribute.
    Assigned(Site),
    /// A member of a dictionary.
    Member {
        /// Where the dictionary stands.
        parent: &'a Place<'a>,
        /// The member.
        name: &'a DomString,
    },
    /// An element of a sequence or record.
    Element {
        /// Where the sequence stands.
        parent: &'a Place<'a>,
        /// Counted from 0.
        index: usize,
    },
    /// What a callback returned.
    Result(&'static str),
    /// Something else, described.
    Value(&'static str),
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Constructor => write!(f, "new {}", self.interface),
            _ => write!(f, "{}.{}", self.interface, self.member),
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument { site, index, name } => {
                write!(f, "{site}: argument {} ('{name}')", index + 1)
            }
            Self::Assigned(site) => write!(f, "{site}: the assigned value"),
            Self::Member { parent, name } => write!(f, "{parent}, member '{name}'"),
            Self::Element { parent, index } => write!(f, "{parent}, element {index}"),
            Self::Result(callback) => write!(f, "{callback}: the returned value"),
            Self::Value(what) => f.write_str(what),
        }
    }
}

impl Place<'_> {
    /// "… is not of type `X`".
    #[cold]
    #[must_use]
    pub fn wrong_type(&self, expected: &str) -> Error {
        Error::Type(format!("{self} is not of type {expected}"))
    }

    /// "… is …".
    #[cold]
    #[must_use]
    pub fn is(&self, what: impl fmt::Display) -> Error {
        Error::Type(format!("{self} is {what}"))
    }
}

impl Site {
    /// An operation.
    #[must_use]
    pub const fn operation(interface: &'static str, member: &'static str) -> Self {
        Self { interface, member, kind: Kind::Operation }
    }

    /// The getter of an attribute.
    #[must_use]
    pub const fn getter(interface: &'static str, member: &'static str) -> Self {
        Self { interface, member, kind: Kind::Getter }
    }

    /// The setter of an attribute.
    #[must_use]
    pub const fn setter(interface: &'static str, member: &'static str) -> Self {
        Self { interface, member, kind: Kind::Setter }
    }

    /// A constructor.
    #[must_use]
    pub const fn constructor(interface: &'static str) -> Self {
        Self { interface, member: "constructor", kind: Kind::Constructor }
    }

    /// With the type of its interface.
    #[must_use]
    pub const fn brand<T: 'static>(self) -> Brand {
        Brand { site: self, id: TypeId::of::<T>() }
    }

    /// The `this` value as an object with interface `T`: `undefined` and `null`
    /// stand for the global object.
    ///
    /// # Errors
    /// `this` is something else.
    #[inline]
    pub fn this<T: 'static>(&self, cx: &mut Cx, this: &Value) -> Fallible<Obj<T>> {
        Obj::from_branded(self.branded(cx, this, TypeId::of::<T>())?)
            .ok_or_else(|| self.wrong_this())
    }

    /// What is the same whatever the interface.
    fn branded(&self, cx: &mut Cx, this: &Value, id: TypeId) -> Fallible<Branded> {
        let found = match this.as_object() {
            Some(this) => branded(cx, &this, id),
            None if this.is_nullish() => branded(cx, &cx.global(), id),
            None => None,
        };
        found.ok_or_else(|| self.wrong_this())
    }

    #[cold]
    fn wrong_this(&self) -> Error {
        Error::Type(format!("{self}: 'this' is not of type {}", self.interface))
    }

    /// The `new.target` of a constructor call.
    ///
    /// # Errors
    /// It was called without `new`.
    pub fn new_target(&self, new_target: &Value) -> Fallible<Object> {
        new_target.as_object().ok_or_else(|| {
            Error::Type(format!("{}: the constructor must be called with 'new'", self.interface))
        })
    }

    /// The constructor of an interface that script cannot make objects of.
    #[cold]
    #[must_use]
    pub fn illegal_constructor(&self) -> Error {
        Error::Type(format!(
            "Illegal constructor: {} objects cannot be made with 'new'",
            self.interface
        ))
    }

    /// Fails if there are fewer arguments than that.
    ///
    /// # Errors
    /// There are.
    #[inline]
    pub fn require(&self, args: &[Value], count: usize) -> Fallible<()> {
        if args.len() >= count {
            return Ok(());
        }
        Err(self.too_few(count, args.len()))
    }

    #[cold]
    fn too_few(&self, count: usize, given: usize) -> Error {
        let plural = if count == 1 { "" } else { "s" };
        Error::Type(format!("{self}: {count} argument{plural} required, {given} given"))
    }

    /// No overload takes these arguments.
    #[cold]
    #[must_use]
    pub fn no_overload(&self, given: usize) -> Error {
        Error::Type(format!("{self}: no variant takes these {given} arguments"))
    }

    /// An argument, `undefined` where there is none.
    ///
    /// # Errors
    /// It does not convert.
    #[inline]
    pub fn arg<T: FromJs>(
        &self,
        cx: &mut Cx,
        args: &[Value],
        index: usize,
        name: &'static str,
    ) -> Fallible<T> {
        let place = Place::Argument { site: *self, index, name };
        match args.get(index) {
            Some(value) => T::from_js(cx, value, &place),
            None => T::from_js(cx, &Value::undefined(), &place),
        }
    }

    /// An optional argument: `None` where there is none or it is `undefined`.
    ///
    /// # Errors
    /// It does not convert.
    #[inline]
    pub fn optional<T: FromJs>(
        &self,
        cx: &mut Cx,
        args: &[Value],
        index: usize,
        name: &'static str,
    ) -> Fallible<Option<T>> {
        match args.get(index) {
            Some(value) if !value.is_undefined() => {
                T::from_js(cx, value, &Place::Argument { site: *self, index, name }).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The arguments from `first` on.
    ///
    /// # Errors
    /// One of them does not convert.
    pub fn rest<T: FromJs>(
        &self,
        cx: &mut Cx,
        args: &[Value],
        first: usize,
        name: &'static str,
    ) -> Fallible<Vec<T>> {
        args.iter()
            .enumerate()
            .skip(first)
            .map(|(index, value)| {
                T::from_js(cx, value, &Place::Argument { site: *self, index, name })
            })
            .collect()
    }

    /// The value that a setter gets.
    #[must_use]
    pub fn value<'a>(&self, args: &'a [Value]) -> &'a Value {
        const UNDEFINED: &Value = &Value::undefined();
        args.first().unwrap_or(UNDEFINED)
    }

    /// The value that a setter gets, converted.
    ///
    /// # Errors
    /// It does not convert.
    #[inline]
    pub fn set<T: FromJs>(&self, cx: &mut Cx, args: &[Value]) -> Fallible<T> {
        T::from_js(cx, self.value(args), &Place::Assigned(*self))
    }
}
