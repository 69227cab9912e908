//! `RegExp.prototype`: `exec`, `test`, `compile` and what strings do with regular
//! expressions.
//!
//! The engine's own `exec` copies the compiled pattern and, if it is Latin-1, the
//! text, for each match; and it looks for a sticky match in the whole rest of the
//! text. So a loop over the matches in a text, a tokenizer, or a `split`, takes
//! time that grows with the square of the text.
//!
//! [`exec`] is the same for every receiver. The methods that run a whole loop
//! take the fast way for regular expressions that are as they were made
//! ([`Known::is_plain`]): then no step of the loop runs script.

mod cache;
mod methods;
mod program;
mod subject;

use std::cell::RefCell;
use std::rc::Rc;

use boa_engine::builtins::regexp::RegExp;
use boa_engine::object::shape::Shape;
use boa_engine::property::PropertyDescriptor;
use boa_engine::{JsObject, JsString, JsSymbol};
use regress::Match;

pub(crate) use cache::Cache;
use program::Program;

use super::{argument, known, stored, stored_getter};
use crate::trace::{Trace, Tracer};
use crate::{
    Cx, DomString, Error, Fallible, Flags, NativeFn, Object, Property, PropertyKey, Value,
    dom_string,
};

/// What is known of the regular expressions of a realm.
#[derive(virga_js_derive::Trace)]
pub(super) struct Known {
    prototype: Object,
    constructor: Object,
    /// The function that is here the value of `RegExp.prototype.exec`.
    exec: Object,
    match_: Object,
    get_source: Object,
    get_unicode_sets: Object,
    get_species: Object,
    /// `flags`, and what it asks.
    getters: Vec<(PropertyName, Object)>,
    shapes: Shapes,
    original: Originals,
}

/// The name of an accessor of `RegExp.prototype`.
struct PropertyName(PropertyKey);

impl Trace for PropertyName {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// The engine's own functions.
#[derive(virga_js_derive::Trace)]
struct Originals {
    exec: Object,
    test: Object,
    compile: Object,
    match_: Object,
    replace: Object,
    search: Object,
    split: Object,
}

/// Shapes of objects that have the prototype of the realm and, of their own,
/// nothing but a writable `lastIndex`.
#[derive(Default)]
struct Shapes(RefCell<Vec<Shape>>);

impl Trace for Shapes {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for shape in &*self.0.borrow() {
            tracer.visit(shape);
        }
    }
}

/// There are two: of literals, and of what the constructor makes.
const SHAPES: usize = 4;

fn last_index() -> PropertyKey {
    dom_string!("lastIndex").into()
}

fn symbol(symbol: JsSymbol) -> PropertyKey {
    PropertyKey(symbol.into())
}

pub(super) fn install(cx: &mut Cx) -> Fallible<Known> {
    let standard = cx.context().intrinsics().constructors().regexp().clone();
    let prototype = Object(standard.prototype());
    let constructor = Object(standard.constructor());
    let mut put = |key: PropertyKey, name, length, function| {
        super::replace(cx, &prototype, key, name, length, function)
    };
    let original = Originals {
        exec: put(dom_string!("exec").into(), "exec", 1, NativeFn::new(exec))?,
        test: put(dom_string!("test").into(), "test", 1, NativeFn::new(methods::test))?,
        compile: put(dom_string!("compile").into(), "compile", 2, NativeFn::new(compile))?,
        match_: put(
            symbol(JsSymbol::r#match()),
            "[Symbol.match]",
            1,
            NativeFn::new(methods::match_),
        )?,
        replace: put(
            symbol(JsSymbol::replace()),
            "[Symbol.replace]",
            2,
            NativeFn::new(methods::replace),
        )?,
        search: put(
            symbol(JsSymbol::search()),
            "[Symbol.search]",
            1,
            NativeFn::new(methods::search),
        )?,
        split: put(symbol(JsSymbol::split()), "[Symbol.split]", 2, NativeFn::new(methods::split))?,
    };
    let missing = || Error::type_error("the engine's RegExp.prototype lacks a property");
    let getter = |key: &PropertyKey| stored_getter(&prototype, key).ok_or_else(missing);
    let mut getters = Vec::new();
    for name in [
        "flags",
        "hasIndices",
        "global",
        "ignoreCase",
        "multiline",
        "dotAll",
        "unicode",
        "unicodeSets",
        "sticky",
    ] {
        let key = PropertyKey::from(name);
        let getter = getter(&key)?;
        getters.push((PropertyName(key), getter));
    }
    Ok(Known {
        exec: stored(&prototype, &dom_string!("exec").into()).ok_or_else(missing)?,
        match_: stored(&prototype, &symbol(JsSymbol::r#match())).ok_or_else(missing)?,
        get_source: getter(&dom_string!("source").into())?,
        get_unicode_sets: getter(&dom_string!("unicodeSets").into())?,
        get_species: stored_getter(&constructor, &symbol(JsSymbol::species()))
            .ok_or_else(missing)?,
        getters,
        shapes: Shapes::default(),
        original,
        prototype,
        constructor,
    })
}

impl Known {
    /// Whether an object is a regular expression of this realm as it was made, and
    /// its prototype says what it said at first: `lastIndex` can be set, `exec` is
    /// ours, and its flags are those it was made with.
    fn is_plain(&self, object: &JsObject) -> bool {
        object.is::<RegExp>()
            && self.has_plain_shape(object)
            && stored(&self.prototype, &dom_string!("exec").into()).as_ref() == Some(&self.exec)
            && self.getters.iter().all(|(name, getter)| {
                stored_getter(&self.prototype, &name.0).as_ref() == Some(getter)
            })
    }

    fn has_plain_shape(&self, object: &JsObject) -> bool {
        let object = object.borrow();
        let shape = object.shape();
        let address = shape.to_addr_usize();
        if self.shapes.0.borrow().iter().any(|known| known.to_addr_usize() == address) {
            return true;
        }
        let own = shape.keys();
        let is_plain = own.len() == 1
            && object.prototype().is_some_and(|own| own == self.prototype.0)
            && object
                .properties()
                .get(&last_index().0)
                .is_some_and(|property| property.writable() == Some(true));
        let mut shapes = self.shapes.0.borrow_mut();
        // A shape of its own belongs to an object and may change with it.
        if is_plain && shape.is_shared() && shapes.len() < SHAPES {
            shapes.push(shape.clone());
        }
        is_plain
    }

    /// Whether "SpeciesConstructor" gives the constructor of the realm, and that
    /// makes of a plain regular expression another one without asking it.
    fn has_plain_species(&self) -> bool {
        let species = stored_getter(&self.constructor, &symbol(JsSymbol::species()));
        species.as_ref() == Some(&self.get_species)
            && stored(&self.prototype, &dom_string!("constructor").into()).as_ref()
                == Some(&self.constructor)
            && stored(&self.prototype, &symbol(JsSymbol::r#match())).as_ref() == Some(&self.match_)
    }
}

/// What "RegExpBuiltinExec" found.
enum Found {
    /// The pattern is none of ours: ask the engine.
    Unknown,
    Nothing,
    Match(Match, Rc<Program>),
}

/// <https://tc39.es/ecma262/#sec-regexpbuiltinexec>, up to the result.
fn builtin_exec(cx: &mut Cx, known: &Known, regexp: &Object, string: &JsString) -> Fallible<Found> {
    let Some(program) = cache::program(cx, known, &regexp.0) else { return Ok(Found::Unknown) };
    // 2. Let lastIndex be ℝ(? ToLength(? Get(R, "lastIndex"))).
    let value = regexp.get(cx, last_index())?;
    let mut from = match value.as_i32().map(usize::try_from) {
        Some(Ok(index)) => index,
        _ => {
            let length = value.0.to_length(cx.context_mut());
            usize::try_from(cx.lift(length)?).unwrap_or(usize::MAX)
        }
    };
    // 7. If global is false and sticky is false, set lastIndex to 0.
    let keeps_place = program.flags.global || program.flags.sticky;
    if !keeps_place {
        from = 0;
    }
    // 8. to 13.
    let found = if from > string.len() {
        None
    } else {
        let state = Rc::clone(cx.state());
        state
            .regexps
            .with_text(string, &program, |text| program.find(text, from, program.flags.sticky))
    };
    // 16. If global is true or sticky is true, then
    if keeps_place {
        // a. Perform ? Set(R, "lastIndex", 𝔽(e), true).
        let end = found.as_ref().map_or(0, Match::end);
        regexp.set(cx, last_index(), end)?;
    }
    Ok(match found {
        Some(found) => Found::Match(found, program),
        None => Found::Nothing,
    })
}

/// <https://tc39.es/ecma262/#sec-regexp.prototype.exec>
fn exec(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.regexp;
    let regexp = match this.as_object() {
        Some(object) if object.0.is::<RegExp>() => object,
        _ => return known.original.exec.call(cx, this, args),
    };
    let string = argument(args, 0).to_string(cx)?;
    exec_on(cx, known, &regexp, &string)
}

fn exec_on(cx: &mut Cx, known: &Known, regexp: &Object, string: &DomString) -> Fallible<Value> {
    match builtin_exec(cx, known, regexp, &string.0)? {
        Found::Unknown => {
            known.original.exec.call(cx, &Value::from(regexp), &[Value::from(string)])
        }
        Found::Nothing => Ok(Value::null()),
        Found::Match(found, program) => Ok(result(cx, string, &found, &program).into()),
    }
}

/// Steps 20 to 35 of "RegExpBuiltinExec": the array that `exec` returns.
fn result(cx: &mut Cx, string: &DomString, found: &Match, program: &Program) -> Object {
    let items: Vec<Value> = found.groups().map(|range| part(&string.0, range)).collect();
    let array = Object::array(cx, items);
    let put = |array: &Object, name: DomString, value: Value| {
        array.put(name, Property::data(value, Flags::ALL));
    };
    put(&array, dom_string!("index"), Value::from(found.start()));
    put(&array, dom_string!("input"), Value::from(string));
    put(&array, dom_string!("groups"), groups(found, |range| part(&string.0, range)));
    if program.flags.has_indices {
        let pairs: Vec<Value> = found.groups().map(|range| pair(cx, range)).collect();
        let indices = Object::array(cx, pairs);
        put(&indices, dom_string!("groups"), groups(found, |range| pair(cx, range)));
        put(&array, dom_string!("indices"), indices.into());
    }
    array
}

type Range = std::ops::Range<usize>;

fn part(string: &JsString, range: Option<Range>) -> Value {
    range.map_or_else(Value::undefined, |range| Value(string.slice(range.start, range.end).into()))
}

fn pair(cx: &mut Cx, range: Option<Range>) -> Value {
    range.map_or_else(Value::undefined, |range| {
        Object::array(cx, [Value::from(range.start), Value::from(range.end)]).into()
    })
}

/// An object with what `show` makes of each named group; `undefined` without any.
fn groups(found: &Match, mut show: impl FnMut(Option<Range>) -> Value) -> Value {
    let mut named = found.named_groups().peekable();
    if named.peek().is_none() {
        return Value::undefined();
    }
    let object = Object(JsObject::with_null_proto());
    for (name, range) in named {
        let descriptor = PropertyDescriptor::builder()
            .value(show(range).into_js())
            .writable(true)
            .enumerable(true)
            .configurable(true);
        object.0.insert_property(DomString::from(name).0, descriptor);
    }
    object.into()
}

/// <https://tc39.es/ecma262/#sec-regexp.prototype.compile>
fn compile(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let result = known(cx).regexp.original.compile.call(cx, this, args);
    if let Some(object) = this.as_object() {
        cx.state().regexps.evict(&object.0);
    }
    result
}
