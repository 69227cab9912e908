//! Messages between windows: <https://html.spec.whatwg.org/#web-messaging>

use url::Url;
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj, Object, Value};

use super::Window;
use crate::{
    agent::{EngineCx, TaskSource},
    error,
    events::{self, MessageEvent},
    navigable,
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
    let origin =
        if origin.is_undefined() { "/".to_owned() } else { origin.to_string(cx)?.to_str().into_owned() };
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
    if !transfer.is_empty() {
        return Err(error::not_supported(
            "Window.postMessage: transferring objects is not supported",
        ));
    }
    // 1, 2. Whoever called.
    let incumbent = cx.incumbent_realm();
    let source = Obj::<Window>::from_object(cx, &incumbent.global_object())
        .unwrap_or_else(|| cx.window());
    let wanted = Target::parse(origin)?;
    let message = clone_value(cx, message, "Window.postMessage")?;
    let agent = cx.engine();
    let Some(source_navigable) = agent.navigable_of(&source) else { return Ok(()) };
    let source_origin = source.origin();
    agent.queue_task(TaskSource::PostMessage, target.id(), move |cx| {
        let window = cx.window();
        // 8.1.
        let arrives = match &wanted {
            Target::Any => true,
            Target::Same => window.origin() == source_origin,
            Target::Origin(origin) => window.origin().serialize() == *origin && origin != "null",
        };
        if !arrives {
            return;
        }
        let source = navigable::proxy_value(cx, &source_navigable);
        let message = clone_kept(cx, message);
        let event = MessageEvent::trusted(cx, message, source_origin.serialize()).from(source);
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
            let place = virga_js::webidl::Place::Value("Window.postMessage: argument 3 ('transfer')");
            virga_js::webidl::FromJs::from_js(cx, list, &place)?
        }
        _ => Vec::new(),
    };
    let second = args.get(1).cloned().unwrap_or_default();
    let (origin, transfer) = read_options(cx, &second, transfer)?;
    post_message(cx, target, message, &origin, transfer)
}

/// A copy of a value that shares nothing with it.
///
/// # Errors
/// A `DataCloneError` for what cannot be copied.
pub(crate) fn clone_value(cx: &mut Cx, value: Value, what: &str) -> Fallible<Value> {
    if !value.is_object() {
        return match value.is_symbol() {
            true => Err(error::data_clone(&format!("{what}: a symbol cannot be cloned"))),
            false => Ok(value),
        };
    }
    let json = cx.global_property("JSON")?;
    let json = json.as_object().ok_or_else(|| Error::type_error("JSON is missing"))?;
    let text = json.invoke(cx, "stringify", &[value])?;
    if text.is_undefined() {
        return Err(error::data_clone(&format!("{what}: the value cannot be cloned")));
    }
    json.invoke(cx, "parse", &[text])
}

/// A copy, for the current realm, of a value that was copied before.
pub(crate) fn clone_kept(cx: &mut Cx, value: Value) -> Value {
    clone_value(cx, value, "a kept value").unwrap_or_else(|_| Value::null())
}
