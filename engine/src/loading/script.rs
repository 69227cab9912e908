//! Scripts: <https://html.spec.whatwg.org/#script-processing-model>

use std::{cell::RefCell, rc::Rc};

use encoding_rs::Encoding;
use url::Url;
use virga_dom::NodeId;
use virga_js::{
    Cx, Error, Fallible, Function, Module, ModuleFetch, Obj, Object, ScriptSource, Settled, Trace,
    Value, enter,
};
use virga_protocol::{ConsoleLevel, FetchFailure, RequestMode};

use super::{
    advance,
    encoding::decode,
    fetch::{self, Fetched, request_for},
};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget, report_exception},
    wrappers::Node,
};

/// A script element whose script is being fetched, or waits for its turn.
pub(super) struct Script {
    /// The wrapper: the element must live until its script has run.
    element: Obj<Node>,
    kind: Kind,
    external: bool,
    result: Rc<RefCell<Option<Result<Source, ()>>>>,
}

/// The text of a script and where it stands.
#[derive(Clone)]
struct Source {
    text: String,
    url: String,
    line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Classic,
    Module,
    ImportMap,
}

impl Script {
    /// Whether its text has come, or will never come.
    pub(super) fn is_ready(&self) -> bool {
        self.result.borrow().is_some()
    }
}

/// A `script` end tag was parsed.
pub(super) fn prepare_parsed(cx: &mut Cx, element: NodeId) {
    // The stack is empty here, or the script that wrote this one goes on.
    if !cx.is_running_script() {
        cx.perform_microtask_checkpoint();
    }
    prepare(cx, element, true);
}

/// A script element became connected, or got children or a `src`.
pub(super) fn prepare_inserted(cx: &mut Cx, element: NodeId) {
    let skip = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.is_parser_inserted(element) || tree.script_started(element)
    };
    if !skip {
        prepare(cx, element, false);
    }
}

/// <https://html.spec.whatwg.org/#prepare-the-script-element>
fn prepare(cx: &mut Cx, element: NodeId, from_parser: bool) {
    let agent = cx.engine();
    let window = cx.window();
    let state = &window.loading;
    // 1–7.
    let text = {
        let tree = agent.tree();
        if tree.script_started(element) || !tree.is_connected(element) {
            return;
        }
        tree.child_text_content(element)
    };
    let src = agent.attribute(element, "src");
    if src.is_none() && text.is_empty() {
        return;
    }
    if agent.tree().owner_document(element) != Some(window.document_id()) {
        return;
    }
    // 19. Scripting is disabled.
    if !window.sandbox().scripts {
        return;
    }
    // 8–12.
    let Some(kind) = kind_of(&agent, element) else { return };
    // 14–16.
    {
        let mut tree = agent.tree_mut();
        tree.set_parser_inserted(element, from_parser);
        tree.set_script_started(element, true);
    }
    // 20.
    if kind == Kind::Classic && agent.attribute(element, "nomodule").is_some() {
        return;
    }
    let wrapper = cx.wrap(element);
    if kind == Kind::ImportMap {
        return match &src {
            None => super::import_map::register(cx, &text),
            // 31.2.
            Some(_) => {
                let message = "An import map cannot come from a file: write it into the element";
                agent.console(ConsoleLevel::Error, message.to_owned(), None);
                let target: Obj<EventTarget> = wrapper.upcast();
                agent.queue_task(TaskSource::Dom, window.id(), move |cx| {
                    events::fire(cx, &target, "error", Bubbles(false), Cancelable(false));
                });
            }
        };
    }
    let result = Rc::new(RefCell::new(None));
    let script =
        Script { element: wrapper, kind, external: src.is_some(), result: Rc::clone(&result) };
    let is_async = agent.attribute(element, "async").is_some();
    let defers = agent.attribute(element, "defer").is_some();
    let Some(src) = src else {
        // 32. An inline script.
        // The parser stands at the end tag, which ends the text.
        let lines = u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX);
        let line =
            if from_parser { super::parser::line(state).saturating_sub(lines).max(1) } else { 1 };
        let url = window.url().to_string();
        result.replace(Some(Ok(Source { text, url, line })));
        match kind {
            Kind::Module if is_async => run_when_ready(cx, script),
            Kind::Module if from_parser => state.deferred.borrow_mut().push_back(script),
            Kind::Module => {
                state.in_order.borrow_mut().push_back(script);
                advance(cx);
            }
            Kind::Classic if from_parser && state.script_blocking_sheets.get() > 0 => {
                state.blocking.replace(Some(script));
            }
            Kind::Classic => execute(cx, script),
            Kind::ImportMap => {}
        }
        return;
    };
    // 31. From an external file.
    let url = window.parse_url(&agent, src.trim());
    let Ok(url) =
        url.and_then(|url| if src.is_empty() { Err(url::ParseError::EmptyHost) } else { Ok(url) })
    else {
        let text = format!("Failed to load script: {src:?} is not a valid URL");
        agent.console(ConsoleLevel::Error, text, None);
        let target: Obj<EventTarget> = script.element.upcast();
        agent.queue_task(TaskSource::Dom, window.id(), move |cx| {
            events::fire(cx, &target, "error", Bubbles(false), Cancelable(false));
        });
        return;
    };
    let blocking = from_parser && !is_async && !defers && kind == Kind::Classic;
    let deferred = from_parser && !is_async && !blocking;
    // A script that script inserted is asynchronous unless it says otherwise.
    let ordered = !from_parser && !is_async && state.ordered_scripts.borrow().contains(&element);
    if blocking {
        state.blocking.replace(Some(script));
    } else if deferred {
        state.deferred.borrow_mut().push_back(script);
    } else if ordered {
        state.in_order.borrow_mut().push_back(script);
    } else {
        state.asynchronous.set(state.asynchronous.get() + 1);
        let charset = agent.attribute(element, "charset");
        return fetch_script(cx, &url, kind, charset, result, move |cx| {
            let window = cx.window();
            execute(cx, script);
            let waiting = &window.loading.asynchronous;
            waiting.set(waiting.get().saturating_sub(1));
            advance(cx);
        });
    }
    let charset = agent.attribute(element, "charset");
    fetch_script(cx, &url, kind, charset, result, advance);
}

/// An inline module that does not wait for the parser.
fn run_when_ready(cx: &mut Cx, script: Script) {
    let window = cx.window();
    window.loading.block_load();
    cx.engine().queue_task(TaskSource::Dom, window.id(), move |cx| {
        execute(cx, script);
        cx.window().loading.unblock_load(cx);
    });
}

/// Steps 8 to 12: what the element's `type` and `language` say.
fn kind_of(agent: &Agent, element: NodeId) -> Option<Kind> {
    let language = agent.attribute(element, "language");
    let type_ = match (agent.attribute(element, "type"), language) {
        (Some(type_), _) if type_.is_empty() => "text/javascript".to_owned(),
        (Some(type_), _) => {
            type_.trim_matches([' ', '\t', '\n', '\u{c}', '\r']).to_ascii_lowercase()
        }
        (None, Some(language)) if !language.is_empty() => {
            format!("text/{}", language.to_ascii_lowercase())
        }
        (None, _) => "text/javascript".to_owned(),
    };
    if type_ == "module" {
        return Some(Kind::Module);
    }
    if type_ == "importmap" {
        return Some(Kind::ImportMap);
    }
    is_javascript(&type_).then_some(Kind::Classic)
}

/// <https://mimesniff.spec.whatwg.org/#javascript-mime-type>
pub(crate) fn is_javascript(essence: &str) -> bool {
    matches!(
        essence,
        "application/ecmascript"
            | "application/javascript"
            | "application/x-ecmascript"
            | "application/x-javascript"
            | "text/ecmascript"
            | "text/javascript"
            | "text/javascript1.0"
            | "text/javascript1.1"
            | "text/javascript1.2"
            | "text/javascript1.3"
            | "text/javascript1.4"
            | "text/javascript1.5"
            | "text/jscript"
            | "text/livescript"
            | "text/x-ecmascript"
            | "text/x-javascript"
    )
}

fn fetch_script(
    cx: &mut Cx,
    url: &Url,
    kind: Kind,
    charset: Option<String>,
    result: Rc<RefCell<Option<Result<Source, ()>>>>,
    then: impl FnOnce(&mut Cx) + 'static,
) {
    let mode = if kind == Kind::Module { RequestMode::Cors } else { RequestMode::NoCors };
    let request = request_for(cx, url.as_str(), mode);
    let url = url.clone();
    cx.engine().requests.initiated_by("script");
    fetch::fetch(cx, request, move |cx, fetched| {
        let source = read(cx, kind, charset.as_deref(), fetched).map_err(|reason| {
            let text = format!("Failed to load script {url}: {reason}");
            cx.engine().console(ConsoleLevel::Error, text, None);
        });
        result.replace(Some(source));
        then(cx);
    });
}

/// The text of a fetched script, or why there is none.
fn read(
    cx: &Cx,
    kind: Kind,
    charset: Option<&str>,
    fetched: Result<Fetched, FetchFailure>,
) -> Result<Source, String> {
    let fetched = fetched.map_err(|failure| failure.to_string())?;
    if let Some(refusal) = fetched.refusal() {
        return Err(refusal);
    }
    let essence = fetched.essence();
    let refused = match kind {
        // <https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?>
        Kind::Classic => {
            ["image/", "audio/", "video/"].iter().any(|prefix| essence.starts_with(prefix))
                || essence == "text/csv"
        }
        Kind::Module | Kind::ImportMap => !is_javascript(&essence),
    };
    if refused {
        return Err(format!("its type is {essence:?}, which is no script"));
    }
    if kind == Kind::Module {
        // Modules are UTF-8, whatever the header says.
        let text = encoding_rs::UTF_8.decode_with_bom_removal(&fetched.body).0.into_owned();
        return Ok(Source { text, url: fetched.head.url, line: 1 });
    }
    let fallback = charset
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| Encoding::for_label(cx.window().loading.encoding().as_bytes()))
        .unwrap_or(encoding_rs::UTF_8);
    let text = decode(&fetched.body, fetched.content_type(), fallback);
    Ok(Source { text, url: fetched.head.url, line: 1 })
}

/// `script.async = false`: the script keeps its place among those that say so.
///
/// <https://html.spec.whatwg.org/#script-force-async>
pub(crate) fn clear_force_async(cx: &Cx, element: NodeId) {
    cx.window().loading.ordered_scripts.borrow_mut().insert(element);
}

/// Whether a script without an `async` attribute is asynchronous all the same.
pub(crate) fn forces_async(cx: &Cx, element: NodeId) -> bool {
    let parsed = cx.engine().tree().is_parser_inserted(element);
    !parsed && !cx.window().loading.ordered_scripts.borrow().contains(&element)
}

/// Runs the first of the scripts that execute in order, if it is ready.
pub(super) fn run_in_order(cx: &mut Cx) -> bool {
    let window = cx.window();
    let script = {
        let mut scripts = window.loading.in_order.borrow_mut();
        match scripts.front() {
            Some(script) if script.is_ready() => scripts.pop_front(),
            _ => None,
        }
    };
    match script {
        Some(script) => {
            execute(cx, script);
            true
        }
        None => false,
    }
}

/// Executes a script that waited for the parser. What comes after it waits for a
/// module's imports.
pub(super) fn execute_deferred(cx: &mut Cx, script: Script) {
    let window = cx.window();
    let waiting = &window.loading.deferred_modules;
    if script.kind == Kind::Module && matches!(&*script.result.borrow(), Some(Ok(_))) {
        waiting.set(waiting.get() + 1);
        return execute_as(cx, script, true);
    }
    execute(cx, script);
}

/// A module is done, or has failed.
fn module_done(cx: &mut Cx, deferred: bool) {
    let window = cx.window();
    if deferred {
        let waiting = &window.loading.deferred_modules;
        waiting.set(waiting.get().saturating_sub(1));
    }
    window.loading.unblock_load(cx);
}

/// <https://html.spec.whatwg.org/#execute-the-script-element>
pub(super) fn execute(cx: &mut Cx, script: Script) {
    execute_as(cx, script, false);
}

fn execute_as(cx: &mut Cx, script: Script, deferred: bool) {
    let window = cx.window();
    let Some(result) = script.result.take() else { return };
    // 1, 2. It moved to another document since it was prepared.
    let document = cx.engine().tree().owner_document(script.element.id());
    if document != Some(window.document_id()) {
        return;
    }
    let target: Obj<EventTarget> = script.element.upcast();
    let Ok(source) = result else {
        events::fire(cx, &target, "error", Bubbles(false), Cancelable(false));
        return;
    };
    match script.kind {
        Kind::Classic => {
            // One in a shadow tree is not told of.
            let element = script.element.id();
            let shown = !cx.engine().tree().is_in_shadow_tree(element);
            let outer = window.loading.current_script.replace(shown.then_some(element));
            // Steps 3 and 7: its writes must not open the document anew.
            let writes = &window.loading.ignore_destructive_writes;
            let ignored = u32::from(script.external);
            writes.set(writes.get() + ignored);
            run_classic(
                cx,
                &ScriptSource { text: &source.text, url: &source.url, line: source.line },
            );
            writes.set(writes.get() - ignored);
            window.loading.current_script.set(outer);
        }
        Kind::Module => run_module(cx, &source, script.external, deferred),
        Kind::ImportMap => {}
    }
    if script.external {
        events::fire(cx, &target, "load", Bubbles(false), Cancelable(false));
    }
}

/// Runs a classic script in the current realm, and reports what it throws.
pub(crate) fn run_classic(cx: &mut Cx, source: &ScriptSource<'_>) {
    evaluate(cx, source);
}

/// [`run_classic`], for who wants to know what came out.
pub(super) fn evaluate(cx: &mut Cx, source: &ScriptSource<'_>) -> Option<Value> {
    let realm = cx.realm();
    let result = enter(cx, &realm, |cx| match cx.evaluate_script(source) {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            report_exception(cx, error);
            Ok(None)
        }
    });
    result.unwrap_or_else(|error| {
        report_exception(cx, error);
        None
    })
}

fn run_module(cx: &mut Cx, source: &Source, external: bool, deferred: bool) {
    let realm = cx.realm();
    cx.window().loading.block_load();
    let result: Fallible<()> = enter(cx, &realm, |cx| {
        // Who imports it later gets the same one.
        let known = if external { cx.known_module(&realm, &source.url) } else { None };
        let module = match known {
            Some(module) => module,
            None => {
                let text = ScriptSource { text: &source.text, url: &source.url, line: source.line };
                let module = Module::parse(cx, &text)?;
                if external {
                    cx.remember_module(&realm, &source.url, module.clone());
                }
                module
            }
        };
        let promise = module.run(cx);
        promise.then(
            cx,
            deferred,
            |cx, deferred, _| {
                module_done(cx, *deferred);
                Ok(Value::undefined())
            },
            |cx, deferred, reason| {
                report_exception(cx, Error::Thrown(reason.clone()));
                module_done(cx, *deferred);
                Ok(Value::undefined())
            },
        )?;
        // A rejection that came at once is reported by the handler above.
        let _: Settled = promise.state();
        Ok(())
    });
    if let Err(error) = result {
        report_exception(cx, error);
        module_done(cx, deferred);
    }
}

/// Fetches a module that another one imports.
///
/// <https://html.spec.whatwg.org/#hostloadimportedmodule>
pub(crate) fn fetch_module(cx: &mut Cx, module: ModuleFetch) {
    let realm = module.realm().clone();
    cx.in_realm(&realm, |cx| {
        let url = match resolve_specifier(cx, module.specifier(), module.referrer()) {
            Ok(url) => url,
            Err(message) => return module.fail(cx, Error::Type(message)),
        };
        if let Some(known) = module.known(cx, url.as_str()) {
            return module.succeed(cx, known);
        }
        let is_json =
            module.attributes().iter().any(|(name, value)| name == "type" && value == "json");
        let request = request_for(cx, url.as_str(), RequestMode::Cors);
        cx.engine().requests.initiated_by("script");
        fetch::fetch(cx, request, move |cx, fetched| {
            if is_json {
                return finish_json(cx, module, fetched);
            }
            match read(cx, Kind::Module, None, fetched) {
                Ok(source) => {
                    module.succeed_with_source(cx, &ScriptSource::new(&source.text, &source.url));
                }
                Err(reason) => {
                    let message = format!("Failed to load module {url}: {reason}");
                    module.fail(cx, Error::Type(message));
                }
            }
        });
    });
}

fn finish_json(cx: &mut Cx, module: ModuleFetch, fetched: Result<Fetched, FetchFailure>) {
    let text = match fetched {
        Ok(fetched) => match fetched.refusal() {
            None => String::from_utf8_lossy(&fetched.body).into_owned(),
            Some(refusal) => return module.fail(cx, Error::Type(refusal)),
        },
        Err(failure) => return module.fail(cx, Error::Type(failure.to_string())),
    };
    match Module::parse_json(cx, &text) {
        Ok(json) => module.succeed(cx, json),
        Err(error) => module.fail(cx, error),
    }
}

/// <https://html.spec.whatwg.org/#resolve-a-module-specifier>, in the current realm.
///
/// # Errors
/// Why it stands for no address.
pub(crate) fn resolve_specifier(cx: &Cx, specifier: &str, referrer: &str) -> Result<Url, String> {
    let base = match Url::parse(referrer) {
        Ok(url) if !url.cannot_be_a_base() => url,
        _ => cx.base_url(),
    };
    match cx.try_window() {
        Some(window) => window.loading.import_map.resolve(specifier, &base),
        None => super::import_map::ImportMap::default().resolve(specifier, &base),
    }
}

/// The address of the module that a function belongs to.
#[derive(Trace)]
struct ModuleUrl(#[trace(skip)] String);

/// `import.meta.resolve`: <https://html.spec.whatwg.org/#hostgetimportmetaproperties>
pub(crate) fn import_meta_resolve(cx: &mut Cx, url: &str) -> Object {
    let data = ModuleUrl(url.to_owned());
    Function::with_data(cx, "resolve", 1, data, |cx, _, args, ModuleUrl(url)| {
        let specifier = args.first().cloned().unwrap_or_default().to_string(cx)?;
        let resolved = resolve_specifier(cx, &specifier.to_str(), url).map_err(Error::Type)?;
        Ok(virga_js::DomString::from(resolved.as_str()).into())
    })
}
