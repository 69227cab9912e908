//! Messages between windows: <https://html.spec.whatwg.org/#web-messaging>

use url::Url;
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj, Object, Value};
use virga_protocol::ClonedValue;

use super::Window;
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, MessageEvent},
    navigable,
    structured_clone::{
        deserialize, deserialize_with_transfer, serialize_for_storage, serialize_with_transfer,
    },
};

/// Which origin a message is meant for.
enum Target {
    Any,
    Same,
    Origin(String),
}

impl Target {
    /// <https://html.spec.whatwg.org/#window-post-message-steps>, step 4.
    fn parse(text: &str) -> Fallible<Self> {
        match text {
            "*" => Ok(Self::Any),
            "/" => Ok(Self::Same),
            text => match Url::parse(text) {
                Ok(url) => Ok(Self::Origin(url.origin().ascii_serialization())),
                Err(_) => Err(Error::dom(
                    DomExceptionName::Syntax,
                    format!("Window.postMessage: {text:?} is no origin"),
                )),
            },
        }
    }
}

/// The two shapes of the arguments after the message: an origin and a list, or a
/// dictionary with both.
pub(crate) fn read_options(
    cx: &mut Cx,
    second: &Value,
    transfer: Vec<Object>,
) -> Fallible<(String, Vec<Object>)> {
    let Some(options) = second.as_object() else {
        if second.is_nullish() {
            let origin = if second.is_null() { "null" } else { "/" };
            // A dictionary may be left out, and `null` is an empty one.
            let origin = if origin == "null" { "/" } else { origin };
            return Ok((origin.to_owned(), transfer));
        }
        return Ok((second.to_string(cx)?.to_str().into_owned(), transfer));
    };
    if options.is_callable() {
        return Ok((second.to_string(cx)?.to_str().into_owned(), transfer));
    }
    let listed = options.get(cx, "transfer")?;
    let mut objects = Vec::new();
    if !listed.is_undefined() {
        let place = virga_js::webidl::Place::Value("StructuredSerializeOptions.transfer");
        objects = virga_js::webidl::FromJs::from_js(cx, &listed, &place)?;
    }
    let origin = options.get(cx, "targetOrigin")?;
    let origin = if origin.is_undefined() {
        "/".to_owned()
    } else {
        origin.to_string(cx)?.to_str().into_owned()
    };
    Ok((origin, objects))
}

/// <https://html.spec.whatwg.org/#window-post-message-steps>
pub(crate) fn post_message(
    cx: &mut Cx,
    target: &Obj<Window>,
    message: Value,
    origin: &str,
    transfer: Vec<Object>,
) -> Fallible<()> {
    // 1, 2. Whoever called.
    let incumbent = cx.incumbent_realm();
    let source =
        Obj::<Window>::from_object(cx, &incumbent.global_object()).unwrap_or_else(|| cx.window());
    let wanted = Target::parse(origin)?;
    let message = serialize_with_transfer(cx, &message, &transfer)?;
    let agent = cx.engine();
    let Some(source_navigable) = agent.navigable_of(&source) else { return Ok(()) };
    let source_origin = source.security_origin();
    agent.queue_task(TaskSource::PostMessage, target.id(), move |cx| {
        let window = cx.window();
        // 8.1.
        let arrives = match &wanted {
            Target::Any => true,
            Target::Same => window.security_origin() == source_origin,
            Target::Origin(origin) => {
                window.security_origin().serialize() == *origin && origin != "null"
            }
        };
        if !arrives {
            return;
        }
        let source = navigable::proxy_value(cx, &source_navigable);
        let origin = source_origin.serialize();
        let (type_, data, ports) = match deserialize_with_transfer(cx, &message) {
            Ok((data, moved)) => {
                let ports = moved.iter().filter_map(|object| Obj::from_object(cx, object));
                ("message", data, ports.collect())
            }
            Err(_) => ("messageerror", Value::null(), Vec::new()),
        };
        let event = MessageEvent::posted(cx, type_, data, origin, None, ports).with_source(source);
        events::fire_event(cx, &window.upcast(), event);
    });
    Ok(())
}

/// [`post_message`] from a document of another origin, with the arguments as script
/// gave them.
pub(crate) fn post_message_from_remote(
    cx: &mut Cx,
    target: &Obj<Window>,
    args: &[Value],
) -> Fallible<()> {
    let Some(message) = args.first().cloned() else {
        return Err(Error::type_error("Window.postMessage: 1 argument required, 0 given"));
    };
    let transfer = match args.get(2) {
        Some(list) if !list.is_undefined() => {
            let place =
                virga_js::webidl::Place::Value("Window.postMessage: argument 3 ('transfer')");
            virga_js::webidl::FromJs::from_js(cx, list, &place)?
        }
        _ => Vec::new(),
    };
    let second = args.get(1).cloned().unwrap_or_default();
    let (origin, transfer) = read_options(cx, &second, transfer)?;
    post_message(cx, target, message, &origin, transfer)
}

/// A value as it is kept outside of any realm.
///
/// # Errors
/// A `DataCloneError` for what cannot be copied.
pub(crate) fn keep(cx: &mut Cx, value: &Value) -> Fallible<ClonedValue> {
    serialize_for_storage(cx, value)
}

/// A copy, for the current realm, of a value that was kept.
pub(crate) fn restore(cx: &mut Cx, value: Option<&ClonedValue>) -> Value {
    match value.map(|value| deserialize(cx, value)) {
        Some(Ok(value)) => value,
        Some(Err(_)) | None => Value::null(),
    }
}
