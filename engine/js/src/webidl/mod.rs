//! What generated bindings stand on: conversions between script and Rust,
//! messages that name interface, member and argument, and the installation of
//! interfaces on a realm from tables.
//!
//! Generated code is written by `virga-webidl` from the WebIDL files; nothing
//! here knows a particular interface. Names follow
//! [the standard](https://webidl.spec.whatwg.org/).
//!
//! * [`FromJs`], [`IntoJs`]: conversions, exact and without allocation where
//!   none is needed; [`Clamp`], [`EnforceRange`], [`NullToEmpty`],
//!   [`Unrestricted`] change them as the extended attributes do.
//! * [`Site`], [`Place`]: where a value comes from, for messages.
//! * [`InterfaceSpec`] and [`install`]: a realm's interface objects and
//!   prototypes; [`prototype`] is what `Obj::new` uses.
//! * [`Exotic`]: indexed and named properties.

mod buffers;
mod composite;
mod convert;
mod exotic;
mod install;
mod iteration;
mod numbers;
mod place;
mod spec;

#[cfg(test)]
mod tests;

pub use buffers::{ArrayBuffer, ArrayBufferView, BufferSource, buffer};
pub use composite::{
    DictionarySource, Enumeration, Record, callback_function, callback_object, enumeration,
    enumeration_from_js, frozen_array, is_iterable, put, to_json,
};
pub use convert::{ByteString, FromJs, IntoJs, NullToEmpty, is, is_this, or_reject, value};
pub use exotic::{
    Access, Assign, Exotic, Indexed, Named, exotic_handler, exotic_target, new_static_list,
};
pub use install::{
    array_function, constructed, define_unforgeables, install, install_callback_objects,
    interface_object, prototype, put_forward, replace,
};
pub use iteration::{
    AsyncIteration, Collection, Part, async_iterator, collection_call, collection_size,
    iterator_result, pair_for_each, pair_iterator,
};
pub use numbers::{Clamp, EnforceRange, Unrestricted};
pub use place::{Brand, Place, Site};
pub use spec::{CallbackObject, Constant, Exposure, HasSpec, InterfaceSpec, Iteration, Member};

#[doc(hidden)]
pub use exotic::trap;

/// The entry of a native function in a table: a path, or a closure that captures
/// nothing.
#[macro_export]
#[doc(hidden)]
macro_rules! __webidl_native {
    ($f:expr) => {
        $crate::NativeFn::new($f)
    };
}
pub use crate::__webidl_native as native;

/// The traps of an exotic interface, bound to its description.
#[macro_export]
#[doc(hidden)]
macro_rules! __webidl_traps {
    ($exotic:ident) => {
        $crate::exotic::Traps {
            get: Some($crate::NativeFn::new(|cx, _, args| {
                $crate::webidl::trap::get(cx, &$exotic, args)
            })),
            set: Some($crate::NativeFn::new(|cx, _, args| {
                $crate::webidl::trap::set(cx, &$exotic, args)
            })),
            has: Some($crate::NativeFn::new(|cx, _, args| {
                $crate::webidl::trap::has(cx, &$exotic, args)
            })),
            delete_property: Some($crate::NativeFn::new(|cx, _, args| {
                $crate::webidl::trap::delete(cx, &$exotic, args)
            })),
            own_keys: Some($crate::NativeFn::new(|cx, _, args| {
                $crate::webidl::trap::own_keys(cx, &$exotic, args)
            })),
            get_own_property_descriptor: Some($crate::NativeFn::new(|cx, _, args| {
                $crate::webidl::trap::get_own(cx, &$exotic, args)
            })),
            define_property: Some($crate::NativeFn::new(|cx, _, args| {
                $crate::webidl::trap::define(cx, &$exotic, args)
            })),
            prevent_extensions: Some($crate::NativeFn::new(|_, _, _| {
                Ok($crate::Value::from(false))
            })),
            set_prototype_of: None,
            get_prototype_of: None,
        }
    };
}
pub use crate::__webidl_traps as traps;
