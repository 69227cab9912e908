//! The interfaces of `test.webidl`, written as hand-written code would.

use std::cell::{Cell, RefCell};

use virga_js::webidl::{AsyncIteration, ByteString, Record, frozen_array, iterator_result};
use virga_js::{
    BigInt, Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, Platform, Promise, Slot,
    Symbol, Trace, Value, dom_string,
};

use crate::generated::*;

#[derive(Trace, Platform, Default)]
pub(crate) struct Base {
    #[trace(skip)]
    label: DomString,
    pub(crate) handler: Slot<Option<Object>>,
    pub(crate) attributes: RefCell<Vec<(String, String)>>,
}

#[derive(Trace, Platform)]
pub(crate) struct Derived {
    #[base]
    base: Base,
    count: Cell<i32>,
    #[trace(skip)]
    text: RefCell<DomString>,
    flavor: Cell<Option<Flavor>>,
    partner: Slot<Option<Obj<Base>>>,
    anything: Slot<Value>,
    frozen: Slot<Option<Object>>,
    forward: Slot<Option<Obj<Derived>>>,
}

thread_local! {
    static MADE: Cell<i32> = const { Cell::new(0) };
}

impl Derived {
    fn new(label: DomString, count: i32) -> Self {
        MADE.set(MADE.get() + 1);
        Self {
            base: Base { label, ..Base::default() },
            count: Cell::new(count),
            text: RefCell::default(),
            flavor: Cell::new(None),
            partner: Slot::new(None),
            anything: Slot::new(Value::undefined()),
            frozen: Slot::new(None),
            forward: Slot::new(None),
        }
    }
}

impl BaseMethods for Obj<Base> {
    fn constructor(cx: &mut Cx, label: DomString) -> Fallible<Obj<Base>> {
        Ok(Obj::new(cx, Base { label, ..Base::default() }))
    }
    fn label(&self, _: &mut Cx) -> DomString {
        self.label.clone()
    }
    fn is_real(&self, _: &mut Cx) -> bool {
        true
    }
    fn same(&self, _: &mut Cx, other: Obj<Base>) -> Fallible<bool> {
        Ok(*self == other)
    }
}

fn joined<T: ToString>(values: impl IntoIterator<Item = T>) -> Fallible<DomString> {
    Ok(values.into_iter().map(|v| v.to_string()).collect::<Vec<_>>().join(" ").into())
}

impl DerivedMethods for Obj<Derived> {
    fn constructor(cx: &mut Cx, label: DomString, options: Options) -> Fallible<Obj<Derived>> {
        Ok(Obj::new(cx, Derived::new(label, i32::from(options.level))))
    }
    fn constructor_with_number(cx: &mut Cx, number: i32) -> Fallible<Obj<Derived>> {
        Ok(Obj::new(cx, Derived::new("number".into(), number)))
    }
    fn shortcut(cx: &mut Cx, size: i32) -> Fallible<Obj<Derived>> {
        Ok(Obj::new(cx, Derived::new("shortcut".into(), size)))
    }
    fn count(&self, _: &mut Cx) -> i32 {
        self.count.get()
    }
    fn set_count(&self, _: &mut Cx, value: i32) -> Fallible<()> {
        self.count.set(value);
        Ok(())
    }
    fn text(&self, _: &mut Cx) -> DomString {
        self.text.borrow().clone()
    }
    fn set_text(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        self.text.replace(value);
        Ok(())
    }
    fn flavor(&self, _: &mut Cx) -> Flavor {
        self.flavor.get().unwrap_or(Flavor::Sweet)
    }
    fn set_flavor(&self, _: &mut Cx, value: Flavor) -> Fallible<()> {
        self.flavor.set(Some(value));
        Ok(())
    }
    fn partner(&self, _: &mut Cx) -> Option<Obj<Base>> {
        self.partner.get()
    }
    fn set_partner(&self, _: &mut Cx, value: Option<Obj<Base>>) -> Fallible<()> {
        self.partner.set(value);
        Ok(())
    }
    fn anything(&self, _: &mut Cx) -> Value {
        self.anything.get()
    }
    fn set_anything(&self, _: &mut Cx, value: Value) -> Fallible<()> {
        self.anything.set(value);
        Ok(())
    }
    fn risky(&self, _: &mut Cx) -> Fallible<String> {
        Err(Error::dom(DomExceptionName::NotSupported, "too risky"))
    }
    fn set_risky(&self, _: &mut Cx, value: String) -> Fallible<()> {
        Err(Error::range_error(value))
    }
    fn forward(&self, cx: &mut Cx) -> Option<Obj<Derived>> {
        if self.forward.get().is_none() {
            let other = Obj::new(cx, Derived::new("forward".into(), 0));
            self.forward.set(Some(other));
        }
        self.forward.get()
    }
    fn replaceable(&self, _: &mut Cx) -> i32 {
        1
    }
    fn lenient(&self, _: &mut Cx) -> i32 {
        2
    }
    fn reacting(&self, _: &mut Cx) -> DomString {
        self.text.borrow().clone()
    }
    fn set_reacting(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        crate::custom_elements::note("set");
        self.text.replace(value);
        Ok(())
    }
    fn made(_: &mut Cx) -> i32 {
        MADE.get()
    }
    fn frozen(&self, cx: &mut Cx) -> Value {
        if self.frozen.get().is_none() {
            let array = frozen_array(cx, [1, 2]);
            self.frozen.set(Some(array));
        }
        self.frozen.get().into()
    }
    fn later(&self, cx: &mut Cx) -> Promise {
        Promise::resolved(cx, 5).expect("a number has no then")
    }
    fn numbers(
        &self,
        _: &mut Cx,
        a: i8,
        b: u8,
        c: i16,
        d: u16,
        e: i32,
        f: u32,
        g: i64,
        h: u64,
    ) -> Fallible<DomString> {
        joined([
            a.to_string(),
            b.to_string(),
            c.to_string(),
            d.to_string(),
            e.to_string(),
            f.to_string(),
            g.to_string(),
            h.to_string(),
        ])
    }
    fn clamped(&self, _: &mut Cx, a: u8, b: u16) -> Fallible<DomString> {
        joined([a.to_string(), b.to_string()])
    }
    fn floats(&self, _: &mut Cx, a: f32, b: f64, c: f32, d: f64) -> Fallible<DomString> {
        joined([a.to_string(), b.to_string(), c.to_string(), d.to_string()])
    }
    fn strings(
        &self,
        _: &mut Cx,
        a: DomString,
        b: String,
        c: ByteString,
        d: DomString,
    ) -> Fallible<DomString> {
        Ok(format!("{}|{b}|{:?}|{d}", a.len(), c.0).into())
    }
    fn others(&self, _: &mut Cx, a: BigInt, b: Symbol, c: Object, d: bool) -> Fallible<DomString> {
        let _ = (b, c);
        joined([a.to_string(), d.to_string()])
    }
    fn optionals(
        &self,
        _: &mut Cx,
        a: Option<i32>,
        b: DomString,
        c: bool,
        d: f64,
        e: Flavor,
        f: Option<i32>,
    ) -> Fallible<DomString> {
        Ok(format!("{a:?} {b} {c} {d} {} {f:?}", e.as_str()).into())
    }
    fn variadic(&self, _: &mut Cx, first: DomString, rest: Vec<i32>) -> Fallible<DomString> {
        Ok(format!("{first}{rest:?}").into())
    }
    fn reversed(&self, _: &mut Cx, mut list: Vec<DomString>) -> Fallible<Vec<DomString>> {
        list.reverse();
        Ok(list)
    }
    fn doubled(&self, _: &mut Cx, map: Record<DomString, i32>) -> Fallible<Record<DomString, i32>> {
        Ok(Record(map.0.into_iter().map(|(k, v)| (k, v * 2)).collect()))
    }
    fn echo(&self, _: &mut Cx, options: Options) -> Fallible<Options> {
        Ok(options)
    }
    fn point(&self, _: &mut Cx, point: Point) -> Fallible<DomString> {
        joined([point.x, point.y])
    }
    fn flavor_of(&self, _: &mut Cx, flavor: Flavor) -> Fallible<Flavor> {
        Ok(flavor)
    }
    fn union(
        &self,
        _: &mut Cx,
        value: BaseOrReducerOrLongSequenceOrPointOrBooleanOrDoubleOrDOMString,
    ) -> Fallible<DomString> {
        use BaseOrReducerOrLongSequenceOrPointOrBooleanOrDoubleOrDOMString as U;
        Ok(match value {
            U::Base(base) => format!("base {}", base.label),
            U::Reducer(_) => "reducer".to_owned(),
            U::LongSequence(list) => format!("list {list:?}"),
            U::Point(point) => format!("point {}", point.y),
            U::Boolean(value) => format!("boolean {value}"),
            U::Double(value) => format!("double {value}"),
            U::DOMString(value) => format!("string {value}"),
        }
        .into())
    }
    fn text_or_number(
        &self,
        _: &mut Cx,
        value: Option<DOMStringOrLong>,
    ) -> Fallible<Option<DOMStringOrLong>> {
        Ok(value)
    }
    fn bytes(&self, cx: &mut Cx, data: BufferSourceOrDOMString) -> Fallible<DomString> {
        match data {
            BufferSourceOrDOMString::BufferSource(buffer) => joined(buffer.bytes(cx)?),
            BufferSourceOrDOMString::DOMString(text) => Ok(text),
        }
    }
    fn promised(&self, _: &mut Cx, value: Promise, fail: bool) -> Fallible<Promise> {
        if fail { Err(Error::type_error("asked to fail")) } else { Ok(value) }
    }
    fn reduce(&self, cx: &mut Cx, list: Vec<i32>, reducer: Reducer) -> Fallible<i32> {
        let mut sum = 0;
        for value in list {
            sum = reducer.call(cx, &Value::undefined(), sum, value)?;
        }
        Ok(sum)
    }
    fn log(&self, cx: &mut Cx, log: Log, rest: Vec<Value>) -> Fallible<()> {
        log.call(cx, &self.value(), "logged".into(), rest)
    }
    fn filter(&self, cx: &mut Cx, filter: Filter) -> Fallible<u16> {
        let base = self.upcast();
        filter.accept(cx, &Value::undefined(), base)
    }
    fn over(&self, _: &mut Cx) -> Fallible<DomString> {
        Ok("nothing".into())
    }
    fn over_with_a(&self, _: &mut Cx, a: i32) -> Fallible<DomString> {
        Ok(format!("long {a}").into())
    }
    fn over_with_a_and_b(
        &self,
        _: &mut Cx,
        a: Obj<Base>,
        b: Option<DomString>,
    ) -> Fallible<DomString> {
        Ok(format!("base {} {b:?}", a.label).into())
    }
    fn over_with_a_and_b_and_c(&self, _: &mut Cx, a: i32, b: i32, c: i32) -> Fallible<DomString> {
        Ok(format!("three {a} {b} {c}").into())
    }
    fn over_with_text(&self, _: &mut Cx, text: DomString) -> Fallible<DomString> {
        Ok(format!("string {text}").into())
    }
    fn describe(_: &mut Cx, what: DomString) -> Fallible<DomString> {
        Ok(format!("a {what}").into())
    }
    fn react(&self, _: &mut Cx) -> Fallible<()> {
        crate::custom_elements::note("react");
        Ok(())
    }
    fn stringify(&self, _: &mut Cx) -> Fallible<DomString> {
        Ok(format!("derived {}", self.count.get()).into())
    }
    fn partial_one(&self, _: &mut Cx) -> Fallible<DomString> {
        Ok("partial".into())
    }
}

#[derive(Trace, Platform)]
pub(crate) struct Leaf {
    #[base]
    base: Base,
}

impl LeafMethods for Obj<Leaf> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<Leaf>> {
        let base = Base { label: "leaf".into(), ..Base::default() };
        Ok(Obj::new(cx, Leaf { base }))
    }
    fn depth(&self, _: &mut Cx) -> i32 {
        4
    }
    fn above(&self, cx: &mut Cx) -> Option<Obj<Base>> {
        Some(Obj::new(cx, Base { label: "above".into(), ..Base::default() }))
    }
    fn skipped(&self, _: &mut Cx) -> Value {
        Value::from(9)
    }
}

/// A mixin's methods can be implemented for all that include it at once.
impl<T: Platform> ExtraMethods for Obj<T> {
    fn mixed(&self, _: &mut Cx) -> DomString {
        dom_string!("mixed")
    }
    fn blend(&self, _: &mut Cx, a: DomString) -> Fallible<DomString> {
        Ok(format!("{a}+").into())
    }
}

#[derive(Trace, Platform, Default)]
pub(crate) struct Items(#[trace(skip)] RefCell<Vec<DomString>>);

impl ItemsMethods for Obj<Items> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<Items>> {
        Ok(Obj::new(cx, Items::default()))
    }
    fn length(&self, _: &mut Cx) -> u32 {
        u32::try_from(self.0.borrow().len()).unwrap_or(u32::MAX)
    }
    fn item(&self, _: &mut Cx, index: u32) -> Fallible<Option<DomString>> {
        Ok(self.0.borrow().get(index as usize).cloned())
    }
    fn indexed_setter(&self, _: &mut Cx, index: u32, value: DomString) -> Fallible<()> {
        match self.0.borrow_mut().get_mut(index as usize) {
            Some(slot) => *slot = value,
            None => return Err(Error::dom(DomExceptionName::IndexSize, "no such item")),
        }
        Ok(())
    }
    fn push(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        self.0.borrow_mut().push(value);
        Ok(())
    }
}

#[derive(Trace, Platform, Default)]
pub(crate) struct Names(#[trace(skip)] RefCell<Vec<(DomString, DomString)>>);

impl NamesMethods for Obj<Names> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<Names>> {
        Ok(Obj::new(cx, Names::default()))
    }
    fn named_getter(&self, _: &mut Cx, name: DomString) -> Fallible<Option<DomString>> {
        Ok(self.0.borrow().iter().find(|(k, _)| *k == name).map(|(_, v)| v.clone()))
    }
    fn named_setter(&self, _: &mut Cx, name: DomString, value: DomString) -> Fallible<()> {
        let mut list = self.0.borrow_mut();
        match list.iter_mut().find(|(k, _)| *k == name) {
            Some(entry) => entry.1 = value,
            None => list.push((name, value)),
        }
        Ok(())
    }
    fn named_deleter(&self, _: &mut Cx, name: DomString) -> Fallible<bool> {
        self.0.borrow_mut().retain(|(k, _)| *k != name);
        Ok(true)
    }
    fn supported_names(&self, _: &mut Cx) -> Vec<DomString> {
        self.0.borrow().iter().map(|(k, _)| k.clone()).collect()
    }
}

#[derive(Trace, Platform)]
pub(crate) struct Pairs;

impl PairsMethods for Obj<Pairs> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<Pairs>> {
        Ok(Obj::new(cx, Pairs))
    }
    fn pair_at(&self, _: &mut Cx, index: usize) -> Fallible<Option<(DomString, i32)>> {
        let pairs = [("one", 1), ("two", 2)];
        Ok(pairs.get(index).map(|(k, v)| ((*k).into(), *v)))
    }
}

fn built_in(cx: &mut Cx, name: &str, args: &[Value]) -> Object {
    let constructor = cx.global_property(name).ok().and_then(|v| v.as_object());
    let made = constructor.and_then(|constructor| constructor.construct(cx, args, None).ok());
    made.expect("a built-in constructor")
}

#[derive(Trace, Platform)]
pub(crate) struct Table(Object);

impl TableMethods for Obj<Table> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<Table>> {
        let map = built_in(cx, "Map", &[]);
        Ok(Obj::new(cx, Table(map)))
    }
    fn backing(&self, _: &mut Cx) -> Object {
        self.0.clone()
    }
}

#[derive(Trace, Platform)]
pub(crate) struct Bag(Object);

impl BagMethods for Obj<Bag> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<Bag>> {
        let content = Object::array(cx, [Value::from("a"), Value::from("b")]);
        let set = built_in(cx, "Set", &[content.into()]);
        Ok(Obj::new(cx, Bag(set)))
    }
    fn backing(&self, _: &mut Cx) -> Object {
        self.0.clone()
    }
}

#[derive(Trace, Platform)]
pub(crate) struct Ticks;

#[derive(Trace)]
struct Ticking {
    next: Cell<i32>,
    end: i32,
}

impl AsyncIteration for Ticking {
    fn next(&self, cx: &mut Cx) -> Fallible<Promise> {
        let n = self.next.get();
        self.next.set(n + 1);
        let result = if n < self.end {
            iterator_result(cx, n.into(), false)
        } else {
            iterator_result(cx, Value::undefined(), true)
        };
        Promise::resolved(cx, result)
    }
}

impl TicksMethods for Obj<Ticks> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<Ticks>> {
        Ok(Obj::new(cx, Ticks))
    }
    fn async_iterator(&self, _: &mut Cx, count: i32) -> Fallible<Box<dyn AsyncIteration>> {
        Ok(Box::new(Ticking { next: Cell::new(0), end: count }))
    }
}

#[derive(Trace, Platform)]
pub(crate) struct OnlyInWorkers;

pub(crate) struct Tools;

impl ToolsMethods for Tools {
    fn motto(_: &mut Cx) -> DomString {
        dom_string!("sharp")
    }
    fn half(_: &mut Cx, value: f64) -> Fallible<f64> {
        Ok(value / 2.0)
    }
}

#[derive(Trace, Platform)]
pub(crate) struct World;

impl WorldMethods for Obj<World> {
    fn planet(&self, _: &mut Cx) -> DomString {
        dom_string!("earth")
    }
    fn world(&self, _: &mut Cx) -> Obj<World> {
        self.clone()
    }
    fn hello(&self, _: &mut Cx, name: DomString) -> Fallible<DomString> {
        Ok(format!("hello {name}").into())
    }
}
