//! Platform objects and what the collector does with them.

use crate::common::Bench;
use virga_js::{
    Cx, FinalizerQueue, GcCell, Interface, Obj, Object, Platform, Slot, Trace, Traced, Value,
    live_platform_objects,
};

#[derive(Default, Trace, Platform)]
struct Base {
    other: Slot<Option<Obj<Base>>>,
    number: u32,
}

#[derive(Trace, Platform)]
struct Derived {
    #[base]
    base: Base,
    text: String,
}

#[derive(Default, Trace, Platform)]
struct Unrelated;

impl Interface for Base {
    const NAME: &'static str = "Base";

    fn prototype(cx: &mut Cx) -> Object {
        Object::new(cx)
    }
}

fn plain<T: Platform>(cx: &mut Cx, data: T) -> Obj<T> {
    let prototype = Object::new(cx);
    Obj::plain(cx, &prototype, data)
}

#[test]
fn cycles_through_native_data_are_collected() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let prototype = Object::new(cx);
    let before = live_platform_objects();
    for _ in 0..100_000 {
        let a = Obj::plain(cx, &prototype, Base::default());
        let b = Obj::plain(cx, &prototype, Base::default());
        a.other.set(Some(b.clone()));
        b.other.set(Some(a.clone()));
        a.object().put("expando", virga_js::Property::data(b.value(), virga_js::Flags::ALL));
    }
    cx.collect_garbage();
    assert_eq!(live_platform_objects(), before);
}

/// Garbage is collected in large pieces: a collection looks at all that is alive.
#[test]
fn collections_are_rare() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let prototype = Object::new(cx);
    let (mut collections, mut live) = (0, live_platform_objects());
    for _ in 0..500_000 {
        drop(Obj::plain(cx, &prototype, Base::default()));
        let now = live_platform_objects();
        collections += usize::from(now < live);
        live = now;
    }
    assert!((2..=12).contains(&collections), "{collections} collections");
    assert!(live < 200_000, "{live} objects were left");
}

#[test]
fn what_the_stack_holds_survives() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let a = plain(cx, Base { number: 7, ..Base::default() });
    let b = plain(cx, Base::default());
    a.other.set(Some(b.clone()));
    b.other.set(Some(a.clone()));
    drop(b);
    cx.collect_garbage();
    let b = a.other.get().unwrap();
    assert_eq!(b.other.get().unwrap().number, 7);
    let value = a.value();
    drop((a, b));
    cx.collect_garbage();
    let again = Obj::<Base>::from_value(cx, &value).unwrap();
    assert_eq!(again.other.get().unwrap().other.get().unwrap().number, 7);
}

#[test]
fn brands_follow_the_bases() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let base = Base { number: 3, ..Base::default() };
    let derived = plain(cx, Derived { base, text: "t".into() });
    let value = derived.value();
    let as_base = Obj::<Base>::from_value(cx, &value).unwrap();
    assert_eq!(as_base.number, 3);
    assert_eq!(as_base, derived);
    assert_eq!(as_base.downcast::<Derived>().unwrap().text, "t");
    assert_eq!(derived.number, 3, "through Deref to the base");
    assert!(as_base.is::<Derived>());
    assert!(as_base.downcast::<Unrelated>().is_none());
    assert!(Obj::<Unrelated>::from_value(cx, &value).is_none());
    assert!(Obj::<Base>::from_value(cx, &Value::from(1)).is_none());
    let ordinary = Object::new(cx);
    assert!(Obj::<Base>::from_object(cx, &ordinary).is_none());
}

#[test]
fn weak_handles_let_go() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let object = plain(cx, Base { number: 4, ..Base::default() });
    // A cycle through itself must not keep it.
    object.other.set(Some(object.clone()));
    let weak = object.downgrade();
    let again = object.downgrade();
    cx.collect_garbage();
    assert_eq!(weak.upgrade(cx).unwrap().number, 4);
    drop(object);
    cx.collect_garbage();
    assert!(weak.upgrade(cx).is_none());
    assert!(again.upgrade(cx).is_none());
}

#[derive(Trace)]
struct Shared {
    next: Traced<Vec<GcCell<Shared>>>,
    finalizer: virga_js::Finalizer,
}

#[test]
fn shared_cells_are_collected_and_finalizers_tell() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let queue = FinalizerQueue::new();
    let cell =
        |id| GcCell::new(Shared { next: Traced::new(Vec::new()), finalizer: queue.finalizer(id) });
    let (a, b, c) = (cell(1), cell(2), cell(3));
    a.next.borrow_mut().extend([b.clone(), c.clone()]);
    b.next.borrow_mut().extend([a.clone(), b.clone()]);
    let weak = a.downgrade();
    drop((b, c));
    cx.collect_garbage();
    assert!(queue.is_empty());
    assert_eq!(a.next.borrow().len(), 2);
    assert!(weak.upgrade().unwrap().ptr_eq(&a));
    drop(a);
    cx.collect_garbage();
    assert!(weak.upgrade().is_none());
    let mut ids = queue.drain();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3]);
}

#[test]
fn a_borrowed_cell_keeps_its_handles() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let holder = GcCell::new(Traced::new(Vec::new()));
    holder.borrow_mut().push(plain(cx, Base { number: 1, ..Base::default() }));
    let mut borrow = holder.borrow_mut();
    cx.collect_garbage();
    assert_eq!(borrow[0].number, 1);
    borrow.clear();
    drop(borrow);
    cx.collect_garbage();
    assert_eq!(live_platform_objects(), 0);
}

#[test]
fn a_listener_that_closes_over_its_target_is_collected() {
    let mut bench = Bench::new();
    let before = live_platform_objects();
    for _ in 0..200 {
        let function = bench.run("(target) => { target.f = () => target }").unwrap();
        let cx = bench.cx();
        let object = plain(cx, Base::default());
        function.as_object().unwrap().call(cx, &Value::undefined(), &[object.value()]).unwrap();
    }
    let cx = bench.cx();
    cx.collect_garbage();
    assert_eq!(live_platform_objects(), before);
}

/// Visits its handle twice, which would hide a handle on the stack.
struct Wrong(Obj<Base>);

impl Trace for Wrong {
    fn trace(&self, tracer: &mut virga_js::Tracer<'_>) {
        self.0.trace(tracer);
        self.0.trace(tracer);
    }
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "visits a handle twice")]
fn debug_builds_catch_a_wrong_trace() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let object = plain(cx, Base::default());
    let _cell = GcCell::new(Wrong(object));
    cx.collect_garbage();
}
