//! `calc()` lengths inside taffy styles.
//!
//! taffy carries a `calc()` as an opaque pointer. Ours point into the computed
//! values that the [`super::LayoutStyle`] of the same box keeps alive.
#![expect(unsafe_code, reason = "taffy hands back a calc() as the pointer it was given")]

use style::values::computed::Length;
use style::values::computed::length_percentage::CalcLengthPercentage;

/// The pointer to give to taffy.
pub(super) fn pointer(calc: &CalcLengthPercentage) -> *const () {
    std::ptr::from_ref(calc).cast()
}

/// What the `calc()` behind `pointer` is for a percentage basis.
pub(super) fn resolve(pointer: *const (), basis: f32) -> f32 {
    // SAFETY: taffy only hands back pointers that it finds in the styles given
    // to it, all of which come from `pointer` above for a value inside the
    // `ComputedValues` that the same `LayoutStyle` owns. Layout holds that
    // style through its box for as long as it runs, and nobody writes to
    // computed values.
    let calc = unsafe { &*pointer.cast::<CalcLengthPercentage>() };
    calc.resolve(Length::new(basis)).px()
}
