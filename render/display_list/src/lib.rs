//! Display lists: what a document looks like, as immutable values.
//!
//! A [`DisplayList`] is a tree of [`Chunk`]s. Painting makes a new chunk only
//! for a box whose look changed and for its ancestors, and shares all the
//! others, so that two successive lists are compared in time that follows what
//! changed: a chunk that is the same allocation at the same place is equal.
//!
//! All geometry is in CSS px; y grows downwards. An item's coordinates are
//! relative to the origin of the chunk it is in.

mod chunk;
mod dump;
mod frame;
mod item;
mod rounded;

pub use chunk::{Chunk, ChunkBuilder};
pub use frame::{DisplayList, Frame};
pub use item::{
    Border, BorderSide, BorderStyle, BoxShadow, Filter, Font, Glyph, GlyphRun, Group, Image,
    ImageData, Item, Layer, LayerId, Scroll, ScrollId, Shape, Tiles,
};
pub use kurbo;
pub use peniko;
pub use rounded::{Radii, RoundedRect};
