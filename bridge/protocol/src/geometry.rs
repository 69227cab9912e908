use serde::{Deserialize, Serialize};

/// A point in CSS px unless a field says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f32,
    /// Distance from the top edge.
    pub y: f32,
}

/// A size in CSS px unless a field says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// Extent along x.
    pub width: f32,
    /// Extent along y.
    pub height: f32,
}
