//! The script engine behind a thin, safe layer.
//!
//! This crate is the only one that names the engine (Boa). Its surface is what a
//! second engine would have to offer; everything else of Virga is written
//! against it.
//!
//! * [`Runtime`]: an engine for one thread; what it needs from outside is its
//!   [`Environment`]. [`Realm`]: a global object with its built-ins.
//! * [`Cx`]: the context, handed down as `&mut` to everything that may touch the
//!   heap or run script.
//! * [`Value`], [`Object`], [`DomString`], [`Symbol`], [`PropertyKey`]: values.
//! * [`Platform`], [`Obj`]: objects with native data behind them, typed, with
//!   brand checks; [`exotic`]: those with indexed or named properties.
//! * [`Trace`], [`GcCell`], [`WeakCell`], [`Slot`], [`FinalizerQueue`]: memory.
//! * [`enter`]: the one way into script; [`Callback`], [`Promise`], [`Module`],
//!   [`Cx::evaluate_script`], [`Cx::queue_microtask`].
//!
//! **Roots.** A handle on the stack, in a closure or in anything that is not
//! traced keeps what it points to alive. A handle inside platform data, a
//! [`GcCell`] or a function's data must be visited by `Trace`, once ([`trace`]
//! states the rules).
//!
//! **Re-entrance.** Whatever says "may run script" can come back to the caller's
//! own objects before it returns. Hold no borrow of a cell across it.

extern crate self as virga_js;

mod buffer;
mod builtin;
mod cell;
mod cx;
mod date;
mod depth;
mod enter;
mod error;
pub mod exotic;
mod fast;
mod function;
mod heap;
mod hooks;
mod iterate;
mod jobs;
mod json;
mod key;
mod module;
mod nesting;
mod object;
mod platform;
mod promise;
mod random;
mod raw;
mod realm;
pub mod regexp;
mod rejection;
mod runtime;
mod script;
mod settle;
mod stack;
mod string;
pub mod trace;
mod value;
pub mod webidl;

pub use virga_js_derive::{Platform, Trace};

pub use crate::buffer::{Buffer, TypedArrayKind, ViewRange};
pub use crate::builtin::{Builtin, ErrorKind};
pub use crate::cell::{Finalizer, FinalizerQueue, GcCell, Slot, Traced, WeakCell};
pub use crate::cx::{Cx, DomExceptionFactory};
pub use crate::date::{date_value, local_now, new_date};
pub use crate::enter::{enter, guard};
pub use crate::error::{DomExceptionName, Error, Fallible};
pub use crate::function::{
    Callback, Function, NativeFn, NativeFnWith, function_realm, prototype_for,
};
pub use crate::json::parse_json;
pub use crate::key::{PropertyKey, Symbol};
pub use crate::module::{Module, ModuleFetch};
pub use crate::object::{Flags, Object, Property};
pub use crate::platform::{Interface, Obj, Platform, WeakObj, live_platform_objects};
pub use crate::promise::{Promise, Resolver, Settled};
pub use crate::realm::{Realm, RealmData};
pub use crate::rejection::Rejection;
pub use crate::runtime::{Environment, Runtime, RuntimeOptions, TimedJob};
pub use crate::script::{ErrorReport, ScriptSource};
pub use crate::stack::Frame;
pub use crate::string::DomString;
pub use crate::trace::{Trace, Tracer};
pub use crate::value::{BigInt, Hint, Kind, Value};

/// For the macros of this crate.
#[doc(hidden)]
pub mod __private {
    pub use crate::string::latin1;
    pub use boa_engine::string::StaticString;
}
