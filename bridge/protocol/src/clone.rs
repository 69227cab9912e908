use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{Bytes, PortId};

/// The version of [`ClonedValue`] that this build writes and reads.
pub const CLONE_VERSION: u32 = 1;

/// A value of script outside of any heap: the record of a structured clone. It
/// crosses threads, and stands in logs and storage.
///
/// Objects are a flat list, so that neither reading, writing nor dropping a deep
/// value takes a deep stack, and so that cycles and shared objects survive.
///
/// <https://html.spec.whatwg.org/#structuredserializeinternal>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClonedValue {
    /// [`CLONE_VERSION`].
    pub version: u32,
    /// The value itself.
    pub root: CloneItem,
    /// The objects that items name by their place. A view comes after its buffer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<CloneObject>,
    /// What was transferred, in the order in which it was listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transferred: Vec<CloneTransfer>,
    /// The message ports that move along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<PortId>,
}

impl ClonedValue {
    /// A value that is no object.
    #[must_use]
    pub const fn primitive(root: CloneItem) -> Self {
        Self {
            version: CLONE_VERSION,
            root,
            objects: Vec::new(),
            transferred: Vec::new(),
            ports: Vec::new(),
        }
    }
}

/// A primitive value, or which object it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloneItem {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(CloneNumber),
    /// A big integer, in decimal digits.
    BigInt(String),
    /// A string.
    String(CloneString),
    /// Bytes, as they occur only among the fields of platform objects.
    Bytes(Bytes),
    /// The object at this place of [`ClonedValue::objects`].
    Object(u32),
}

/// A number that keeps what JSON has no numbers for: NaN, infinities, -0.
#[derive(Clone, Copy, Debug)]
pub struct CloneNumber(pub f64);

/// By bits, so that NaN equals itself.
impl PartialEq for CloneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Serialize for CloneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() && !(self.0 == 0.0 && self.0.is_sign_negative()) {
            serializer.serialize_f64(self.0)
        } else {
            serializer.serialize_str(&self.0.to_string())
        }
    }
}

impl<'de> Deserialize<'de> for CloneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(number) => Ok(Self(number)),
            Written::Text(text) => text.parse().map(Self).map_err(D::Error::custom),
        }
    }
}

/// A string of script: text where it is text, code units where it has lone
/// surrogates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CloneString {
    /// Well-formed.
    Text(String),
    /// UTF-16 code units.
    Units(Vec<u16>),
}

/// An object and what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloneObject {
    /// A boolean, number, string or big integer object.
    Wrapper(CloneItem),
    /// A `Date`: milliseconds since 1970-01-01 UTC.
    Date(CloneNumber),
    /// A `RegExp`.
    RegExp {
        /// Its pattern.
        source: CloneString,
        /// Its flags.
        flags: String,
    },
    /// An `ArrayBuffer`.
    ArrayBuffer {
        /// Its content.
        bytes: Bytes,
        /// How long it may grow, if it may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u64>,
    },
    /// A typed array or a `DataView`.
    View {
        /// The name of its constructor.
        kind: String,
        /// The buffer's place in [`ClonedValue::objects`].
        buffer: u32,
        /// Where it begins, in bytes.
        offset: u64,
        /// How many elements it has.
        length: u64,
    },
    /// A `Map`.
    Map(Vec<(CloneItem, CloneItem)>),
    /// A `Set`.
    Set(Vec<CloneItem>),
    /// An `Error` of any kind.
    Error {
        /// The name of its constructor.
        name: String,
        /// `message`, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<CloneString>,
        /// `stack`, if it is a string.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stack: Option<CloneString>,
    },
    /// An array.
    Array {
        /// `length`
        length: u32,
        /// The elements from 0 on up to the first that is missing.
        dense: Vec<CloneItem>,
        /// Elements after that, and other properties.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        properties: Vec<(CloneString, CloneItem)>,
    },
    /// A plain object.
    Object(Vec<(CloneString, CloneItem)>),
    /// An object of an interface.
    Platform {
        /// The name of the interface.
        interface: String,
        /// What the interface's serialization steps wrote.
        fields: Vec<CloneItem>,
    },
    /// The object at this place of [`ClonedValue::transferred`].
    Transferred(u32),
}

/// An object that moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloneTransfer {
    /// An `ArrayBuffer`.
    ArrayBuffer {
        /// Its content.
        bytes: Bytes,
        /// How long it may grow, if it may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u64>,
    },
    /// An object of an interface.
    Platform {
        /// The name of the interface.
        interface: String,
        /// What the interface's transfer steps wrote.
        fields: Vec<CloneItem>,
    },
}
