//! Telling types apart by looking at a value: overload resolution and unions.
//!
//! Both follow the same order of questions
//! (<https://webidl.spec.whatwg.org/#js-overloads>,
//! <https://webidl.spec.whatwg.org/#js-union>), so one function writes the tests
//! for both: it is given the candidates, each a type and the code to run.

use super::types::Scope;
use crate::ir::*;

/// A type and what to do when a value belongs to it.
pub(super) struct Candidate<'a> {
    /// The type at the place that decides.
    pub ty: &'a Type,
    /// Whether the argument there is optional.
    pub optional: bool,
    /// An expression.
    pub code: String,
}

/// What a type can be told from: the categories of
/// <https://webidl.spec.whatwg.org/#dfn-distinguishable>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    /// `undefined`
    Undefined,
    /// `boolean`
    Boolean,
    /// Numbers.
    Numeric,
    /// `bigint`
    BigInt,
    /// Strings and enumerations.
    String,
    /// `object`
    Object,
    /// `symbol`
    Symbol,
    /// Platform objects.
    Interface,
    /// Buffers and views.
    Buffer,
    /// Callback functions.
    Callback,
    /// Dictionaries, records, callback interfaces.
    DictionaryLike,
    /// Sequences and arrays.
    Sequence,
    /// `any`, promises.
    Anything,
}

/// The category of a type without its annotations.
pub(super) fn category(ty: &Type) -> Category {
    match ty.bare() {
        Type::Undefined => Category::Undefined,
        Type::Boolean => Category::Boolean,
        Type::Int(_) | Type::Float { .. } => Category::Numeric,
        Type::BigInt => Category::BigInt,
        Type::DomString | Type::UsvString | Type::ByteString | Type::Enum(_) => Category::String,
        Type::Object => Category::Object,
        Type::Symbol => Category::Symbol,
        Type::Interface(_) => Category::Interface,
        Type::Buffer(_) => Category::Buffer,
        Type::Callback(_) => Category::Callback,
        Type::Dictionary(_) | Type::Record(..) | Type::CallbackInterface(_) => {
            Category::DictionaryLike
        }
        Type::Sequence(_) | Type::FrozenArray(_) | Type::ObservableArray(_) => Category::Sequence,
        _ => Category::Anything,
    }
}

/// Whether two types are distinguishable.
pub(super) fn distinguishable(a: &Type, b: &Type) -> bool {
    if a.includes_nullable() && (b.includes_nullable() || b.includes_dictionary())
        || b.includes_nullable() && a.includes_dictionary()
    {
        return false;
    }
    let (first, second) = (a.flattened(), b.flattened());
    first.iter().all(|x| second.iter().all(|y| apart(x.bare(), y.bare())))
}

fn apart(a: &Type, b: &Type) -> bool {
    use Category::*;
    let (x, y) = (category(a), category(b));
    match (x, y) {
        (Anything, _) | (_, Anything) => false,
        // Two platform objects are told apart by their interface; a common
        // descendant would break this, which no interface of the web has.
        (Interface, Interface) => a != b,
        (Buffer, Buffer) => a != b,
        (Object, Interface | Buffer | Callback | DictionaryLike | Sequence) => false,
        (Interface | Buffer | Callback | DictionaryLike | Sequence, Object) => false,
        // A callable value goes to the callback.
        (Callback, DictionaryLike) | (DictionaryLike, Callback) => true,
        (Undefined, DictionaryLike) => !matches!(b, Type::Dictionary(_)),
        (DictionaryLike, Undefined) => !matches!(a, Type::Dictionary(_)),
        _ => x != y,
    }
}

/// Writes an expression that picks among candidates by looking at `value` (the
/// name of a `&Value`), and fails with `fail` when none fits.
pub(super) fn pick(scope: &Scope, value: &str, candidates: &[Candidate<'_>], fail: &str) -> String {
    let mut out = String::new();
    // Each candidate's types, unions opened.
    let flat: Vec<(&Type, &Candidate<'_>)> =
        candidates.iter().flat_map(|c| c.ty.flattened().into_iter().map(move |t| (t, c))).collect();
    let find = |wanted: &dyn Fn(&Type) -> bool| {
        flat.iter().find(|(t, _)| wanted(t.bare())).map(|(_, c)| c.code.as_str())
    };
    let mut tests: Vec<(String, String)> = Vec::new();
    let mut test = |condition: String, code: &str| match tests.last_mut() {
        Some((conditions, last)) if last == code => {
            conditions.push_str(" || ");
            conditions.push_str(&condition);
        }
        _ => tests.push((condition, code.to_owned())),
    };

    if let Some(c) = candidates.iter().find(|c| c.optional) {
        test(format!("{value}.is_undefined()"), &c.code);
    }
    if let Some(c) = candidates.iter().find(|c| c.ty.includes_nullable()) {
        test(format!("{value}.is_nullish()"), &c.code);
    } else if let Some(c) = candidates.iter().find(|c| c.ty.includes_dictionary()) {
        test(format!("{value}.is_nullish()"), &c.code);
    } else if let Some(code) = find(&|t| matches!(t, Type::Undefined)) {
        test(format!("{value}.is_undefined()"), code);
    }
    for (ty, candidate) in &flat {
        match ty.bare() {
            Type::Interface(name) => {
                let name = scope.interface(name);
                test(format!("webidl::is::<{name}>(cx, {value})"), &candidate.code);
            }
            Type::Buffer(_) => {
                let kind = scope.wire(ty.bare());
                test(format!("{kind}::is(cx, {value})"), &candidate.code);
            }
            _ => {}
        }
    }
    if let Some(code) = find(&|t| matches!(t, Type::Callback(_))) {
        test(format!("{value}.is_callable()"), code);
    }
    if let Some(code) = find(&|t| category(t) == Category::Sequence) {
        test(format!("webidl::is_iterable(cx, {value})?"), code);
    }
    if let Some(code) =
        find(&|t| matches!(category(t), Category::DictionaryLike | Category::Object))
    {
        test(format!("{value}.is_object()"), code);
    }
    if let Some(code) = find(&|t| matches!(t, Type::Promise(_))) {
        test(format!("{value}.is_object()"), code);
    }
    let boolean = find(&|t| category(t) == Category::Boolean);
    let numeric = find(&|t| category(t) == Category::Numeric);
    let bigint = find(&|t| category(t) == Category::BigInt);
    let string = find(&|t| category(t) == Category::String);
    let symbol = find(&|t| category(t) == Category::Symbol);
    let any = find(&|t| category(t) == Category::Anything);
    if let Some(code) = symbol {
        test(format!("{value}.is_symbol()"), code);
    }
    // The last that takes any primitive ends the chain; tests before it that
    // would do the same are left out.
    let last = string.or(numeric).or(boolean).or(bigint).or(any);
    if let Some(code) = boolean.filter(|c| Some(*c) != last) {
        test(format!("{value}.is_boolean()"), code);
    }
    if let Some(code) = numeric.filter(|c| Some(*c) != last) {
        test(format!("{value}.is_number()"), code);
    }
    if let Some(code) = bigint.filter(|c| Some(*c) != last) {
        test(format!("{value}.is_bigint()"), code);
    }
    let end = last.unwrap_or(fail);
    while tests.last().is_some_and(|(_, code)| code == end) {
        tests.pop();
    }
    for (condition, code) in &tests {
        out.push_str(&format!("if {condition} {{ {code} }} else "));
    }
    match tests.is_empty() {
        true => out.push_str(end),
        false => out.push_str(&format!("{{ {end} }}")),
    }
    out
}
