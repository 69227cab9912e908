//! The `WindowProxy`: <https://html.spec.whatwg.org/#the-windowproxy-exotic-object>
//!
//! One for each frame and origin that looks at it. As long as the frame's active
//! window is of that origin, everything is passed on to the window's global object;
//! otherwise only what the standard lets through is there
//! (<https://html.spec.whatwg.org/#cross-origin-objects>). The top-level window
//! needs none for its own origin: nothing outlives its navigation.
//!
//! The traps belong to a realm without a window. What they hand out to another
//! origin (functions, errors) is made in a realm of the viewer's own: through a
//! function's constructor script reaches everything of the function's realm.

use std::rc::Rc;

use url::Url;
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Flags, Function, Interface, NativeFn, Obj,
    Object, Property, PropertyKey, Slot, Traced, Value,
    exotic::{self, Traps},
};
use virga_js::{Platform, Trace};

use super::{Navigable, NavigableId, auxiliary, current, named};
use crate::{
    agent::EngineCx,
    loading::{self, NavigationHistory},
    window::{Origin, Window},
};

/// The native data behind a `WindowProxy`.
#[derive(Trace, Platform)]
#[stands_for(WindowProxy::global)]
pub(crate) struct WindowProxy {
    #[trace(skip)]
    navigable: NavigableId,
    /// Who looks.
    #[trace(skip)]
    viewer: Origin,
    /// The global object of the active window, if it is of the viewer's origin.
    current: Slot<Option<Object>>,
    /// The functions that another origin sees, by name.
    functions: Traced<Vec<(&'static str, Object)>>,
    location: Slot<Option<Object>>,
}

impl WindowProxy {
    fn global(&self) -> Option<Object> {
        self.current.get()
    }

    /// The navigable has another window.
    pub(super) fn point_to(&self, window: &Obj<Window>) {
        let same = window.security_origin() == self.viewer;
        self.current.set(same.then(|| window.object().clone()));
    }
}

impl Interface for WindowProxy {
    const NAME: &'static str = "WindowProxy";

    fn prototype(cx: &mut Cx) -> Object {
        Object::with_prototype(cx, None)
    }

    fn exotic(cx: &mut Cx) -> Option<Object> {
        let traps = Traps {
            get: Some(NativeFn::new(get)),
            set: Some(NativeFn::new(set)),
            has: Some(NativeFn::new(has)),
            delete_property: Some(NativeFn::new(delete)),
            own_keys: Some(NativeFn::new(own_keys)),
            get_own_property_descriptor: Some(NativeFn::new(describe)),
            define_property: Some(NativeFn::new(define)),
            prevent_extensions: Some(NativeFn::new(|_, _, _| Ok(false.into()))),
            set_prototype_of: Some(NativeFn::new(set_prototype)),
            get_prototype_of: Some(NativeFn::new(prototype)),
        };
        Some(traps.handler(cx))
    }
}

impl Navigable {
    /// What documents of an origin see of this navigable, through a proxy.
    pub(crate) fn proxy(&self, cx: &mut Cx, viewer: &Origin) -> Obj<WindowProxy> {
        let known = self.proxies.borrow().iter().find(|proxy| proxy.viewer == *viewer).cloned();
        if let Some(proxy) = known {
            return proxy;
        }
        let data = WindowProxy {
            navigable: self.id,
            viewer: viewer.clone(),
            current: Slot::new(None),
            functions: Traced::new(Vec::new()),
            location: Slot::new(None),
        };
        let neutral = cx.engine().neutral_realm();
        let proxy = match neutral {
            Some(realm) => cx.in_realm(&realm, |cx| Obj::new(cx, data)),
            None => Obj::new(cx, data),
        };
        if let Some(window) = self.window() {
            proxy.point_to(&window);
        }
        self.proxies.borrow_mut().push(proxy.clone());
        proxy
    }
}

/// A navigable's window as the current realm's document sees it.
pub(crate) fn proxy_value(cx: &mut Cx, navigable: &Rc<Navigable>) -> Value {
    super::frame::ensure_window(cx, navigable);
    let viewer = cx.window().security_origin();
    match navigable.window() {
        Some(window) if window.security_origin() == viewer => window.value(),
        _ => navigable.proxy(cx, &viewer).value(),
    }
}

fn argument(args: &[Value], index: usize) -> Value {
    args.get(index).cloned().unwrap_or_default()
}

/// The trap's target: the data of the proxy, and the global object behind it.
fn target(cx: &Cx, args: &[Value]) -> Fallible<(Obj<WindowProxy>, Option<Object>)> {
    let proxy = exotic::target_part::<WindowProxy>(cx, &argument(args, 0))
        .ok_or_else(|| Error::type_error("a trap gets its target"))?;
    let global = proxy.global();
    Ok((proxy, global))
}

fn refused(key: &Value) -> Error {
    let name = key.as_string().map_or_else(|| key.display(), |name| name.to_str().into_owned());
    Error::dom(
        DomExceptionName::Security,
        format!("A document of another origin cannot use the property {name:?} of this window"),
    )
}

/// Runs what another origin asks for in a realm of that origin. Without one there
/// is nobody who could ask.
fn remotely(
    cx: &mut Cx,
    viewer: &Origin,
    key: &Value,
    steps: impl FnOnce(&mut Cx) -> Fallible<Value>,
) -> Fallible<Value> {
    let agent = cx.engine();
    let fits = |window: &Obj<Window>| window.security_origin() == *viewer;
    let incumbent = cx.incumbent_realm().global_object();
    let window = Obj::<Window>::from_object(cx, &incumbent)
        .filter(fits)
        .or_else(|| agent.windows().into_iter().find(fits));
    let Some(window) = window else { return Err(refused(key)) };
    cx.in_realm(window.realm(), |cx| match steps(cx) {
        Ok(value) => Ok(value),
        Err(error) => Err(Error::Thrown(error.into_value(cx)?)),
    })
}

fn get(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (proxy, global) = target(cx, args)?;
    let key = argument(args, 1);
    if let Some(global) = global {
        return exotic::ordinary_get(cx, &global, &key, &argument(args, 2));
    }
    remotely(cx, &proxy.viewer, &key, |cx| {
        let property = remote_property(cx, &proxy, &key)?.ok_or_else(|| refused(&key))?;
        if let Some(value) = property.value {
            return Ok(value);
        }
        match property.get.and_then(|getter| getter.as_object()) {
            Some(getter) => getter.call(cx, &Value::undefined(), &[]),
            None => Err(refused(&key)),
        }
    })
}

fn set(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (proxy, global) = target(cx, args)?;
    let (key, value) = (argument(args, 1), argument(args, 2));
    if let Some(global) = global {
        // The proxy itself, but for objects that inherit from it.
        let receiver = argument(args, 3);
        let is_window = Obj::<Window>::from_value(cx, &receiver).is_some();
        let receiver = if is_window { Value::from(&global) } else { receiver };
        return Ok(exotic::ordinary_set(cx, &global, &key, &value, &receiver)?.into());
    }
    remotely(cx, &proxy.viewer, &key, |cx| {
        if !is_name(&key, "location") {
            return Err(refused(&key));
        }
        navigate_remote(cx, proxy.navigable, &value)?;
        Ok(true.into())
    })
}

fn has(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (proxy, global) = target(cx, args)?;
    let key = argument(args, 1);
    if let Some(global) = global {
        let key = key.to_property_key(cx)?;
        return Ok(global.has(cx, key)?.into());
    }
    remotely(cx, &proxy.viewer, &key, |cx| match remote_property(cx, &proxy, &key)? {
        Some(_) => Ok(true.into()),
        None => Err(refused(&key)),
    })
}

fn delete(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (proxy, global) = target(cx, args)?;
    let key = argument(args, 1);
    match global {
        Some(global) => Ok(exotic::ordinary_delete(cx, &global, &key)?.into()),
        None => remotely(cx, &proxy.viewer, &key, |_| Err(refused(&key))),
    }
}

fn define(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (proxy, global) = target(cx, args)?;
    let key = argument(args, 1);
    let Some(global) = global else {
        return remotely(cx, &proxy.viewer, &key, |_| Err(refused(&key)));
    };
    // What a proxy says is not configurable, its target must have as well; the
    // target is empty, as it stands for one window after the other.
    let descriptor = argument(args, 2);
    if let Some(object) = descriptor.as_object() {
        let fixed = object.get(cx, "configurable")?;
        if !fixed.is_undefined() && !fixed.to_boolean() {
            object.set(cx, "configurable", true)?;
        }
    }
    Ok(exotic::ordinary_define(cx, &global, &key, &descriptor)?.into())
}

fn describe(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (proxy, global) = target(cx, args)?;
    let key = argument(args, 1);
    let Some(global) = global else {
        return remotely(cx, &proxy.viewer, &key, |cx| {
            let property = remote_property(cx, &proxy, &key)?.ok_or_else(|| refused(&key))?;
            Ok(property.to_object(cx)?.into())
        });
    };
    let key = key.to_property_key(cx)?;
    match global.own_property(cx, key)? {
        Some(mut property) => {
            property.configurable = Some(true);
            Ok(property.to_object(cx)?.into())
        }
        None => Ok(Value::undefined()),
    }
}

fn own_keys(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (proxy, global) = target(cx, args)?;
    if let Some(global) = global {
        let keys: Vec<Value> = global.own_keys(cx)?.into_iter().map(Value::from).collect();
        return Ok(Object::array(cx, keys).into());
    }
    let agent = cx.engine();
    let count = agent
        .navigables
        .get(proxy.navigable)
        .map_or(0, |navigable| agent.navigables.children(&navigable).len());
    let mut keys: Vec<Value> =
        (0..count).map(|index| DomString::from(index.to_string()).into()).collect();
    keys.extend(REMOTE.iter().map(|name| Value::from(DomString::from(*name))));
    keys.push(DomString::from("then").into());
    keys.extend(whitelisted().into_iter().map(|symbol| Value::from(PropertyKey::from(symbol))));
    Ok(Object::array(cx, keys).into())
}

fn prototype(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let (_, global) = target(cx, args)?;
    Ok(match global.and_then(|global| global.prototype()) {
        Some(prototype) => prototype.into(),
        None => Value::null(),
    })
}

/// <https://html.spec.whatwg.org/#windowproxy-setprototypeof>: the prototype is
/// immutable.
fn set_prototype(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let is = prototype(cx, this, args)?;
    Ok(is.same_value(&argument(args, 1)).into())
}

/// <https://html.spec.whatwg.org/#crossoriginproperties-(-o-)>
const REMOTE: [&str; 13] = [
    "window",
    "self",
    "location",
    "close",
    "closed",
    "focus",
    "blur",
    "frames",
    "length",
    "top",
    "opener",
    "parent",
    "postMessage",
];

fn whitelisted() -> [virga_js::Symbol; 3] {
    [
        virga_js::Symbol::to_string_tag(),
        virga_js::Symbol::has_instance(),
        virga_js::Symbol::is_concat_spreadable(),
    ]
}

fn is_name(key: &Value, name: &str) -> bool {
    key.as_string().is_some_and(|key| *key.to_str() == *name)
}

/// A property that documents of other origins see
/// (<https://html.spec.whatwg.org/#crossorigingetownpropertyhelper-(-o,-p-)>), with
/// frames by index and by name.
fn remote_property(
    cx: &mut Cx,
    proxy: &Obj<WindowProxy>,
    key: &Value,
) -> Fallible<Option<Property>> {
    let undefined = || Some(Property::data(Value::undefined(), Flags::TAG));
    let Some(name) = key.as_string() else {
        let known = whitelisted().iter().any(|symbol| key.as_symbol().as_ref() == Some(symbol));
        return Ok(if known { undefined() } else { None });
    };
    let name = name.to_str().into_owned();
    let agent = cx.engine();
    if let Some(known) = REMOTE.iter().find(|known| **known == name) {
        let function = remote_function(cx, proxy, known);
        return Ok(Some(match *known {
            "close" | "focus" | "blur" | "postMessage" => Property::data(function, Flags::TAG),
            "location" => {
                let setter = remote_function(cx, proxy, "set location");
                Property::accessor(Some(function), Some(setter), Flags::TAG)
            }
            _ => Property::accessor(Some(function), None, Flags::TAG),
        }));
    }
    if let Some(navigable) = agent.navigables.get(proxy.navigable)
        && navigable.has_children()
    {
        let children = agent.navigables.children(&navigable);
        let index = named::array_index(&name);
        let child = match index {
            Some(index) => children.get(index).cloned(),
            None => children.into_iter().find(|child| child.name() == name && !name.is_empty()),
        };
        if let Some(child) = child {
            let value = proxy_value(cx, &child);
            return Ok(Some(Property::data(value, Flags::TAG)));
        }
    }
    Ok(if name == "then" { undefined() } else { None })
}

/// The function behind a property: the operation, or the getter.
fn remote_function(cx: &mut Cx, proxy: &Obj<WindowProxy>, name: &'static str) -> Object {
    let known = proxy
        .functions
        .borrow()
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, function)| function.clone());
    if let Some(function) = known {
        return function;
    }
    let length = usize::from(name == "postMessage");
    let is_operation = matches!(name, "close" | "focus" | "blur" | "postMessage");
    let shown = match name {
        "set location" => name.to_owned(),
        _ if is_operation => name.to_owned(),
        _ => format!("get {name}"),
    };
    let data = (proxy.clone(), Name(name));
    let function = Function::with_data(cx, shown, length, data, call_remote);
    proxy.functions.borrow_mut().push((name, function.clone()));
    function
}

#[derive(Trace)]
struct Name(#[trace(skip)] &'static str);

fn call_remote(
    cx: &mut Cx,
    _: &Value,
    args: &[Value],
    (proxy, Name(name)): &(Obj<WindowProxy>, Name),
) -> Fallible<Value> {
    let agent = cx.engine();
    let navigable = agent.navigables.get(proxy.navigable);
    let seen = |cx: &mut Cx, navigable: Option<Rc<Navigable>>| match navigable {
        Some(navigable) => proxy_value(cx, &navigable),
        None => Value::null(),
    };
    Ok(match *name {
        "window" | "self" | "frames" => proxy.value(),
        "closed" => navigable.is_none_or(|navigable| navigable.is_closing()).into(),
        "length" => {
            let count = navigable.map_or(0, |navigable| navigable.children.borrow().len());
            u32::try_from(count).unwrap_or(u32::MAX).into()
        }
        "top" => {
            let top = navigable.map(|navigable| agent.navigables.top_of(&navigable));
            seen(cx, top)
        }
        "parent" => {
            let parent = navigable.and_then(|navigable| match navigable.parent {
                Some(parent) => agent.navigables.get(parent),
                None => Some(navigable),
            });
            seen(cx, parent)
        }
        "opener" => {
            let opener = navigable.and_then(|own| auxiliary::opener(&agent, &own));
            seen(cx, opener)
        }
        "close" => {
            // Not the app's own window: it is closed by its own documents.
            if let Some(navigable) = navigable.filter(|navigable| !navigable.is_app()) {
                auxiliary::request_close(cx, &navigable);
            }
            Value::undefined()
        }
        "location" => remote_location(cx, proxy),
        "set location" => {
            navigate_remote(cx, proxy.navigable, &argument(args, 0))?;
            Value::undefined()
        }
        "postMessage" => {
            let window = navigable.and_then(|navigable| navigable.window());
            let Some(window) = window else { return Ok(Value::undefined()) };
            crate::window::messaging::post_message_from_remote(cx, &window, args)?;
            Value::undefined()
        }
        // There is nothing to focus: the newest window is the one that is seen.
        _ => Value::undefined(),
    })
}

/// The `Location` of a window of another origin: it can be sent elsewhere, and
/// nothing else.
#[derive(Trace, Platform)]
struct RemoteLocation {
    #[trace(skip)]
    navigable: NavigableId,
    #[trace(skip)]
    viewer: Origin,
    replace: Slot<Option<Object>>,
}

impl Interface for RemoteLocation {
    const NAME: &'static str = "Location";

    fn prototype(cx: &mut Cx) -> Object {
        Object::with_prototype(cx, None)
    }

    fn exotic(cx: &mut Cx) -> Option<Object> {
        let refuse = NativeFn::new(|cx, _, args| {
            let location = location_target(cx, args)?;
            let key = argument(args, 1);
            remotely(cx, &location.viewer, &key, |_| Err(refused(&key)))
        });
        let traps = Traps {
            get: Some(NativeFn::new(location_get)),
            set: Some(NativeFn::new(location_set)),
            has: Some(NativeFn::new(location_has)),
            delete_property: Some(refuse),
            own_keys: Some(NativeFn::new(location_keys)),
            get_own_property_descriptor: Some(NativeFn::new(location_describe)),
            define_property: Some(refuse),
            prevent_extensions: Some(NativeFn::new(|_, _, _| Ok(false.into()))),
            set_prototype_of: Some(NativeFn::new(|_, _, args| {
                Ok(argument(args, 1).is_null().into())
            })),
            get_prototype_of: Some(NativeFn::new(|_, _, _| Ok(Value::null()))),
        };
        Some(traps.handler(cx))
    }
}

fn remote_location(cx: &mut Cx, proxy: &Obj<WindowProxy>) -> Value {
    if let Some(location) = proxy.location.get() {
        return location.into();
    }
    let data = RemoteLocation {
        navigable: proxy.navigable,
        viewer: proxy.viewer.clone(),
        replace: Slot::new(None),
    };
    let location = match cx.engine().neutral_realm() {
        Some(realm) => cx.in_realm(&realm, |cx| Obj::new(cx, data)),
        None => Obj::new(cx, data),
    };
    proxy.location.set(Some(location.object().clone()));
    location.value()
}

/// The properties of a location that other origins see.
fn location_property(
    cx: &mut Cx,
    location: &Obj<RemoteLocation>,
    key: &Value,
) -> Fallible<Option<Property>> {
    if is_name(key, "then")
        || whitelisted().iter().any(|symbol| key.as_symbol().as_ref() == Some(symbol))
    {
        return Ok(Some(Property::data(Value::undefined(), Flags::TAG)));
    }
    let go = |cx: &mut Cx, name: &'static str| {
        let data = location.clone();
        Function::with_data(cx, name, 1, data, |cx, _, args, location: &Obj<RemoteLocation>| {
            navigate_remote(cx, location.navigable, &argument(args, 0))?;
            Ok(Value::undefined())
        })
    };
    if is_name(key, "href") {
        let function = go(cx, "set href");
        return Ok(Some(Property::accessor(None, Some(function), Flags::TAG)));
    }
    if !is_name(key, "replace") {
        return Ok(None);
    }
    let function = match location.replace.get() {
        Some(function) => function,
        None => {
            let function = go(cx, "replace");
            location.replace.set(Some(function.clone()));
            function
        }
    };
    Ok(Some(Property::data(function, Flags::TAG)))
}

fn location_target(cx: &Cx, args: &[Value]) -> Fallible<Obj<RemoteLocation>> {
    exotic::target_part::<RemoteLocation>(cx, &argument(args, 0))
        .ok_or_else(|| Error::type_error("a trap gets its target"))
}

fn location_get(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let key = argument(args, 1);
    let location = location_target(cx, args)?;
    remotely(cx, &location.viewer, &key, |cx| {
        let property = location_property(cx, &location, &key)?;
        property.and_then(|property| property.value).ok_or_else(|| refused(&key))
    })
}

fn location_set(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let key = argument(args, 1);
    let location = location_target(cx, args)?;
    remotely(cx, &location.viewer, &key, |cx| {
        if !is_name(&key, "href") {
            return Err(refused(&key));
        }
        navigate_remote(cx, location.navigable, &argument(args, 2))?;
        Ok(true.into())
    })
}

fn location_has(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let key = argument(args, 1);
    let location = location_target(cx, args)?;
    remotely(cx, &location.viewer, &key, |cx| match location_property(cx, &location, &key)? {
        Some(_) => Ok(true.into()),
        None => Err(refused(&key)),
    })
}

fn location_describe(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let key = argument(args, 1);
    let location = location_target(cx, args)?;
    remotely(cx, &location.viewer, &key, |cx| {
        let property = location_property(cx, &location, &key)?.ok_or_else(|| refused(&key))?;
        Ok(property.to_object(cx)?.into())
    })
}

fn location_keys(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    let names = ["href", "replace", "then"];
    let mut keys: Vec<Value> = names.iter().map(|name| DomString::from(*name).into()).collect();
    keys.extend(whitelisted().into_iter().map(|symbol| Value::from(PropertyKey::from(symbol))));
    Ok(Object::array(cx, keys).into())
}

/// A document of another origin sends this navigable elsewhere.
fn navigate_remote(cx: &mut Cx, id: NavigableId, value: &Value) -> Fallible<()> {
    let text = value.to_string(cx)?;
    let agent = cx.engine();
    let Some(navigable) = agent.navigables.get(id) else { return Ok(()) };
    let url: Url = cx.window().parse_url(&agent, &text.to_str()).map_err(|error| {
        let message = format!("Location.href: {:?} is not a valid URL: {error}", text.to_str());
        Error::dom(DomExceptionName::Syntax, message)
    })?;
    if let Some(source) = current(cx)
        && !named::may_navigate(cx, &source, &navigable)
    {
        return Err(refused(&DomString::from("location").into()));
    }
    loading::navigate_in(cx, &navigable, url, NavigationHistory::Push);
    Ok(())
}
