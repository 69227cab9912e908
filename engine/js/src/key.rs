//! Symbols and property keys.

use boa_engine::JsSymbol;

use crate::{DomString, Value};

/// A symbol of script.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Symbol(pub(crate) JsSymbol);

macro_rules! well_known {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[must_use]
        pub const fn $name() -> Self {
            Self(JsSymbol::$name())
        }
    )* };
}

impl Symbol {
    /// A new symbol, equal to no other. The description must not be absurdly
    /// many symbols: `None` when the engine has run out of them.
    #[must_use]
    pub fn new(description: Option<DomString>) -> Option<Self> {
        JsSymbol::new(description.map(|text| text.0)).map(Self)
    }

    well_known! {
        /// `Symbol.iterator`
        iterator;
        /// `Symbol.asyncIterator`
        async_iterator;
        /// `Symbol.toStringTag`
        to_string_tag;
        /// `Symbol.hasInstance`
        has_instance;
        /// `Symbol.toPrimitive`
        to_primitive;
        /// `Symbol.unscopables`
        unscopables;
        /// `Symbol.isConcatSpreadable`
        is_concat_spreadable;
    }
}

/// A key of a property: an index, a string or a symbol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct PropertyKey(pub(crate) boa_engine::property::PropertyKey);

impl PropertyKey {
    /// The array index, if the key is one (0 to 2^32 - 2).
    #[must_use]
    pub fn as_index(&self) -> Option<u32> {
        match &self.0 {
            boa_engine::property::PropertyKey::Index(index) => Some(index.get()),
            _ => None,
        }
    }

    /// The key as a string, unless it is a symbol. An index becomes its digits.
    #[must_use]
    pub fn as_string(&self) -> Option<DomString> {
        match &self.0 {
            boa_engine::property::PropertyKey::String(text) => Some(DomString(text.clone())),
            boa_engine::property::PropertyKey::Index(index) => {
                Some(DomString::from(index.get().to_string()))
            }
            boa_engine::property::PropertyKey::Symbol(_) => None,
        }
    }

    /// The symbol, if the key is one.
    #[must_use]
    pub fn as_symbol(&self) -> Option<Symbol> {
        match &self.0 {
            boa_engine::property::PropertyKey::Symbol(symbol) => Some(Symbol(symbol.clone())),
            _ => None,
        }
    }

    /// Whether the key is a symbol.
    #[must_use]
    pub fn is_symbol(&self) -> bool {
        matches!(self.0, boa_engine::property::PropertyKey::Symbol(_))
    }
}

impl From<&str> for PropertyKey {
    fn from(text: &str) -> Self {
        Self::from(DomString::from(text))
    }
}

impl From<DomString> for PropertyKey {
    fn from(text: DomString) -> Self {
        Self(text.0.into())
    }
}

impl From<&DomString> for PropertyKey {
    fn from(text: &DomString) -> Self {
        Self(text.0.clone().into())
    }
}

impl From<u32> for PropertyKey {
    fn from(index: u32) -> Self {
        Self(index.into())
    }
}

impl From<usize> for PropertyKey {
    fn from(index: usize) -> Self {
        Self(index.into())
    }
}

impl From<Symbol> for PropertyKey {
    fn from(symbol: Symbol) -> Self {
        Self(symbol.0.into())
    }
}

impl From<&Self> for PropertyKey {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

impl From<PropertyKey> for Value {
    fn from(key: PropertyKey) -> Self {
        Self(key.0.into())
    }
}

impl From<&PropertyKey> for Value {
    fn from(key: &PropertyKey) -> Self {
        Self((&key.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_indices() {
        assert_eq!(PropertyKey::from("12").as_index(), Some(12));
        assert_eq!(PropertyKey::from("012").as_index(), None);
        assert_eq!(PropertyKey::from("4294967295").as_index(), None);
        assert_eq!(PropertyKey::from("4294967294").as_index(), Some(4_294_967_294));
        assert_eq!(PropertyKey::from("12").as_string(), Some("12".into()));
        assert!(PropertyKey::from(Symbol::iterator()).is_symbol());
    }
}
