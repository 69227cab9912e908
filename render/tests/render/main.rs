//! Tests of rasterisers and compositors, on scenes written in code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;
mod compositor;
mod pictures;
mod scenes;
