//! The tables that describe interfaces. Generated code fills them.

use super::exotic::Exotic;
use crate::{Cx, NativeFn, Object};

/// An interface or namespace, as it is installed on a realm.
pub struct InterfaceSpec {
    /// Its name.
    pub name: &'static str,
    /// Its place in the list given to [`install`](super::install).
    pub index: usize,
    /// What it inherits from.
    pub parent: Option<&'static Self>,
    /// Whether it is a namespace: an object with functions, no interface.
    pub namespace: bool,
    /// The kinds of globals it is exposed on.
    pub exposure: Exposure,
    /// `[SecureContext]`
    pub secure_context: bool,
    /// `[Global]`: its members are the global object's own.
    pub global: bool,
    /// `[LegacyNoInterfaceObject]`
    pub no_interface_object: bool,
    /// `[LegacyWindowAlias]`
    pub aliases: &'static [&'static str],
    /// The function behind the interface object, and its `length`.
    pub constructor: Option<(NativeFn, usize)>,
    /// `[LegacyFactoryFunction]`: name, function, `length`.
    pub factories: &'static [(&'static str, NativeFn, usize)],
    /// Members of the prototype (of the object itself for globals and
    /// namespaces).
    pub members: &'static [Member],
    /// Members of the interface object.
    pub statics: &'static [Member],
    /// `[LegacyUnforgeable]` members, own properties of each object.
    pub unforgeables: &'static [Member],
    /// Constants, on prototype and interface object.
    pub constants: &'static [(&'static str, Constant)],
    /// `[Unscopable]`
    pub unscopables: &'static [&'static str],
    /// What iteration it offers.
    pub iteration: Iteration,
    /// Indexed and named properties.
    pub exotic: Option<&'static Exotic>,
    /// `[PrototypeHook]`: adds members to the prototype by hand.
    pub hook: Option<fn(&mut Cx, &Object)>,
}

impl InterfaceSpec {
    /// What a description starts from.
    pub const NEW: Self = Self {
        name: "",
        index: 0,
        parent: None,
        namespace: false,
        exposure: Exposure::ALL,
        secure_context: false,
        global: false,
        no_interface_object: false,
        aliases: &[],
        constructor: None,
        factories: &[],
        members: &[],
        statics: &[],
        unforgeables: &[],
        constants: &[],
        unscopables: &[],
        iteration: Iteration::None,
        exotic: None,
        hook: None,
    };

    /// This interface and what it inherits from, nearest first.
    pub fn chain(&'static self) -> impl Iterator<Item = &'static Self> {
        std::iter::successors(Some(self), |spec| spec.parent)
    }
}

/// A type with an interface description. Generated.
pub trait HasSpec {
    /// The description.
    const SPEC: &'static InterfaceSpec;
}

/// An attribute or operation.
pub struct Member {
    pub(super) name: &'static str,
    pub(super) kind: MemberKind,
    pub(super) exposure: Exposure,
    pub(super) secure: bool,
}

pub(super) enum MemberKind {
    Attribute { get: NativeFn, set: Option<NativeFn> },
    Operation { function: NativeFn, length: usize },
}

impl Member {
    /// An attribute.
    #[must_use]
    pub const fn attribute(name: &'static str, get: NativeFn, set: Option<NativeFn>) -> Self {
        Self {
            name,
            kind: MemberKind::Attribute { get, set },
            exposure: Exposure::ALL,
            secure: false,
        }
    }

    /// An operation.
    #[must_use]
    pub const fn operation(name: &'static str, function: NativeFn, length: usize) -> Self {
        Self {
            name,
            kind: MemberKind::Operation { function, length },
            exposure: Exposure::ALL,
            secure: false,
        }
    }

    /// `[Exposed]` of the member itself.
    #[must_use]
    pub const fn exposed(mut self, exposure: Exposure) -> Self {
        self.exposure = exposure;
        self
    }

    /// `[SecureContext]` of the member itself.
    #[must_use]
    pub const fn secure(mut self) -> Self {
        self.secure = true;
        self
    }
}

/// The value of a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// Any number.
    Number(f64),
    /// A boolean.
    Bool(bool),
    /// `null`
    Null,
}

/// The legacy object of a callback interface that has constants.
pub type CallbackObject = (&'static str, &'static [(&'static str, Constant)]);

/// What iteration an interface offers.
#[derive(Clone, Copy)]
pub enum Iteration {
    /// None.
    None,
    /// `iterable<V>` over the indexed properties: the functions of arrays.
    Indexed,
    /// `iterable<K, V>`.
    Pairs {
        /// `entries`, which is `@@iterator` too.
        entries: NativeFn,
        /// `keys`
        keys: NativeFn,
        /// `values`
        values: NativeFn,
        /// `forEach`
        for_each: NativeFn,
    },
    /// `maplike`: `@@iterator` is `entries`.
    Map,
    /// `setlike`: `@@iterator` is `values`.
    Set,
    /// `async iterable<V>`.
    AsyncValues {
        /// `values`, which is `@@asyncIterator` too.
        values: NativeFn,
    },
    /// `async iterable<K, V>`.
    AsyncPairs {
        /// `entries`, which is `@@asyncIterator` too.
        entries: NativeFn,
        /// `keys`
        keys: NativeFn,
        /// `values`
        values: NativeFn,
    },
}

/// A set of kinds of globals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure(u8);

impl Exposure {
    /// No global at all.
    pub const NONE: Self = Self(0);
    /// Windows.
    pub const WINDOW: Self = Self(1);
    /// Dedicated workers.
    pub const DEDICATED_WORKER: Self = Self(2);
    /// Shared workers.
    pub const SHARED_WORKER: Self = Self(4);
    /// Service workers.
    pub const SERVICE_WORKER: Self = Self(8);
    /// Worklets.
    pub const WORKLET: Self = Self(16);
    /// All workers.
    pub const WORKER: Self = Self(2 | 4 | 8);
    /// Everywhere.
    pub const ALL: Self = Self(0x7f);
    /// Set for the globals of secure contexts.
    const SECURE: u8 = 0x80;

    /// This global, in a secure context if it is one.
    #[must_use]
    pub const fn in_context(self, secure: bool) -> Self {
        if secure { Self(self.0 | Self::SECURE) } else { self }
    }

    /// Whether the global is a secure context.
    #[must_use]
    pub const fn is_secure(self) -> bool {
        self.0 & Self::SECURE != 0
    }

    /// Both sets.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets share a kind.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 & Self::ALL.0 != 0
    }
}
