//! The program's own picture of a set of WebIDL files.
//!
//! Everything after `parse` works on these types alone, so that the
//! parser underneath can be exchanged without touching the generator.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A place in a WebIDL file, for messages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pos {
    /// The file's name as it was given.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Pos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl fmt::Debug for Pos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// All definitions of all files, partials and includes not yet merged.
#[derive(Debug, Default)]
pub struct Idl {
    /// Interfaces by name.
    pub interfaces: BTreeMap<String, Interface>,
    /// `interface mixin`s by name.
    pub mixins: BTreeMap<String, Interface>,
    /// Namespaces by name.
    pub namespaces: BTreeMap<String, Interface>,
    /// Callback interfaces by name.
    pub callback_interfaces: BTreeMap<String, Interface>,
    /// Dictionaries by name.
    pub dictionaries: BTreeMap<String, Dictionary>,
    /// Enumerations by name.
    pub enums: BTreeMap<String, Enum>,
    /// Callback functions by name.
    pub callbacks: BTreeMap<String, Callback>,
    /// Typedefs by name.
    pub typedefs: BTreeMap<String, Typedef>,
    /// `A includes B`, in order.
    pub includes: Vec<Includes>,
    /// Partial definitions, in order.
    pub partials: Vec<Partial>,
}

/// An interface, a mixin, a namespace or a callback interface.
#[derive(Debug, Clone)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// The interface it inherits from.
    pub parent: Option<String>,
    /// Its extended attributes.
    pub attrs: Attrs,
    /// Its members, in order of declaration; after merging also those of
    /// partials and mixins.
    pub members: Vec<Member>,
    /// Where it stands.
    pub pos: Pos,
}

/// `A includes B`.
#[derive(Debug, Clone)]
pub struct Includes {
    /// The including interface.
    pub interface: String,
    /// The mixin.
    pub mixin: String,
    /// Where it stands.
    pub pos: Pos,
}

/// A partial definition.
#[derive(Debug, Clone)]
pub enum Partial {
    /// Of an interface.
    Interface(Interface),
    /// Of a mixin.
    Mixin(Interface),
    /// Of a namespace.
    Namespace(Interface),
    /// Of a dictionary.
    Dictionary(Dictionary),
}

/// A member of an interface, mixin or namespace.
#[derive(Debug, Clone)]
pub struct Member {
    /// What it is.
    pub kind: MemberKind,
    /// Its extended attributes.
    pub attrs: Attrs,
    /// The mixin it came from, once merged.
    pub mixin: Option<String>,
    /// Where it stands.
    pub pos: Pos,
}

/// The kinds of members.
#[derive(Debug, Clone)]
pub enum MemberKind {
    /// `attribute`
    Attribute(Attribute),
    /// An operation, special or regular.
    Operation(Operation),
    /// `constructor(...)`
    Constructor(Vec<Argument>),
    /// `const`
    Const {
        /// Its name.
        name: String,
        /// Its type.
        ty: Type,
        /// Its value.
        value: Literal,
    },
    /// `iterable<V>` or `iterable<K, V>`
    Iterable {
        /// The key type of a pair iterator.
        key: Option<Type>,
        /// The value type.
        value: Type,
    },
    /// `async iterable<...>(...)`
    AsyncIterable {
        /// The key type of a pair iterator.
        key: Option<Type>,
        /// The value type.
        value: Type,
        /// Arguments of the iterator-making methods.
        args: Vec<Argument>,
    },
    /// `maplike<K, V>`
    Maplike {
        /// Whether the mutating methods are left out.
        readonly: bool,
        /// The key type.
        key: Type,
        /// The value type.
        value: Type,
    },
    /// `setlike<V>`
    Setlike {
        /// Whether the mutating methods are left out.
        readonly: bool,
        /// The value type.
        value: Type,
    },
    /// `stringifier;`
    Stringifier,
}

/// An attribute.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The typedef name of an event handler type, kept because handlers are
    /// told apart by it.
    pub handler: bool,
    /// Whether it has no setter.
    pub readonly: bool,
    /// Whether it belongs to the interface object.
    pub is_static: bool,
    /// Whether `toString` returns it.
    pub stringifier: bool,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name; special operations may have none.
    pub name: Option<String>,
    /// What it returns.
    pub ret: Type,
    /// Its arguments.
    pub args: Vec<Argument>,
    /// `getter`, `setter` or `deleter`.
    pub special: Option<Special>,
    /// Whether it belongs to the interface object.
    pub is_static: bool,
    /// Whether `toString` calls it.
    pub stringifier: bool,
}

/// The special operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// `getter`
    Getter,
    /// `setter`
    Setter,
    /// `deleter`
    Deleter,
}

/// An argument.
#[derive(Debug, Clone)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether it takes all that is left.
    pub variadic: bool,
    /// Its value when left out.
    pub default: Option<Literal>,
}

/// A dictionary.
#[derive(Debug, Clone)]
pub struct Dictionary {
    /// Its name.
    pub name: String,
    /// The dictionary it inherits from.
    pub parent: Option<String>,
    /// Its own members.
    pub members: Vec<DictionaryMember>,
    /// Where it stands.
    pub pos: Pos,
}

/// A member of a dictionary.
#[derive(Debug, Clone)]
pub struct DictionaryMember {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Its value when left out.
    pub default: Option<Literal>,
    /// Where it stands.
    pub pos: Pos,
}

/// An enumeration.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
    /// Where it stands.
    pub pos: Pos,
}

/// A callback function.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Its name.
    pub name: String,
    /// What it returns.
    pub ret: Type,
    /// Its arguments.
    pub args: Vec<Argument>,
    /// Its extended attributes.
    pub attrs: Attrs,
    /// Where it stands.
    pub pos: Pos,
}

/// A typedef.
#[derive(Debug, Clone)]
pub struct Typedef {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub ty: Type,
    /// Where it stands.
    pub pos: Pos,
}

/// A literal: a default or a constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `undefined`
    Undefined,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A number with a fraction, an infinity or NaN, spelled as Rust spells it.
    Float(String),
    /// A string.
    Str(String),
    /// `[]`
    EmptySequence,
    /// `{}`
    EmptyDictionary,
}

/// The integer types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Int {
    /// `byte`
    I8,
    /// `octet`
    U8,
    /// `short`
    I16,
    /// `unsigned short`
    U16,
    /// `long`
    I32,
    /// `unsigned long`
    U32,
    /// `long long`
    I64,
    /// `unsigned long long`
    U64,
}

/// A type. Typedefs are gone after resolving, [`Type::Named`] with them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `any`
    Any,
    /// `undefined`
    Undefined,
    /// `boolean`
    Boolean,
    /// An integer.
    Int(Int),
    /// `float`, `double`, restricted or not.
    Float {
        /// 64 bits, not 32.
        double: bool,
        /// NaN and infinities are allowed.
        unrestricted: bool,
    },
    /// `bigint`
    BigInt,
    /// `DOMString`
    DomString,
    /// `USVString`
    UsvString,
    /// `ByteString`
    ByteString,
    /// `object`
    Object,
    /// `symbol`
    Symbol,
    /// `ArrayBuffer`, `DataView`, a typed array, `ArrayBufferView` or `BufferSource`.
    Buffer(String),
    /// Not yet resolved.
    Named(String),
    /// A platform object.
    Interface(String),
    /// A dictionary.
    Dictionary(String),
    /// An enumeration.
    Enum(String),
    /// A callback function.
    Callback(String),
    /// A callback interface.
    CallbackInterface(String),
    /// `sequence<T>`
    Sequence(Box<Self>),
    /// `FrozenArray<T>`
    FrozenArray(Box<Self>),
    /// `ObservableArray<T>`
    ObservableArray(Box<Self>),
    /// `record<K, V>`
    Record(Box<Self>, Box<Self>),
    /// `Promise<T>`
    Promise(Box<Self>),
    /// `(A or B)`
    Union(Vec<Self>),
    /// `T?`
    Nullable(Box<Self>),
    /// `[Clamp] T`
    Clamp(Box<Self>),
    /// `[EnforceRange] T`
    EnforceRange(Box<Self>),
    /// `[LegacyNullToEmptyString] T`
    NullToEmpty(Box<Self>),
}

impl Type {
    /// The type without its annotations and nullability.
    pub fn bare(&self) -> &Self {
        match self {
            Self::Nullable(t) | Self::Clamp(t) | Self::EnforceRange(t) | Self::NullToEmpty(t) => {
                t.bare()
            }
            other => other,
        }
    }

    /// Whether null is a value of it by `?`, also inside a union.
    pub fn includes_nullable(&self) -> bool {
        match self {
            Self::Nullable(_) => true,
            Self::Union(members) => members.iter().any(Self::includes_nullable),
            Self::Clamp(t) | Self::EnforceRange(t) | Self::NullToEmpty(t) => t.includes_nullable(),
            _ => false,
        }
    }

    /// The members of a union, unions inside it opened; the type alone else.
    pub fn flattened(&self) -> Vec<&Self> {
        match self {
            Self::Union(members) => members.iter().flat_map(Self::flattened).collect(),
            Self::Nullable(inner) if matches!(**inner, Self::Union(_)) => inner.flattened(),
            Self::Nullable(inner) => vec![inner],
            other => vec![other],
        }
    }

    /// Whether it is a dictionary, or a union that has one.
    pub fn includes_dictionary(&self) -> bool {
        self.flattened().iter().any(|t| matches!(t.bare(), Self::Dictionary(_)))
    }
}

/// The spelling of WebIDL.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Undefined => f.write_str("undefined"),
            Self::Boolean => f.write_str("boolean"),
            Self::Int(int) => f.write_str(match int {
                Int::I8 => "byte",
                Int::U8 => "octet",
                Int::I16 => "short",
                Int::U16 => "unsigned short",
                Int::I32 => "long",
                Int::U32 => "unsigned long",
                Int::I64 => "long long",
                Int::U64 => "unsigned long long",
            }),
            Self::Float { double, unrestricted } => {
                if *unrestricted {
                    f.write_str("unrestricted ")?;
                }
                f.write_str(if *double { "double" } else { "float" })
            }
            Self::BigInt => f.write_str("bigint"),
            Self::DomString => f.write_str("DOMString"),
            Self::UsvString => f.write_str("USVString"),
            Self::ByteString => f.write_str("ByteString"),
            Self::Object => f.write_str("object"),
            Self::Symbol => f.write_str("symbol"),
            Self::Buffer(name)
            | Self::Named(name)
            | Self::Interface(name)
            | Self::Dictionary(name)
            | Self::Enum(name)
            | Self::Callback(name)
            | Self::CallbackInterface(name) => f.write_str(name),
            Self::Sequence(t) => write!(f, "sequence<{t}>"),
            Self::FrozenArray(t) => write!(f, "FrozenArray<{t}>"),
            Self::ObservableArray(t) => write!(f, "ObservableArray<{t}>"),
            Self::Record(k, v) => write!(f, "record<{k}, {v}>"),
            Self::Promise(t) => write!(f, "Promise<{t}>"),
            Self::Union(members) => {
                f.write_str("(")?;
                for (i, member) in members.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" or ")?;
                    }
                    write!(f, "{member}")?;
                }
                f.write_str(")")
            }
            Self::Nullable(t) => write!(f, "{t}?"),
            Self::Clamp(t) => write!(f, "[Clamp] {t}"),
            Self::EnforceRange(t) => write!(f, "[EnforceRange] {t}"),
            Self::NullToEmpty(t) => write!(f, "[LegacyNullToEmptyString] {t}"),
        }
    }
}

/// Extended attributes.
#[derive(Debug, Clone, Default)]
pub struct Attrs(pub Vec<Attr>);

/// One extended attribute.
#[derive(Debug, Clone)]
pub struct Attr {
    /// Its name.
    pub name: String,
    /// What stands behind it.
    pub value: AttrValue,
}

/// What stands behind an extended attribute's name.
#[derive(Debug, Clone)]
pub enum AttrValue {
    /// Nothing.
    None,
    /// `=*`
    All,
    /// `=name`, `="text"`, `=5`
    One(String),
    /// `=(a, b)`
    List(Vec<String>),
    /// `(args)`
    Args(Vec<Argument>),
    /// `=name(args)`
    Named(String, Vec<Argument>),
}

impl Attrs {
    /// The first attribute of this name.
    pub fn get(&self, name: &str) -> Option<&Attr> {
        self.0.iter().find(|a| a.name == name)
    }

    /// Whether there is one.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The single value of an attribute.
    pub fn one(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.value {
            AttrValue::One(value) => Some(value),
            _ => None,
        }
    }

    /// The values of an attribute, one or many.
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        match &self.get(name)?.value {
            AttrValue::One(value) => Some(vec![value]),
            AttrValue::List(values) => Some(values.iter().map(String::as_str).collect()),
            _ => None,
        }
    }
}
