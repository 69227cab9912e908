//! The layer over the script engine, from outside.

mod common;
mod entry;
mod fast;
mod json;
mod memory;
mod modules;
mod objects;
