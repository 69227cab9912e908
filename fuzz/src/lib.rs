//! What the fuzz targets share: how bytes become markup, style sheets and scripts.

pub mod app;
pub mod look;
pub mod script;
pub mod source;
pub mod stack;
pub mod values;
pub mod words;
