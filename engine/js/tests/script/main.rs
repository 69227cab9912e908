//! The layer over the script engine, from outside.

mod common;
mod entry;
mod memory;
mod modules;
mod objects;
