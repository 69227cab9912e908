//! The render-loop benchmark: what a frame costs from display list to pixels,
//! without a document, a script or a window.
//!
//! `cargo run --profile dist -p virga-benches --bin render-loop`. Whole apps
//! are measured side by side with Chromium by `benches/compare.py`.

pub mod render_loop;
pub mod scenes;
