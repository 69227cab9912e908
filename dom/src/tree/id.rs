//! Versioned node ids.

use std::fmt;
use std::num::NonZeroU64;

/// The name of a node: a slot index and the generation of what lives there.
///
/// A slot is reused after its node is freed, with a new generation, so an id
/// that outlived its node resolves to nothing and never to another node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(NonZeroU64);

impl NodeId {
    /// The id of slot `index` at `generation`, which starts at 1.
    pub(crate) fn new(index: u32, generation: u32) -> Self {
        debug_assert!(generation != 0, "generations start at 1");
        let raw = (u64::from(generation) << 32) | u64::from(index);
        Self(NonZeroU64::new(raw).unwrap_or(NonZeroU64::MAX))
    }

    /// The slot index: dense, for tables kept beside the tree.
    pub fn index(self) -> u32 {
        self.0.get() as u32
    }

    /// The generation of the slot that this id names.
    pub fn generation(self) -> u32 {
        (self.0.get() >> 32) as u32
    }

    /// The id as one number, for messages and maps.
    pub fn to_bits(self) -> u64 {
        self.0.get()
    }

    /// The id that [`to_bits`](Self::to_bits) gave; `None` for a number that
    /// cannot be one.
    pub fn from_bits(bits: u64) -> Option<Self> {
        if bits >> 32 == 0 {
            return None;
        }
        NonZeroU64::new(bits).map(Self)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}.{}", self.index(), self.generation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_through_bits() {
        let id = NodeId::new(7, 3);
        assert_eq!(NodeId::from_bits(id.to_bits()), Some(id));
        assert_eq!((id.index(), id.generation()), (7, 3));
        assert_eq!(NodeId::from_bits(7), None);
        assert_eq!(size_of::<Option<NodeId>>(), 8);
    }
}
