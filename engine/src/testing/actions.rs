//! What `internals.sendInput` is told to do: sequences of actions of several
//! devices, tick by tick, as in <https://w3c.github.io/webdriver/#actions>.

use virga_js::{Cx, Error, Fallible, Obj, Object, Value};
use virga_protocol::{Contact, PointerButton, PointerType};

use crate::dom::Element;

/// One device and what it does, an action a tick.
pub(super) struct Source {
    /// Names the device from one call to the next.
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) actions: Vec<Action>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    None,
    Key,
    Pointer(PointerType),
    Wheel,
}

/// What positions are relative to.
#[derive(Clone)]
pub(super) enum Origin {
    Viewport,
    /// Where the device is.
    Pointer,
    /// The middle of an element.
    Element(Obj<Element>),
}

#[derive(Clone)]
pub(super) enum Action {
    Pause,
    KeyDown(String),
    KeyUp(String),
    PointerMove { to: (f64, f64), origin: Origin, contact: Contact },
    PointerDown { button: PointerButton, contact: Contact },
    PointerUp { button: PointerButton },
    PointerCancel,
    Scroll { at: (f64, f64), by: (f64, f64), origin: Origin },
}

/// An action and how long its tick takes at least, in ms.
pub(super) type Timed = (Action, f64);

impl Source {
    fn wrong(text: impl Into<String>) -> Error {
        Error::type_error(format!("internals.sendInput: {}", text.into()))
    }
}

/// All devices of a call, and the durations of their actions.
pub(super) fn parse(cx: &mut Cx, value: &Value) -> Fallible<(Vec<Source>, Vec<f64>)> {
    let list = value
        .as_object()
        .filter(Object::is_array)
        .ok_or_else(|| Source::wrong("an array of devices is needed"))?;
    let mut sources = Vec::new();
    let mut durations: Vec<f64> = Vec::new();
    for index in 0..list.length(cx)? {
        let item = list.get(cx, index.to_string().as_str())?;
        let device = item
            .as_object()
            .ok_or_else(|| Source::wrong(format!("device {index} is no object")))?;
        let (source, times) = parse_source(cx, &device)?;
        for (tick, time) in times.into_iter().enumerate() {
            match durations.get_mut(tick) {
                Some(longest) => *longest = longest.max(time),
                None => durations.push(time),
            }
        }
        sources.push(source);
    }
    Ok((sources, durations))
}

fn text(cx: &mut Cx, object: &Object, name: &str) -> Fallible<Option<String>> {
    let value = object.get(cx, name)?;
    if value.is_undefined() {
        return Ok(None);
    }
    Ok(Some(value.to_string(cx)?.to_str().into_owned()))
}

fn number(cx: &mut Cx, object: &Object, name: &str, default: f64) -> Fallible<f64> {
    let value = object.get(cx, name)?;
    if value.is_nullish() {
        return Ok(default);
    }
    let number = value.to_number(cx)?;
    if number.is_finite() {
        Ok(number)
    } else {
        Err(Source::wrong(format!("{name} is no finite number")))
    }
}

fn parse_source(cx: &mut Cx, device: &Object) -> Fallible<(Source, Vec<f64>)> {
    let id = text(cx, device, "id")?.unwrap_or_default();
    let type_ = text(cx, device, "type")?.unwrap_or_default();
    let kind = match type_.as_str() {
        "none" => Kind::None,
        "key" => Kind::Key,
        "wheel" => Kind::Wheel,
        "pointer" => {
            let parameters = device.get(cx, "parameters")?.as_object();
            let named = match parameters {
                Some(parameters) => text(cx, &parameters, "pointerType")?,
                None => None,
            };
            Kind::Pointer(match named.as_deref().unwrap_or("mouse") {
                "mouse" => PointerType::Mouse,
                "touch" => PointerType::Touch,
                "pen" => PointerType::Pen,
                other => return Err(Source::wrong(format!("there is no pointer type {other:?}"))),
            })
        }
        other => return Err(Source::wrong(format!("there is no type of device {other:?}"))),
    };
    let list = device
        .get(cx, "actions")?
        .as_object()
        .filter(Object::is_array)
        .ok_or_else(|| Source::wrong(format!("device {id:?} has no array of actions")))?;
    let (mut actions, mut times) = (Vec::new(), Vec::new());
    for index in 0..list.length(cx)? {
        let item = list.get(cx, index.to_string().as_str())?;
        let item = item
            .as_object()
            .ok_or_else(|| Source::wrong(format!("action {index} of {id:?} is no object")))?;
        let (action, time) = parse_action(cx, kind, &item)?;
        actions.push(action);
        times.push(time);
    }
    Ok((Source { id, kind, actions }, times))
}

fn parse_action(cx: &mut Cx, kind: Kind, item: &Object) -> Fallible<Timed> {
    let type_ = text(cx, item, "type")?.unwrap_or_default();
    let duration = number(cx, item, "duration", 0.0)?.max(0.0);
    let action = match (kind, type_.as_str()) {
        (_, "pause") => Action::Pause,
        (Kind::Key, "keyDown" | "keyUp") => {
            let key = text(cx, item, "value")?
                .filter(|key| !key.is_empty())
                .ok_or_else(|| Source::wrong(format!("{type_} without a value")))?;
            if type_ == "keyDown" { Action::KeyDown(key) } else { Action::KeyUp(key) }
        }
        (Kind::Pointer(_), "pointerMove") => Action::PointerMove {
            to: (number(cx, item, "x", 0.0)?, number(cx, item, "y", 0.0)?),
            origin: origin(cx, item)?,
            contact: contact(cx, item)?,
        },
        (Kind::Pointer(_), "pointerDown") => {
            Action::PointerDown { button: button(cx, item)?, contact: contact(cx, item)? }
        }
        (Kind::Pointer(_), "pointerUp") => Action::PointerUp { button: button(cx, item)? },
        (Kind::Pointer(_), "pointerCancel") => Action::PointerCancel,
        (Kind::Wheel, "scroll") => Action::Scroll {
            at: (number(cx, item, "x", 0.0)?, number(cx, item, "y", 0.0)?),
            by: (number(cx, item, "deltaX", 0.0)?, number(cx, item, "deltaY", 0.0)?),
            origin: origin(cx, item)?,
        },
        (_, other) => {
            return Err(Source::wrong(format!("the device has no action {other:?}")));
        }
    };
    Ok((action, duration))
}

fn button(cx: &mut Cx, item: &Object) -> Fallible<PointerButton> {
    let button = number(cx, item, "button", 0.0)?;
    [
        PointerButton::Primary,
        PointerButton::Auxiliary,
        PointerButton::Secondary,
        PointerButton::Back,
        PointerButton::Forward,
    ]
    .into_iter()
    .find(|known| f64::from(*known as i16) == button)
    .ok_or_else(|| Source::wrong(format!("there is no button {button}")))
}

fn origin(cx: &mut Cx, item: &Object) -> Fallible<Origin> {
    let value = item.get(cx, "origin")?;
    if let Some(element) = Obj::<Element>::from_value(cx, &value) {
        return Ok(Origin::Element(element));
    }
    if value.is_undefined() {
        return Ok(Origin::Viewport);
    }
    let name = value.to_string(cx)?;
    match name.to_str().as_ref() {
        "viewport" => Ok(Origin::Viewport),
        "pointer" => Ok(Origin::Pointer),
        other => Err(Source::wrong(format!("there is no origin {other:?}"))),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "values of tests are small")]
fn contact(cx: &mut Cx, item: &Object) -> Fallible<Contact> {
    let width = number(cx, item, "width", 1.0)?;
    let height = number(cx, item, "height", 1.0)?;
    let pressure = item.get(cx, "pressure")?;
    Ok(Contact {
        size: (width != 1.0 || height != 1.0).then_some((width as f32, height as f32)),
        pressure: if pressure.is_nullish() { None } else { Some(pressure.to_number(cx)? as f32) },
        tangential_pressure: number(cx, item, "tangentialPressure", 0.0)? as f32,
        tilt: (number(cx, item, "tiltX", 0.0)? as i32, number(cx, item, "tiltY", 0.0)? as i32),
        twist: number(cx, item, "twist", 0.0)? as i32,
    })
}
