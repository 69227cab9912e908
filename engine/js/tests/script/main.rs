//! The layer over the script engine, from outside.

mod common;
mod entry;
mod json;
mod memory;
mod modules;
mod objects;
