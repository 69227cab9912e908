//! The object `internals`: what page tests can do and other pages cannot.
//!
//! It is not declared in WebIDL, so that a page outside of a test finds no trace
//! of it. An app has it only after [`App::enable_internals`].
//!
//! [`App::enable_internals`]: crate::App::enable_internals

mod actions;
mod keys;
mod perform;
mod player;

pub(crate) use perform::{Devices, reached};
pub(crate) use player::{Player, poll};

use virga_js::{
    Cx, DomString, Error, Fallible, Flags, Function, NativeFn, Obj, Object, Property, Value,
};
use virga_protocol::{
    ConsoleLevel, Contact, InputEvent, KeyEvent, KeyLocation, Modifiers, PermissionName,
    PermissionState, Point, PointerButton, PointerEvent, PointerPhase, PointerType, Preedit,
};

use crate::{agent::EngineCx, dom::Element, window::rendering};

/// How a page test acts as the user and the host.
pub trait Internals {
    /// The user decides about a permission.
    fn set_permission(&mut self, name: PermissionName, state: PermissionState);

    /// The user does something: the host sends it to the app as soon as it can.
    fn send_input(&mut self, event: InputEvent);

    /// The page says that its test is over.
    fn done(&mut self);

    /// The host offers a frame as soon as it can.
    fn offer_frame(&mut self);

    /// Whether pages have the functions `print` and `done`, as page tests do.
    fn defines_print(&self) -> bool {
        true
    }
}

/// Puts `internals` on the current realm's global object.
pub(crate) fn install(cx: &mut Cx) -> Fallible<()> {
    let internals = Object::new(cx);
    let methods: [(&str, usize, NativeFn); 13] = [
        ("setPermission", 2, NativeFn::new(set_permission)),
        ("pointer", 3, NativeFn::new(pointer)),
        ("click", 1, NativeFn::new(click)),
        ("key", 1, NativeFn::new(key)),
        ("type", 1, NativeFn::new(type_text)),
        ("compose", 1, NativeFn::new(compose)),
        ("sendInput", 1, NativeFn::new(perform::send_input)),
        ("done", 0, NativeFn::new(done)),
        ("collectGarbage", 0, NativeFn::new(collect_garbage)),
        ("counters", 0, NativeFn::new(counters)),
        ("liveNodes", 0, NativeFn::new(live_nodes)),
        ("liveWrappers", 0, NativeFn::new(live_wrappers)),
        ("offerFrame", 0, NativeFn::new(offer_frame)),
    ];
    for (name, length, method) in methods {
        let function = Function::native(cx, name, length, method);
        internals.put(name, Property::data(function, Flags::HIDDEN));
    }
    let global = cx.global();
    global.put("internals", Property::data(internals, Flags::HIDDEN));
    if !cx.engine().internals().as_ref().is_some_and(|internals| internals.defines_print()) {
        return Ok(());
    }
    for (name, method) in [("print", NativeFn::new(print)), ("done", NativeFn::new(done))] {
        let function = Function::native(cx, name, 1, method);
        global.put(name, Property::data(function, Flags::HIDDEN));
    }
    Ok(())
}

fn argument(args: &[Value], index: usize) -> Value {
    args.get(index).cloned().unwrap_or_default()
}

fn text(cx: &mut Cx, args: &[Value], index: usize) -> Fallible<String> {
    Ok(argument(args, index).to_string(cx)?.to_str().into_owned())
}

fn with(cx: &Cx, act: impl FnOnce(&mut dyn Internals)) -> Fallible<Value> {
    if let Some(internals) = &mut *cx.engine().internals() {
        act(&mut **internals);
    }
    Ok(Value::undefined())
}

fn set_permission(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let name = text(cx, args, 0)?;
    let name = PermissionName::parse(&name)
        .ok_or_else(|| Error::type_error(format!("no permission is called {name:?}")))?;
    let state = match text(cx, args, 1)?.as_str() {
        "granted" => PermissionState::Granted,
        "denied" => PermissionState::Denied,
        "prompt" => PermissionState::Prompt,
        other => return Err(Error::type_error(format!("no permission state is called {other:?}"))),
    };
    with(cx, |internals| internals.set_permission(name, state))
}

/// `internals.pointer("down" | "move" | "up" | "leave", x, y, button = 0)`
fn pointer(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let phase = text(cx, args, 0)?;
    let x = argument(args, 1).to_number(cx)?;
    let y = argument(args, 2).to_number(cx)?;
    let button = argument(args, 3).to_number(cx)?;
    let phase = match phase.as_str() {
        "down" => PointerPhase::Down,
        "move" => PointerPhase::Move,
        "up" => PointerPhase::Up,
        "leave" => PointerPhase::Leave,
        "cancel" => PointerPhase::Cancel,
        other => return Err(Error::type_error(format!("no pointer phase is called {other:?}"))),
    };
    let button = if button == 2.0 { PointerButton::Secondary } else { PointerButton::Primary };
    let event = pointer_event(phase, point(x, y), button, 1);
    with(cx, |internals| internals.send_input(InputEvent::Pointer(event)))
}

#[expect(clippy::cast_possible_truncation, reason = "positions of tests are small")]
fn point(x: f64, y: f64) -> Point {
    Point { x: x as f32, y: y as f32 }
}

fn pointer_event(
    phase: PointerPhase,
    position: Point,
    button: PointerButton,
    count: u32,
) -> PointerEvent {
    let changes = matches!(phase, PointerPhase::Down | PointerPhase::Up);
    PointerEvent {
        phase,
        id: 1,
        kind: PointerType::Mouse,
        position,
        button: changes.then_some(button),
        buttons: u16::from(phase == PointerPhase::Down),
        modifiers: Modifiers::empty(),
        click_count: if changes { count } else { 0 },
        contact: Contact::default(),
    }
}

/// Moves to the middle of an element, and clicks.
fn click(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let element = Obj::<Element>::from_value(cx, &argument(args, 0))
        .ok_or_else(|| Error::type_error("internals.click: not an element"))?;
    let rect = rendering::bounding_rect(cx, element.id())
        .ok_or_else(|| Error::type_error("internals.click: the element has no box"))?;
    let at = point(rect.center().x, rect.center().y);
    with(cx, |internals| {
        for phase in [PointerPhase::Move, PointerPhase::Down, PointerPhase::Up] {
            let event = pointer_event(phase, at, PointerButton::Primary, 1);
            internals.send_input(InputEvent::Pointer(event));
        }
    })
}

/// Presses a key and lets it go.
fn key(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let key = text(cx, args, 0)?;
    let mut modifiers = Modifiers::empty();
    for modifier in text(cx, args, 1)?.split('+') {
        modifiers |= match modifier {
            "Shift" => Modifiers::SHIFT,
            "Control" => Modifiers::CTRL,
            "Alt" => Modifiers::ALT,
            "Meta" => Modifiers::META,
            _ => Modifiers::empty(),
        };
    }
    with(cx, |internals| press(internals, &key, modifiers))
}

fn press(internals: &mut dyn Internals, key: &str, modifiers: Modifiers) {
    let code = keys::key(key).code;
    for down in [true, false] {
        internals.send_input(InputEvent::Key(KeyEvent {
            down,
            key: key.to_owned(),
            code: code.clone(),
            location: KeyLocation::Standard,
            repeat: false,
            modifiers,
        }));
    }
}

/// Types text, key by key.
fn type_text(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let text = text(cx, args, 0)?;
    with(cx, |internals| {
        for character in text.chars() {
            press(internals, character.encode_utf8(&mut [0; 4]), Modifiers::empty());
        }
    })
}

/// `internals.compose(text)`: an input method has that much so far;
/// `internals.compose(text, true)`: it commits it.
fn compose(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let text = text(cx, args, 0)?;
    let event = if argument(args, 1).to_boolean() {
        InputEvent::Text(text)
    } else {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        InputEvent::Preedit(Preedit { text, selection: Some((end, end)) })
    };
    with(cx, |internals| internals.send_input(event))
}

/// Writes a line: the arguments as strings, separated by spaces.
fn print(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let mut line = String::new();
    for (index, argument) in args.iter().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        line.push_str(&argument.to_string(cx)?.to_str());
    }
    cx.engine().console(ConsoleLevel::Log, line, None);
    Ok(Value::undefined())
}

fn done(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    with(cx, |internals| internals.done())
}

fn offer_frame(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    with(cx, |internals| internals.offer_frame())
}

/// When the task is over.
fn collect_garbage(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    cx.engine().collect_garbage_soon();
    Ok(Value::undefined())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
fn counters(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    let counters = rendering::counters(&cx.engine());
    let object = Object::new(cx);
    for (name, count) in [
        ("frames", counters.frames),
        ("styled", counters.nodes_styled),
        ("boxes", counters.boxes_rebuilt),
        ("laidOut", counters.nodes_laid_out),
        ("painted", counters.items_painted),
    ] {
        object.put(DomString::from(name), Property::data(count as f64, Flags::ALL));
    }
    Ok(object.into())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
fn live_nodes(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    Ok((cx.engine().tree().live_nodes() as f64).into())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a test are small")]
fn live_wrappers(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    Ok((cx.engine().wrappers.len() as f64).into())
}
