//! Performs the actions of `internals.sendInput`: each goes out to the host, which
//! sends it to the app as what a hand did. A mark behind them comes back when they
//! were handled.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use rustc_hash::FxHashMap;
use virga_js::{Cx, Error, Fallible, Promise, Resolver, Value};
use virga_protocol::{
    Contact, InputEvent, KeyEvent, Micros, Modifiers, Point, PointerButton, PointerEvent,
    PointerPhase, PointerType, WheelEvent,
};

use super::{
    actions::{self, Action, Kind, Origin, Source},
    keys,
};
use crate::{
    agent::EngineCx,
    window::{WindowId, rendering},
};

/// Time between two steps of a movement that takes time, in ms.
const STEP: f64 = 16.0;
/// Clicks that follow each other within this time (ms) and distance (CSS px) count
/// together.
const DOUBLE_CLICK: (f64, f64) = (500.0, 5.0);
/// The id of the mouse; other pointers come after it.
const MOUSE: i32 = 1;

/// What injected input left the devices in, and who waits for what was sent.
#[derive(Default)]
pub(crate) struct Devices {
    pointers: RefCell<FxHashMap<String, Device>>,
    modifiers: Cell<Modifiers>,
    held: RefCell<Vec<String>>,
    next_pointer: Cell<i32>,
    last_click: Cell<Option<Click>>,
    marks: RefCell<FxHashMap<u64, Waiting>>,
    next_mark: Cell<u64>,
}

/// What happens when a mark comes back.
type Waiting = Box<dyn FnOnce(&mut Cx)>;

/// Where a pointer is.
#[derive(Clone, Copy, Debug)]
struct Device {
    id: i32,
    position: (f64, f64),
    buttons: u16,
    contact: Contact,
}

#[derive(Clone, Copy)]
struct Click {
    at: f64,
    place: (f64, f64),
    button: PointerButton,
    count: u32,
}

impl Devices {
    /// Handles outside of the heap go before the script engine does.
    pub(crate) fn let_go(&self) {
        let marks = std::mem::take(&mut *self.marks.borrow_mut());
        drop(marks);
    }
}

/// Everything sent before a mark was handled.
pub(crate) fn reached(cx: &mut Cx, mark: u64) {
    let agent = cx.engine();
    let waiting = agent.devices.marks.borrow_mut().remove(&mark);
    if let Some(waiting) = waiting {
        waiting(cx);
    }
}

/// The actions of one call, tick by tick.
struct Run {
    /// Whose places it speaks of.
    window: WindowId,
    sources: Vec<Source>,
    /// How long each tick takes, in ms.
    durations: Vec<f64>,
    done: Done,
}

/// Who waits for the end.
enum Done {
    Promise(Resolver),
    Player,
}

/// Performs the actions of a line of an input script.
pub(super) fn play(cx: &mut Cx, (sources, durations): (Vec<Source>, Vec<f64>)) {
    let window = cx.window_id();
    tick(cx, Rc::new(Run { window, sources, durations, done: Done::Player }), 0, 0);
}

/// `internals.sendInput(devices)`: a promise that is fulfilled once all of it was
/// handled.
pub(super) fn send_input(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let undefined = Value::undefined();
    let (sources, durations) = actions::parse(cx, args.first().unwrap_or(&undefined))?;
    let (promise, done) = Promise::new(cx);
    let window = cx.window_id();
    let run = Rc::new(Run { window, sources, durations, done: Done::Promise(done) });
    if run.durations.is_empty() {
        // Nothing to do is done when what came before it is.
        when_handled(cx, move |cx| tick(cx, run, 0, 0));
    } else {
        tick(cx, run, 0, 0);
    }
    Ok(promise.into())
}

fn fail(cx: &mut Cx, run: &Run, error: Error) {
    match &run.done {
        Done::Player => cx.engine().player.acted(),
        Done::Promise(done) => {
            if let Err(error) = done.reject(cx, error) {
                crate::events::report_exception(cx, error);
            }
        }
    }
}

/// Steps of a movement that a tick is divided in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 20")]
fn steps(run: &Run, index: usize) -> u32 {
    let moves = run.sources.iter().any(|source| {
        matches!(
            source.actions.get(index),
            Some(Action::PointerMove { .. } | Action::Scroll { .. })
        )
    });
    if moves { (run.durations[index] / STEP).clamp(1.0, 20.0) as u32 } else { 1 }
}

/// One step of a tick, then the next.
fn tick(cx: &mut Cx, run: Rc<Run>, index: usize, step: u32) {
    let Some(&duration) = run.durations.get(index) else {
        match &run.done {
            Done::Player => cx.engine().player.acted(),
            Done::Promise(done) => {
                if let Err(error) = done.resolve(cx, Value::undefined()) {
                    crate::events::report_exception(cx, error);
                }
            }
        }
        return;
    };
    let count = steps(&run, index);
    for source in &run.sources {
        let Some(action) = source.actions.get(index) else { continue };
        if let Err(error) = act(cx, source, action, step, count) {
            return fail(cx, &run, error);
        }
    }
    let wait = duration / f64::from(count);
    let next = if step + 1 < count { (index, step + 1) } else { (index + 1, 0) };
    when_handled(cx, move |cx| {
        // The mark came to the app's own window; the places are those of a frame.
        let Some(window) = cx.engine().window_with(run.window) else { return };
        cx.in_realm(window.realm(), |cx| after(cx, run, next, wait));
    });
}

/// The next step, once its time has come.
fn after(cx: &mut Cx, run: Rc<Run>, next: (usize, u32), wait: f64) {
    {
        if wait > 0.0 {
            let run = Rc::clone(&run);
            crate::timers::run_after(cx, Micros::from_millis(wait), move |cx| {
                tick(cx, Rc::clone(&run), next.0, next.1);
            });
        } else {
            tick(cx, run, next.0, next.1);
        }
    }
}

/// Runs `then` when the host has sent back all that was sent so far.
fn when_handled(cx: &mut Cx, then: impl FnOnce(&mut Cx) + 'static) {
    let agent = cx.engine();
    let mark = agent.devices.next_mark.get();
    agent.devices.next_mark.set(mark + 1);
    agent.devices.marks.borrow_mut().insert(mark, Box::new(then));
    send(cx, InputEvent::Mark(mark));
}

fn send(cx: &Cx, event: InputEvent) {
    if let Some(internals) = &mut *cx.engine().internals() {
        internals.send_input(event);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "positions of tests are small")]
fn point((x, y): (f64, f64)) -> Point {
    Point { x: x as f32, y: y as f32 }
}

/// From a point of the current window to one of the app's.
fn to_top(cx: &Cx, at: (f64, f64)) -> (f64, f64) {
    let agent = cx.engine();
    let (mut at, mut window) = (at, cx.window());
    while let Some(container) =
        agent.navigable_of(&window).and_then(|navigable| navigable.container())
    {
        let Some(outer) = agent.window_of(container) else { break };
        let zero = Point { x: 0.0, y: 0.0 };
        let Some(origin) = rendering::point_in_frame(&agent, &outer, container, zero) else {
            break;
        };
        at = (at.0 - f64::from(origin.x), at.1 - f64::from(origin.y));
        window = outer;
    }
    at
}

/// The place in the viewport that an action means.
fn place(cx: &Cx, at: (f64, f64), origin: &Origin, from: (f64, f64)) -> Fallible<(f64, f64)> {
    let (x, y) = match origin {
        Origin::Viewport => (0.0, 0.0),
        Origin::Pointer => from,
        Origin::Element(element) => {
            let rect = rendering::bounding_rect(cx, element.id()).ok_or_else(|| {
                Error::type_error("internals.sendInput: the origin is an element without a box")
            })?;
            // The middle of what is in view.
            let viewport = cx.window().viewport();
            let screen = virga_display_list::kurbo::Rect::new(
                0.0,
                0.0,
                viewport.width.into(),
                viewport.height.into(),
            );
            let seen = rect.intersect(screen);
            let middle = if seen.area() > 0.0 { seen.center() } else { rect.center() };
            (middle.x, middle.y)
        }
    };
    Ok((x + at.0, y + at.1))
}

fn device(cx: &Cx, source: &Source, kind: PointerType) -> Device {
    let agent = cx.engine();
    let devices = &agent.devices;
    if let Some(device) = devices.pointers.borrow().get(&source.id) {
        return *device;
    }
    let id = match kind {
        PointerType::Mouse => MOUSE,
        PointerType::Touch | PointerType::Pen => next_id(cx),
    };
    Device { id, position: (0.0, 0.0), buttons: 0, contact: Contact::default() }
}

fn next_id(cx: &Cx) -> i32 {
    let agent = cx.engine();
    let next = agent.devices.next_pointer.get().max(MOUSE) + 1;
    agent.devices.next_pointer.set(next);
    next
}

fn act(cx: &Cx, source: &Source, action: &Action, step: u32, count: u32) -> Fallible<()> {
    match source.kind {
        Kind::Pointer(kind) => return point_with(cx, source, kind, action, step, count),
        Kind::Wheel => return turn(cx, action, step, count),
        Kind::None => {}
        Kind::Key => match action {
            Action::KeyDown(value) if step == 0 => press(cx, value, true),
            Action::KeyUp(value) if step == 0 => press(cx, value, false),
            _ => {}
        },
    }
    Ok(())
}

fn press(cx: &Cx, value: &str, down: bool) {
    let agent = cx.engine();
    let devices = &agent.devices;
    let key = keys::key(value);
    let mut modifiers = devices.modifiers.get();
    modifiers.set(key.modifier, down);
    devices.modifiers.set(modifiers);
    let repeat = {
        let mut held = devices.held.borrow_mut();
        let was = held.contains(&key.code);
        held.retain(|other| *other != key.code);
        if down {
            held.push(key.code.clone());
        }
        down && was
    };
    send(
        cx,
        InputEvent::Key(KeyEvent {
            down,
            key: key.key,
            code: key.code,
            location: key.location,
            repeat,
            modifiers,
        }),
    );
}

fn turn(cx: &Cx, action: &Action, step: u32, count: u32) -> Fallible<()> {
    let Action::Scroll { at, by, origin } = action else { return Ok(()) };
    let position = place(cx, *at, origin, (0.0, 0.0))?;
    let part = |whole: f64| {
        whole * f64::from(step + 1) / f64::from(count) - whole * f64::from(step) / f64::from(count)
    };
    let delta = point((part(by.0), part(by.1)));
    let modifiers = cx.engine().devices.modifiers.get();
    send(
        cx,
        InputEvent::Wheel(WheelEvent {
            position: point(to_top(cx, position)),
            delta_x: delta.x,
            delta_y: delta.y,
            modifiers,
        }),
    );
    Ok(())
}

fn mask(button: PointerButton) -> u16 {
    match button {
        PointerButton::Primary => 1,
        PointerButton::Secondary => 2,
        PointerButton::Auxiliary => 4,
        PointerButton::Back => 8,
        PointerButton::Forward => 16,
    }
}

fn point_with(
    cx: &Cx,
    source: &Source,
    kind: PointerType,
    action: &Action,
    step: u32,
    count: u32,
) -> Fallible<()> {
    let agent = cx.engine();
    let mut device = device(cx, source, kind);
    let (phase, button) = match action {
        Action::PointerMove { to, origin, contact } => {
            let to = place(cx, *to, origin, device.position)?;
            let left = f64::from(count - step);
            device.position.0 += (to.0 - device.position.0) / left;
            device.position.1 += (to.1 - device.position.1) / left;
            device.contact = *contact;
            (PointerPhase::Move, None)
        }
        _ if step > 0 => return Ok(()),
        Action::PointerDown { button, contact } => {
            if kind == PointerType::Touch {
                device.id = next_id(cx);
            }
            if device.buttons & mask(*button) != 0 {
                return Ok(());
            }
            device.buttons |= mask(*button);
            device.contact = *contact;
            (PointerPhase::Down, Some(*button))
        }
        Action::PointerUp { button } => {
            if device.buttons & mask(*button) == 0 {
                return Ok(());
            }
            device.buttons &= !mask(*button);
            (PointerPhase::Up, Some(*button))
        }
        Action::PointerCancel => {
            device.buttons = 0;
            (PointerPhase::Cancel, None)
        }
        _ => return Ok(()),
    };
    agent.devices.pointers.borrow_mut().insert(source.id.clone(), device);
    // A finger that does not touch is nowhere.
    if kind == PointerType::Touch && phase == PointerPhase::Move && device.buttons == 0 {
        return Ok(());
    }
    let click_count = match (phase, button) {
        (PointerPhase::Down, Some(button)) => count_click(cx, device.position, button),
        (PointerPhase::Up, Some(_)) => agent.devices.last_click.get().map_or(1, |last| last.count),
        _ => 0,
    };
    send(
        cx,
        InputEvent::Pointer(PointerEvent {
            phase,
            id: device.id,
            kind,
            position: point(to_top(cx, device.position)),
            button,
            buttons: device.buttons,
            modifiers: agent.devices.modifiers.get(),
            click_count,
            contact: device.contact,
        }),
    );
    Ok(())
}

fn count_click(cx: &Cx, place: (f64, f64), button: PointerButton) -> u32 {
    let agent = cx.engine();
    let at = agent.task_time().as_millis();
    let count = match agent.devices.last_click.get() {
        Some(last)
            if last.button == button
                && at - last.at <= DOUBLE_CLICK.0
                && (last.place.0 - place.0).hypot(last.place.1 - place.1) <= DOUBLE_CLICK.1 =>
        {
            last.count + 1
        }
        _ => 1,
    };
    agent.devices.last_click.set(Some(Click { at, place, button, count }));
    count
}
